// The curves of a device (docs/formats/pico-hsm.md, "What a device takes back").
#pragma once

#include <string_view>

namespace hwbak::pico_hsm {

[[nodiscard]] bool has_curve(std::string_view name) noexcept;   // a Pico HSM 6.6, apart from X25519 and X448

}  // namespace hwbak::pico_hsm
