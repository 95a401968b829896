// The names of algorithm ids (docs/formats/pico-hsm.md, "Allowed algorithms").
#include "device/pico_hsm/algorithms.h"

#include <array>

#include "base/ascii.h"
#include "base/hex.h"

namespace hwbak::pico_hsm {
namespace {

struct Algorithm {
  std::uint8_t id;
  std::string_view name;
};
constexpr std::array all{
    Algorithm{0x10, "AES-CBC encryption"},        Algorithm{0x11, "AES-CBC decryption"},
    Algorithm{0x18, "AES-CMAC"},                  Algorithm{0x20, "RSA raw"},
    Algorithm{0x21, "RSA raw decryption"},        Algorithm{0x22, "RSA PKCS#1 decryption"},
    Algorithm{0x23, "RSA OAEP decryption"},       Algorithm{0x30, "RSA PKCS#1 v1.5"},
    Algorithm{0x31, "RSA PKCS#1 v1.5 SHA-1"},     Algorithm{0x32, "RSA PKCS#1 v1.5 SHA-224"},
    Algorithm{0x33, "RSA PKCS#1 v1.5 SHA-256"},   Algorithm{0x34, "RSA PKCS#1 v1.5 SHA-384"},
    Algorithm{0x35, "RSA PKCS#1 v1.5 SHA-512"},   Algorithm{0x40, "RSA PSS"},
    Algorithm{0x41, "RSA PSS SHA-1"},             Algorithm{0x42, "RSA PSS SHA-224"},
    Algorithm{0x43, "RSA PSS SHA-256"},           Algorithm{0x44, "RSA PSS SHA-384"},
    Algorithm{0x45, "RSA PSS SHA-512"},           Algorithm{0x51, "AES extended encryption"},
    Algorithm{0x52, "AES extended decryption"},   Algorithm{0x70, "ECDSA raw hash"},
    Algorithm{0x71, "ECDSA SHA-1"},               Algorithm{0x72, "ECDSA SHA-224"},
    Algorithm{0x73, "ECDSA SHA-256"},             Algorithm{0x74, "ECDSA SHA-384"},
    Algorithm{0x75, "ECDSA SHA-512"},             Algorithm{0x80, "ECDH"},
    Algorithm{0x83, "ECDH with authenticated key"}, Algorithm{0x84, "XKEK agreement"},
    Algorithm{0x92, "wrap"},                      Algorithm{0x93, "unwrap"},
    Algorithm{0x94, "replace"},                   Algorithm{0x98, "EC derivation"},
    Algorithm{0x99, "AES derivation"},            Algorithm{0xA0, "HD keys"},
};

static_assert(all.size() == known_algorithms);

}  // namespace

std::string algorithm_name(std::uint8_t id) {
  std::string_view name = "unknown";
  for (const Algorithm& algorithm : all)
    if (algorithm.id == id) name = algorithm.name;
  return to_hex_upper(ByteView(&id, 1)) + " " + std::string(name);
}

std::optional<std::uint8_t> algorithm_named(std::string_view text) {
  for (const Algorithm& algorithm : all)
    if (same_word(text, algorithm.name)) return algorithm.id;
  if (text.starts_with("0x") || text.starts_with("0X")) text.remove_prefix(2);
  const auto bytes = from_hex(text);
  if (!bytes || bytes->size() != 1) return std::nullopt;
  return bytes->front();
}

}  // namespace hwbak::pico_hsm
