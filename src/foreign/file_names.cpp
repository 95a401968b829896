// See file_names.h.
#include "foreign/file_names.h"

#include <algorithm>

#include "base/ascii.h"
#include "base/normalize.h"
#include "base/unicode.h"

namespace hwbak::foreign {
namespace {

bool is_safe(char32_t code) noexcept {
  constexpr std::u32string_view separators = U"/\\:*?\"<>|\u2044\u2215\u29F8\uFF0F\uFF3C\uFF1A\uFFFD";
  return is_printable(code) && separators.find(code) == std::u32string_view::npos;
}

std::string replaced(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    char32_t code = 0;
    const std::size_t length = utf8_front(text, code);
    if (length != 0 && is_safe(code)) out.append(text.substr(0, length));
    else out.push_back('_');
    text.remove_prefix(std::max<std::size_t>(length, 1));
  }
  return out;
}

void cut(std::string& name, std::size_t size) {
  if (name.size() <= size) return;
  while (size != 0 && (static_cast<std::uint8_t>(name[size]) & 0xC0) == 0x80) --size;
  name.resize(size);
}

// Windows takes these for devices, with any ending.
bool is_device(std::string_view stem) {
  stem = stem.substr(0, stem.find('.'));
  stem = stem.substr(0, stem.find_last_not_of(' ') + 1);
  for (const char* name : {"CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$"})
    if (same_word(stem, name)) return true;
  if (!same_word(stem.substr(0, 3), "COM") && !same_word(stem.substr(0, 3), "LPT")) return false;
  const std::string_view number = stem.substr(3);
  return (number.size() == 1 && number[0] >= '0' && number[0] <= '9') ||
         number == "\u00B9" || number == "\u00B2" || number == "\u00B3";
}

std::string stem_of(std::string_view text) {
  std::string stem = replaced(text);
  stem.erase(0, std::min(stem.find_first_not_of(". "), stem.size()));
  cut(stem, FileNames::max_stem);
  stem.erase(stem.find_last_not_of(". ") + 1);
  if (stem.empty()) stem = "unnamed";
  if (stem[0] == '-') stem[0] = '_';  // no option of a command
  if (is_device(stem)) stem.insert(0, "_");
  return stem;
}

// What a file system that ignores case and normal forms would call the same.
std::string folded(const std::string& stem) {
  const auto key = normalize(stem, NormalForm::nfc_casefold);
  return key ? std::string(key->expose().begin(), key->expose().end()) : stem;
}

}  // namespace

std::string FileNames::name_for(std::string_view text, std::string_view ending) {
  const std::string stem = stem_of(text);
  unsigned& count = taken_[folded(stem)];
  std::string name = stem;
  if (++count != 1) {
    for (;; ++count) {
      const std::string number = "-" + std::to_string(count);
      name = stem;
      cut(name, max_stem - number.size());
      name += number;
      if (taken_[folded(name)]++ == 0) break;
    }
  }
  return name + std::string(ending);
}

}  // namespace hwbak::foreign
