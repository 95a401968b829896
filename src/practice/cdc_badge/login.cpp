// AUTH and LOGOUT of a build with secure serial, and the PIN's counter. How long a real badge locks is not documented;
// here every third wrong PIN in a row locks, twice as long each time, and the tenth for ever.
#include "practice/cdc_badge/badge.h"

namespace hwbak::practice::cdc_badge {
namespace {

constexpr unsigned tries_in_all = 10, tries_in_a_row = 3;
constexpr std::int64_t first_lockout = 30;  // seconds
constexpr auto longest_idle = std::chrono::minutes(5);

}  // namespace

bool Badge::locked_for_ever() const { return setup_.has(Fault::permanent_lockout) || state_.wrong_pins >= tries_in_all; }
std::int64_t Badge::locked_for() const { return std::max<std::int64_t>(0, state_.locked_until - seconds_now()); }

// Says itself why not.
bool Badge::may_run(std::string_view command) {
  if (!setup_.has(Fault::secure_serial) || is_word(command, "PING")) return true;
  if (authenticated_ && world_.now() - last_command_ > longest_idle) authenticated_ = false;
  if (authenticated_) return true;
  if (locked_for_ever()) {
    reply("ERROR: PIN permanently locked.");
    return false;
  }
  if (locked_for() != 0) {
    reply("ERROR: PIN locked. Wait " + std::to_string(locked_for()) + " seconds.");
    return false;
  }
  if (is_word(command, "AUTH")) return true;
  reply("ERROR: Not authenticated. Use AUTH <pin> to login.");
  return false;
}

void Badge::log_out() {
  authenticated_ = false;
  reply("OK: Logged out");
}

void Badge::authenticate(std::string_view pin) {
  if (pin.empty()) return log_out();
  if (pin_.equals(pin)) {
    const bool changed = state_.wrong_pins != 0;
    state_.wrong_pins = 0;
    state_.locked_until = 0;
    if (changed) save();
    authenticated_ = true;
    return reply("OK: Authenticated");
  }
  authenticated_ = false;
  ++state_.wrong_pins;
  const std::int64_t lockout = first_lockout
                               << (state_.wrong_pins / tries_in_a_row - (state_.wrong_pins >= tries_in_a_row ? 1 : 0));
  const bool locks = state_.wrong_pins % tries_in_a_row == 0;
  if (locks) state_.locked_until = seconds_now() + lockout;
  save();  // before the answer: pulling the plug gives no try for free
  if (locked_for_ever()) return reply("ERROR: Wrong PIN. Permanently locked.");
  if (locks) return reply("ERROR: Wrong PIN. Locked for " + std::to_string(lockout) + " seconds.");
  reply("ERROR: Wrong PIN. " + std::to_string(tries_in_all - state_.wrong_pins) + " retries remaining.");
}

}  // namespace hwbak::practice::cdc_badge
