// See backed_up.h.
#include "practice/coldcard/backed_up.h"

namespace hwbak::practice::coldcard {
namespace {

using hwbak::coldcard::FirmwareFamily;
using hwbak::coldcard::FirmwareVersion;
using hwbak::coldcard::Release;

// In order of time.
enum class Habit { main_seed_only, temporary_seed, passphrase_on_request, wallet_in_effect };

Habit habit_of(const FirmwareVersion& firmware) noexcept {
  const Release release = firmware.release;
  switch (firmware.family) {
    case FirmwareFamily::mk1_3:
    case FirmwareFamily::mk2_3_v4: return Habit::main_seed_only;
    case FirmwareFamily::mk4_5:
      if (release >= Release{5, 6, 1}) return Habit::wallet_in_effect;
      if (release >= Release{5, 1, 3}) return Habit::passphrase_on_request;
      return release >= Release{5, 0, 7} ? Habit::temporary_seed : Habit::main_seed_only;
    case FirmwareFamily::q: return release >= Release{1, 5, 1} ? Habit::wallet_in_effect : Habit::passphrase_on_request;
    case FirmwareFamily::edge:
    case FirmwareFamily::edge_q: return Habit::passphrase_on_request;
  }
  return Habit::main_seed_only;
}

}  // namespace

BackedUp what_is_backed_up(const FirmwareVersion& firmware, InEffect in_effect) noexcept {
  using What = BackedUp::What;
  const Habit habit = habit_of(firmware);
  switch (in_effect) {
    case InEffect::main: return {};
    case InEffect::temporary:
      if (habit == Habit::main_seed_only) return {};
      return {What::wallet_in_effect, false, habit != Habit::temporary_seed};
    case InEffect::passphrase:
      if (habit == Habit::wallet_in_effect) return {What::wallet_in_effect, false, true};
      return {What::main_seed, habit == Habit::passphrase_on_request, false};
  }
  return {};
}

}  // namespace hwbak::practice::coldcard
