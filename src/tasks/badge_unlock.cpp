// Trying passphrases on many badge backups at once: the derivations of all files run side by side
// (docs/formats/cdc-badge.md, "Passphrase bytes").
#include <deque>
#include <map>

#include "base/unicode.h"
#include "crypto/pbkdf2_sha256.h"
#include "tasks/badge_diff.h"
#include "tasks/badge_examination.h"

namespace hwbak::tasks {
namespace {

using Forms = std::vector<cdcbak::PassphraseBytes>;

Forms forms_of(std::span<const SecretString> candidates) {
  Forms all;
  for (const SecretString& candidate : candidates)
    for (cdcbak::PassphraseBytes& form : cdcbak::passphrase_forms(candidate.expose_bytes())) all.push_back(std::move(form));
  return all;
}

struct Attempt {
  BadgeExamination* file = nullptr;
  const Forms* forms = nullptr;
};

// Forms [from, from + count) of every attempt. What opened is no attempt any more.
void try_round(std::vector<Attempt>& attempts, std::size_t from, std::size_t count) {
  struct Try {
    Attempt* attempt;
    const cdcbak::PassphraseBytes* form;
  };
  std::vector<Try> tries;
  for (Attempt& attempt : attempts)
    for (std::size_t i = from; i < std::min(from + count, attempt.forms->size()); ++i) tries.push_back({&attempt, &(*attempt.forms)[i]});
  SecretBytes keys(tries.size() * 32);
  const auto key = [&](std::size_t i) { return FixedSpan<32>(keys.expose().data() + 32 * i, 32); };
  std::vector<crypto::Pbkdf2Job> jobs;
  for (std::size_t i = 0; i < tries.size(); ++i) {
    const cdcbak::Survey& survey = *tries[i].attempt->file->survey();
    jobs.push_back({tries[i].form->bytes.expose(), survey.salt, survey.iterations, key(i)});
  }
  crypto::pbkdf2_hmac_sha256_many(jobs);
  for (std::size_t i = 0; i < tries.size(); ++i)
    if (BadgeExamination& file = *tries[i].attempt->file; !file.unlocked()) file.try_key(*tries[i].form, key(i));
  std::erase_if(attempts, [&](const Attempt& a) { return a.file->unlocked() || a.forms->size() <= from + count; });
}

// The first passphrase as it was typed is mostly the right one; the others share their passes.
void try_all(std::vector<Attempt> attempts) {
  constexpr std::size_t together = 16;
  for (std::size_t from = 0, count = 1; !attempts.empty(); from += count, count = together) try_round(attempts, from, count);
}

void unlock_badges(const Context& context, std::span<Examination* const> files, std::span<std::optional<Error>> errors, Memo*) {
  if (context.secrets == nullptr) return;
  std::map<const SecretString*, Forms> prepared;  // by list: subjects that share one share its forms
  std::vector<Attempt> attempts;
  std::vector<std::size_t> asked;
  for (std::size_t i = 0; i < files.size(); ++i) {
    auto* const file = static_cast<BadgeExamination*>(files[i]);
    const auto question = file->question();
    if (!question) continue;
    try {
      const auto candidates = context.secrets->ask(*question);
      if (candidates.empty()) continue;
      const auto [list, fresh] = prepared.try_emplace(candidates.data());
      if (fresh) list->second = forms_of(candidates);
      attempts.push_back({file, &list->second});
      asked.push_back(i);
    } catch (const Error& error) {
      errors[i] = error;
    }
  }
  try_all(std::move(attempts));
  for (const std::size_t i : asked) {
    auto* const file = static_cast<BadgeExamination*>(files[i]);
    while (const auto question = file->question()) {
      const auto more = context.secrets->ask_again(*question);
      if (more.empty()) break;
      const Forms forms = forms_of(more);
      try_all({{file, &forms}});
    }
    if (!file->unlocked()) file->note_wrong_secret();
  }
}

std::unique_ptr<Examination> begin_badge(const Context& context, Loaded file) {
  return std::make_unique<BadgeExamination>(context, std::move(file));
}

}  // namespace

Family badge_family() {
  static constexpr std::string_view devices[] = {"cdc-badge"};
  return {"cdc-badge", devices, cdcbak::recognise, begin_badge, unlock_badges, check_badge_target, nullptr, compare_badges};
}

}  // namespace hwbak::tasks
