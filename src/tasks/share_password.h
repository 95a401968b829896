// What to think of the new password of a share file.
#pragma once

#include "hwbak/report.h"

namespace hwbak::tasks {

// Findings password-untypable, password-short and password-weak; `file`: the share file, printable.
void judge_share_password(const SecretString& password, const std::string& file, Report& report);

}  // namespace hwbak::tasks
