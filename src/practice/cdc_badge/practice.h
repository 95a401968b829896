// A virtual CDC Badge to rehearse on: its console on a pseudo terminal, with the commands, replies and limits of the real
// one (docs/formats/cdc-badge.md, "The serial line"), over the same device code as the tasks. The folder `plugins` beside
// its state plays the USB disk.
#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "hwbak/files.h"
#include "hwbak/random.h"
#include "hwbak/secret.h"

namespace hwbak::practice::cdc_badge {

// What differs from a badge that behaves, or from the firmware of today.
enum class Fault {
  secure_serial,        // a build that wants AUTH first
  no_echo,              // does not echo
  log_noise,            // log lines between all others
  lockout,              // the PIN is locked for 30 seconds at the start
  permanent_lockout,    // the PIN is locked for ever, until the next start
  no_version,           // an older build, which does not know VERSION
  no_cut,               // GET gives files whole
  crc_error,            // uploads arrive with a wrong byte
  disconnect,           // the cable comes out in the middle of the first transfer, once
  usb_disk,             // its files are open as a USB disk: no uploads
  export_fails,         // BACKUP EXPORT fails
  import_fails,         // BACKUP IMPORT fails
  no_answer,            // EXPORT and IMPORT are never answered
};
// In that order: "secure-serial", "no-echo", ...
[[nodiscard]] std::span<const std::string_view> fault_names() noexcept;

struct Setup {
  std::filesystem::path state;                 // folder; made when missing
  std::optional<std::filesystem::path> link;   // a symbolic link to the pseudo terminal, set anew at the start
  std::vector<Fault> faults;
  std::chrono::milliseconds delay{0};          // of EXPORT and IMPORT; a real badge needs 18

  [[nodiscard]] bool has(Fault fault) const noexcept;
};

[[nodiscard]] bool exists(const Setup& setup, Files& files);
// 4 to 8 digits.
[[nodiscard]] bool is_pin(std::string_view text) noexcept;

// Runs until the process ends. `ready` is called with the path of the pseudo terminal, and again when the cable was put
// back in. Throws Error(wrong_secret) for another PIN than the state's, Error(refused) for one that is none, Error(io) when
// the state cannot be kept or there is no pseudo terminal, Error(damaged) for a broken state.
[[noreturn]] void practice(const Setup& setup, const SecretString& pin, Files& files, RandomSource& random,
                           const std::function<void(const std::filesystem::path&)>& ready);

}  // namespace hwbak::practice::cdc_badge
