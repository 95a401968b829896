// hwbak device restore: the file is opened and its restore rehearsed, then it is sent and imported.
#include "base/counted.h"
#include "base/unicode.h"
#include "container/cdcbak/cdcbak.h"
#include "base/base64.h"
#include "device/cdc_badge/level.h"
#include "link/serial/passphrase.h"
#include "link/serial/tty_line.h"
#include "tasks/badge_examination.h"
#include "tasks/device_session.h"
#include "tasks/family.h"

namespace hwbak {
namespace {

// The file as it goes over the line, and how it was opened.
struct ToSend {
  Bytes base64;              // canonical: one line
  SecretBytes plaintext;
  SecretString passphrase;   // as the console wants it
};

std::optional<ToSend> try_open(const cdcbak::Survey& survey, const SecretString& passphrase) {
  // One by one: the badge must come to the very bytes that open it.
  for (const cdcbak::PassphraseBytes& form : cdcbak::passphrase_forms(passphrase.expose_bytes()))
    if (auto unlocked = cdcbak::unlock(survey, std::span(&form, 1)))
      return ToSend{to_base64(survey.container), std::move(unlocked->plaintext), serial::sendable(form, serial::import_command)};
  return std::nullopt;
}

// What no badge can read, or would take for nothing at all, is not sent.
void check_contents(const SecretBytes& plaintext) {
  try {
    (void)cdc_badge::understand(plaintext.expose());
  } catch (const Error& error) {
    throw Error(error.outcome(), "the contents are authentic, but they are " + error.sentence() + "; nothing was sent", std::nullopt,
                "look for another copy: `hwbak copies FOLDER` lists the backups on a card");
  }
}

ToSend open_file(const Context& context, const Subject& subject, Report& report) {
  Secrets::Question question;
  question.subject = printable(subject.native());
  question.words_likely = false;
  question.only_given = true;
  if (context.secrets != nullptr) (void)context.secrets->ask(question);   // an empty passphrase is refused before all else
  question.only_given = false;
  const cdcbak::Survey survey = cdcbak::survey(context.files.read(subject, context.max_size), tasks::badge_limits(context));
  report.levels.structure = Level::pass;
  report.facts.put("kdf_iterations", survey.iterations).put("payload_size", survey.payload_size);
  if (survey.dead_end) throw *survey.dead_end;
  if (survey.payload_size > cdcbak::max_plaintext)
    throw Error(Outcome::refused, "the contents have " + std::to_string(survey.payload_size) + " bytes, and a badge takes " +
                                      std::to_string(cdcbak::max_plaintext), std::nullopt, "leave something out of the backup");
  auto given = context.secrets != nullptr ? context.secrets->ask(question) : std::span<const SecretString>{};
  if (given.empty())
    throw Error(Outcome::refused, "no passphrase was given; nothing was sent", std::nullopt, "run the command again");
  for (; !given.empty(); given = context.secrets->ask_again(question))
    for (const SecretString& passphrase : given)
      if (auto opened = try_open(survey, passphrase)) {
        report.levels.content = Level::pass;
        check_contents(opened->plaintext);
        return std::move(*opened);
      }
  report.levels.content = Level::fail;
  throw Error(Outcome::wrong_secret,
              "the passphrase does not open the file, or the file is damaged: the two cannot be told apart; nothing was sent",
              std::nullopt, "give its passphrase as it was typed when the backup was made");
}

Object counts_of(const cdc_badge::Counts& counts) {
  Object out;
  out.put("ok", counts.ok).put("imported", counts.imported).put("failed", counts.failed).put("modules", counts.modules);
  out.put("skipped", counts.skipped).put("system", counts.system);
  return out;
}

// As `drill` tells it, for an empty badge.
Object drill_fact(const cdc_badge::Level& level, const cdc_badge::Restored& rehearsed, const cdc_badge::BadgeState& state) {
  Object stored, out;
  stored.put("twofa", state.twofa.size()).put("passwords", state.logins.size()).put("received", state.received.size());
  stored.put("own", state.own.has_value());
  List lossy;
  for (const cdc_badge::Lossy& one : rehearsed.lossy) {
    Object item;
    item.put("kind", name(one.kind)).put("path", one.path).put("what", one.what);
    if (one.kind == cdc_badge::Loss::cut) item.put("before", std::uint64_t{one.before}).put("after", std::uint64_t{one.after});
    lossy.push_back(std::move(item));
  }
  out.put("target", "cdc-badge@" + text(level)).put("verdict", rehearsed.accepted ? "accept" : "reject");
  out.put("restore", counts_of(rehearsed.counts)).put("stored", std::move(stored)).put("lossy", std::move(lossy));
  return out;
}

std::string in_words(const cdc_badge::Counts& counts) {
  return std::to_string(counts.imported) + " imported, " + std::to_string(counts.failed) + " failed, " +
         counted(counts.modules, "module") + ", " + std::to_string(counts.skipped) +
         " skipped, settings " + (counts.system ? "yes" : "no");
}

// What its counts hide: in the plan, and once more beside them, for whoever did not see the plan.
void add_losses(const cdc_badge::Restored& rehearsed, const char* title, std::vector<Section>& out) {
  constexpr std::size_t shown_losses = 20;
  if (rehearsed.lossy.empty()) return;
  Section lossy{title, {}};
  for (std::size_t i = 0; i < std::min(rehearsed.lossy.size(), shown_losses); ++i)
    lossy.row(rehearsed.lossy[i].path, rehearsed.lossy[i].what);
  if (rehearsed.lossy.size() > shown_losses)
    lossy.row("", std::to_string(rehearsed.lossy.size() - shown_losses) + " more; `hwbak drill` lists them");
  out.push_back(std::move(lossy));
}

std::vector<Section> plan_of(const Subject& subject, const ToSend& file, const std::optional<std::uint64_t>& old_size,
                             const cdc_badge::Restored& rehearsed) {
  Section plan{"What will be done", {}};
  plan.row("file", printable(subject.native()) + ", " + counted(file.base64.size(), "character"));
  plan.row("on the badge",
           old_size ? "a backup of " + serial::in_words(*old_size, "character") + ", which is replaced" : "no backup file yet");
  plan.row("restore", "adds to what the badge holds and overwrites records of the same name; nothing is removed");
  plan.row("rehearsed", in_words(rehearsed.counts));
  plan.row("", "FIDO2 and GPG signing keys are not restored; HOTP counters go back to where they were in the backup.");
  std::vector<Section> out;
  out.push_back(std::move(plan));
  add_losses(rehearsed, "What the badge will not tell", out);
  return out;
}

cdc_badge::Counts import_on(serial::BadgeClient& badge, const SecretString& passphrase) {
  const serial::ImportReply reply = badge.import_backup(passphrase);
  switch (reply.kind) {
    case serial::ImportReply::Kind::done: return {true, reply.imported, reply.failed, reply.modules, reply.skipped, reply.system};
    case serial::ImportReply::Kind::no_backup:
      throw Error(Outcome::device, "the badge took the file but says that it has none", std::nullopt,
                  "look at its files as a USB disk (mod_msc)");
    case serial::ImportReply::Kind::failed:
      throw Error(Outcome::device,
                  "the badge took the file but refused to restore it (wrong passphrase or corrupt file, it says, and means a "
                  "newer level too)",
                  std::nullopt,
                  "the file is on the badge: restore it there from the menu, with the passphrase typed on its keys");
    case serial::ImportReply::Kind::usage:
    case serial::ImportReply::Kind::note: break;
  }
  throw Error(Outcome::device, "the badge did not take the command: it showed how BACKUP is used", std::nullopt,
              "check that its firmware can restore backups");
}

bool same(const cdc_badge::Counts& a, const cdc_badge::Counts& b) noexcept {
  return a.imported == b.imported && a.failed == b.failed && a.modules == b.modules && a.skipped == b.skipped &&
         a.system == b.system;
}

void check_room(serial::BadgeClient& badge, std::size_t size) {
  const auto free = badge.free_space();
  if (free && *free < size)
    throw Error(Outcome::device,
                "the badge has room for " + serial::in_words(*free, "byte") + " and the file has " + std::to_string(size),
                std::nullopt, "remove files from the badge's disk, or its old backup: `hwbak device delete`");
}

void summarise(Report& report, const cdc_badge::Counts& said, const cdc_badge::Restored& rehearsed) {
  const bool as_rehearsed = same(said, rehearsed.counts);
  report.facts.put("restored", counts_of(said)).put("as_rehearsed", as_rehearsed);
  Section page{"What the badge did", {}};
  page.row("it said", in_words(said));
  if (!as_rehearsed) page.row("rehearsed", in_words(rehearsed.counts) + ", on an empty badge");
  page.row("", as_rehearsed ? "That is what the rehearsal foretold."
                            : "That differs from the rehearsal: a full badge takes no new records, and other "
                              "firmware has other rules. Compare the badge with the backup.");
  if (said.failed != 0) page.row("failed", "these records are not on the badge; `hwbak verify` of the file names them");
  page.row("",
           "The file stays on the badge's disk until `hwbak device delete`. Names and texts of the lock screen show after a "
           "restart.");
  report.page.push_back(std::move(page));
  add_losses(rehearsed, "What the badge did not tell", report.page);
  // Something of the file is not on the badge, or is there otherwise than was said before.
  if (said.failed != 0 || !as_rehearsed) report.outcome = Outcome::partial;
  report.message = "the badge restored the file: " + in_words(said) + (as_rehearsed ? ", as rehearsed" : ", NOT as rehearsed");
  if (const std::size_t hidden = rehearsed.lossy.size(); hidden != 0)
    report.message += "; " + counted(hidden, "thing") + " that these numbers do not tell " + is_or_are(hidden) + " listed";
}

}  // namespace

namespace tasks {

Report device_restore_over(const Context& context, const Subject& subject, const DeviceOptions& device, const ConfirmPlan& confirm,
                           serial::ByteLine& line) {
  Report report = blank_report("device", subject);
  report.format = "cdcbak";
  report.facts.put("port", printable(device.port.native()));
  guarded(report, [&] {
    const ToSend file = open_file(context, subject, report);
    DeviceSession session(context, device, line);
    session.describe(report);
    const auto told = session.version() ? cdc_badge::parse_level(session.version()->level) : std::nullopt;
    const cdc_badge::Level level = told.value_or(cdc_badge::Level{});
    cdc_badge::BadgeState state;
    const cdc_badge::Restored rehearsed = cdc_badge::restore(file.plaintext.expose(), level, state);
    List drill;
    drill.push_back(drill_fact(level, rehearsed, state));
    report.facts.put("drill", std::move(drill));
    if (!rehearsed.accepted)
      throw Error(Outcome::device, "this badge would refuse the file: " + rehearsed.refusal + "; nothing was sent", std::nullopt,
                  "update the badge's firmware, or open the file here: `hwbak open FILE`");
    session.badge().change_to_root();
    const auto plan = plan_of(subject, file, session.badge().backup_size(), rehearsed);
    if (!confirm || !confirm("Send this backup to the badge and restore it?", plan))
      throw Error(Outcome::refused, "given up: nothing was sent, and the badge is as it was", std::nullopt,
                  "run the command again when you are ready");
    check_room(session.badge(), file.base64.size());
    session.badge().write_backup(file.base64);
    session.passphrase_goes(report);
    summarise(report, import_on(session.badge(), file.passphrase), rehearsed);
    report.next = "look at the badge: its accounts, logins and cards; then make a fresh backup with `hwbak device backup`";
  });
  return report;
}

}  // namespace tasks

Report device_restore(const Context& context, const Subject& subject, const DeviceOptions& device, const ConfirmPlan& confirm) {
  Report report = tasks::blank_report("device", subject);
  report.format = "cdcbak";
  tasks::guarded(report, [&] {
    const auto line = serial::open_tty(device.port);
    report = tasks::device_restore_over(context, subject, device, confirm, *line);
  });
  return report;
}

}  // namespace hwbak
