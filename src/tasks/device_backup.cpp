// hwbak device backup: the badge writes its backup, the file is fetched and opened before it is kept.
#include <algorithm>

#include "base/counted.h"
#include "base/hex.h"
#include "base/unicode.h"
#include "container/cdcbak/cdcbak.h"
#include "crypto/digest.h"
#include "device/cdc_badge/payload.h"
#include "link/serial/passphrase.h"
#include "link/serial/tty_line.h"
#include "tasks/badge_examination.h"
#include "tasks/device_session.h"
#include "tasks/family.h"
#include "tasks/new_password.h"
#include "tasks/shell_quoted.h"

namespace hwbak {
namespace {

// Before anything is asked or sent.
void check_output_is_free(const Context& context, const DeviceBackupOptions& options) {
  const auto there = context.files.info(options.output);
  if (!there) return;
  const std::string shown = printable(options.output.native());
  if (there->kind == FileInfo::Kind::folder)
    throw Error(Outcome::refused, shown + " is a folder", std::nullopt, "name a file in it with --output");
  if (!options.overwrite)
    throw Error(Outcome::refused, "there is already a file " + shown + "; nothing was done", std::nullopt,
                "name another file, or add --force to replace it");
}

SecretString passphrase_for(const Context& context, const DeviceOptions& device) {
  const SecretString* const given = tasks::given_new_password(context, printable(device.port.native()));
  if (given == nullptr)
    throw Error(Outcome::refused, "no passphrase was given; nothing was done", std::nullopt, "run the command again");
  return serial::sendable(*given, serial::export_command);
}

void export_on(serial::BadgeClient& badge, const SecretString& passphrase) {
  switch (badge.export_backup(passphrase)) {
    case serial::ExportReply::written: return;
    case serial::ExportReply::failed:
      throw Error(Outcome::device, "the badge could not write its backup", std::nullopt,
                  "make room on the badge; a badge that holds more than a backup can (262144 bytes) cannot be backed up at all");
    case serial::ExportReply::usage: break;
  }
  throw Error(Outcome::device, "the badge did not take the command: it showed how BACKUP is used", std::nullopt,
              "check that its firmware can make backups");
}

std::uint64_t size_on(serial::BadgeClient& badge, Report& report) {
  badge.change_to_root();
  const auto size = badge.backup_size();
  if (!size)
    throw Error(Outcome::device, "the badge says that it wrote a backup, but lists no file backup.cdcbak", std::nullopt,
                "look at its files as a USB disk (mod_msc)");
  report.facts.put("file_size", std::min<std::uint64_t>(*size, INT64_MAX));
  if (*size > serial::serial_read_limit) {
    report.facts.put("serial_limit", serial::serial_read_limit);
    report.facts.put("left_on_badge", true);
    throw Error(Outcome::refused,
                "the backup is on the badge, but it has " + serial::in_words(*size, "character") +
                    ", and over the serial line a badge gives only the first " +
                    std::to_string(serial::serial_read_limit) + " of a file, without telling: the rest would be missing",
                std::nullopt, tasks::usb_disk_steps);
  }
  return *size;
}

cdc_badge::Payload contents_of(const cdcbak::Unlocked& unlocked) {
  try {
    return cdc_badge::understand(unlocked.plaintext.expose());
  } catch (const Error& error) {
    throw Error(error.outcome(),
                "the badge's backup opens with the passphrase, but its contents are " + error.sentence() + "; nothing was written", std::nullopt,
                "run the command again; if it stays so, the badge writes no good backup: look at its firmware");
  }
}

void describe(Report& report, const cdcbak::Survey& survey, const cdcbak::Unlocked& unlocked, const Bytes& file,
              const Subject& output) {
  const cdc_badge::Payload payload = contents_of(unlocked);
  report.facts.put("output", printable(output.native())).put("output_sha256", to_hex(crypto::sha256(file)));
  report.facts.put("kdf_iterations", survey.iterations).put("payload_size", survey.payload_size);
  report.facts.put("plaintext_sha256", to_hex(crypto::sha256(unlocked.plaintext.expose())));
  report.facts.put("passphrase_encoding", std::string(cdcbak::name(unlocked.form)));
  report.facts.put("host_api_level", printable(payload.host_api_level)).put("fw_version", printable(payload.fw_version));
  report.levels.meaning = payload.flaws.empty() ? Level::pass : Level::fail;
  if (!payload.flaws.empty()) report.outcome = Outcome::partial;
  Section page{"The backup", {}};
  page.row("written", printable(output.native()));
  page.row("size", counted(file.size(), "byte") + ", SHA-256 " + to_hex(crypto::sha256(file)));
  page.row("accounts", payload.twofa.size());
  page.row("logins", payload.logins.size());
  page.row("vCards", payload.cards.size());
  if (unlocked.form != cdcbak::PassphraseForm::utf8)
    page.row("passphrase", "the badge used its CP437 bytes; hwbak tries them by itself, another program may not");
  page.row("", "FIDO2 and GPG keys, the PIN and plugins are never in a backup.");
  report.page.push_back(std::move(page));
}

}  // namespace

namespace tasks {

Report device_backup_over(const Context& context, const DeviceOptions& device, const DeviceBackupOptions& options,
                          serial::ByteLine& line) {
  Report report = blank_report("device", device.port);
  report.format = "device";
  guarded(report, [&] {
    check_output_is_free(context, options);
    const SecretString passphrase = passphrase_for(context, device);
    DeviceSession session(context, device, line);
    session.describe(report);
    session.passphrase_goes(report);
    export_on(session.badge(), passphrase);
    const Bytes file = session.badge().read_backup(size_on(session.badge(), report));

    const cdcbak::Survey survey = cdcbak::survey(file, badge_limits(context));
    report.levels.structure = Level::pass;
    const auto unlocked = cdcbak::unlock(survey, cdcbak::passphrase_forms(passphrase.expose_bytes()));
    if (!unlocked)
      throw Error(Outcome::damaged,
                  "what came over the line does not open with the passphrase that the badge was given; nothing was written",
                  std::nullopt,
                  "run the command again; if it stays so, use the badge as a USB disk (mod_msc) and copy the file");
    report.levels.content = Level::pass;
    describe(report, survey, *unlocked, file, options.output);
    context.files.write(options.output, file, {.overwrite = options.overwrite});
    report.message = "the badge's backup is in " + printable(options.output.native()) + ", opened and proven with the passphrase";
    if (report.outcome == Outcome::partial) report.message += "; some records in it are not good";
    report.next = "keep the passphrase apart from it, and look what it holds: `hwbak verify " +
                  shell_quoted(printable(options.output.native())) + "`";
  });
  return report;
}

}  // namespace tasks

Report device_backup(const Context& context, const DeviceOptions& device, const DeviceBackupOptions& options) {
  Report report = tasks::blank_report("device", device.port);
  report.format = "device";
  tasks::guarded(report, [&] {
    check_output_is_free(context, options);
    const auto line = serial::open_tty(device.port);
    report = tasks::device_backup_over(context, device, options, *line);
  });
  return report;
}

}  // namespace hwbak
