// Unicode normal forms (UAX #15), of secret text: nothing of it is left outside the result.
#pragma once

#include <optional>
#include <string_view>

#include "hwbak/secret.h"

namespace hwbak {

enum class NormalForm { nfc, nfd };

// nullopt when `text` is not UTF-8.
[[nodiscard]] std::optional<SecretBytes> normalize(std::string_view text, NormalForm form);

}  // namespace hwbak
