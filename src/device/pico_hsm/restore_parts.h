// How a verdict is put together; internal to this folder.
#pragma once

#include "device/pico_hsm/restore.h"

namespace hwbak::pico_hsm {

inline constexpr std::string_view never_send =
    "Never send it to a device: a blob that could not be checked has made one crash and damage its key domain.";
// The mend that most have: "... : it writes the usual one."
[[nodiscard]] std::string write_again(std::string_view how);

// A form of the DER around the blob that no tool was seen to read.
[[nodiscard]] bool is_odd_der(const wrapped_key::Remark& remark);

void reject(Restore& out, std::string_view status_word, std::string reason, std::string next = {});
void unproven(Restore& out, std::string reason, std::string next = {});

// A key that opened and whose numbers are good.
void judge_for_pico_hsm(Restore& out, const wrapped_key::Survey& survey, const Key& key);
void judge_for_smartcard_hsm(Restore& out, const wrapped_key::Survey& survey, const Key& key);

}  // namespace hwbak::pico_hsm
