// The decrypted text of a Coldcard backup, line by line (docs/formats/coldcard.md, "The text").
// Nothing is copied out: every line is a place in the locked buffer.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "hwbak/bytes.h"

namespace hwbak::coldcard {

enum class LineKind { blank, comment, pair, unparsable };

struct Line {
  LineKind kind = LineKind::blank;
  unsigned number = 0;        // from 1
  std::string_view text;      // without the newline
  std::string_view key;       // of a pair
  std::string_view value;     // of a pair: one JSON value, as written
  Region place;               // in the text, newline included
  bool lost = false;          // overlaps a hole: bytes are gone
  bool suspect = false;       // overlaps bytes that may be wrong
  std::string_view complaint; // of an unparsable line: "no \" = \"", "not JSON", "not UTF-8" (constant text)
};

// Damage as the container names it, in offsets of the text.
struct TextDamage {
  std::vector<Region> lost;
  std::vector<Region> suspect;
  bool unproven = false;  // a checksum over the whole text fails, and nothing tells where
};

struct Text {
  std::string_view bytes;      // must outlive this object
  std::vector<Line> lines;
  bool starts_with_hash = false;
  bool ends_with_newline = false;
  bool has_eof_mark = false;   // "# EOF" is the last comment
  // Line numbers of keys that occur more than once (each later one), in order.
  std::vector<unsigned> repeated;

  // The pair a device would use: the last whole one of that key; nullptr when there is none.
  [[nodiscard]] const Line* find(std::string_view key) const noexcept;
};

[[nodiscard]] Text parse_text(std::string_view text, const TextDamage& damage = {});

// Does this look like a Coldcard backup text, in whole or in part? (known first line, known keys)
[[nodiscard]] bool is_backup_text(std::string_view text) noexcept;
// {"coldcard_notes": [...]}
[[nodiscard]] bool is_notes_export(std::string_view text) noexcept;

}  // namespace hwbak::coldcard
