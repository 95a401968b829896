// Writes an archive byte for byte as a Coldcard does, and checks it against the device's blind
// pattern search (docs/formats/coldcard.md, "What a device can read back").
#pragma once

#include <string_view>

#include "hwbak/bytes.h"
#include "hwbak/random.h"
#include "hwbak/secret.h"

namespace hwbak::sevenzip {

inline constexpr unsigned device_rounds_pow = 13;  // what every device writes

struct DeviceLayout {
  std::string_view inner_name;   // ASCII, ends .txt (or .json for notes)
  unsigned rounds_pow = device_rounds_pow;
  FixedView<16> salt;
  FixedView<16> iv;
};

// The whole file from a key already derived. `text` is the exact plaintext.
[[nodiscard]] Bytes compose(ByteView text, const DeviceLayout& layout, FixedView<32> key);

// Would the device's search find each pattern where the writer put it? (Not the device's reading of any file: that is
// device/coldcard/reader.h, which takes a pattern wherever it stands. Here the right place is known, and a collision is
// to be named before there is a file.) Empty when it would; else a
// sentence that names the pattern and what holds it. `redraw_helps` tells whether another salt and IV would do.
struct BlindSearch {
  std::string collision;
  bool redraw_helps = false;
};
[[nodiscard]] BlindSearch blind_search(ByteView file);

// The same before there is a salt: are the text's own length and checksum in the way?
[[nodiscard]] BlindSearch search_text(ByteView text);
// Bytes of the whole file.
[[nodiscard]] std::uint64_t device_archive_size(std::uint64_t text_size, std::string_view inner_name);

// Draws salt and IV (in that order, 16 bytes each, again after a collision), derives the key and
// composes. Throws Error(refused) when the text itself (its length or CRC) collides.
[[nodiscard]] Bytes write_device_archive(ByteView text, std::string_view inner_name, ByteView password_utf16le,
                                         unsigned rounds_pow, RandomSource& random);

}  // namespace hwbak::sevenzip
