// See json_string.h.
#include "base/json_string.h"

namespace hwbak {

SecretString json_string(std::string_view text) {
  constexpr std::string_view digits = "0123456789abcdef";
  SecretString out;
  out.append('"');
  for (const char c : text) {
    const auto code = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out.append('\\');
      out.append(c);
    } else if (code >= 0x20) {
      out.append(c);  // other alphabets stay as they are
    } else if (c == '\n' || c == '\r' || c == '\t') {
      out.append(c == '\n' ? "\\n" : c == '\r' ? "\\r" : "\\t");
    } else {
      out.append("\\u00");
      out.append(digits[code >> 4]);
      out.append(digits[code & 15]);
    }
  }
  out.append('"');
  return out;
}

}  // namespace hwbak
