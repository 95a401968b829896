// hwbak rekey: the same contents under a new password, in the layout of a device.
#include "base/hex.h"
#include "base/unicode.h"
#include "container/sevenzip/write.h"
#include "crypto/digest.h"
#include "device/coldcard/naming.h"
#include "tasks/coldcard_examination.h"
#include "wallet/bip39.h"

namespace hwbak {
namespace {

constexpr unsigned device_rounds_pow = 13;
constexpr std::size_t password_words = 12;
constexpr std::uint64_t device_text_min = 401, device_text_max = 131071;

// Twelve words as the device draws them: the first half of a 24-word phrase over 32 random bytes.
SecretString draw_words(RandomSource& random) {
  SecretBytes entropy(32);
  random.fill(entropy.expose());
  const SecretString phrase = wallet::mnemonic_from_entropy(entropy.expose());
  std::size_t end = 0;
  for (std::size_t word = 0; word < password_words; ++word) end = phrase.expose().find(' ', end + 1);
  return SecretString::copy_of(phrase.expose().substr(0, end));
}

void check_new_password(const SecretString& password, Report& report) {
  for (const char c : password.expose())
    if (c < 32 || c > 126)
      throw Error(Outcome::refused,
                  "the new password holds a character that a Coldcard's keyboard does not have (only ASCII 32 to 126), so the device "
                  "could never open the file",
                  std::nullopt, "choose another password, or leave out --new-password-from to get twelve fresh words");
  if (password.size() > 128)
    throw Error(Outcome::refused, "the new password is longer than the 128 characters a Coldcard takes", std::nullopt,
                "choose a shorter one, or leave out --new-password-from to get twelve fresh words");
  if (password.size() < 32)
    report.findings.push_back({Severity::warning, "password-short",
                               "the new password is shorter than the 32 characters a Coldcard asks for: the device cannot restore this "
                               "file, and the key derivation (2^13 rounds) does little to slow down guessing",
                               ""});
}

std::string inner_name_for(const tasks::ColdcardExamination& file, RandomSource& random) {
  const std::string& old = file.inner_name();
  const std::string_view ending = file.is_notes() ? ".json" : ".txt";
  const bool plain = is_ascii(old) && printable(old) == old && old.find_first_of("/\\:") == std::string::npos && old.size() <= 64;
  if (plain && old.size() > ending.size() && old.ends_with(ending)) return old;
  if (!file.is_notes()) return coldcard::fresh_inner_name(random);
  std::string fresh = coldcard::fresh_inner_name(random);
  return fresh.substr(0, fresh.size() - 4) + ".json";
}

// The new password: given, or drawn and confirmed.
SecretString new_password(const Context& context, WrittenResult& result, const std::string& shown, const ConfirmWords& confirm) {
  Secrets::Question question;
  question.kind = Secrets::Kind::new_password;
  question.subject = shown;
  const auto given = context.secrets != nullptr ? context.secrets->ask(question) : std::span<const SecretString>{};
  if (!given.empty()) {
    check_new_password(given[0], result.report);
    return given[0].clone();
  }
  SecretString words = draw_words(context.random);
  if (confirm && !confirm(words))
    throw Error(Outcome::refused, "given up: the new words were not confirmed; nothing was written", std::nullopt,
                "run it again for other words, or give a password with --new-password-from");
  result.new_words = words.clone();
  return words;
}

// Before any work: the target must not be the backup itself, nor another file unless asked for.
void check_output(const Context& context, const Subject& subject, const RekeyOptions& options) {
  const auto target = context.files.info(options.output);
  if (!target) return;
  const auto source = subject == "-" ? std::nullopt : context.files.info(subject);
  if (source && source->device == target->device && source->inode == target->inode)
    throw Error(Outcome::refused, "the output is the backup itself: a backup is never overwritten by its own copy", std::nullopt,
                "name another file with --output");
  if (!options.overwrite)
    throw Error(Outcome::refused, "there is already a file " + printable(options.output.native()) + "; nothing was written", std::nullopt,
                "name another file, or add --force to replace it");
}

// Opens the written file as a stranger would and compares.
void prove(const Context& context, const Subject& output, ByteView password, ByteView plaintext) {
  sevenzip::Limits limits;
  limits.max_plaintext = context.max_size;
  const Bytes written = context.files.read(output, context.max_size);
  const sevenzip::Survey survey = sevenzip::survey(written, limits);
  if (survey.flaws.empty() && survey.folders.size() == 1 && survey.folders[0].aes) {
    const SecretBytes key = sevenzip::derive_key(*survey.folders[0].aes, password, limits);
    const sevenzip::Opened opened = sevenzip::open(written, survey.folders[0], key.expose(), limits);
    if (opened.grade == sevenzip::Grade::good && opened.text.equals(plaintext)) return;
  }
  throw Error(Outcome::io, "the file was written but does not open again: do not trust it", std::nullopt,
              "write it again, to another card; the old backup is unchanged");
}

void refuse_unfit(const tasks::ColdcardExamination& file, const Report& report) {
  if (!file.proven_text().empty() && report.format != "sevenzip") return;
  if (report.format == "sevenzip" && !file.proven_text().empty())
    throw Error(Outcome::unsupported, "the contents are not a Coldcard backup, so a Coldcard file cannot be made of them", std::nullopt,
                report.next);
  if (report.outcome != Outcome::ok) throw Error(report.outcome, report.message, report.offset, report.next);
  throw Error(Outcome::refused, "without the present password the contents cannot be opened", std::nullopt,
              "give it with --password-from");
}

}  // namespace

WrittenResult rekey(const Context& context, const Subject& subject, const RekeyOptions& options, const ConfirmWords& confirm) {
  WrittenResult result;
  result.report = tasks::blank_report("rekey", subject);
  tasks::guarded(result.report, [&] {
    check_output(context, subject, options);
    const auto begun = tasks::examine(context, subject, true);
    auto& file = dynamic_cast<tasks::ColdcardExamination&>(*begun.examination);
    Report& report = result.report;
    begun.examination->describe(report, tasks::Detail::verdict, false);
    report.page.clear();
    refuse_unfit(file, report);
    const ByteView plaintext = file.proven_text();
    const bool unfit = !file.is_notes() && (plaintext.size() < device_text_min || plaintext.size() > device_text_max);
    if (unfit)
      report.findings.push_back({Severity::warning, "device-limit",
                                 "a Coldcard verifies texts of 401 to 131071 bytes and restores at most 131072; this one has " +
                                     std::to_string(plaintext.size()), ""});
    const SecretString password = new_password(context, result, file.file().shown, confirm);
    const std::string inner = inner_name_for(file, context.random);
    const SecretBytes password_form = std::move(sevenzip::password_forms(password.expose_bytes()).front());
    const Bytes archive = sevenzip::write_device_archive(plaintext, inner, password_form.expose(), device_rounds_pow, context.random);
    context.files.write(options.output, archive, WriteOptions{options.overwrite, 0600});
    prove(context, options.output, password_form.expose(), plaintext);

    const Outcome found = report.outcome;
    report.outcome = Outcome::ok;
    report.offset.reset();
    report.message = "written and opened again: " + printable(options.output.native()) + " holds the same " +
                     std::to_string(plaintext.size()) + " bytes under the new password";
    if (unfit) report.message += ". A device would not take it: see the findings";
    if (found != Outcome::ok)
      report.message += " (the old file is " + std::string(name(found)) + "; its contents were taken over as they are)";
    report.facts.put("output", printable(options.output.native()));
    report.facts.put("output_sha256", to_hex(crypto::sha256(archive)));
    report.facts.put("output_inner_name", inner);
    report.facts.put("words_drawn", !result.new_words.empty());
    report.next = "copy it to at least two cards, then `hwbak verify` each copy; the old file still opens with the old password: destroy it "
                  "if that password is known to others";
    Section section{"The new file", {}};
    section.row("file", printable(options.output.native()));
    section.row("size", std::to_string(archive.size()) + " bytes, SHA-256 " + to_hex(crypto::sha256(archive)));
    section.row("password", result.new_words.empty() ? "as given" : "twelve fresh words");
    section.row("", "The vendor supports restoring only files that a device made; this one has a device's layout to the byte.");
    report.page.push_back(std::move(section));
  });
  return result;
}

}  // namespace hwbak
