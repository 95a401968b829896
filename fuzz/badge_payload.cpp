// Any bytes as the contents of a badge's backup: records and remarks or an Error, and a restore whose counts fit what it stores.
#include <cstdlib>

#include "device/cdc_badge/limits.h"
#include "device/cdc_badge/payload.h"
#include "device/cdc_badge/restore.h"
#include "hwbak/error.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace hwbak;
  using namespace hwbak::cdc_badge;
  const ByteView json(data, size);
  try {
    const Payload payload = understand(json);
    for (const TwoFactor& account : payload.twofa)
      if (account.secret.empty() || account.digits < 6 || account.digits > 8) std::abort();
    if (!payload.json.equals(json)) std::abort();
  } catch (const Error& error) {
    if (error.outcome() != Outcome::damaged) std::abort();
  }
  BadgeState state;
  for (int round = 0; round < 2; ++round) {
    const std::size_t before = state.twofa.size() + state.logins.size() + state.received.size();
    const Restored restored = restore(json, cdc_badge::Level{}, state);
    const std::size_t after = state.twofa.size() + state.logins.size() + state.received.size();
    if (restored.accepted != restored.counts.ok || restored.accepted != restored.refusal.empty() || restored.lines.empty()) std::abort();
    if (!restored.accepted && after != before) std::abort();
    if (state.twofa.size() > twofa_slots || state.logins.size() > login_slots || state.received.size() > card_slots) std::abort();
    if (size < 60'000 && after - before > restored.counts.imported) std::abort();  // the count wraps at 65536
  }
  return 0;
}
