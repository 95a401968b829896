// The screens of custodians: each one's part alone, gone before the next one's is shown.
#pragma once

#include "cli/session.h"
#include "hwbak/hsm.h"

namespace hwbak::cli {

// Empty when there is no terminal to show anything on.
[[nodiscard]] ShowPart show_on_terminal(Session& session);

}  // namespace hwbak::cli
