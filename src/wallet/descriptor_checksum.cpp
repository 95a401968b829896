// The checksum of descriptors (BIP-380); see descriptor.h.
#include "wallet/base58.h"
#include "wallet/descriptor.h"

namespace hwbak::wallet {
namespace {

constexpr std::string_view characters =
    "0123456789()[],'/*abcdefgh@:$%{}"
    "IJKLMNOPQRSTUVWXYZ&+-.;<=>?!^_|~"
    "ijklmnopqrstuvwxyzABCDEFGH`#\"\\ ";

std::uint64_t polymod(std::uint64_t state, std::uint64_t value) {
  constexpr std::uint64_t generator[] = {0xf5dee51989, 0xa9fdca3312, 0x1bab10e32d, 0x3706b1677a, 0x644d626ffd};
  const std::uint64_t top = state >> 35;
  state = (state & 0x7ffffffff) << 5 ^ value;
  for (unsigned i = 0; i < 5; ++i) state ^= (top >> i & 1u) != 0 ? generator[i] : 0;
  return state;
}

}  // namespace

std::optional<std::string> descriptor_checksum(std::string_view script) {
  constexpr unsigned length = 8, group_size = 32, together = 3;
  std::uint64_t state = 1, groups = 0;
  unsigned held = 0;
  for (const char c : script) {
    const auto at = characters.find(c);
    if (at == characters.npos) return std::nullopt;
    state = polymod(state, at % group_size);
    groups = groups * together + at / group_size;
    if (++held < together) continue;
    state = polymod(state, groups);
    groups = held = 0;
  }
  if (held != 0) state = polymod(state, groups);
  for (unsigned i = 0; i < length; ++i) state = polymod(state, 0);
  state ^= 1;
  std::string out;
  for (unsigned i = 0; i < length; ++i) out += bech32_alphabet[state >> 5 * (length - 1 - i) & 31];
  return out;
}

}  // namespace hwbak::wallet
