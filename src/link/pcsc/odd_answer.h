// Answers taken apart, and what a client says of one that no good device gives; internal to this folder.
#pragma once

#include <optional>
#include <string>

#include "container/wrapped_key/tlv.h"
#include "hwbak/error.h"

namespace hwbak::pcsc {

inline constexpr std::size_t largest_data = 65535;   // of a command

[[nodiscard]] inline Error odd_answer(const std::string& why) {
  return Error(Outcome::device, "the device gave an answer that cannot be: " + why, std::nullopt,
               "unplug the device, plug it in again, and run the command again; if it stays so, the device or its firmware is at fault");
}

// What SELECT answers: ISO 7816-4 has two templates for it.
[[nodiscard]] inline std::optional<ByteView> file_control(ByteView answer) noexcept {
  const auto parameters = wrapped_key::find_tag(answer, 0x62);
  return parameters ? parameters : wrapped_key::find_tag(answer, 0x6F);
}

}  // namespace hwbak::pcsc
