// The one word that answers a question about a subject (a file, a share set, a
// device). The same word stands in the library, in JSON and in the documentation
// (docs/outcomes.md); its number is the program's exit code.
#pragma once

#include <optional>
#include <string_view>

namespace hwbak {

enum class Outcome : int {
  ok = 0,            // what was asked was done; how much was proven is in the levels
  internal = 1,      // a bug here
  usage = 2,         // the command line is wrong
  wrong_secret = 3,  // password or DKEK does not open it, and nothing shows damage
  damaged = 4,       // bytes contradict each other, or are missing
  unsupported = 5,   // not a format known here, or a feature not handled
  refused = 6,       // a limit or policy: KDF cost, size, empty passphrase, would overwrite
  inconsistent = 7,  // opens, but parts contradict each other
  findings = 8,      // --fail-on, --require not met
  device = 9,        // no device, or it refused
  partial = 10,      // inside one subject some records are good and some are not
  exhausted = 11,    // recovery tried everything
  stopped = 12,      // recovery can be resumed
  io = 13,           // disk or file system failed
};

// Process exit code when the user interrupted (Ctrl-C); never a subject's outcome.
inline constexpr int exit_interrupted = 130;

// "wrong-secret" for Outcome::wrong_secret, and so on.
[[nodiscard]] std::string_view name(Outcome outcome) noexcept;
// The reverse; nullopt for a word that is no outcome.
[[nodiscard]] std::optional<Outcome> outcome_named(std::string_view name) noexcept;
[[nodiscard]] constexpr int exit_code(Outcome outcome) noexcept { return static_cast<int>(outcome); }
// Several subjects: the highest-numbered outcome (`ok` is the lowest).
[[nodiscard]] constexpr Outcome worst(Outcome a, Outcome b) noexcept { return exit_code(a) < exit_code(b) ? b : a; }

}  // namespace hwbak
