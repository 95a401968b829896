// Passwords, keys, and one folder from packed bytes to graded plaintext. See open.h.
#include "container/sevenzip/open.h"

#include <algorithm>

#include "base/unicode.h"
#include "container/sevenzip/adopt.h"
#include "container/sevenzip/body_mend.h"
#include "container/sevenzip/decode.h"
#include "container/sevenzip/grade.h"
#include "container/sevenzip/layout.h"
#include "crypto/aes_cbc.h"
#include "crypto/sevenzip_kdf.h"

namespace hwbak::sevenzip {
namespace {

ByteView bytes_of(std::string_view text) { return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()}; }

ByteView clipped(ByteView bytes, std::uint64_t size) {
  return bytes.first(static_cast<std::size_t>(std::min<std::uint64_t>(size, bytes.size())));
}

SecretBytes decrypt(FixedView<32> key, FixedView<16> iv, ByteView packed) {
  SecretBytes out(static_cast<std::size_t>(whole_blocks(packed.size())));
  if (!out.empty()) crypto::aes256_cbc_decrypt(key, iv, packed.first(out.size()), out.expose());
  return out;
}

bool has_checksum(const Folder& folder) {
  return folder.crc ||
         (!folder.parts.empty() && std::ranges::all_of(folder.parts, [](const Part& part) { return part.crc.has_value(); }));
}

bool all_zero(ByteView bytes) {
  return std::ranges::all_of(bytes, [](std::uint8_t byte) { return byte == 0; });
}

// The IV touches the first block alone: with its text known, the IV is not needed.
bool rebuild_beginning(SecretBytes& plain, const Folder& folder) {
  if (plain.size() < block_size || folder.unpack_size < block_size) return false;
  const SecretBytes first = SecretBytes::copy_of(plain.expose().first(block_size));
  for (const KnownBeginning& known : known_beginnings) {
    std::ranges::copy(bytes_of(known.first), plain.expose().begin());
    const ByteView text = clipped(plain.expose(), folder.unpack_size);
    const bool follows = std::ranges::equal(clipped(text.subspan(block_size), known.next.size()), bytes_of(known.next));
    if (has_checksum(folder) && checksum_holds(folder, text)) return true;
    if (folder.aes->iv_lost && follows) return true;
  }
  std::ranges::copy(first.expose(), plain.expose().begin());
  return false;
}

// Readable blocks at the front, as far as the first that is not.
std::size_t leading_readable(auto begin, auto end) {
  return static_cast<std::size_t>(std::find_if(begin, end, [](Block block) { return block != Block::readable; }) - begin);
}

// Bytes were lost or put in somewhere: what stands before is read from the front, what stands after
// from the back, and where they meet is the hole. False when neither end is readable.
bool join_ends(FixedView<32> key, const Folder& folder, ByteView packed, SecretBytes& plain, Hole& hole) {
  const std::uint64_t size = padded(folder.unpack_size);
  const std::size_t most = static_cast<std::size_t>(size / block_size);
  const std::vector<Block> front = judge_blocks(plain.expose(), folder.unpack_size);
  const std::size_t good_front = std::min(most, leading_readable(front.begin(), front.end()));

  const std::uint64_t back_size = std::min(whole_blocks(packed.size()), size);
  if (back_size == 0) return false;
  const std::array<std::uint8_t, 16> unknown{};  // what stands before is not known: that block is noise
  const SecretBytes back_plain = decrypt(key, unknown, packed.last(static_cast<std::size_t>(back_size)));
  const std::vector<Block> back = judge_blocks(back_plain.expose(), back_size - (size - folder.unpack_size));
  const std::size_t good_back = std::min(most - good_front, leading_readable(back.rbegin(), back.rend()));
  SecretBytes out(static_cast<std::size_t>(size));
  const std::size_t from = good_front * block_size, tail = good_back * block_size;
  std::ranges::copy(plain.expose().first(from), out.expose().begin());
  std::ranges::copy(back_plain.expose().last(tail), out.expose().last(tail).begin());
  if (!shows_text(out.expose(), folder.unpack_size)) return false;
  plain = std::move(out);
  const std::uint64_t file_from = std::min<std::uint64_t>(from, packed.size() - tail);
  hole.file = {folder.packed.offset + file_from, packed.size() - tail - file_from};
  const auto in_text = [&](std::uint64_t begin, std::uint64_t end) {
    begin = std::min(begin, folder.unpack_size);
    return Region{begin, std::min(end, folder.unpack_size) - begin};
  };
  hole.text = in_text(from, size - tail);
  if (good_back != 0) hole.suspect = in_text(size - tail, size - tail + block_size);
  return true;
}

// Bytes were put in near the seam that `hole` names: where the checksum holds without them, there they stand.
std::optional<Region> take_out(FixedView<32> key, const Folder& folder, ByteView packed, const Hole& hole, SecretBytes& plain) {
  constexpr std::size_t most = 1024 * 1024;  // the trials of a larger body would take too long
  const auto size = static_cast<std::size_t>(padded(folder.unpack_size));
  if (!has_checksum(folder) || packed.size() <= size || packed.size() > most) return std::nullopt;
  const std::size_t more = packed.size() - size;
  const auto seam = static_cast<std::size_t>(hole.file.offset - folder.packed.offset);
  for (std::size_t at = seam; at <= std::min(seam + block_size, size); ++at) {
    Bytes body(packed.begin(), packed.begin() + static_cast<std::ptrdiff_t>(at));
    body.insert(body.end(), packed.begin() + static_cast<std::ptrdiff_t>(at + more), packed.end());
    SecretBytes text = decrypt(key, folder.aes->iv, body);
    if (!checksum_holds(folder, clipped(text.expose(), folder.unpack_size))) continue;
    plain = std::move(text);
    return Region{folder.packed.offset + at, more};
  }
  return std::nullopt;
}

// AES alone (or with Copy): the text has the shape of the file, and damage can be placed.
void grade_stored(Opened& out, const Folder& folder, FixedView<32> key, ByteView packed, SecretBytes& plain) {
  const auto holds = [&] { return checksum_holds(folder, clipped(plain.expose(), folder.unpack_size)); };
  out.crc_holds = holds();
  if (!out.crc_holds && rebuild_beginning(plain, folder)) {
    out.iv_rebuilt = true;
    out.crc_holds = holds();
  }
  const std::uint64_t size = padded(folder.unpack_size);
  if (out.crc_holds) {
    out.grade = Grade::good;
    if (packed.size() > size && folder.parts.empty()) out.inserted = {folder.packed.offset + size, packed.size() - size};
    return;
  }
  if (packed.size() != size) {
    Hole hole;
    if (!join_ends(key, folder, packed, plain, hole)) return;
    out.inserted = take_out(key, folder, packed, hole, plain);
    out.crc_holds = out.inserted.has_value();
    out.grade = out.crc_holds ? Grade::good : Grade::damaged;
    if (!out.crc_holds) out.holes.push_back(hole);
    return;
  }
  if (!shows_text(plain.expose(), folder.unpack_size)) {
    out.grade = Grade::wrong_secret;
    return;
  }
  const std::vector<Block> blocks = judge_blocks(plain.expose(), folder.unpack_size);
  out.holes = holes_of(blocks, folder.packed.offset, folder.unpack_size);
  out.grade = out.holes.empty() && !has_checksum(folder) ? Grade::unverified : Grade::damaged;
  if (out.holes.size() != 1 || out.holes[0].file.length != block_size || !has_checksum(folder)) return;
  const auto block = static_cast<std::size_t>(out.holes[0].text.offset / block_size);
  if (const auto at = mend_body_byte(key, folder, packed, block, plain)) {
    out.mended_byte = folder.packed.offset + *at;
    out.crc_holds = true;
  }
}

// The length of a text of which only the blocks are known: the padding of the last one is zero. The checksum
// chooses; without one, or when the body is damaged too, a readable last block does.
std::uint64_t length_by_padding(Folder folder, ByteView plain) {
  const std::uint64_t blocks = folder.unpack_size;
  while (!checksum_holds(folder, clipped(plain, folder.unpack_size))) {
    const std::uint64_t size = folder.unpack_size;
    if (size != 0 && blocks - size < block_size - 1 && plain[size - 1] == 0) {
      --folder.unpack_size;
      continue;
    }
    const bool reads = size != blocks && judge_blocks(plain.last(block_size), size % block_size)[0] == Block::readable;
    return reads || !has_checksum(folder) ? size : blocks;
  }
  return folder.unpack_size;
}

// A length that is wrong by less than a block contradicts nothing but the checksum, which knows the true one.
std::uint64_t length_by_checksum(Folder folder, ByteView plain) {
  const std::uint64_t claimed = folder.unpack_size;
  if (checksum_holds(folder, clipped(plain, claimed))) return claimed;
  folder.unpack_size = plain.size();
  folder.unpack_size = length_by_padding(folder, plain);
  return checksum_holds(folder, clipped(plain, folder.unpack_size)) ? folder.unpack_size : claimed;
}

Opened open_stored(ByteView packed, Folder folder, FixedView<32> key) {
  Opened out;
  SecretBytes plain = decrypt(key, folder.aes->iv, packed);
  if (folder.parts.empty())
    folder.unpack_size = folder.unpack_size == plain.size() ? length_by_padding(folder, plain.expose())
                                                            : length_by_checksum(folder, plain.expose());
  grade_stored(out, folder, key, packed, plain);
  const std::size_t size = clipped(plain.expose(), folder.unpack_size).size();
  out.padding_zero = all_zero(clipped(plain.expose(), padded(size)).subspan(size));
  plain.resize(size);
  out.text = std::move(plain);
  return out;
}

// Behind a compressor damage spreads to the end: what came out before it is all there is.
Opened open_packed(SecretBytes bytes, const Folder& folder, bool encrypted) {
  Opened out;
  bool whole = true;
  for (const Coder& coder : folder.coders) {
    if (coder.method == Method::aes) {
      out.padding_zero = all_zero(bytes.expose().subspan(clipped(bytes.expose(), coder.unpack_size).size()));
      bytes.resize(clipped(bytes.expose(), coder.unpack_size).size());
    } else if (coder.method == Method::copy) {
      bytes.resize(clipped(bytes.expose(), coder.unpack_size).size());
    } else {
      Unpacked unpacked = decompress(bytes.expose(), coder);
      whole = whole && unpacked.whole;
      bytes = std::move(unpacked.bytes);
    }
  }
  out.text = std::move(bytes);
  out.crc_holds = whole && checksum_holds(folder, out.text.expose());
  whole = whole && out.text.size() == folder.unpack_size;
  if (out.crc_holds || (whole && !has_checksum(folder))) {
    out.grade = out.crc_holds ? Grade::good : Grade::unverified;
    return out;
  }
  const std::vector<Block> blocks = judge_blocks(clipped(out.text.expose(), whole_blocks(out.text.size())), out.text.size());
  const std::size_t readable = leading_readable(blocks.begin(), blocks.end());
  out.grade = !encrypted || begins_as_text(out.text.expose()) ? Grade::damaged : Grade::wrong_secret;
  if (out.grade == Grade::damaged && (!whole || readable < blocks.size())) {
    const std::uint64_t from =
        std::min<std::uint64_t>(readable == blocks.size() ? out.text.size() : readable * block_size, folder.unpack_size);
    out.holes.push_back({folder.packed, {from, folder.unpack_size - from}, {}});
  }
  return out;
}

}  // namespace

