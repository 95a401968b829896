// The question before an HSM is initialised.
#pragma once

#include "cli/session.h"
#include "hwbak/hsm_init.h"

namespace hwbak::cli {

[[nodiscard]] ConfirmInit confirm_init(const Options& options, Session& session);

}  // namespace hwbak::cli
