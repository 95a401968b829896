// Segwit addresses in Bech32 (BIP-173) and Bech32m (BIP-350); see base58.h.
#include "hwbak/error.h"
#include "wallet/base58.h"

namespace hwbak::wallet {
namespace {

constexpr std::string_view alphabet = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
constexpr std::size_t checksum_characters = 6;

std::uint32_t polymod(std::uint32_t state, unsigned value) {
  constexpr std::uint32_t generator[] = {0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3};
  const std::uint32_t top = state >> 25;
  state = (state & 0x1ffffff) << 5 ^ value;
  for (unsigned i = 0; i < 5; ++i) state ^= (top >> i & 1u) != 0 ? generator[i] : 0;
  return state;
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

}  // namespace

std::string segwit_address(std::string_view hrp, unsigned version, ByteView program) {
  const bool good = version == 0 ? program.size() == 20 || program.size() == 32
                                 : version <= 16 && program.size() >= 2 && program.size() <= 40;
  if (!good) {
    throw Error(Outcome::internal, "there is no segwit address of this version and size");
  }
  auto groups = five_bit_groups(program);
  groups.insert(groups.begin(), static_cast<std::uint8_t>(version));
  std::uint32_t state = 1;
  for (const char c : hrp) state = polymod(state, static_cast<unsigned char>(c) >> 5);
  state = polymod(state, 0);
  for (const char c : hrp) state = polymod(state, c & 31);
  for (const std::uint8_t group : groups) state = polymod(state, group);
  for (std::size_t i = 0; i < checksum_characters; ++i) state = polymod(state, 0);
  state ^= version == 0 ? 1 : 0x2bc830a3;
  std::string out(hrp);
  out += '1';
  for (const std::uint8_t group : groups) out += alphabet[group];
  for (unsigned i = 0; i < checksum_characters; ++i) out += alphabet[state >> 5 * (checksum_characters - 1 - i) & 31];
  return out;
}

}  // namespace hwbak::wallet
