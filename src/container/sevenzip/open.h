// From packed bytes and a key to plaintext, graded: a wrong key, a damaged body and a damaged
// header are told apart where the bytes allow it (docs/formats/coldcard.md, "Damage").
#pragma once

#include <vector>

#include "container/sevenzip/survey.h"
#include "hwbak/secret.h"

namespace hwbak::sevenzip {

// A place where ciphertext is damaged or missing. CBC keeps damage local: the text of the
// block is lost, the text of the next block may have wrong bits where the file has.
struct Hole {
  Region file;                    // ciphertext, whole 16-byte blocks; length 0: bytes are missing here
  Region text;                    // plaintext that is lost
  Region suspect;                 // plaintext after it that may hold wrong bits; may be empty
};

enum class Grade {
  good,          // decrypted; the plaintext CRC holds
  unverified,    // decrypted; there is no CRC to check against
  damaged,       // the key is right (readable text is there), the CRC fails
  wrong_secret,  // the CRC fails and nothing readable came out
};

struct Opened {
  Grade grade = Grade::wrong_secret;
  SecretBytes text;            // unpack_size bytes; lost bytes are what decryption gave (noise). Shorter when a
                               // compressed stream broke off, or without the padding where the size was lost
  bool padding_zero = true;    // the bytes after the plaintext in the last block
  bool crc_holds = false;
  bool iv_rebuilt = false;     // the first block was mended from its known beginning
  // The file offset of the one damaged byte of the body, when its true value was found and proven by the
  // checksum: `text` is whole, `crc_holds`, the grade stays `damaged` and the hole names the block.
  std::optional<std::uint64_t> mended_byte;
  // Bytes that do not belong to the body, in the file: without them the checksum holds (the grade is good).
  std::optional<Region> inserted;
  std::vector<Hole> holes;     // for Grade::damaged, in file order; empty: no block looks lost, so
                               // the CRC field itself or bits within readable text are wrong
};

// Password bytes to try, in order: UTF-16LE of the text, then each byte widened (the firmware's
// way) when that differs. `password` is UTF-8 text or any bytes.
[[nodiscard]] std::vector<SecretBytes> password_forms(ByteView password);

// The 32-byte key of an AES folder (one derivation). Throws Error(refused) above limits.max_rounds_pow.
[[nodiscard]] SecretBytes derive_key(const Aes& aes, ByteView password_utf16le, const Limits& limits);

// Decrypts, decompresses and grades one folder. `key` is empty for a folder without AES.
// Throws Error(refused) when more than limits.max_plaintext would come out.
[[nodiscard]] Opened open(ByteView file, const Folder& folder, ByteView key, const Limits& limits);

// For an encrypted or packed end header: decodes it and fills `folders` and `entries` of the
// survey. False when the key is wrong.
[[nodiscard]] bool open_header(ByteView file, Survey& survey, ByteView key, const Limits& limits);

}  // namespace hwbak::sevenzip
