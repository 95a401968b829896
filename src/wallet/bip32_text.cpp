// Names around keys: fingerprints, chains, paths; see bip32.h.
#include <algorithm>
#include <charconv>

#include "base/hex.h"
#include "wallet/bip32.h"

namespace hwbak::wallet {

std::string to_text(const Fingerprint& xfp) { return to_hex_upper(xfp); }

std::optional<Fingerprint> fingerprint_from_text(std::string_view hex) {
  Fingerprint out{};
  const auto bytes = hex.size() == 2 * out.size() ? from_hex(hex) : std::nullopt;
  if (!bytes) return std::nullopt;
  std::copy(bytes->begin(), bytes->end(), out.begin());
  return out;
}

Fingerprint fingerprint_from_le(std::uint32_t value) noexcept {
  return {static_cast<std::uint8_t>(value), static_cast<std::uint8_t>(value >> 8), static_cast<std::uint8_t>(value >> 16),
          static_cast<std::uint8_t>(value >> 24)};
}

std::string_view coldcard_code(Chain chain) noexcept {
  switch (chain) {
    case Chain::mainnet: return "BTC";
    case Chain::testnet: return "XTN";
    case Chain::regtest: return "XRT";
  }
  return {};
}

std::optional<Chain> chain_from_code(std::string_view code) noexcept {
  for (const Chain chain : {Chain::mainnet, Chain::testnet, Chain::regtest}) {
    if (code == coldcard_code(chain)) return chain;
  }
  return std::nullopt;
}

std::optional<std::vector<std::uint32_t>> parse_path(std::string_view path) {
  constexpr std::size_t max_steps = 255;  // a serialised key's depth is one byte
  if (!path.starts_with('m')) return std::nullopt;
  path.remove_prefix(1);
  std::vector<std::uint32_t> out;
  while (!path.empty()) {
    if (path[0] != '/' || out.size() == max_steps) return std::nullopt;
    std::uint32_t index = 0;
    const char* const end = path.data() + path.size();
    const auto [rest, error] = std::from_chars(path.data() + 1, end, index);
    if (error != std::errc() || index >= hardened) return std::nullopt;
    path = {rest, end};
    if (path.starts_with('h') || path.starts_with('\'')) {
      index |= hardened;
      path.remove_prefix(1);
    }
    out.push_back(index);
  }
  return out;
}

std::string path_text(std::span<const std::uint32_t> path) {
  std::string out = "m";
  for (const std::uint32_t index : path) {
    out += '/';
    out += std::to_string(index & ~hardened);
    if (index >= hardened) out += 'h';
  }
  return out;
}

}  // namespace hwbak::wallet
