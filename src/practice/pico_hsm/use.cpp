// Keys at work: signatures, decryption, key agreement (docs/formats/pico-hsm.md, "Allowed algorithms"); see card.h.
#include <algorithm>

#include "crypto/aes_cbc.h"
#include "crypto/cmac.h"
#include "practice/pico_hsm/card.h"

namespace hwbak::practice::pico_hsm {
namespace {

using crypto::RsaPadding;

// 30 and 40: as long as the digest is; 1 to 5 behind them: SHA-1, 224, 256, 384, 512.
constexpr std::array<unsigned, 6> hashes{0, 1, 224, 256, 384, 512};

unsigned hash_of_size(std::size_t bytes) noexcept { return bytes == 20 ? 1 : static_cast<unsigned>(bytes * 8); }

// A digest alone, or out of the DigestInfo (RFC 8017, 9.2) that OpenSC puts around it.
ByteView bare_digest(ByteView data) noexcept {
  const auto info = find_tag(data, 0x30);
  const auto digest = info ? find_tag(*info, 0x04) : std::nullopt;
  return digest && are_tlvs(data) ? *digest : data;
}

// nullopt: this key or this input cannot be.
std::optional<Bytes> signature(const crypto::KeyUse& use, std::uint8_t algorithm, ByteView data) {
  const unsigned family = algorithm & 0xF0u, last = algorithm & 0x0Fu;
  const unsigned hash = last < hashes.size() ? hashes[last] : 0;
  const auto hashed = crypto::digest(hash, data);
  const ByteView input = hashed ? ByteView(*hashed) : data;
  switch (family) {
    case 0x20: return use.rsa_sign(RsaPadding::none, 0, data);
    case 0x30: return use.rsa_sign(RsaPadding::pkcs1, hash, input);
    case 0x40: {
      const ByteView digest = hash != 0 ? input : bare_digest(data);
      return use.rsa_sign(RsaPadding::pss, hash_of_size(digest.size()), digest);
    }
    case 0x70: return use.ecdsa(input);
    default: return std::nullopt;
  }
}

bool signs(std::uint8_t algorithm) noexcept {
  return algorithm == 0x20 || (algorithm >= 0x30 && algorithm <= 0x35) || (algorithm >= 0x40 && algorithm <= 0x45) ||
         (algorithm >= 0x70 && algorithm <= 0x75);
}
bool decrypts(std::uint8_t algorithm) noexcept { return (algorithm >= 0x21 && algorithm <= 0x23) || algorithm == 0x80; }

}  // namespace

Status Card::may_use(std::uint8_t reference, std::uint8_t algorithm) {
  if (!logged_in()) return Status::not_logged_in;
  const auto found = state_.keys.find(reference);
  if (reference == 0 || found == state_.keys.end()) return Status::no_file;
  const Bytes& metadata = found->second.metadata;
  const auto counter = find_tag(metadata, 0x90), algorithms = find_tag(metadata, 0x91);
  if (counter && std::ranges::all_of(*counter, [](std::uint8_t byte) { return byte == 0; })) return Status::full;
  if (algorithms && !algorithms->empty() && std::ranges::find(*algorithms, algorithm) == algorithms->end())
    return Status::conditions;
  return pressed() ? Status::ok : Status::no_button;
}

void Card::count_use(std::uint8_t reference) {
  Bytes& metadata = state_.keys.at(reference).metadata;
  const auto counter = find_tag(metadata, 0x90);
  if (!counter) return;
  for (std::size_t at = static_cast<std::size_t>(counter->data() - metadata.data()) + counter->size(), left = counter->size(); left > 0; --left)
    if (metadata[--at]-- != 0) break;
  save();
}

Answer Card::sign(const Command& command) {
  if (const Status status = may_use(command.p1, command.p2); status != Status::ok) return status;
  if (!signs(command.p2)) return Status::incorrect_p1p2;
  const auto made = signature(key(command.p1).use, command.p2, command.data);
  if (!made) return Status::failed;
  count_use(command.p1);
  return Answer(ByteView(*made));
}

Answer Card::decrypt(const Command& command) {
  if (const Status status = may_use(command.p1, command.p2); status != Status::ok) return status;
  if (!decrypts(command.p2)) return Status::wrong_p1p2;
  const crypto::KeyUse& use = key(command.p1).use;
  std::optional<SecretBytes> out;
  if (command.p2 == 0x80) {
    auto shared = use.agree(command.data);
    if (!shared) return Status::bad_data;
    // With a leading 04, as of a point.
    out.emplace();
    out->append(std::uint8_t{0x04});
    out->append(shared->expose());
  } else {
    constexpr std::array<RsaPadding, 3> paddings{RsaPadding::none, RsaPadding::pkcs1, RsaPadding::oaep};
    out = use.rsa_decrypt(paddings[command.p2 - 0x21u], command.data);
  }
  if (!out) return Status::failed;
  count_use(command.p1);
  return Answer(std::move(*out));
}

Answer Card::cipher(const Command& command) {
  constexpr std::uint8_t encrypt = 0x10, decrypt = 0x11, mac = 0x18;
  constexpr std::array<std::uint8_t, 16> zero_iv{};
  if (const Status status = may_use(command.p1, command.p2); status != Status::ok) return status;
  if (command.p2 != encrypt && command.p2 != decrypt && command.p2 != mac) return Status::wrong_p1p2;
  if (command.p2 != mac && command.data.size() % 16 != 0) return Status::wrong_length;
  const auto* const secret = std::get_if<crypto::SecretKey>(&key(command.p1).key);
  if (secret == nullptr) return Status::failed;
  const ByteView aes = secret->key.expose();
  constexpr std::size_t largest = 32;        // no AES has a longer key, though the firmware keeps some
  if (aes.size() > largest) return command.p2 == mac ? Status::wrong_data : Status::failed;
  SecretBytes out(command.p2 == mac ? 16 : command.data.size());
  if (command.p2 == encrypt) crypto::aes_cbc_encrypt(aes, zero_iv, command.data, out.expose());
  else if (command.p2 == decrypt) crypto::aes_cbc_decrypt(aes, zero_iv, command.data, out.expose());
  else std::ranges::copy(crypto::aes_cmac(aes, command.data), out.expose().begin());
  count_use(command.p1);
  return Answer(std::move(out));
}

}  // namespace hwbak::practice::pico_hsm
