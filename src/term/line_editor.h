// One line typed at a question: collects keys into locked memory, handles rubbing out, and tells
// its owner when something else than a character was pressed. Draws nothing.
#pragma once

#include <cstdint>
#include <string_view>

#include "hwbak/secret.h"

namespace hwbak::term {

class LineEditor final {
 public:
  static constexpr std::size_t max_size = 64 * 1024;  // bytes
  enum class Key { nothing, changed, tab, enter, end };
  // One byte from the terminal. `end` is Ctrl-D on an empty line.
  [[nodiscard]] Key feed(std::uint8_t byte);
  [[nodiscard]] std::string_view text() const noexcept { return text_.expose(); }
  void append(std::string_view text);
  [[nodiscard]] SecretString take() noexcept { return std::move(text_); }
  void clear() noexcept { text_.clear(); }

 private:
  enum class Escape { none, begun, sequence };
  void rub_out();

  SecretString text_;
  Escape escape_ = Escape::none;
};

}  // namespace hwbak::term
