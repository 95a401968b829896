// Which 16-byte blocks of a decrypted text are readable: CBC turns a damaged block into noise and
// leaves the rest, so a text tells by itself where its file is damaged (docs/formats/coldcard.md, "Damage").
#pragma once

#include <string_view>

#include "container/sevenzip/open.h"

namespace hwbak::sevenzip {

enum class Block : std::uint8_t {
  readable,
  blemished,  // a few bytes are no text: flipped bits, when it follows noise
  noise,
};

// `plain` is whole blocks, the text and its padding, which must be zero from `text_size` on.
[[nodiscard]] std::vector<Block> judge_blocks(ByteView plain, std::uint64_t text_size);

// The first blocks of what devices write, and what follows them.
struct KnownBeginning {
  std::string_view first, next;
};
inline constexpr KnownBeginning known_beginnings[] = {
    {"# Coldcard backu", "p file! DO NOT C"},
    {"{\"coldcard_notes", "\": ["},
};

// Text says that the key is right: more blocks of plain ASCII than noise shows once in 10^10 files of
// this length. `plain` is as for judge_blocks.
[[nodiscard]] bool shows_text(ByteView plain, std::uint64_t text_size);

// The same for what a decompressor made of bytes, judged by its beginning alone: noise makes it repeat a
// few bytes over and over, so different bytes count and blocks do not.
[[nodiscard]] bool begins_as_text(ByteView plain);

// Runs of unreadable blocks; `file_offset` is where block 0 stands in the file.
[[nodiscard]] std::vector<Hole> holes_of(const std::vector<Block>& blocks, std::uint64_t file_offset,
                                         std::uint64_t text_size);

}  // namespace hwbak::sevenzip
