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

// Plain ASCII: stricter than is_text(), which noise meets too often to prove a key.
bool is_plain(std::uint8_t byte) noexcept {
  return (byte >= 0x20 && byte < 0x7F) || byte == '\n' || byte == '\r' || byte == '\t';
}

// How many plain blocks prove a key. In `blocks` blocks of noise k of them are plain with a chance below
// (blocks * p)^k / k!, where p = (98 / 256)^16.
std::size_t plain_blocks_needed(std::size_t blocks) noexcept {
  constexpr double plain_chance = 2.2e-7, most_chance = 1e-10;
  if (blocks < 4) return 1;  // so short a text has no more to show
  std::size_t needed = 0;
  for (double chance = 1; chance > most_chance;)
    chance *= static_cast<double>(blocks) * plain_chance / static_cast<double>(++needed);
  return needed;
}

constexpr std::size_t readable_run = 8;  // readable blocks in a row; noise passes for one about once in 30,000
constexpr std::ptrdiff_t different_bytes = 20;

bool begins_as_known(ByteView plain) noexcept {
  return std::ranges::any_of(known_beginnings, [&](const KnownBeginning& known) {
    return plain.size() >= known.first.size() && std::equal(known.first.begin(), known.first.end(), plain.begin());
  });
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

bool shows_text(ByteView plain, std::uint64_t text_size) {
  if (begins_as_known(plain)) return true;
  const std::size_t blocks = plain.size() / block_size;
  const std::size_t needed = plain_blocks_needed(blocks);
  // Equal blocks of ciphertext give equal blocks of noise: only different ones count.
  std::vector<ByteView> found;
  std::size_t run = 0;  // of readable blocks, for texts with little ASCII
  const std::vector<Block> judged = judge_blocks(plain, text_size);
  for (std::size_t i = 0; i < blocks; ++i) {
    const ByteView block = plain.subspan(i * block_size, block_size);
    const bool repeated = i > 0 && std::ranges::equal(block, plain.subspan((i - 1) * block_size, block_size));
    if (judged[i] != Block::readable) {
      run = 0;
      continue;
    }
    if (!repeated && ++run == readable_run) return true;
    const std::uint64_t text_left = text_size - std::min<std::uint64_t>(text_size, i * block_size);
    const ByteView text = block.first(static_cast<std::size_t>(std::min<std::uint64_t>(block_size, text_left)));
    if (text.empty() || !std::ranges::all_of(text, is_plain)) continue;
    if (std::ranges::none_of(found, [&](ByteView other) { return std::ranges::equal(other, block); }))
      found.push_back(block);
    if (found.size() == needed) return true;
  }
  return false;
}

bool begins_as_text(ByteView plain) {
  if (begins_as_known(plain)) return true;
  std::array<bool, 256> seen{};
  for (const std::uint8_t byte : plain) {
    if (!is_plain(byte)) break;
    seen[byte] = true;
  }
  return std::ranges::count(seen, true) >= different_bytes;
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
