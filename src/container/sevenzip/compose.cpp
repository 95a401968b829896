// The writer: start header, ciphertext and end header in the device's own forms. See layout.h, write.h.
#include <algorithm>

#include "base/byte_writer.h"
#include "base/unicode.h"
#include "container/sevenzip/layout.h"
#include "container/sevenzip/number.h"
#include "container/sevenzip/open.h"
#include "crypto/aes_cbc.h"

namespace hwbak::sevenzip {
namespace {

// Fresh salts and IVs collide about once in a million draws: a source that does so again and again is broken.
constexpr int max_draws = 100;

}  // namespace

Bytes device_front(std::uint64_t packed_size) {
  static constexpr std::uint8_t pack_info[] = {0x01, 0x04, 0x06, 0x00, 0x01, 0x09};
  static constexpr std::uint8_t folder[] = {0x00, 0x07, 0x0B, 0x01, 0x00, 0x01,
                                            0x24, 0x06, 0xF1, 0x07, 0x01, device_properties_size};
  ByteWriter out;
  for (const std::uint8_t byte : pack_info) out.u8(byte);  // g++ 12 warns wrongly about an insertion into an empty vector
  write_device_number(out, packed_size);
  out.bytes(folder);
  return out.take();
}

Bytes device_end_header(std::uint64_t packed_size, std::uint64_t text_size, std::uint32_t text_crc,
                        const DeviceLayout& layout) {
  ByteWriter out;
  out.bytes(device_front(packed_size));
  out.u8(static_cast<std::uint8_t>(0xC0 | layout.rounds_pow)).u8(0xFF).bytes(layout.salt).bytes(layout.iv);
  out.bytes(device_filler);
  write_device_number(out, text_size);
  out.bytes(device_before_crc).le32(text_crc).bytes(device_after_crc);
  write_device_number(out, 1 + 2 * (layout.inner_name.size() + 1));
  out.u8(0);
  for (const char c : layout.inner_name) out.u8(static_cast<std::uint8_t>(c)).u8(0);
  return out.u8(0).u8(0).u8(0).u8(0).take();
}

bool is_device_layout(ByteView header, const std::vector<Folder>& folders, const std::vector<Entry>& entries) {
  if (folders.size() != 1 || entries.size() != 1 || !folders[0].aes || !folders[0].crc) return false;
  const Aes& aes = *folders[0].aes;
  if (aes.salt.size() != 16 || aes.iv_size != 16 || !is_ascii(entries[0].name)) return false;
  const DeviceLayout layout{entries[0].name, aes.rounds_pow, FixedView<16>(aes.salt.data(), 16), aes.iv};
  return std::ranges::equal(header,
                            device_end_header(folders[0].packed.length, folders[0].unpack_size, *folders[0].crc, layout));
}

BlindSearch search_text(ByteView text) {
  const std::array<std::uint8_t, 16> zeros{};
  const std::uint64_t packed_size = padded(text.size());
  const Bytes header = device_end_header(packed_size, text.size(), crc32(text), {{}, 0, zeros, zeros});
  return blind_search_header(header, packed_size, text.size());
}

std::uint64_t device_archive_size(std::uint64_t text_size, std::string_view inner_name) {
  const std::array<std::uint8_t, 16> zeros{};
  const std::uint64_t packed_size = padded(text_size);
  return start_header_size + packed_size + device_end_header(packed_size, text_size, 0, {inner_name, 0, zeros, zeros}).size();
}

Bytes compose(ByteView text, const DeviceLayout& layout, FixedView<32> key) {
  SecretBytes plain = SecretBytes::copy_of(text);
  plain.resize(static_cast<std::size_t>(padded(text.size())));
  Bytes packed(plain.size());
  if (!packed.empty()) crypto::aes256_cbc_encrypt(key, layout.iv, plain.expose(), packed);
  const Bytes end_header = device_end_header(packed.size(), text.size(), crc32(text), layout);
  ByteWriter pointers;
  pointers.le64(packed.size()).le64(end_header.size()).le32(crc32(end_header));
  ByteWriter out;
  out.bytes(signature).u8(0).u8(3).le32(crc32(pointers.view())).bytes(pointers.view());
  return out.bytes(packed).bytes(end_header).take();
}

Bytes write_device_archive(ByteView text, std::string_view inner_name, ByteView password_utf16le, unsigned rounds_pow,
                           RandomSource& random) {
  if (!is_ascii(inner_name))
    throw Error(Outcome::refused, "The name inside the archive must be ASCII: a device reads no other");
  std::array<std::uint8_t, 16> salt{}, iv{};
  const DeviceLayout layout{inner_name, rounds_pow, salt, iv};
  for (int draw = 0; draw < max_draws; ++draw) {
    random.fill(salt);
    random.fill(iv);
    const std::uint64_t packed_size = padded(text.size());
    const Bytes header = device_end_header(packed_size, text.size(), crc32(text), layout);
    const BlindSearch search = blind_search_header(header, packed_size, text.size());
    if (search.collision.empty()) {
      Aes aes;
      aes.rounds_pow = rounds_pow;
      aes.salt.assign(salt.begin(), salt.end());
      const SecretBytes key = derive_key(aes, password_utf16le, Limits{});
      return compose(text, layout, FixedView<32>(key.expose().data(), 32));
    }
    if (!search.redraw_helps)
      throw Error(Outcome::refused, "A Coldcard could not read this backup back: " + search.collision);
  }
  throw Error(Outcome::internal, "The random source gives the same unusable salt again and again");
}

}  // namespace hwbak::sevenzip
