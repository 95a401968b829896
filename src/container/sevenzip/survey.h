// What a 7z file shows without its password, whole or damaged (docs/formats/coldcard.md,
// "The container"). Pure: bytes in, structure out.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "hwbak/bytes.h"
#include "hwbak/error.h"

namespace hwbak::sevenzip {

struct Limits {
  unsigned max_rounds_pow = 24;                        // 7-Zip's own cap; --max-kdf-rounds
  std::uint64_t max_plaintext = 16 * 1024 * 1024;      // bytes; --max-size
  std::uint64_t max_end_header = 1024 * 1024;          // bytes
};

// Who wrote it, judged by the layout of the headers.
enum class Writer { device, sevenzip, unknown };
[[nodiscard]] std::string_view name(Writer writer) noexcept;  // "device", "7-Zip", "unknown"

enum class Method { copy, lzma, lzma2, aes, other };

// 7zAES properties as stored.
struct Aes {
  unsigned rounds_pow = 0;   // NumCyclesPower, 0 to 63
  Bytes salt;                // 0 to 16 bytes
  std::array<std::uint8_t, 16> iv{};  // zero-extended
  unsigned iv_size = 0;      // bytes stored
  Region place;              // of the properties in the file (or in the decoded header)
  bool iv_lost = false;      // salvage: the salt survived, the IV did not
};

struct Coder {
  Method method = Method::other;
  Bytes id;
  Bytes properties;
  std::uint64_t unpack_size = 0;  // bytes out of this coder
};

// A file's share of a folder that holds several.
struct Part {
  std::uint64_t offset = 0, size = 0;
  std::optional<std::uint32_t> crc;
};

// One packed stream and what turns it into plaintext: coders in the order of decoding
// (AES first when there is any).
struct Folder {
  Region packed;                     // in the file
  std::vector<Coder> coders;
  std::optional<Aes> aes;
  std::uint64_t unpack_size = 0;     // bytes at the end of the chain
  std::optional<std::uint32_t> crc;  // CRC-32 of these bytes
  std::vector<Part> parts;           // of a solid folder, whose files have a CRC each instead
  Region crc_place;                  // where the CRC stands in the file; length 0 when not known
};

struct Entry {
  std::string name;               // UTF-8 as stored, untrusted: never a path, escape before printing
  bool has_stream = true;
  bool is_folder = false;
  std::uint64_t size = 0;
  std::optional<std::uint32_t> crc;
  std::size_t folder = 0;         // index into folders
  std::uint64_t offset = 0;       // of this file in the folder's output
};

// A contradiction between bytes. Flaws make the outcome `damaged`.
struct Flaw {
  std::string code;        // "start-header-crc", "end-header-crc", "truncated", ...
  std::string sentence;
  Region place;            // in the file; where bytes are missing: the region that is gone
  std::uint64_t missing = 0;  // bytes that the file lacks
  bool mended = false;     // the true bytes were found and proven by a checksum
};

// Something odd but harmless: trailing bytes, rounds 63 or 0, no salt, deceptive names.
struct Remark {
  std::string code;
  std::string sentence;
  Region place;
};

struct Survey {
  std::uint64_t file_size = 0;
  unsigned minor_version = 0;
  Region start_header, packed, end_header;  // in the file
  std::uint64_t trailing_bytes = 0;
  Writer writer = Writer::unknown;
  std::vector<Folder> folders;
  std::vector<Entry> entries;
  // Set when the end header is itself packed: `folders` and `entries` are empty until open_header().
  std::optional<Folder> packed_header;
  std::vector<Flaw> flaws;      // empty: structure passes
  std::vector<Remark> remarks;
  // Why nothing inside can be opened even with the password; empty when it can.
  std::optional<Error> dead_end;
  bool recovered = false;       // the layout comes from a search for surviving headers, not from an intact chain
};

// By content: the signature, a start header whose CRC holds, or a Coldcard end header anywhere.
[[nodiscard]] bool recognise(ByteView file) noexcept;

// Never throws for bytes that contradict each other (flaws, dead_end), nor for rounds or sizes above
// the limits and coders not handled (dead_end, with Outcome refused or unsupported): their facts can
// still be shown. Throws Error(damaged) for an empty file, Error(unsupported) for what is no 7z and for
// another major version. Allocates no more than a small multiple of the end header's real length.
[[nodiscard]] Survey survey(ByteView file, const Limits& limits);

// CRC-32 (IEEE) as 7z uses it.
[[nodiscard]] std::uint32_t crc32(ByteView data) noexcept;

}  // namespace hwbak::sevenzip
