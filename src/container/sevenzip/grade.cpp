// See grade.h.
#include "container/sevenzip/grade.h"

#include <algorithm>

#include "base/unicode.h"
#include "container/sevenzip/layout.h"

namespace hwbak::sevenzip {
namespace {

constexpr unsigned max_blemishes = 4;

struct Marks {
  std::uint8_t hard = 0;       // bytes that no text has
  std::uint8_t cut_front = 0;  // the end of a character that began in the block before
  std::uint8_t cut_back = 0;   // the beginning of one that ends in the next block
};

bool is_text(char32_t code) noexcept {
  return code == '\n' || code == '\t' || code == '\r' || (code >= 0x20 && code < 0x7F) || code >= 0xA0;
}

bool is_beyond_ascii(std::uint8_t byte) noexcept { return byte >= 0x80; }
bool is_continuation(std::uint8_t byte) noexcept { return (byte & 0xC0) == 0x80; }

// A byte that no character claims. At a block's border it may be part of a character whose other
// part lies in a lost block.
void mark(Marks& marks, ByteView block, std::size_t at) {
  if (at < 3 && std::ranges::all_of(block.first(at + 1), is_continuation))
    ++marks.cut_front;
  else if (at + 3 >= block.size() && std::ranges::all_of(block.subspan(at), is_beyond_ascii))
    ++marks.cut_back;
  else
    ++marks.hard;
}

}  // namespace

std::vector<Block> judge_blocks(ByteView plain, std::uint64_t text_size) {
  const std::size_t blocks = plain.size() / block_size;
  const std::size_t size = static_cast<std::size_t>(std::min<std::uint64_t>(text_size, plain.size()));
  std::vector<Marks> marks(blocks);
  const std::string_view text(reinterpret_cast<const char*>(plain.data()), size);
  for (std::size_t at = 0; at < size;) {
    char32_t code = 0;
    const std::size_t length = utf8_front(text.substr(at), code);
    if (length != 0 && is_text(code)) {
      at += length;
      continue;
    }
    const std::size_t block = at / block_size;
    const std::size_t begin = block * block_size;
    mark(marks[block], plain.subspan(begin, std::min(block_size, size - begin)), at - begin);
    ++at;
  }
  for (std::size_t at = size; at < blocks * block_size; ++at)
    if (plain[at] != 0) ++marks[at / block_size].hard;

  std::vector<Block> out(blocks);
  for (std::size_t i = 0; i < blocks; ++i) {
    const bool lost_before = i > 0 && marks[i - 1].hard != 0;
    const bool lost_after = i + 1 < blocks && marks[i + 1].hard != 0;
    const unsigned bad = marks[i].hard + (lost_before ? 0u : marks[i].cut_front) + (lost_after ? 0u : marks[i].cut_back);
    out[i] = bad == 0 ? Block::readable : bad <= max_blemishes ? Block::blemished : Block::noise;
  }
  return out;
}

bool shows_text(const std::vector<Block>& blocks) noexcept {
  return std::ranges::count(blocks, Block::readable) >= (blocks.size() > 4 ? 2 : 1);
}

std::vector<Hole> holes_of(const std::vector<Block>& blocks, std::uint64_t file_offset, std::uint64_t text_size) {
  std::vector<Hole> out;
  const auto text_region = [&](std::size_t from, std::size_t to) {
    const std::uint64_t begin = std::min<std::uint64_t>(from * block_size, text_size);
    return Region{begin, std::min<std::uint64_t>(to * block_size, text_size) - begin};
  };
  for (std::size_t i = 0; i < blocks.size(); ++i) {
    if (blocks[i] == Block::readable) continue;
    const std::size_t from = i++;
    // Noise may look like a blemished text by chance: between two unreadable blocks it is not believed.
    const auto unreadable = [&](std::size_t at) { return at < blocks.size() && blocks[at] != Block::readable; };
    while (i < blocks.size() && (blocks[i] == Block::noise || (unreadable(i) && unreadable(i + 1)))) ++i;
    out.push_back({{file_offset + from * block_size, (i - from) * block_size}, text_region(from, i), text_region(i, i + 1)});
  }
  return out;
}

}  // namespace hwbak::sevenzip
