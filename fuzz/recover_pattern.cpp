// Any text as a pattern, and behind its first NUL a word list: it is refused with a sentence and a next step, or its candidates are counted,
// and those that are looked at are all different and come back the same. The list alone is a plan too.
#include <algorithm>
#include <cstdlib>
#include <set>
#include <string>

#include "hwbak/error.h"
#include "recover/list_plan.h"
#include "recover/pattern_plan.h"

using namespace hwbak;

namespace {

std::string candidate(const recover::Plan& plan, std::size_t of_class, std::uint64_t index) {
  SecretString out;
  plan.candidate(of_class, index, out);
  return std::string(out.expose());
}

void look_at(const recover::Plan& plan) {
  std::set<std::string> found;
  for (std::size_t i = 0; i < plan.classes().size(); ++i) {
    const std::uint64_t all = plan.classes()[i].candidates.clamped();
    const std::uint64_t some = std::min<std::uint64_t>(all, 40);
    for (std::uint64_t k = 0; k < some; ++k) {
      if (!found.insert(candidate(plan, i, k)).second) std::abort();
      const std::uint64_t late = all - 1 - k;
      if (late >= some && !found.insert(candidate(plan, i, late)).second) std::abort();
    }
    if (all != 0 && found.count(candidate(plan, i, all / 2)) != (all / 2 < some || all - 1 - all / 2 < some ? 1u : 0u)) std::abort();
  }
}

template <typename Make>
void plan_of(const Make& make) {
  try {
    look_at(make());
  } catch (const Error& error) {
    if (error.outcome() != Outcome::refused || error.sentence().empty() || error.next().empty()) std::abort();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const std::size_t end = text.find('\0');
  const std::string_view lines = text.substr(0, end);
  if (end == text.npos) {
    plan_of([&] { return recover::PatternPlan(lines); });
    return 0;
  }
  const std::string_view words = text.substr(end + 1);
  plan_of([&] { return recover::PatternPlan(lines, words); });
  plan_of([&] { return recover::ListPlan(words); });
  return 0;
}
