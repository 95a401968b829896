// hwbak device delete: the backup file on the badge, not what the badge holds.
#include "base/unicode.h"
#include "link/serial/tty_line.h"
#include "tasks/device_session.h"
#include "tasks/family.h"

namespace hwbak {
namespace tasks {

Report device_delete_over(const Context& context, const DeviceOptions& device, const ConfirmPlan& confirm, serial::ByteLine& line) {
  Report report = blank_report("device", device.port);
  report.format = "device";
  guarded(report, [&] {
    DeviceSession session(context, device, line);
    session.describe(report);
    session.badge().change_to_root();
    const auto size = session.badge().backup_size();
    std::vector<Section> plans(1);
    Section& plan = plans[0];
    plan.title = "What will be done";
    plan.row("backup file", size ? serial::in_words(*size, "character") + ", removed from the badge's disk" : "none is listed");
    plan.row("", "What the badge itself holds (accounts, logins, cards, settings) stays.");
    if (!confirm || !confirm("Remove the backup file from the badge?", plans))
      throw Error(Outcome::refused, "given up: the badge is as it was", std::nullopt, "run the command again when you are ready");
    const serial::DeleteReply reply = session.badge().delete_backup();
    switch (reply) {
      case serial::DeleteReply::deleted: report.message = "the backup file was removed from the badge"; break;
      case serial::DeleteReply::nothing_there: report.message = "there was no backup file on the badge"; break;
      case serial::DeleteReply::failed:
        throw Error(Outcome::device, "the badge could not remove its backup file", std::nullopt,
                    "if its files are open on a computer as a USB disk, eject that disk first");
      case serial::DeleteReply::usage:
        throw Error(Outcome::device, "the badge did not take the command: it showed how BACKUP is used", std::nullopt,
                    "check that its firmware can make backups");
    }
    report.facts.put("deleted", reply == serial::DeleteReply::deleted);
  });
  return report;
}

}  // namespace tasks

Report device_delete(const Context& context, const DeviceOptions& device, const ConfirmPlan& confirm) {
  Report report = tasks::blank_report("device", device.port);
  report.format = "device";
  tasks::guarded(report, [&] {
    const auto line = serial::open_tty(device.port);
    report = tasks::device_delete_over(context, device, confirm, *line);
  });
  return report;
}

}  // namespace hwbak
