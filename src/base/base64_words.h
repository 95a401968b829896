// What to say of base64 that cannot be read: one sentence with the place, and what to do, where something can be done.
#pragma once

#include <string>

#include "base/base64.h"

namespace hwbak {

struct Base64Words {
  std::string sentence, next;   // `next` may be empty
};
// `text`: what was read, for the character that is none.
[[nodiscard]] Base64Words in_words(const Base64Fault& fault, ByteView text);

}  // namespace hwbak
