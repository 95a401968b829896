// Unicode normal forms (UAX #15) and case folding, of secret text: nothing of it is left outside the result.
#pragma once

#include <optional>
#include <string_view>

#include "hwbak/secret.h"

namespace hwbak {

enum class NormalForm { nfc, nfd, nfc_casefold };  // casefold: for comparing, not for people

// nullopt when `text` is not UTF-8.
[[nodiscard]] std::optional<SecretBytes> normalize(std::string_view text, NormalForm form);

}  // namespace hwbak
