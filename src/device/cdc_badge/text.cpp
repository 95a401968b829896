// See text.h.
#include "device/cdc_badge/text.h"

#include <algorithm>

#include "base/as_bytes.h"
#include "base/cp437.h"
#include "base/unicode.h"

namespace hwbak::cdc_badge {
namespace {

// How many bytes of `text` are UTF-8, from its front; `wide` tells whether one character of them is not ASCII.
std::size_t utf8_length(std::string_view text, bool& wide) {
  std::size_t at = 0;
  while (at < text.size()) {
    at += plain_length(text.substr(at));
    char32_t code = 0;
    const std::size_t length = utf8_front(text.substr(at), code);
    if (length == 0) break;
    wide = wide || length > 1;
    at += length;
  }
  return at;
}

// The front of a UTF-8 character whose end was cut off.
bool is_begun_character(std::string_view tail) {
  const auto first = static_cast<std::uint8_t>(tail[0]);
  const std::size_t length = first >= 0xF0 && first <= 0xF4 ? 4 : first >= 0xE0 && first < 0xF0 ? 3 : first >= 0xC2 && first < 0xE0 ? 2 : 0;
  if (tail.size() >= length) return false;
  for (const char c : tail.substr(1))
    if ((static_cast<std::uint8_t>(c) & 0xC0) != 0x80) return false;
  return true;
}

char lower(char c) noexcept { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

}  // namespace

Text read_text(HeldText bytes) {
  Text out;
  out.bytes = std::move(bytes);
  bool wide = false;
  const std::string_view all = out.bytes.expose();
  const std::size_t good = utf8_length(all, wide);
  if (good == all.size()) {
    out.text = HeldText::within(all);
  } else if (wide && is_begun_character(all.substr(good))) {
    out.text = HeldText::within(all.substr(0, good));
    out.cut = true;
  } else {
    out.text = cp437_to_utf8(as_bytes(all));
    out.cp437 = true;
  }
  return out;
}

HeldText held_text(JsonSpans::Ref string) {
  const std::string_view quoted = string.raw(), inner = quoted.substr(1, quoted.size() - 2);
  return inner.find('\\') == std::string_view::npos ? HeldText::within(inner) : HeldText(*string.string());
}

bool same_title(std::string_view a, std::string_view b) noexcept {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) { return lower(x) == lower(y); });
}

}  // namespace hwbak::cdc_badge
