// What the words of the answers mean, for `hwbak explain` and the man page.
#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "hwbak/outcome.h"

namespace hwbak::cli {

struct OutcomeText {
  Outcome outcome;
  std::string_view means;
  std::string_view action;
};
struct FindingText {
  std::string_view code;
  std::string_view means;
  std::string_view action;
};

[[nodiscard]] std::span<const OutcomeText> outcome_texts() noexcept;
[[nodiscard]] std::span<const FindingText> finding_texts() noexcept;
[[nodiscard]] const OutcomeText* explain_outcome(std::string_view word) noexcept;
[[nodiscard]] const FindingText* explain_finding(std::string_view code) noexcept;

}  // namespace hwbak::cli
