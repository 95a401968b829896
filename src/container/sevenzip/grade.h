// Which 16-byte blocks of a decrypted text are readable: CBC turns a damaged block into noise and
// leaves the rest, so a text tells by itself where its file is damaged (docs/formats/coldcard.md, "Damage").
#pragma once

#include "container/sevenzip/open.h"

namespace hwbak::sevenzip {

enum class Block : std::uint8_t {
  readable,
  blemished,  // a few bytes are no text: flipped bits, when it follows noise
  noise,
};

// `plain` is whole blocks, the text and its padding, which must be zero from `text_size` on.
[[nodiscard]] std::vector<Block> judge_blocks(ByteView plain, std::uint64_t text_size);

// Enough readable blocks to say that the key is right. Noise passes for a readable block about once
// in five million.
[[nodiscard]] bool shows_text(const std::vector<Block>& blocks) noexcept;

// Runs of unreadable blocks; `file_offset` is where block 0 stands in the file.
[[nodiscard]] std::vector<Hole> holes_of(const std::vector<Block>& blocks, std::uint64_t file_offset,
                                         std::uint64_t text_size);

}  // namespace hwbak::sevenzip
