// The container of a CDC Badge backup, and the base64 it is kept in: bytes in, structure and plaintext out; no meaning
// (docs/formats/cdc-badge.md, "The container").
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "hwbak/bytes.h"
#include "hwbak/error.h"
#include "hwbak/random.h"
#include "hwbak/secret.h"

namespace hwbak::cdcbak {

inline constexpr std::size_t header_size = 39, tag_size = 16, smallest_size = header_size + tag_size;
inline constexpr std::uint64_t max_plaintext = 262144;         // bytes a badge takes
inline constexpr std::uint64_t max_base64 = 349600;            // characters a badge reads
inline constexpr std::uint32_t default_iterations = 200'000, low_iterations = 100'000;

struct Limits {
  std::uint64_t max_iterations = 10'000'000;                   // --max-kdf-rounds
  std::uint64_t max_file = 16 * 1024 * 1024;                   // --max-size
};

// How the file holds the container.
enum class Form { base64, raw };

// Something odd that does not keep it from opening; its code is one of the findings in docs/json.md.
struct Remark {
  std::string code, sentence;
};

struct Survey {
  Form form = Form::base64;
  Bytes container;                     // decoded
  std::uint32_t iterations = 0;
  std::array<std::uint8_t, 16> salt{};
  std::array<std::uint8_t, 12> nonce{};
  std::uint64_t payload_size = 0;      // bytes of plaintext
  bool badge_decodes = true;           // the badge's own decoder takes this form of base64
  std::vector<Remark> remarks;
  // Why it cannot be opened even with the passphrase (iterations 0 or above the limit: refused); empty when it can.
  std::optional<Error> dead_end;
};

// By content: base64 whose first bytes decode to the magic, the magic itself, or either cut short or with one byte wrong.
[[nodiscard]] bool recognise(ByteView file) noexcept;
// In the order of section 1.5. Throws Error: damaged (base64 with the offset of the bad character, truncated with the
// number of missing bytes), unsupported (magic, version), refused (above max_file). More than a badge takes is a remark.
[[nodiscard]] Survey survey(ByteView file, const Limits& limits);

enum class PassphraseForm { utf8, cp437, cp437_dropped, nfc, nfd };
[[nodiscard]] std::string_view name(PassphraseForm form) noexcept;  // "utf-8", "cp437", "cp437-dropped", "nfc", "nfd"
struct PassphraseBytes {
  PassphraseForm form = PassphraseForm::utf8;
  SecretBytes bytes;
};
// The byte forms to try, in that order, each once; pure ASCII and what is not UTF-8 (which can only be CP437) have one. CP437 forms are made of the
// text as typed and of its normal forms, so there may be several. Throws Error(refused) for an empty passphrase.
[[nodiscard]] std::vector<PassphraseBytes> passphrase_forms(ByteView passphrase);

// The plaintext; nullopt when the tag does not hold with this key (wrong passphrase or damage: they cannot be told apart).
[[nodiscard]] std::optional<SecretBytes> open(const Survey& survey, FixedView<32> key);

// Derives a key from each form, the first one first, and opens. nullopt when none of them fits. Throws `dead_end`.
struct Unlocked {
  PassphraseForm form = PassphraseForm::utf8;
  SecretBytes key, plaintext;
};
[[nodiscard]] std::optional<Unlocked> unlock(const Survey& survey, std::span<const PassphraseBytes> forms);

// A container with fresh salt and nonce (drawn in that order) and its canonical base64: one line, no newline.
// Throws Error(refused) for an empty passphrase, for no iterations and for a plaintext above max_plaintext.
struct Written {
  Bytes container, base64;
};
[[nodiscard]] Written write(ByteView plaintext, ByteView passphrase, std::uint32_t iterations, RandomSource& random);

}  // namespace hwbak::cdcbak
