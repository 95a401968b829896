// The files of a token, and its keys; see hsm_client.h.
#include <algorithm>
#include <set>

#include "base/hex.h"
#include "container/wrapped_key/tlv.h"
#include "link/pcsc/hsm_client.h"
#include "link/pcsc/odd_answer.h"

namespace hwbak::pcsc {
namespace {

using wrapped_key::find_tag;
using wrapped_key::tlv;

// A device has a buffer of some 2000 bytes for an answer; tools write to it in smaller pieces.
constexpr std::size_t read_piece = 2000, whole_answer = 65536, short_piece = 200;
constexpr std::size_t most_algorithms = 255;

std::array<std::uint8_t, 2> two(std::size_t value) { return {static_cast<std::uint8_t>(value >> 8), static_cast<std::uint8_t>(value)}; }
std::string key_named(std::uint8_t reference) { return "key " + std::to_string(reference); }
std::string file_named(FileId file) { return "the file " + to_hex_upper(two(file)); }
Bytes public_bytes(const SecretBytes& bytes) { return Bytes(bytes.expose().begin(), bytes.expose().end()); }

std::size_t number_in(ByteView bytes) noexcept {
  std::size_t out = 0;
  for (const std::uint8_t byte : bytes) out = out << 8 | byte;
  return out;
}

}  // namespace

std::vector<FileId> HsmClient::list() {
  const SecretBytes answer = demand({0x80, 0x58, 0x00, 0x00, {}, whole_answer}, Tried::list_files);
  const ByteView bytes = answer.expose();
  if (bytes.size() % 2 != 0 || bytes.size() / 2 > most_files) throw odd_answer("the list of its files has " + std::to_string(bytes.size()) + " bytes");
  std::vector<FileId> out;
  std::set<FileId> seen;
  for (std::size_t at = 0; at < bytes.size(); at += 2) {
    const FileId file = static_cast<FileId>(number_in(bytes.subspan(at, 2)));
    if (seen.insert(file).second) out.push_back(file);
  }
  return out;
}

std::vector<std::uint8_t> HsmClient::keys() {
  std::vector<std::uint8_t> out;
  for (const FileId file : list())
    if (file >> 8 == prefix_key && (file & 0xFF) != 0) out.push_back(static_cast<std::uint8_t>(file));
  std::ranges::sort(out);
  return out;
}

std::optional<KeyMetadata> HsmClient::metadata(std::uint8_t reference) {
  const auto name = two(file_id(prefix_key, reference));
  const Answer answer = send({0x00, 0xA4, 0x00, 0x00, name, short_expected});
  if (answer.word == StatusWord::no_file) return std::nullopt;
  const std::string what = key_named(reference);
  if (answer.word != StatusWord::ok) throw refusal(answer.word, Tried::select_file, what);
  const auto control = file_control(answer.data.expose());
  if (!control || !wrapped_key::are_tlvs(*control)) throw odd_answer("what it says about " + what + " cannot be taken apart");
  KeyMetadata out;
  out.reference = reference;
  if (const auto size = find_tag(*control, 0x81); size && size->size() <= 4) out.size = number_in(*size);
  const auto about = find_tag(*control, 0xA5);
  if (!about) return out;
  if (!wrapped_key::are_tlvs(*about)) throw odd_answer("what it says about " + what + " cannot be taken apart");
  const auto counter = find_tag(*about, 0x90), algorithms = find_tag(*about, 0x91), domain = find_tag(*about, 0x92);
  if ((counter && (counter->empty() || counter->size() > 4)) || (algorithms && algorithms->size() > most_algorithms) ||
      (domain && domain->size() != 1))
    throw odd_answer("a limit of " + what + " has a wrong length");
  if (counter) out.counter = static_cast<std::uint32_t>(number_in(*counter));
  if (algorithms) out.algorithms = Bytes(algorithms->begin(), algorithms->end());
  if (domain) out.domain = (*domain)[0];
  return out;
}

std::optional<Bytes> HsmClient::read_file(FileId file) {
  Bytes out;
  for (std::size_t wanted = read_piece;;) {
    const Bytes where = tlv(0x54, two(out.size()));
    const Answer answer = send({0x00, 0xB1, static_cast<std::uint8_t>(file >> 8), static_cast<std::uint8_t>(file), where, wanted});
    if (answer.word == StatusWord::wrong_length && wanted > short_expected) {   // long commands are not taken
      wanted = short_expected;
      continue;
    }
    const bool behind_end = answer.word == StatusWord::past_end || (!out.empty() && answer.word == StatusWord::wrong_p1p2);
    if (answer.word == StatusWord::no_file && out.empty()) return std::nullopt;
    if (answer.word != StatusWord::ok && !behind_end) throw refusal(answer.word, Tried::read_file, file_named(file));
    if (answer.data.size() > wanted || out.size() + answer.data.size() > largest_file)
      throw odd_answer(file_named(file) + " has more than " + std::to_string(largest_file) + " bytes");
    const ByteView piece = answer.data.expose();
    out.insert(out.end(), piece.begin(), piece.end());
    // Less than was asked for is the end, and so is nothing.
    if (behind_end || piece.size() < wanted) return out;
  }
}

// As the tools do it: away with the old one, an empty one, and then its pieces from first to last.
void HsmClient::write_file(FileId file, ByteView contents) {
  if (contents.size() > largest_file)
    throw Error(Outcome::refused, file_named(file) + " would have more than " + std::to_string(largest_file) + " bytes", std::nullopt, {});
  const auto put = [&](std::size_t at, ByteView piece) {
    Bytes data = tlv(0x54, two(at));
    const Bytes rest = tlv(0x53, piece);
    data.insert(data.end(), rest.begin(), rest.end());
    (void)demand({0x00, 0xD7, static_cast<std::uint8_t>(file >> 8), static_cast<std::uint8_t>(file), data, std::nullopt}, Tried::write_file, file_named(file));
  };
  (void)delete_file(file);
  put(0, {});
  for (std::size_t at = 0; at < contents.size(); at += write_piece_) put(at, contents.subspan(at, std::min(write_piece_, contents.size() - at)));
}

bool HsmClient::delete_file(FileId file) {
  const auto name = two(file);
  const Answer answer = send({0x00, 0xE4, 0x02, 0x00, name, std::nullopt});
  if (answer.word == StatusWord::no_file) return false;
  if (answer.word != StatusWord::ok) throw refusal(answer.word, Tried::delete_file, file_named(file));
  return true;
}

Bytes HsmClient::wrap(std::uint8_t reference) {
  return public_bytes(demand({0x80, 0x72, reference, 0x92, {}, whole_answer}, Tried::wrap, key_named(reference)));
}

void HsmClient::unwrap(std::uint8_t reference, ByteView blob) {
  if (blob.empty() || blob.size() > largest_data) throw refusal(StatusWord::bad_data, Tried::unwrap, key_named(reference));
  const Answer direct = send({0x80, 0x74, reference, 0x93, blob, std::nullopt});
  if (direct.word == StatusWord::ok) return;
  if (direct.word != StatusWord::wrong_length || blob.size() <= short_data) throw refusal(direct.word, Tried::unwrap, key_named(reference));
  // The reader or the card takes no long commands: then by way of its file, in short pieces from now on.
  write_piece_ = short_piece;
  write_file(file_unwrap, blob);
  (void)demand({0x80, 0x74, reference, 0x93, {}, std::nullopt}, Tried::unwrap, key_named(reference));
  (void)delete_file(file_unwrap);
}

Bytes HsmClient::sign(std::uint8_t reference, std::uint8_t algorithm, ByteView data) {
  return public_bytes(demand({0x80, 0x68, reference, algorithm, data, whole_answer}, Tried::sign, key_named(reference)));
}

SecretBytes HsmClient::decrypt(std::uint8_t reference, std::uint8_t algorithm, ByteView data) {
  return demand({0x80, 0x62, reference, algorithm, data, whole_answer}, Tried::decrypt, key_named(reference));
}

}  // namespace hwbak::pcsc
