// Segwit addresses in Bech32 (BIP-173) and Bech32m (BIP-350); see base58.h.
#include <algorithm>

#include "base/ascii.h"
#include "hwbak/error.h"
#include "wallet/base58.h"

namespace hwbak::wallet {
namespace {

constexpr std::string_view alphabet = bech32_alphabet;
constexpr std::size_t checksum_characters = 6;

std::uint32_t polymod(std::uint32_t state, unsigned value) {
  constexpr std::uint32_t generator[] = {0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3};
  const std::uint32_t top = state >> 25;
  state = (state & 0x1ffffff) << 5 ^ value;
  for (unsigned i = 0; i < 5; ++i) state ^= (top >> i & 1u) != 0 ? generator[i] : 0;
  return state;
}

constexpr std::uint32_t bech32 = 1, bech32m = 0x2bc830a3;

std::uint32_t begin_with(std::string_view hrp) {
  std::uint32_t state = 1;
  for (const char c : hrp) state = polymod(state, static_cast<unsigned char>(c) >> 5);
  state = polymod(state, 0);
  for (const char c : hrp) state = polymod(state, c & 31);
  return state;
}

bool program_fits(unsigned version, std::size_t size) {
  return version == 0 ? size == 20 || size == 32 : version <= 16 && size >= 2 && size <= 40;
}

// Eight bits to five, the last group padded with zeros.
std::vector<std::uint8_t> five_bit_groups(ByteView bytes) {
  std::vector<std::uint8_t> out;
  unsigned held = 0;
  unsigned bits = 0;
  for (const std::uint8_t byte : bytes) {
    held = (held << 8 | byte) & 0xfff;
    for (bits += 8; bits >= 5; bits -= 5) out.push_back(held >> (bits - 5) & 31);
  }
  if (bits > 0) out.push_back(held << (5 - bits) & 31);
  return out;
}

// Back; nullopt when more than padding is left over, or when that is not zero.
std::optional<Bytes> from_five_bit_groups(ByteView groups) {
  Bytes out;
  unsigned held = 0;
  unsigned bits = 0;
  for (const std::uint8_t group : groups) {
    held = (held << 5 | group) & 0xfff;
    bits += 5;
    if (bits < 8) continue;
    bits -= 8;
    out.push_back(static_cast<std::uint8_t>(held >> bits));
  }
  if (bits >= 5 || (held & ((1u << bits) - 1)) != 0) return std::nullopt;
  return out;
}

}  // namespace

std::string segwit_address(std::string_view hrp, unsigned version, ByteView program) {
  if (!program_fits(version, program.size())) throw Error(Outcome::internal, "there is no segwit address of this version and size");
  auto groups = five_bit_groups(program);
  groups.insert(groups.begin(), static_cast<std::uint8_t>(version));
  std::uint32_t state = begin_with(hrp);
  for (const std::uint8_t group : groups) state = polymod(state, group);
  for (std::size_t i = 0; i < checksum_characters; ++i) state = polymod(state, 0);
  state ^= version == 0 ? bech32 : bech32m;
  std::string out(hrp);
  out += '1';
  for (const std::uint8_t group : groups) out += alphabet[group];
  for (unsigned i = 0; i < checksum_characters; ++i) out += alphabet[state >> 5 * (checksum_characters - 1 - i) & 31];
  return out;
}

std::optional<SegwitAddress> from_segwit_address(std::string_view text) {
  constexpr std::size_t max_characters = 90;
  const std::string lower = to_lower(text);
  const std::size_t separator = lower.rfind('1');
  const bool mixed = lower != text && std::ranges::any_of(text, [](char c) { return c >= 'a' && c <= 'z'; });
  if (mixed || text.size() > max_characters || separator == lower.npos || separator == 0) return std::nullopt;
  if (lower.size() - separator - 1 < checksum_characters + 1) return std::nullopt;
  std::uint32_t state = begin_with(std::string_view(lower).substr(0, separator));
  Bytes groups;
  for (const char c : std::string_view(lower).substr(separator + 1)) {
    const auto group = alphabet.find(c);
    if (group == alphabet.npos) return std::nullopt;
    groups.push_back(static_cast<std::uint8_t>(group));
    state = polymod(state, groups.back());
  }
  SegwitAddress out{lower.substr(0, separator), groups[0], {}};
  if (state != (out.version == 0 ? bech32 : bech32m)) return std::nullopt;
  auto program = from_five_bit_groups(ByteView(groups).subspan(1, groups.size() - 1 - checksum_characters));
  if (!program || !program_fits(out.version, program->size())) return std::nullopt;
  out.program = std::move(*program);
  return out;
}

}  // namespace hwbak::wallet
