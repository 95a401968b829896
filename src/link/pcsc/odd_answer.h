// What a client says of an answer that no good device gives; internal to this folder.
#pragma once

#include <string>

#include "hwbak/error.h"

namespace hwbak::pcsc {

[[nodiscard]] inline Error odd_answer(const std::string& why) {
  return Error(Outcome::device, "the device gave an answer that cannot be: " + why, std::nullopt,
               "unplug the device, plug it in again, and run the command again; if it stays so, the device or its firmware is at fault");
}

}  // namespace hwbak::pcsc
