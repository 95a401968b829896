// The smart card readers of this machine, by libpcsclite, which is loaded when it is wanted: the program runs without it.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "link/pcsc/card_line.h"

namespace hwbak::pcsc {

// Names as the daemon gives them: untrusted. Empty when there is no reader. Throws Error(device) when libpcsclite or pcscd are not there.
[[nodiscard]] std::vector<std::string> readers();
// The card in it, for this program alone until the line is destroyed. Throws Error(device): no card, another program has it.
[[nodiscard]] std::unique_ptr<CardLine> connect(const std::string& reader);

}  // namespace hwbak::pcsc
