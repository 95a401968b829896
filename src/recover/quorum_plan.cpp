// See quorum_plan.h.
#include "recover/quorum_plan.h"

#include <array>

#include "base/as_bytes.h"

namespace hwbak::recover {
namespace {

constexpr std::array names{"as-typed", "one-digit", "two-digits", "three-digits"};
static_assert(names.size() == most_edits + 1);

}  // namespace

QuorumPlan::QuorumPlan(const TypedQuorum& typed) : candidates_(typed) {
  for (std::size_t edits = 0; edits < names.size(); ++edits) {
    if (edits < candidates_.levels()) classes_.push_back({names[edits], candidates_.size(edits)});
    else not_offered_.emplace_back(names[edits]);
  }
  const auto put = [&](std::string_view text) {
    description_.append(as_bytes(text));
    description_.append(std::uint8_t{'\n'});
  };
  put("quorum " + std::to_string(typed.threshold));
  for (const TypedNumber& prime : typed.primes) put(prime.digits.expose());
  for (const auto& share : typed.shares) {
    put(share.id_text);
    put(share.value.digits.expose());
  }
}

void QuorumPlan::candidate(std::size_t of_class, std::uint64_t index, SecretString& out) const {
  const SecretBytes password = candidates_.password(of_class, static_cast<std::size_t>(index));
  out.append({reinterpret_cast<const char*>(password.expose().data()), password.size()});
}

}  // namespace hwbak::recover
