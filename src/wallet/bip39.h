// BIP-39, English list: words, checksums, seeds. Source: BIP-39; the list's SHA-256 is
// 2f5eed53a4727b4bf8880d8f3f199efc90e58503646d9ff8eff3a2ed3b24dbda.
#pragma once

#include <array>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "hwbak/secret.h"

namespace hwbak::wallet {

inline constexpr std::size_t word_count = 2048;
[[nodiscard]] const std::array<std::string_view, word_count>& english_words() noexcept;  // sorted
// Index of a word (exact, lower case); nullopt when it is not on the list.
[[nodiscard]] std::optional<unsigned> word_index(std::string_view word) noexcept;
// The only word that begins with `prefix` (at least four letters, or a whole word).
[[nodiscard]] std::optional<unsigned> word_from_prefix(std::string_view prefix) noexcept;
// All words that begin with `prefix`, sorted (for completion).
[[nodiscard]] std::span<const std::string_view> words_with_prefix(std::string_view prefix) noexcept;
// Letters put in, left out, replaced, and neighbours swapped (optimal string alignment). `word` is one of a list: 8 letters at most.
[[nodiscard]] unsigned edit_distance(std::string_view typed, std::string_view word) noexcept;
// The nearest words by edit distance (transposition counts one), best first, at most `count`.
[[nodiscard]] std::vector<std::string_view> nearest_words(std::string_view typed, std::size_t count);

// Entropy (16, 20, 24, 28 or 32 bytes) to words with single spaces, and back. Back is nullopt for
// another count, an unknown word or a wrong checksum.
[[nodiscard]] SecretString mnemonic_from_entropy(ByteView entropy);
[[nodiscard]] std::optional<SecretBytes> entropy_from_mnemonic(std::string_view mnemonic);
// 64 bytes: PBKDF2-HMAC-SHA512(mnemonic, "mnemonic" + passphrase, 2048). No normalisation (English is ASCII;
// a passphrase must come in NFKD).
[[nodiscard]] SecretBytes seed_from_mnemonic(std::string_view mnemonic, std::string_view passphrase = {});

}  // namespace hwbak::wallet
