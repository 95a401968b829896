// BIP-39 sentences, checksums and seeds; see bip39.h. The search in the list is in word_search.cpp.
#include "wallet/bip39.h"

#include <string>

#include "base/as_bytes.h"
#include "crypto/digest.h"
#include "hwbak/error.h"

namespace hwbak::wallet {
namespace {

constexpr unsigned bits_per_word = 11;

// 16, 20, 24, 28 or 32 bytes.
bool is_entropy_size(std::size_t bytes) { return bytes >= 16 && bytes <= 32 && bytes % 4 == 0; }

unsigned bit(ByteView bytes, std::size_t at) { return bytes[at / 8] >> (7 - at % 8) & 1u; }

// The checksum is the first bit of the hash for every 32 bits of entropy: never more than one byte.
std::uint8_t checksum(ByteView entropy) {
  SecretBytes hash(32);
  crypto::sha256_into(entropy, hash.expose().first<32>());
  const auto bits = static_cast<unsigned>(entropy.size() / 4);
  return static_cast<std::uint8_t>(hash.expose()[0] & 0xFFu << (8 - bits));
}

}  // namespace

SecretString mnemonic_from_entropy(ByteView entropy) {
  if (!is_entropy_size(entropy.size())) {
    throw Error(Outcome::internal, "words cannot be made from " + std::to_string(entropy.size()) + " bytes of entropy");
  }
  auto bits = SecretBytes::copy_of(entropy);
  bits.append(checksum(entropy));
  SecretString out;
  const std::size_t words = entropy.size() * 3 / 4;
  for (std::size_t word = 0; word < words; ++word) {
    unsigned index = 0;
    for (std::size_t i = 0; i < bits_per_word; ++i) index = index << 1 | bit(bits.expose(), word * bits_per_word + i);
    if (word != 0) out.append(' ');
    out.append(english_words()[index]);
  }
  return out;
}

std::optional<SecretBytes> entropy_from_mnemonic(std::string_view mnemonic) {
  constexpr std::size_t most_words = 24;
  SecretBytes bits(most_words * bits_per_word / 8);  // 264 bits
  std::size_t words = 0;
  for (std::size_t begin = 0; begin <= mnemonic.size(); ++words) {
    const std::size_t end = std::min(mnemonic.find(' ', begin), mnemonic.size());
    const auto index = word_index(mnemonic.substr(begin, end - begin));
    if (!index || words == most_words) return std::nullopt;
    for (std::size_t i = 0; i < bits_per_word; ++i) {
      const std::size_t at = words * bits_per_word + i;
      auto& byte = bits.expose()[at / 8];
      byte = static_cast<std::uint8_t>(byte | (*index >> (bits_per_word - 1 - i) & 1u) << (7 - at % 8));
    }
    begin = end + 1;
  }
  if (words % 3 != 0 || !is_entropy_size(words * 4 / 3)) return std::nullopt;
  const std::size_t size = words * 4 / 3;
  const std::uint8_t found = bits.expose()[size];
  bits.resize(size);
  if (checksum(bits.expose()) != found) return std::nullopt;
  return bits;
}

SecretBytes seed_from_mnemonic(std::string_view mnemonic, std::string_view passphrase) {
  auto salt = SecretString::copy_of("mnemonic");
  salt.append(passphrase);
  SecretBytes seed(64);
  crypto::pbkdf2_hmac_sha512(as_bytes(mnemonic), salt.expose_bytes(), 2048, seed.expose());
  return seed;
}

}  // namespace hwbak::wallet
