// Text on its way out. A report may hold secrets, so it is put together in locked memory and
// leaves it only through write(2), never through a std::string or a stdio buffer.
#pragma once

#include <string_view>

#include "hwbak/secret.h"

namespace hwbak::report {

class TextBuffer final {
 public:
  TextBuffer& operator<<(std::string_view text) {
    bytes_.append(ByteView(reinterpret_cast<const std::uint8_t*>(text.data()), text.size()));
    return *this;
  }
  TextBuffer& operator<<(char c) { return *this << std::string_view(&c, 1); }
  [[nodiscard]] std::string_view view() const noexcept {
    return {reinterpret_cast<const char*>(bytes_.expose().data()), bytes_.size()};
  }
  [[nodiscard]] ByteView bytes() const noexcept { return bytes_.expose(); }
  // Empty again; what was in it is wiped, the memory is kept.
  void reset() { bytes_.resize(0); }

 private:
  SecretBytes bytes_;
};

// The front of `text`: how many bytes make one character, and what is printed for it. `escape` is
// filled when the character must not reach a terminal, in the form of base/unicode.h's printable().
struct Character {
  std::size_t length = 0;
  char escape[12] = {};
  [[nodiscard]] bool escaped() const noexcept { return escape[0] != '\0'; }
};
[[nodiscard]] Character front_character(std::string_view text);
// `text`, safe to print. For secrets as well: nothing is copied but into `out`.
void put_printable(TextBuffer& out, std::string_view text);
// How many columns put_printable() fills.
[[nodiscard]] std::size_t printable_width(std::string_view text);

// All of `data` to a file descriptor. Throws Error(io) when it cannot be written whole (a full
// disk, a closed pipe); `what` names the target in the sentence.
void write_all(int fd, ByteView data, std::string_view what = "standard output");

}  // namespace hwbak::report
