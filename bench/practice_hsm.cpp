// Signing on a practice HSM, from the command to the answer, against the same call of OpenSSL with the same key made ready.
//   practice_rsa2048, practice_p256    at most 1.2 times the time of that call
// See ratio.h for the line. The argument is the folder of the vectors, tests/vectors/pico-hsm.
#include <openssl/evp.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>

#include "base/hex.h"
#include "device/pico_hsm/key.h"
#include "practice/pico_hsm/card.h"
#include "ratio.h"

namespace {

using namespace hwbak;
namespace wk = wrapped_key;

void must(bool good) {
  if (!good) std::abort();
}

struct Release {
  void operator()(EVP_PKEY* x) const { EVP_PKEY_free(x); }
  void operator()(EVP_PKEY_CTX* x) const { EVP_PKEY_CTX_free(x); }
};

Bytes extended(std::string_view header, ByteView data) {
  Bytes out = from_hex(header).value();
  for (const std::size_t byte : {std::size_t{0}, data.size() >> 8, data.size()}) out.push_back(static_cast<std::uint8_t>(byte));
  out.insert(out.end(), data.begin(), data.end());
  out.resize(out.size() + 2);
  return out;
}

void run(practice::pico_hsm::Card& card, const Bytes& command) {
  const SecretBytes answer = card.transmit(command);
  must(answer.size() >= 2 && answer.expose()[answer.size() - 2] == 0x90);
}

void compare(practice::pico_hsm::Card& card, const char* name, const Bytes& file, const wk::DkekKeys& keys, std::uint8_t algorithm, int times) {
  const wk::Survey seen = wk::survey(file);
  run(card, extended("80740193", seen.at(seen.blob)));
  const wk::Opening opening = wk::open(seen, keys);
  const pico_hsm::Key key = pico_hsm::read_key(opening, system_random());
  const SecretBytes der = crypto::pkcs8_der(key.key);
  const unsigned char* at = der.expose().data();
  const std::unique_ptr<EVP_PKEY, Release> same(d2i_AutoPrivateKey(nullptr, &at, static_cast<long>(der.size())));
  must(same != nullptr);
  // What OpenSC asks for: a DigestInfo of SHA-256 to sign with RSA, a digest with ECDSA.
  const Bytes digest(32, 0x5A);
  Bytes data = algorithm == 0x30 ? from_hex("3031300d060960864801650304020105000420").value() : Bytes();
  data.insert(data.end(), digest.begin(), digest.end());
  Bytes command = extended("806801" + to_hex(ByteView(&algorithm, 1)), data);
  Bytes out(512);
  const auto ours = [&] {
    for (int i = 0; i < times; ++i) run(card, command);
  };
  const auto peer = [&] {
    for (int i = 0; i < times; ++i) {
      const std::unique_ptr<EVP_PKEY_CTX, Release> work(EVP_PKEY_CTX_new_from_pkey(nullptr, same.get(), nullptr));
      std::size_t size = out.size();
      must(EVP_PKEY_sign_init(work.get()) == 1 && EVP_PKEY_sign(work.get(), out.data(), &size, data.data(), data.size()) == 1);
    }
  };
  ours();
  peer();
  bench::speed(name, 1 / 1.2, 15, ours, peer, std::to_string(times) + " signatures; at most 1.2 times the peer's time");
}

}  // namespace

int main(int count, char** arguments) {
  const std::filesystem::path vectors = count > 1 ? arguments[1] : ".";
  const auto file = [&](const char* name) {
    std::ifstream in(vectors / name, std::ios::binary);
    return Bytes(std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>());
  };
  const Bytes dkek = from_hex("e9bf5992f455e0ed13d641c70ff7abd90ba39018f7b8a998efffcf815a5cfa67").value();
  std::string folder = std::filesystem::temp_directory_path() / "hwbak-bench-XXXXXX";
  must(mkdtemp(folder.data()) != nullptr);
  practice::pico_hsm::Card card(folder, real_files(), system_random());
  run(card, from_hex("805000001c80020001810636343832313982083537363231383830910103920101").value());
  Bytes import = from_hex("8052000020").value();
  import.insert(import.end(), dkek.begin(), dkek.end());
  run(card, import);
  const wk::DkekKeys keys = wk::keys_of(FixedView<32>(dkek.data(), 32));
  compare(card, "practice_rsa2048", file("rsa2048.bin"), keys, 0x30, 50);
  compare(card, "practice_p256", file("p256.bin"), keys, 0x70, 500);
  std::filesystem::remove_all(folder);
  return EXIT_SUCCESS;
}