bool checksum_holds(const Folder& folder, ByteView text) {
  if (text.size() != folder.unpack_size) return false;
  if (folder.crc) return crc32(text) == *folder.crc;
  return has_checksum(folder) && std::ranges::all_of(folder.parts, [&](const Part& part) {
           return part.offset <= text.size() && part.size <= text.size() - part.offset &&
                  crc32(text.subspan(part.offset, part.size)) == *part.crc;
         });
}

std::vector<SecretBytes> password_forms(ByteView password) {
  std::vector<SecretBytes> out;
  const std::string_view text(reinterpret_cast<const char*>(password.data()), password.size());
  if (std::optional<SecretBytes> real = utf8_to_utf16le(text)) out.push_back(std::move(*real));
  if (out.empty() || !is_ascii(text)) out.push_back(bytes_to_utf16le(text));
  return out;
}

SecretBytes derive_key(const Aes& aes, ByteView password_utf16le, const Limits& limits) {
  if (aes.rounds_pow > limits.max_rounds_pow && aes.rounds_pow != 63)
    throw Error(Outcome::refused, "The key takes 2^" + std::to_string(aes.rounds_pow) +
                                      " rounds, more than the limit of 2^" + std::to_string(limits.max_rounds_pow));
  SecretBytes key(32);
  crypto::derive_sevenzip_key({aes.salt, password_utf16le, aes.rounds_pow, key.expose()});
  return key;
}

Opened open(ByteView file, const Folder& folder, ByteView key, const Limits& limits) {
  if (const auto why = obstacle(folder, limits)) throw *why;
  const bool compressed = std::ranges::any_of(
      folder.coders, [](const Coder& coder) { return coder.method == Method::lzma || coder.method == Method::lzma2; });
  const std::uint64_t begin = std::min<std::uint64_t>(folder.packed.offset, file.size());
  const ByteView packed = clipped(file.subspan(static_cast<std::size_t>(begin)), folder.packed.length);
  if (!folder.aes) return open_packed(SecretBytes::copy_of(packed), folder, false);
  if (key.size() != 32) throw Error(Outcome::internal, "an encrypted folder was opened without a key");
  const FixedView<32> fixed(key.data(), 32);
  if (compressed) return open_packed(decrypt(fixed, folder.aes->iv, packed), folder, true);
  return open_stored(packed, folder, fixed);
}

}  // namespace hwbak::sevenzip
