// A DKEK share file (`.pbe`): 64 bytes, one 32-byte share under a password (docs/formats/pico-hsm.md, "The share file"). Bytes in,
// structure and share out; no meaning. There is no check value inside: only the padding and, outside, a KCV.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "hwbak/bytes.h"
#include "hwbak/error.h"
#include "hwbak/random.h"
#include "hwbak/secret.h"

namespace hwbak::dkek {

inline constexpr std::size_t file_size = 64, share_size = 32;
inline constexpr std::uint32_t kdf_rounds = 10'000'000;

using Kcv = std::array<std::uint8_t, 8>;                   // first bytes of SHA-256(DKEK)
[[nodiscard]] Kcv kcv_of(FixedView<32> dkek);
[[nodiscard]] std::string to_text(const Kcv& kcv);         // 16 upper-case hexadecimal digits
inline constexpr Kcv zero_dkek_kcv{0x66, 0x68, 0x7A, 0xAD, 0xF8, 0x62, 0xBD, 0x77};

// How the file holds the 64 bytes.
enum class Form { raw, base64 };                           // base64: as paper copies have it, blanks and line breaks anywhere

// Something odd that does not keep it from opening; its code is one of the findings in docs/json.md.
struct Remark {
  std::string code, sentence;
};

struct Survey {
  Form form = Form::raw;
  std::array<std::uint8_t, 8> salt{};
  std::array<std::uint8_t, 48> sealed{};
  std::vector<Remark> remarks;                             // trailing-bytes, base64-spare-bits
};

// By content: `Salted__` as bytes or in base64, also cut short, with bytes behind, or with one byte of the magic wrong.
[[nodiscard]] bool recognise(ByteView file) noexcept;
// Throws Error: damaged (fewer than 64 bytes, with the number that is missing; base64 with the offset of the bad character),
// unsupported (64 bytes with another magic). More than 64 bytes are a remark: sc-hsm-tool ignores them.
[[nodiscard]] Survey survey(ByteView file);

// The other half of the block must be as expected, which a wrong key makes of one file in 2^49.
inline constexpr std::size_t max_mended = 8;
// What a key makes of the file. All sixteen padding bytes count.
struct Opening {
  SecretBytes share;                                       // 32 bytes
  // Bytes of `sealed` that the padding proves damaged though the key is right (at most max_mended, all in one block): the
  // share is then already mended, which the padding proves for bytes of the second and third block.
  std::vector<std::size_t> mended;
};
// nullopt when the padding does not hold: a wrong password, or damage that cannot be told from one.
[[nodiscard]] std::optional<Opening> open(const Survey& survey, FixedView<48> key);
// Damage of the first sealed block leaves the padding right and gives a wrong share. Calls `fits` with every share that one other
// byte there would give, until it returns true; gives that share and the place in `sealed`.
struct FirstBlockMend {
  SecretBytes share;
  std::size_t at = 0;
};
[[nodiscard]] std::optional<FirstBlockMend> mend_first_block(const Survey& survey, FixedView<48> key,
                                                             const std::function<bool(FixedView<32> share)>& fits);

// A share under a key that was derived with this salt: the whole file. For many at once, side by side.
[[nodiscard]] Bytes seal(FixedView<32> share, FixedView<8> salt, FixedView<48> key);
// A new file: fresh salt from `random` (8 bytes drawn), then the derivation. Throws Error(refused) for an empty password.
[[nodiscard]] Bytes write(FixedView<32> share, ByteView password, std::uint32_t rounds, RandomSource& random);

// XOR of all shares; 32 bytes.
[[nodiscard]] SecretBytes combine(std::span<const SecretBytes* const> shares);

}  // namespace hwbak::dkek
