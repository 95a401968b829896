// A device's screen and keys, as far as backups need them. The program draws it on the terminal; tests
// play a list of keys.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "hwbak/secret.h"

namespace hwbak::coldcard {

inline constexpr char key_ok = 'y', key_cancel = 'x';

class Screen {
 public:
  virtual ~Screen() = default;
  // Shows a page and waits for one of `keys` (key_ok, key_cancel, digits). A sensitive page is erased afterwards.
  // Gives key_cancel when the user is gone (Ctrl-D, closed terminal).
  [[nodiscard]] virtual char page(std::string_view title, std::string_view text, std::string_view keys, bool sensitive) = 0;
  // The index of the chosen item; nullopt for X.
  [[nodiscard]] virtual std::optional<std::size_t> menu(std::string_view title, std::span<const std::string> items) = 0;
  enum class Entry {
    pin,         // hidden: 2-6 digits, a dash, 2-6 digits, spelt 12-34
    passphrase,  // hidden, any text
    words12, words18, words24,   // BIP-39 words; their checksum is not looked at here
    xprv,        // hidden
    number,      // shown
  };
  // nullopt: given up.
  [[nodiscard]] virtual std::optional<SecretString> ask(std::string_view title, Entry entry) = 0;
};

}  // namespace hwbak::coldcard
