// A badge on a line: opened, greeted, logged in to; and its replies in words (docs/formats/cdc-badge.md, "The serial line").
#pragma once

#include <memory>

#include "hwbak/error.h"
#include "hwbak/tasks.h"
#include "link/serial/badge_client.h"

namespace hwbak::tasks {

class DeviceSession final {
 public:
  // Throws Error(device) when no badge answers or it refuses the PIN, Error(refused) for a PIN that is none.
  DeviceSession(const Context& context, const DeviceOptions& options, serial::ByteLine& line);
  ~DeviceSession();   // logs out, as well as it can
  DeviceSession(const DeviceSession&) = delete;
  DeviceSession& operator=(const DeviceSession&) = delete;

  [[nodiscard]] serial::BadgeClient& badge() noexcept { return client_; }
  [[nodiscard]] bool logged_in() const noexcept { return logged_in_; }
  // "The badge" of the page, and its facts.
  void describe(Report& report);
  // After describe(), when a passphrase is about to be sent: says there that the badge keeps it for a while.
  void passphrase_goes(Report& report);
  // Of VERSION; empty when the build does not tell.
  [[nodiscard]] const std::optional<serial::Version>& version() const noexcept { return version_; }

 private:
  void log_in(const Context& context, const std::filesystem::path& port);
  [[nodiscard]] bool pin_sent() const noexcept { return logged_in_ || no_login_needed_; }

  serial::BadgeClient client_;
  bool logged_in_ = false, no_login_needed_ = false;
  std::optional<serial::Version> version_;
  std::size_t described_at_ = 0;   // in the page
};

// The verbs over a line that is open already; tests play the badge.
[[nodiscard]] Report device_backup_over(const Context& context, const DeviceOptions& device, const DeviceBackupOptions& options,
                                        serial::ByteLine& line);
[[nodiscard]] Report device_restore_over(const Context& context, const Subject& subject, const DeviceOptions& device,
                                         const ConfirmPlan& confirm, serial::ByteLine& line);
[[nodiscard]] Report device_delete_over(const Context& context, const DeviceOptions& device, const ConfirmPlan& confirm,
                                        serial::ByteLine& line);

// How many characters of a file a badge gives over the line, and how to get at it else.
inline constexpr const char* usb_disk_steps =
    "unlock the badge, switch the module mod_msc on, connect it as a USB disk, copy backup.cdcbak from the disk's top folder, "
    "eject the "
    "disk, and check the copy: `hwbak verify backup.cdcbak`";

}  // namespace hwbak::tasks
