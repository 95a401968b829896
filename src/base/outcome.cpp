// The words of hwbak/outcome.h and hwbak/report.h.
#include "hwbak/outcome.h"

#include <array>
#include <utility>

namespace hwbak {
namespace {
constexpr std::array<std::pair<Outcome, std::string_view>, 14> words{{
    {Outcome::ok, "ok"},
    {Outcome::internal, "internal"},
    {Outcome::usage, "usage"},
    {Outcome::wrong_secret, "wrong-secret"},
    {Outcome::damaged, "damaged"},
    {Outcome::unsupported, "unsupported"},
    {Outcome::refused, "refused"},
    {Outcome::inconsistent, "inconsistent"},
    {Outcome::findings, "findings"},
    {Outcome::device, "device"},
    {Outcome::partial, "partial"},
    {Outcome::exhausted, "exhausted"},
    {Outcome::stopped, "stopped"},
    {Outcome::io, "io"},
}};
}  // namespace

std::string_view name(Outcome outcome) noexcept {
  for (const auto& [value, word] : words)
    if (value == outcome) return word;
  return "internal";
}

std::optional<Outcome> outcome_named(std::string_view name) noexcept {
  for (const auto& [value, word] : words)
    if (word == name) return value;
  return std::nullopt;
}

}  // namespace hwbak
