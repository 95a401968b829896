// The line editor of the badge's console (docs/formats/cdc-badge.md, "The serial line"): bytes in, echo out, whole lines
// for the commands. Incoming UTF-8 becomes CP437, and what has no CP437 byte is dropped.
#pragma once

#include <array>
#include <deque>
#include <functional>
#include <string_view>

#include "hwbak/secret.h"

namespace hwbak::practice::cdc_badge {

class Console final {
 public:
  static constexpr std::size_t max_line = 255, max_history = 10;
  using Echo = std::function<void(std::string_view bytes)>;
  explicit Console(Echo echo) : echo_(std::move(echo)) {}
  // True when the byte ended a line: take() gives it.
  [[nodiscard]] bool feed(std::uint8_t byte);
  // Without blanks at its ends.
  [[nodiscard]] SecretString take();
  void clear() noexcept;

 private:
  void text(std::uint8_t byte);
  void store(std::uint8_t cp437);
  void rub_out();
  void escape(std::uint8_t byte);
  void recall(int step);

  Echo echo_;
  SecretString line_;
  std::deque<SecretString> history_;   // a real badge keeps it in RAM too, passphrases and all
  std::size_t recalled_ = 0;           // of history_, counted from the newest; 0: none
  enum class Escape { none, begun, bracket } escape_ = Escape::none;
  std::array<char, 4> character_{};    // UTF-8 that is not whole yet
  std::size_t character_size_ = 0;
};

}  // namespace hwbak::practice::cdc_badge
