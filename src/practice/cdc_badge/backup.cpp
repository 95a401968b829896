// BACKUP: the container of container/cdcbak, the restore of device/cdc_badge.
#include "container/cdcbak/cdcbak.h"
#include "device/cdc_badge/export_state.h"
#include "hwbak/error.h"
#include "practice/cdc_badge/badge.h"

namespace hwbak::practice::cdc_badge {
namespace {

constexpr std::string_view backup_name = "backup.cdcbak";
constexpr std::uint64_t max_file = 16 * 1024 * 1024;
constexpr std::string_view import_failed = "ERROR: Import failed (wrong passphrase or corrupt file)";

// The payload as a badge gets at it: the start of the file through its own decoder, one passphrase as the console holds it.
std::optional<SecretBytes> plaintext_of(Bytes file, std::string_view passphrase) {
  if (file.size() > cdcbak::max_base64) file.resize(cdcbak::max_base64);
  const cdcbak::Survey survey = cdcbak::survey(file, {});
  if (survey.form != cdcbak::Form::base64 || !survey.badge_decodes || survey.dead_end ||
      survey.payload_size > cdcbak::max_plaintext)
    return std::nullopt;
  std::vector<cdcbak::PassphraseBytes> forms(1);
  forms[0].form = cdcbak::PassphraseForm::cp437;
  forms[0].bytes = SecretBytes::copy_of({reinterpret_cast<const std::uint8_t*>(passphrase.data()), passphrase.size()});
  auto unlocked = cdcbak::unlock(survey, forms);
  if (!unlocked) return std::nullopt;
  return std::move(unlocked->plaintext);
}

}  // namespace

void Badge::backup(std::string_view arguments) {
  const std::string_view command = take_word(arguments);
  if (is_word(command, "EXPORT")) return export_backup(arguments);
  if (is_word(command, "IMPORT")) return import_backup(arguments);
  if (is_word(command, "DELETE")) return delete_backup();
  reply("Usage: BACKUP EXPORT|IMPORT <passphrase> | BACKUP DELETE");
}

bool Badge::works() {
  if (setup_.delay.count() != 0) world_.wait(setup_.delay);
  return !setup_.has(Fault::no_answer);
}

void Badge::export_backup(std::string_view passphrase) {
  if (passphrase.empty()) return reply("Usage: BACKUP EXPORT <passphrase>");
  if (!works()) return;
  const SecretBytes payload = cb::export_state(state_.contents, badge_level, badge_firmware);
  if (setup_.has(Fault::export_fails) || payload.size() > cdcbak::max_plaintext) return reply("ERROR: Backup export failed");
  try {
    const ByteView bytes{reinterpret_cast<const std::uint8_t*>(passphrase.data()), passphrase.size()};
    const cdcbak::Written written = cdcbak::write(payload.expose(), bytes, cdcbak::default_iterations, world_.random);
    world_.files.write(file(backup_name), written.base64, {.overwrite = true});
  } catch (const Error&) {
    return reply("ERROR: Backup export failed");
  }
  reply("OK: Backup written");
}

void Badge::import_backup(std::string_view passphrase) {
  if (passphrase.empty()) return reply("Usage: BACKUP IMPORT <passphrase>");
  if (!world_.files.info(file(backup_name))) return reply("ERROR: No backup present");
  if (!works()) return;
  if (setup_.has(Fault::import_fails)) return reply(import_failed);
  const SecretBytes before = serialise(state_);
  try {
    const auto plain = plaintext_of(world_.files.read(file(backup_name), max_file), passphrase);
    if (!plain) return reply(import_failed);
    const cb::Restored restored = cb::restore(plain->expose(), badge_level, state_.contents);
    if (restored.accepted) save();
    for (const std::string& line : restored.lines) reply(line);
  } catch (const Error&) {
    state_ = parse_state(before.expose());
    reply(import_failed);
  }
}

void Badge::delete_backup() {
  if (!world_.files.info(file(backup_name))) return reply("OK: No backup present");
  try {
    world_.files.remove(file(backup_name));
  } catch (const Error&) {
    return reply("ERROR: Delete failed");
  }
  reply("OK: Backup deleted");
}

}  // namespace hwbak::practice::cdc_badge
