// See base64_words.h.
#include "base/base64_words.h"

#include "base/counted.h"
#include "base/unicode.h"

namespace hwbak {

Base64Words in_words(const Base64Fault& fault, ByteView text) {
  const std::string at = std::to_string(fault.offset);
  switch (fault.trouble) {
    case Base64Trouble::character: {
      const char c = static_cast<char>(text[fault.offset]);
      return {"Byte " + at + " (\"" + printable({&c, 1}) + "\") is no character of base64", {}};
    }
    case Base64Trouble::padding: return {"Byte " + at + " is \"=\", where a character of base64 must stand", {}};
    case Base64Trouble::after_padding: return {"The base64 ends with \"=\", but at byte " + at + " more follows", {}};
    case Base64Trouble::cut: break;
  }
  constexpr unsigned most_end_marks = 2;
  return {"The base64 ends inside a group of four characters: at least " + std::to_string(fault.missing) + " " + is_or_are(fault.missing) +
              " missing at the end of the file",
          fault.missing > most_end_marks ? std::string()
                                         : "If nothing but the end mark was lost, add \"" + std::string(fault.missing, '=') +
                                               "\" to a copy of the file and try that; otherwise look for another copy."};
}

}  // namespace hwbak
