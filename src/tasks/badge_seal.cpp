// See badge_seal.h.
#include "tasks/badge_seal.h"
#include "tasks/new_password.h"

#include <algorithm>

#include "audit/password_strength.h"
#include "base/counted.h"
#include "base/cp437.h"
#include "base/hex.h"
#include "base/normalize.h"
#include "base/unicode.h"
#include "crypto/digest.h"
#include "crypto/pbkdf2_sha256.h"

namespace hwbak::tasks {
namespace {

using cdcbak::PassphraseBytes;
using cdcbak::PassphraseForm;

constexpr std::size_t keypad_characters = 64;
constexpr std::size_t serial_bytes = 255 - std::string_view("BACKUP EXPORT ").size();

std::optional<SecretBytes> as_badge_types(std::string_view text) {
  if (auto bytes = utf8_to_cp437(text)) return bytes;
  const auto composed = normalize(text, NormalForm::nfc);  // a letter and its accent, typed as two characters
  return composed ? utf8_to_cp437({reinterpret_cast<const char*>(composed->expose().data()), composed->size()}) : std::nullopt;
}

// Why no badge could be given these bytes; empty when one can.
std::string why_not_typed(ByteView bytes) {
  if (bytes.size() > keypad_characters) {
    const std::string most = counted(keypad_characters, "character");
    return bytes.size() > serial_bytes ? "it is longer than the " + most + " of a badge's keypad and the " + counted(serial_bytes, "byte") + " that fit into a line of its console"
                                       : "it is longer than the " + most + " of a badge's keypad; over USB it can still be sent";
  }
  const auto blank = [](std::uint8_t c) { return c == ' ' || (c >= 9 && c <= 13); };
  if (std::ranges::any_of(bytes, [](std::uint8_t c) { return c < 0x20 || c == 0x7F; })) return "it holds a character that cannot be typed on a badge";
  if (blank(bytes.front()) || blank(bytes.back())) return "it begins or ends with a blank, which is lost when it is sent to a badge over USB";
  return {};
}

void look_over(const PassphraseBytes& passphrase, const SecretString& typed, bool exact, Report& report) {
  const auto add = [&](Severity level, const char* code, std::string sentence) {
    report.findings.push_back({level, code, std::move(sentence), ""});
  };
  if (!is_utf8(typed.expose())) {
    add(Severity::warning, "password-untypable",
        "the new passphrase is no text (it is not UTF-8): its bytes were used as they are. On a badge it would have to be typed as the characters that "
        "code page 437 has for these bytes, if its keypad or its console takes them at all; choose plain ASCII if a badge is to restore the file");
  } else if (exact && !is_ascii(typed.expose())) {
    add(Severity::warning, "password-untypable",
        "the new passphrase was given as bytes, which were used as they are. They are not plain ASCII, and a badge makes other bytes of the same "
        "characters: it cannot open this file. Give the passphrase as text if a badge is to restore it");
  } else if (passphrase.form == PassphraseForm::cp437) {
    add(Severity::note, "password-cp437",
        "the new passphrase is not plain ASCII: it was used in code page 437, as a badge does with what is typed on it or sent to it. hwbak "
        "opens the file with the passphrase as you type it; other programs may take it as UTF-8 and not open it");
  } else if (!is_ascii(typed.expose())) {
    add(Severity::warning, "password-untypable",
        "the new passphrase holds characters that a badge does not have (they are not in code page 437): it was used as UTF-8, and no badge can "
        "open this file; choose another one if a badge is to restore it");
  } else if (const std::string why = why_not_typed(passphrase.bytes.expose()); !why.empty()) {
    add(Severity::warning, "password-untypable", "the new passphrase suits no badge's keypad and console: " + why);
  }
  if (const auto strength = audit::password_strength(typed); strength.weak)
    add(Severity::warning, "password-weak",
        "the new passphrase is " + strength.words + "; whoever has the file can try a great many a second, for " +
            counted(cdcbak::default_iterations, "iteration") + " slow that down only a little");
}

// As a stranger would open it.
std::unique_ptr<BadgeExamination> proven(const Context& context, const Subject& written, ByteView payload, const PassphraseBytes& passphrase) {
  Context own = context;
  own.max_kdf_iterations = std::max<std::uint64_t>(own.max_kdf_iterations, cdcbak::default_iterations);
  auto file = std::make_unique<BadgeExamination>(own, load(own, written));
  if (const cdcbak::Survey* const survey = file->survey()) {
    SecretBytes key(32);
    const FixedSpan<32> span(key.expose().data(), 32);
    crypto::pbkdf2_hmac_sha256({passphrase.bytes.expose(), survey->salt, survey->iterations, span});
    if (file->try_key(passphrase, span) && std::ranges::equal(file->plaintext(), payload)) {
      file->judge(own, nullptr);
      return file;
    }
  }
  throw Error(Outcome::io, "the file was written but does not open again: do not trust it", std::nullopt,
              "write it again, to another place; the old backup is unchanged");
}

std::string text_of(const Report& report, std::string_view key) {
  const Value* const value = report.facts.find(key);
  const auto* const text = value != nullptr ? std::get_if<std::string>(&value->get()) : nullptr;
  return text != nullptr ? *text : std::string();
}

}  // namespace

PassphraseBytes new_passphrase(const Context& context, const std::string& shown, Report& report) {
  const SecretString* const given = given_new_password(context, shown);
  if (given == nullptr || given->empty())
    throw Error(Outcome::refused, "no new passphrase was given, and a badge takes no empty one; nothing was written", std::nullopt,
                "give it with --new-password-from, or run it on a terminal");
  const SecretString& typed = *given;
  const bool exact = context.secrets->exact_bytes();
  PassphraseBytes out = std::move(cdcbak::passphrase_forms(typed.expose_bytes()).front());
  if (!exact && !is_ascii(typed.expose()))
    if (auto bytes = as_badge_types(typed.expose())) out = {PassphraseForm::cp437, std::move(*bytes)};
  look_over(out, typed, exact, report);
  return out;
}

std::unique_ptr<BadgeExamination> write_badge(const Context& context, ByteView payload, const PassphraseBytes& passphrase,
                                              const Subject& output, bool overwrite, Report& report) {
  const cdcbak::Written sealed = cdcbak::write(payload, passphrase.bytes.expose(), cdcbak::default_iterations, context.random);
  context.files.write(output, sealed.base64, WriteOptions{overwrite, 0600});
  auto file = proven(context, output, payload, passphrase);
  report.facts.put("output", printable(output.native())).put("output_sha256", to_hex(crypto::sha256(sealed.base64)));
  report.facts.put("output_passphrase_encoding", std::string(name(passphrase.form)));
  return file;
}

Section written_section(const Report& report, std::uint64_t payload_size) {
  Section section{"The new file", {}};
  section.row("file", text_of(report, "output"));
  section.row("contents", counted(payload_size, "byte"));
  section.row("SHA-256", text_of(report, "output_sha256"));
  section.row("passphrase", "as given, in " + text_of(report, "output_passphrase_encoding"));
  section.row("", "One line of base64, as a badge writes it. Copy it to the root of the badge's FAT volume as backup.cdcbak to restore it.");
  return section;
}

}  // namespace hwbak::tasks
