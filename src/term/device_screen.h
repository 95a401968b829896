// A device's screen and keys on the terminal (docs/formats/coldcard.md, "The quiz"): pages, menus and questions, one
// after the other. Enter or y stands for OK, x or Esc for X.
#pragma once

#include "device/coldcard/screen.h"
#include "term/terminal.h"

namespace hwbak::term {

class DeviceScreen final : public coldcard::Screen {
 public:
  explicit DeviceScreen(Terminal& terminal) : terminal_(terminal) {}

  // Title and text may hold secrets and untrusted names: control characters are shown escaped.
  [[nodiscard]] char page(std::string_view title, std::string_view text, std::string_view keys, bool sensitive) override;
  // Arrow keys and Enter, or a number and Enter.
  [[nodiscard]] std::optional<std::size_t> menu(std::string_view title, std::span<const std::string> items) override;
  [[nodiscard]] std::optional<SecretString> ask(std::string_view title, Entry entry) override;

 private:
  Terminal& terminal_;
};

}  // namespace hwbak::term
