// See plan.h.
#include "recover/plan.h"

#include <algorithm>

namespace hwbak::recover {

Route::Route(const Plan& plan, std::vector<std::size_t> chosen, Shard shard) : plan_(&plan), chosen_(std::move(chosen)), shard_(shard) {
  for (const std::size_t one : chosen_) ends_.push_back(total_ += plan.classes()[one].candidates.clamped());
  const std::uint64_t runs = total_ / run, rest = total_ % run;
  const std::uint64_t mine = runs / shard_.parts + (runs % shard_.parts >= shard_.part ? 1 : 0);
  size_ = mine * run + (runs % shard_.parts == shard_.part - 1 ? rest : 0);
}

Route::Place Route::place(std::uint64_t position) const {
  Place out;
  out.overall = (position / run * shard_.parts + shard_.part - 1) * run + position % run;
  const auto at = std::upper_bound(ends_.begin(), ends_.end(), out.overall);
  out.of_class = chosen_[static_cast<std::size_t>(at - ends_.begin())];
  out.index = out.overall - (at == ends_.begin() ? 0 : *(at - 1));
  return out;
}

void Route::candidate(std::uint64_t position, SecretString& out) const {
  const Place where = place(position);
  plan_->candidate(where.of_class, where.index, out);
}

}  // namespace hwbak::recover
