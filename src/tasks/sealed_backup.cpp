// See sealed_backup.h.
#include "tasks/sealed_backup.h"

#include <algorithm>
#include <set>
#include <string_view>

#include "audit/password_strength.h"
#include "base/hex.h"
#include "container/sevenzip/open.h"
#include "container/sevenzip/write.h"
#include "crypto/digest.h"
#include "hwbak/error.h"

namespace hwbak::tasks {
namespace {

constexpr const char* slow_guessing = "; the key derivation (2^13 rounds) does little to slow down guessing";

Error refused_password(std::string sentence, const char* next) {
  return Error(Outcome::refused, std::move(sentence), std::nullopt,
               std::string(next) + ", or leave out --new-password-from to get twelve fresh words");
}

// Of twelve words that a generator draws, two are the same once in 30 times, three once in 2,000.
bool repeats_words(const SecretString& password) {
  std::set<std::string_view> different;
  std::string_view rest = password.expose();
  for (std::size_t end = 0; end != std::string_view::npos;) {
    end = rest.find(' ');
    different.insert(rest.substr(0, end));
    if (end != std::string_view::npos) rest.remove_prefix(end + 1);
  }
  return different.size() + 1 < coldcard::password_words;
}

bool stands_in(ByteView text, const SecretString& password) {
  constexpr std::size_t shortest = 12;  // less is found by chance
  if (password.size() < shortest) return false;
  const ByteView wanted = password.expose_bytes();
  return std::search(text.begin(), text.end(), wanted.begin(), wanted.end()) != text.end();
}

void check_new_password(const SecretString& password, ByteView text, ShortPassword short_ones, Report& report) {
  bool is_short = false;
  switch (coldcard::device_fit(password.expose())) {
    case coldcard::PasswordFit::fits: break;
    case coldcard::PasswordFit::other_characters:
      throw refused_password("the new password holds a character that a Coldcard's keyboard does not have (only ASCII 32 to 126), so "
                             "the device could never open the file", "choose another password");
    case coldcard::PasswordFit::too_long:
      throw refused_password("the new password is longer than the 128 characters a Coldcard takes", "choose a shorter one");
    case coldcard::PasswordFit::too_short:
      if (short_ones == ShortPassword::refused)
        throw refused_password("the new password is shorter than the 32 characters a Coldcard asks for, so the device could not open the file",
                               "choose a longer one");
      is_short = true;
  }
  if (is_short)
    report.findings.push_back({Severity::warning, "password-short",
                               "the new password is shorter than the 32 characters a Coldcard asks for: the device cannot restore this "
                               "file, and the key derivation (2^13 rounds) does little to slow down guessing", ""});
  if (stands_in(text, password))
    report.findings.push_back({Severity::high, "password-inside",
                               "the new password stands in the backup itself, as its seed words or in a note: who learns one has the other. "
                               "Choose another one", ""});
  // Words that a generator may have drawn are not judged by how English reads.
  if (are_device_words(password)) {
    if (repeats_words(password))
      report.findings.push_back({Severity::high, "password-weak",
                                 std::string("the new password repeats words, as drawn ones hardly ever do") + slow_guessing, ""});
    return;
  }
  if (const auto strength = audit::password_strength(password); strength.weak)
    report.findings.push_back({Severity::high, "password-weak", "the new password is " + strength.words + slow_guessing, ""});
}

}  // namespace

bool are_device_words(const SecretString& password) {
  const coldcard::TypedWords words = coldcard::normalise_words(password.expose());
  return words.count == coldcard::password_words && words.unknown.empty() && words.canonical.equals(password.expose());
}

SecretString new_password(const Context& context, WrittenResult& result, const std::string& shown, ByteView text,
                          ShortPassword short_ones, const ConfirmWords& confirm) {
  Secrets::Question question;
  question.kind = Secrets::Kind::new_password;
  question.subject = shown;
  const auto given = context.secrets != nullptr ? context.secrets->ask(question) : std::span<const SecretString>{};
  if (!given.empty()) {
    check_new_password(given[0], text, short_ones, result.report);
    return given[0].clone();
  }
  SecretString words = coldcard::draw_password(context.random);
  if (confirm && !confirm(words))
    throw Error(Outcome::refused, "given up: the new words were not confirmed; nothing was written", std::nullopt,
                "run it again for other words, or give a password with --new-password-from");
  result.new_words = words.clone();
  return words;
}

std::uint64_t sealed_size(std::uint64_t text_size, const std::string& inner_name) {
  return sevenzip::device_archive_size(text_size, inner_name);
}

SealedBackup seal_backup(ByteView text, std::string inner_name, const SecretString& password, RandomSource& random) {
  SealedBackup sealed;
  sealed.inner_name = std::move(inner_name);
  sealed.password_form = std::move(sevenzip::password_forms(password.expose_bytes()).front());
  sealed.archive = sevenzip::write_device_archive(text, sealed.inner_name, sealed.password_form.expose(), sevenzip::device_rounds_pow, random);
  sealed.sha256 = to_hex(crypto::sha256(sealed.archive));
  return sealed;
}

void prove_backup(const Context& context, const Subject& written, const SealedBackup& sealed, ByteView text) {
  sevenzip::Limits limits;
  limits.max_plaintext = context.max_size;
  const Bytes bytes = context.files.read(written, context.max_size);
  const sevenzip::Survey survey = sevenzip::survey(bytes, limits);
  if (survey.flaws.empty() && survey.folders.size() == 1 && survey.folders[0].aes) {
    const SecretBytes key = sevenzip::derive_key(*survey.folders[0].aes, sealed.password_form.expose(), limits);
    const sevenzip::Opened opened = sevenzip::open(bytes, survey.folders[0], key.expose(), limits);
    if (opened.grade == sevenzip::Grade::good && opened.text.equals(text)) return;
  }
  throw Error(Outcome::io, "the file was written but does not open again: do not trust it", std::nullopt,
              "write it again, to another card; the old backup is unchanged");
}

}  // namespace hwbak::tasks
