// See body_mend.h.
#include "container/sevenzip/body_mend.h"

#include <algorithm>

#include "container/sevenzip/grade.h"
#include "container/sevenzip/layout.h"
#include "crypto/aes_cbc.h"

namespace hwbak::sevenzip {

std::optional<std::uint64_t> mend_body_byte(FixedView<32> key, const Folder& folder, ByteView packed, std::size_t block,
                                            SecretBytes& plain) {
  constexpr std::size_t candidates = block_size * 255;
  const std::size_t begin = block * block_size;
  const ByteView damaged = packed.subspan(begin, block_size);
  const ByteView before = block == 0 ? ByteView(folder.aes->iv) : packed.subspan(begin - block_size, block_size);

  // Each candidate follows the block before the damaged one, so that CBC gives its text at once.
  Bytes pairs;
  pairs.reserve(candidates * 2 * block_size);
  for (std::size_t i = 0; i < candidates; ++i) {
    pairs.insert(pairs.end(), before.begin(), before.end());
    pairs.insert(pairs.end(), damaged.begin(), damaged.end());
    pairs[pairs.size() - block_size + i / 255] ^= static_cast<std::uint8_t>(i % 255 + 1);
  }
  SecretBytes texts(pairs.size());
  crypto::aes256_cbc_decrypt(key, folder.aes->iv, pairs, texts.expose());

  const ByteSpan text = plain.expose();
  const SecretBytes noise = SecretBytes::copy_of(text.subspan(begin, block_size));
  const std::uint64_t text_here = std::min<std::uint64_t>(block_size, folder.unpack_size - begin);
  for (std::size_t i = 0; i < candidates; ++i) {
    const ByteView guess = std::as_const(texts).expose().subspan((2 * i + 1) * block_size, block_size);
    if (judge_blocks(guess, text_here)[0] == Block::noise) continue;
    const std::size_t at = begin + i / 255;
    const bool has_next = at + block_size < text.size();
    const auto flip = static_cast<std::uint8_t>(has_next ? i % 255 + 1 : 0);
    std::ranges::copy(guess, text.subspan(begin).begin());
    if (has_next) text[at + block_size] ^= flip;
    if (checksum_holds(folder, text.first(folder.unpack_size))) return at;
    if (has_next) text[at + block_size] ^= flip;
  }
  std::ranges::copy(noise.expose(), text.subspan(begin).begin());
  return std::nullopt;
}

}  // namespace hwbak::sevenzip
