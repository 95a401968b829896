// Tables in CSV (RFC 4180), whatever their columns mean: rows of exact bytes, and back (docs/exports.md, "CSV").
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "foreign/foreign.h"

namespace hwbak::foreign {

inline constexpr std::size_t max_field = std::size_t{64} << 10;
inline constexpr std::size_t max_columns = 64;

struct CsvRow {
  std::size_t line = 0;   // where it begins, from 1
  std::vector<SecretString> fields;
};
struct CsvTable {
  std::vector<CsvRow> rows;
  std::vector<Remark> refused;
};
// A byte order mark is skipped, as are blank lines. A row that breaks the rules is left out, and reading goes on in the
// next line; what is read is never guessed. Throws Error(refused) above max_file or max_records.
[[nodiscard]] CsvTable read_table(ByteView file);

// A row with CRLF; quoted where a reader needs it: commas, quotes and line ends, blanks at the ends, which some readers
// drop, and a # in front, which some take for a comment.
void put_row(SecretBytes& out, std::span<const std::string_view> fields);

// "line 12"
[[nodiscard]] std::string line_name(std::size_t line);
// `file` as text, without a byte order mark. Throws Error: damaged (empty), unsupported (UTF-16), refused (too large).
[[nodiscard]] std::string_view text_of(ByteView file);
// Throws Error(refused) when `records` is above max_records.
void check_records(std::size_t records);
// Text that every format here can hold: UTF-8 without NUL.
[[nodiscard]] bool is_text(std::string_view text) noexcept;

}  // namespace hwbak::foreign
