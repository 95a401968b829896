// See passphrase.h.
#include "link/serial/passphrase.h"

#include <optional>
#include <string>

#include "base/counted.h"
#include "base/cp437.h"
#include "base/unicode.h"
#include "hwbak/error.h"

namespace hwbak::serial {
namespace {

constexpr const char* simpler = "use a passphrase of plain ASCII: letters, digits, and blanks between them";

Error refused(std::string sentence) { return Error(Outcome::refused, std::move(sentence), std::nullopt, simpler); }

// Positions of characters, counted from 1; "3", "3 and 7", "3, 7 and 2 more".
class Positions final {
 public:
  void add(std::size_t position) {
    ++count_;
    if (count_ <= 2) text_ += (count_ == 1 ? "" : " and ") + std::to_string(position);
  }
  [[nodiscard]] bool any() const noexcept { return count_ != 0; }
  [[nodiscard]] std::string text() const {
    return std::string(count_ == 1 ? "character " : "characters ") + text_ +
           (count_ > 2 ? " and " + std::to_string(count_ - 2) + " more" : "");
  }

 private:
  std::size_t count_ = 0;
  std::string text_;
};

// Characters 0x01 to 0x1F of CP437 are pictures on the screen, but on the console they would be control keys.
bool is_control(std::uint8_t byte) noexcept { return byte < 0x20 || byte == 0x7F; }

void check_characters(std::string_view text) {
  Positions control, dropped;
  std::size_t position = 0;
  while (!text.empty()) {
    char32_t code = 0;
    const std::size_t length = utf8_front(text, code);
    if (length == 0) throw refused("the passphrase is no UTF-8 text; the badge's console would lose a part of it");
    text.remove_prefix(length);
    ++position;
    const auto byte = to_cp437(code);
    if (!byte) dropped.add(position);
    else if (is_control(*byte)) control.add(position);
  }
  if (control.any())
    throw refused(control.text() + " of the passphrase would be taken by the badge's console for a control key and not for text");
  if (dropped.any())
    throw refused(dropped.text() +
                  " of the passphrase: the badge has no such character (CP437) and would drop it without a word, and use "
                  "what is left as the passphrase");
}

void check_length(const SecretString& text, std::string_view command) {
  if (command.size() + 1 + text.size() > max_command)
    throw refused("the passphrase has " + counted(text.size(), "byte") + "; a line of the badge's console holds " +
                  std::to_string(max_command - command.size() - 1) + " behind `" + std::string(command) +
                  "` and loses the rest without a word");
}

void check(const SecretString& text, std::string_view command) {
  if (text.empty()) throw refused("the passphrase is empty; a badge refuses that");
  check_characters(text.expose());
  if (text.expose().front() == ' ' || text.expose().back() == ' ')
    throw refused("the passphrase begins or ends with a blank, which the badge's console takes off");
  check_length(text, command);
}

}  // namespace

SecretString sendable(const SecretString& passphrase, std::string_view command) {
  check(passphrase, command);
  return passphrase.clone();
}

SecretString sendable(const cdcbak::PassphraseBytes& bytes, std::string_view command) {
  const ByteView raw = bytes.bytes.expose();
  const bool ascii = is_ascii({reinterpret_cast<const char*>(raw.data()), raw.size()});
  const bool cp437 = bytes.form == cdcbak::PassphraseForm::cp437 || bytes.form == cdcbak::PassphraseForm::cp437_dropped;
  if (!ascii && !cp437)
    throw Error(Outcome::refused,
                "the file opens with the UTF-8 bytes of its passphrase (" + std::string(cdcbak::name(bytes.form)) +
                    "), and a badge turns what comes over the line into CP437 bytes: it could not open the file",
                std::nullopt, "give it a passphrase of plain ASCII first: `hwbak rekey FILE --output PATH`, then restore that one");
  SecretString text = cp437_to_utf8(raw);
  check(text, command);
  return text;
}

}  // namespace hwbak::serial
