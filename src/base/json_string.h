// A text as a JSON string, for texts that are secret.
#pragma once

#include <string_view>

#include "hwbak/secret.h"

namespace hwbak {

// With its quotes. Quotes, backslashes and control characters are escaped, in the short form where there is one for LF, CR
// and tab; all else stays as it is.
[[nodiscard]] SecretString json_string(std::string_view text);

}  // namespace hwbak
