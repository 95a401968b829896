// Which kernels of a kind are used, and in which order; internal to crypto/.
#pragma once

#include <algorithm>
#include <span>
#include <utility>
#include <vector>

namespace hwbak::crypto {

// Those that this processor has and whose results `agrees` finds right, in the same order.
template <class Kernel>
[[nodiscard]] std::vector<const Kernel*> usable_kernels(std::span<const Kernel* const> all, bool (*agrees)(const Kernel&)) {
  std::vector<const Kernel*> out(all.begin(), all.end());
  std::erase_if(out, [&](const Kernel* kernel) { return !kernel->available() || !agrees(*kernel); });
  return out;
}

template <class Kernel>
[[nodiscard]] std::vector<const Kernel*> fastest_first(std::span<const Kernel* const> kernels, double (*seconds)(const Kernel&)) {
  std::vector<std::pair<double, const Kernel*>> timed;
  for (const Kernel* kernel : kernels) timed.emplace_back(seconds(*kernel), kernel);
  std::ranges::sort(timed);
  std::vector<const Kernel*> out;
  for (const auto& [time, kernel] : timed) out.push_back(kernel);
  return out;
}

}  // namespace hwbak::crypto
