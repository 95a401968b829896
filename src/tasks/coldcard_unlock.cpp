// Trying passwords on many Coldcard files at once: the derivations of all files run side by side,
// candidate after candidate, so that a list over a thousand backups costs what it must.
#include <deque>
#include <map>

#include "base/hex.h"
#include "base/unicode.h"
#include "crypto/sevenzip_kdf.h"
#include "tasks/coldcard_diff.h"
#include "tasks/coldcard_examination.h"
#include "wallet/bip32.h"

namespace hwbak::tasks {
namespace {

// The byte forms of each candidate of a list, made once per list.
struct Form {
  SecretBytes bytes;
  ByteView typed;      // the candidate itself, which the list keeps
};
using Forms = std::vector<Form>;

Forms forms_of(std::span<const SecretString> candidates) {
  Forms forms;
  for (const SecretString& candidate : candidates)
    for (SecretBytes& form : sevenzip::password_forms(candidate.expose_bytes()))
      forms.push_back({std::move(form), candidate.expose_bytes()});
  return forms;
}

// The password of a clone file from the receiver's private key, where that is given.
std::vector<SecretString> clone_passwords(Secrets& secrets, const ColdcardExamination& file, Secrets::Question question) {
  std::vector<SecretString> passwords;
  question.kind = Secrets::Kind::receiver_key;
  for (const SecretString& digits : secrets.ask(question)) {
    const auto key = from_hex_secret(digits.expose());
    if (!key || key->size() != 32)
      throw Error(Outcome::refused, "the receiver's private key must be 64 hex digits (32 bytes)", std::nullopt,
                  "give the key as hex: `--receiver-key-from file:PATH`");
    auto password = wallet::clone_password(FixedView<32>(key->expose().data(), 32),
                                           FixedView<33>(file.clone_key()->data(), 33));
    if (!password)
      throw Error(Outcome::refused, "the receiver's private key, or the public key in the file's name, is not a valid key",
                  std::nullopt, "check that the file still has the name that the device gave it");
    passwords.push_back(std::move(*password));
  }
  return passwords;
}

// A secret that was given must not be passed over in silence.
void refuse_unused_receiver_key(Secrets& secrets, Secrets::Question question) {
  question.kind = Secrets::Kind::receiver_key;
  if (secrets.ask(question).empty()) return;
  throw Error(Outcome::refused,
              "a receiver's key was given, but this file's name is not that of a clone file: the sender's public key, which is "
              "needed as well, stands only in the original name",
              std::nullopt, "give the file its first name back (66 hex digits and -ccbk.7z), or give the password instead");
}

struct Attempt {
  ColdcardExamination* file = nullptr;
  std::size_t index = 0;               // in `files` and `errors`
  const Forms* forms = nullptr;
};

SecretBytes derive_one(const sevenzip::Aes& aes, ByteView form) {
  SecretBytes key(32);
  crypto::derive_sevenzip_key({aes.salt, form, aes.rounds_pow, key.expose()});
  return key;
}

// One candidate on every file still closed.
void try_round(std::vector<Attempt>& open_attempts, std::size_t round, std::span<std::optional<Error>> errors) {
  std::erase_if(open_attempts, [&](const Attempt& a) { return a.forms->size() <= round; });
  SecretBytes keys(open_attempts.size() * 32);
  std::vector<crypto::SevenZipKdfJob> jobs;
  jobs.reserve(open_attempts.size());
  for (std::size_t i = 0; i < open_attempts.size(); ++i) {
    const sevenzip::Aes& aes = *open_attempts[i].file->locked_aes();
    jobs.push_back({aes.salt, (*open_attempts[i].forms)[round].bytes.expose(), aes.rounds_pow, keys.expose().subspan(i * 32, 32)});
  }
  crypto::derive_sevenzip_keys(jobs);
  for (std::size_t i = 0; i < jobs.size(); ++i) {
    Attempt& attempt = open_attempts[i];
    try {
      const auto derive = [&](const sevenzip::Aes& aes) { return derive_one(aes, jobs[i].password_utf16le); };
      const bool opened = attempt.file->try_key(jobs[i].key, derive);
      if (opened || !attempt.file->has_typed()) attempt.file->keep_typed((*attempt.forms)[round].typed);
      if (opened) attempt.file = nullptr;
    } catch (const Error& error) {
      errors[attempt.index] = error;
      attempt.file = nullptr;
    }
  }
  std::erase_if(open_attempts, [](const Attempt& a) { return a.file == nullptr; });
}

void try_all(std::vector<Attempt> attempts, std::span<std::optional<Error>> errors) {
  for (std::size_t round = 0; !attempts.empty(); ++round) try_round(attempts, round, errors);
}

void unlock_coldcard(const Context& context, std::span<Examination* const> files, std::span<std::optional<Error>> errors, Memo*) {
  if (context.secrets == nullptr) return;
  std::map<const SecretString*, Forms> prepared;  // by list: subjects that share one share its forms
  std::deque<std::vector<SecretString>> made;     // passwords made for one file, and their forms
  std::deque<Forms> own;
  std::vector<Attempt> attempts;
  for (std::size_t i = 0; i < files.size(); ++i) {
    auto* const file = static_cast<ColdcardExamination*>(files[i]);
    const auto question = file->question();
    if (!question) continue;
    try {
      if (file->clone_key()) {
        made.push_back(clone_passwords(*context.secrets, *file, *question));
        if (!made.back().empty()) {
          own.push_back(forms_of(made.back()));
          attempts.push_back({file, i, &own.back()});
          continue;
        }
      }
      const auto candidates = context.secrets->ask(*question);
      if (candidates.empty()) refuse_unused_receiver_key(*context.secrets, *question);
      if (candidates.empty()) continue;
      const auto [list, fresh] = prepared.try_emplace(candidates.data());
      if (fresh) list->second = forms_of(candidates);
      attempts.push_back({file, i, &list->second});
    } catch (const Error& error) {
      errors[i] = error;
    }
  }
  const auto asked = attempts;
  try_all(std::move(attempts), errors);
  for (const Attempt& attempt : asked) {
    const auto still_closed = [&] { return !attempt.file->unlocked() && !errors[attempt.index]; };
    while (still_closed()) {
      const auto question = attempt.file->question();
      const auto more = question ? context.secrets->ask_again(*question) : std::span<const SecretString>{};
      if (more.empty()) break;
      const Forms forms = forms_of(more);
      try_all({{attempt.file, attempt.index, &forms}}, errors);
    }
    if (still_closed()) attempt.file->note_wrong_secret();
  }
}

bool recognise(ByteView bytes) { return ColdcardExamination::recognises(bytes); }

std::unique_ptr<Examination> begin_coldcard(const Context& context, Loaded file) {
  return std::make_unique<ColdcardExamination>(context, std::move(file));
}

std::unique_ptr<Memo> make_coldcard_memo() { return std::make_unique<ColdcardMemo>(); }

}  // namespace

Family coldcard_family() {
  static constexpr std::string_view devices[] = {"coldcard"};
  return {"coldcard", devices, recognise, begin_coldcard, unlock_coldcard, check_coldcard_target, make_coldcard_memo, compare_coldcards};
}

}  // namespace hwbak::tasks
