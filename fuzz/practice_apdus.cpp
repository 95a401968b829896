// Any commands to a practice HSM that somebody is logged in to: each has an answer, and the state that they leave is read
// back as it was written. The first byte chooses the card's behaviour, and whether it is new; then each command has its length in two bytes before
// it. The state is kept in memory.
#include <algorithm>
#include <cstdlib>
#include <memory>

#include "base/hex.h"
#include "hwbak/error.h"
#include "practice/pico_hsm/card.h"

namespace {

using namespace hwbak;
using practice::pico_hsm::Card;

// One file, whatever its name.
class OneFile final : public Files {
 public:
  Bytes contents;
  std::optional<FileInfo> info(const std::filesystem::path& path) override {
    if (contents.empty()) return std::nullopt;
    return FileInfo{path, FileInfo::Kind::file, contents.size()};
  }
  Bytes read(const std::filesystem::path&, std::uint64_t, FileInfo*) override { return contents; }
  std::vector<FileInfo> list(const std::filesystem::path&) override { return {}; }
  std::vector<std::filesystem::path> files_in(const std::filesystem::path&) override { return {}; }
  void write(const std::filesystem::path&, ByteView bytes, const WriteOptions&) override { contents.assign(bytes.begin(), bytes.end()); }
  void check_room(const std::filesystem::path&, std::uint64_t, std::uint64_t) override {}
  void remove(const std::filesystem::path&) override { contents.clear(); }
  void make_folder(const std::filesystem::path&) override {}
};

// The same bytes for the same input, so that a failure can be repeated.
class Repeated final : public RandomSource {
 public:
  void fill(ByteSpan out) override {
    for (std::uint8_t& byte : out) byte = static_cast<std::uint8_t>((state_ = state_ * 6364136223846793005u + 1442695040888963407u) >> 56);
  }

 private:
  std::uint64_t state_ = 1;
};

constexpr unsigned quick = 1;
const Bytes log_in = from_hex("0020008106363438323139").value();

unsigned status(const SecretBytes& answer) {
  if (answer.size() < 2) std::abort();
  const ByteView bytes = answer.expose();
  return static_cast<unsigned>(bytes[bytes.size() - 2] << 8 | bytes[bytes.size() - 1]);
}
void must(Card& card, std::string_view command) {
  const unsigned word = status(card.transmit(from_hex(command).value()));
  if (word != 0x9000 && word >> 8 != 0x61) std::abort();
}

// Initialised, with the DKEK of the vectors and with keys: 01 P-256, 02 RSA-1024, 03 AES-256, 04 one use of AES-128 left.
const Bytes& prepared() {
  static const Bytes state = [] {
    OneFile files;
    Repeated random;
    Card card("", files, random, {}, quick);
    must(card, "805000001c80020121810636343832313982083537363231383830910103920101");
    must(card, "8052000020"
               "e9bf5992f455e0ed13d641c70ff7abd90ba39018f7b8a998efffcf815a5cfa67");
    must(card, "0046010062" "5f290100" "42055554434130" "7f4950" "060a04007f00070202020203"
               "8120ffffffff00000001000000000000000000000000ffffffffffffffffffffffff"
               "83205ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604b" "5f200141");
    must(card, "0046020022" "5f290100" "42055554434130" "7f4910" "060a04007f00070202020102" "02020400" "5f200141");
    must(card, "004803b200");
    must(card, "004804b006" "900400000001");
    return files.contents;
  }();
  return state;
}

// Large primes take seconds.
bool takes_long(ByteView command, bool in_chain) {
  static const Bytes rsa = from_hex("04007f000702020201").value();
  return command.size() > 4 && command[1] == 0x46 && (in_chain || !std::ranges::search(command, rsa).empty());
}

void check_state(const Bytes& contents) {
  const auto state = practice::pico_hsm::parse_state(contents, "the state");
  if (!practice::pico_hsm::serialise(state).equals(contents)) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  OneFile files;
  const bool is_new = (data[0] & 4) != 0;
  if (!is_new) files.contents = prepared();
  Repeated random;
  const practice::pico_hsm::Behaviour behaviour{(data[0] & 1) != 0, (data[0] & 2) == 0};
  constexpr std::size_t most = 200;
  try {
    auto card = std::make_unique<Card>("", files, random, behaviour, quick);
    if (!is_new && status(card->transmit(log_in)) != 0x9000) std::abort();
    ByteView left(data + 1, size - 1);
    bool in_chain = false;
    for (std::size_t count = 0; left.size() >= 2 && count < most; ++count) {
      const std::size_t length = std::min<std::size_t>(static_cast<std::size_t>(left[0] << 8 | left[1]), left.size() - 2);
      const ByteView command = left.subspan(2, length);
      left = left.subspan(2 + length);
      if (takes_long(command, in_chain)) continue;
      (void)status(card->transmit(command));
      in_chain = !command.empty() && (command[0] & 0x10) != 0;
    }
  } catch (const Error& error) {
    if (!behaviour.quirks || error.outcome() != Outcome::device) std::abort();
  }
  if (!files.contents.empty()) check_state(files.contents);
  const Card again("", files, random, behaviour, quick);
  return 0;
}
