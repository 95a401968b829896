// Seed Vault, notes, trick PINs and the HSM policy (docs/formats/coldcard.md, "Settings"). Every
// shape of JSON is possible; what does not fit is said and left out.
#include <unordered_set>

#include "base/counted.h"
#include "device/coldcard/parts.h"

namespace hwbak::coldcard {
namespace {

using Ref = JsonSpans::Ref;
using Kind = JsonNode::Kind;

// Far more than the 128 KiB of a device can hold; each vault entry costs one PBKDF2.
constexpr std::size_t max_vault_entries = 1'000;
constexpr std::size_t max_notes = 10'000;
constexpr std::size_t max_trick_pins = 1'000;

void cap(Job& job, const Line& line, std::string_view what) {
  job.capped = true;
  job.unreadable("too-many-records",
                 "There are more " + std::string(what) + " than a device can keep; the rest was not read.", line);
}

// [fingerprint, secret, label, origin]
VaultEntry vault_entry(const Job& job, const Ref& value, std::string& fault) {
  VaultEntry entry;
  const auto parts = value.children();
  if (value.kind() != Kind::array || parts.size() < 2) {
    fault = "it is not a list of fingerprint, secret, label and origin";
    return entry;
  }
  entry.listed_fingerprint = public_text(parts[0]);
  if (parts.size() > 2) entry.label = public_text(parts[2]);
  if (parts.size() > 3) entry.origin = public_text(parts[3]);
  const auto digits = parts[1].string();
  SecretFault why{"its secret is not text"};
  auto secret = digits ? decode_secret(digits->expose(), why, job.memo) : std::nullopt;
  if (!secret) {
    fault = "its secret does not decode: " + why.sentence;
    return entry;
  }
  entry.decodes = true;
  entry.mode = secret->mode;
  entry.word_count = secret->word_count;
  const auto listed = wallet::fingerprint_from_text(entry.listed_fingerprint);
  entry.consistent = listed && *listed == secret->node->fingerprint();
  if (!entry.consistent)
    fault = "its secret gives the fingerprint " + wallet::to_text(secret->node->fingerprint()) +
            ", not the one listed for it";
  entry.xprv = secret->node->xprv(job.out.chain);
  entry.mnemonic = std::move(secret->mnemonic);
  return entry;
}

SecretString secret_member(const Ref& object, std::string_view key) {
  const auto value = object.member(key);
  auto text = value ? value->string() : std::nullopt;
  return text ? std::move(*text) : SecretString();
}

Note note_of(const Ref& object) {
  Note note;
  note.title = public_text(object.member("title"));
  note.group = public_text(object.member("group"));
  note.user = secret_member(object, "user");
  note.password = secret_member(object, "password");
  note.site = secret_member(object, "site");
  note.misc = secret_member(object, "misc");
  note.is_password = object.member("password").has_value() || object.member("user").has_value();
  return note;
}

struct NoteList {
  std::vector<Note> notes;
  std::size_t odd = 0;  // entries that are no object
  bool capped = false;
};

NoteList notes_of(const Ref& list) {
  NoteList out;
  for (const auto& value : list.children()) {
    if (out.notes.size() == max_notes) {
      out.capped = true;
      break;
    }
    if (value.kind() == Kind::object)
      out.notes.push_back(note_of(value));
    else
      ++out.odd;
  }
  return out;
}

struct TrickFlag {
  std::int64_t bit;
  std::string_view what;
};
constexpr TrickFlag trick_flags[] = {
    {0x8000, "wipe the seed"},
    {0x4000, "brick the device"},
    {0x2000, "pretend"},
    {0x1000, "open a duress wallet"},
    {0x0800, "open the duress wallet (xprv)"},
    {0x0400, "delta mode"},
    {0x0200, "reboot"},
    {0x0100, "a special action of the firmware"},
    {0x0080, "look blank"},
};
constexpr std::int64_t word_wallet_flag = 0x1000, countdown_flag = 0x0040;

std::string trick_text(std::int64_t flags, std::int64_t argument) {
  std::string out;
  const auto add = [&](std::string_view what) { out.append(out.empty() ? "" : ", ").append(what); };
  for (const auto& flag : trick_flags)
    if ((flags & flag.bit) != 0) {
      add(flag.what);
      if (flag.bit == word_wallet_flag) out += " (" + std::to_string(argument) + ")";
    }
  if ((flags & countdown_flag) != 0) add("countdown of " + std::to_string(argument) + " minutes");
  return out.empty() ? "nothing" : out;
}

// `text` is the policy file's JSON, or not.
std::optional<std::string> policy_summary(std::string_view text) {
  const auto spans = JsonSpans::parse(text);
  if (!spans || spans->root().kind() != Kind::object) return std::nullopt;
  std::size_t rules = 0;
  std::unordered_set<std::string> users;
  if (const auto list = spans->root().member("rules"); list && list->kind() == Kind::array) {
    for (const auto& rule : list->children()) {
      ++rules;
      const auto named = rule.kind() == Kind::object ? rule.member("users") : std::nullopt;
      if (!named || named->kind() != Kind::array) continue;
      for (const auto& user : named->children()) users.insert(public_text(user));
    }
  }
  return counted(rules, "rule") + ", " + counted(users.size(), "user") + " named";
}

}  // namespace

void read_seed_vault(Job& job) {
  const Line* line = job.sound("setting.seeds");
  if (line == nullptr) return;
  const auto spans = JsonSpans::parse(line->value);
  if (!spans || spans->root().kind() != Kind::array) return job.wrong_type(*line, "a list");
  Backup& out = job.out;
  for (const auto& value : spans->root().children()) {
    if (out.vault.size() == max_vault_entries) return cap(job, *line, "Seed Vault entries");
    std::string fault;
    VaultEntry entry = vault_entry(job, value, fault);
    const std::string number = std::to_string(out.vault.size() + 1);
    out.consistent.seed_vault = out.consistent.seed_vault.value_or(true) && entry.consistent;
    const std::string message = "Seed Vault entry " + number + ": " + fault + ".";
    if (!entry.decodes) job.unreadable("seed-vault", message, *line);
    else if (!fault.empty()) job.find(Severity::high, "seed-vault", message, line);
    if (job.damaged && entry.consistent)
      out.survivors.push_back({"seed vault " + number, "gives its listed fingerprint"});
    out.vault.push_back(std::move(entry));
  }
}

void read_notes(Job& job) {
  const Line* line = job.sound("setting.notes");
  if (line == nullptr) return;
  const auto spans = JsonSpans::parse(line->value);
  if (!spans || spans->root().kind() != Kind::array) return job.wrong_type(*line, "a list");
  NoteList list = notes_of(spans->root());
  if (list.capped) cap(job, *line, "notes");
  if (list.odd > 0) job.unreadable("wrong-type", counted(list.odd, "note") + " could not be read.", *line);
  job.out.notes = std::move(list.notes);
}

void read_trick_pins(Job& job) {
  const Line* line = job.sound("setting.tp");
  if (line == nullptr) return;
  const auto spans = JsonSpans::parse(line->value);
  if (!spans || spans->root().kind() != Kind::object) return job.wrong_type(*line, "an object");
  for (const auto& value : spans->root().children()) {
    if (job.out.trick_pins.size() == max_trick_pins) return cap(job, *line, "trick PINs");
    const auto parts = value.children();
    const auto flags = value.kind() == Kind::array && parts.size() == 3 ? parts[1].integer() : std::nullopt;
    const auto argument = flags ? parts[2].integer() : std::nullopt;
    auto pin = value.key();
    if (!pin || !argument) {
      job.unreadable("wrong-type", "A trick PIN could not be read.", *line);
      continue;
    }
    const bool rule = pin->equals("!p");
    job.out.trick_pins.push_back({std::move(*pin), trick_text(*flags, *argument), rule});
  }
}

void read_hsm_policy(Job& job) {
  const auto policy = job.text("hsm_policy");
  if (!policy) return;
  const std::string_view text = policy->expose();
  job.out.hsm_policy_summary = policy_summary(text);
  const Line* line = job.sound("hsm_policy");
  if (!job.out.hsm_policy_summary)
    job.find(Severity::warning, "hsm-policy", "hsm_policy does not hold a JSON object, so its rules could not be read.",
             line);
  if (!text.starts_with('{') || !text.ends_with('}'))
    job.find(Severity::warning, "hsm-policy-not-restored",
             "hsm_policy is not in braces: a device would not restore it.", line);
}

std::optional<NotesExport> understand_notes(std::string_view text) {
  constexpr std::size_t max_bytes = std::size_t{1} << 20;  // a device reads 128 KiB
  if (text.size() > max_bytes) return std::nullopt;
  const auto spans = JsonSpans::parse(text);
  if (!spans || spans->root().kind() != Kind::object) return std::nullopt;
  const auto list = spans->root().member("coldcard_notes");
  if (!list || list->kind() != Kind::array) return std::nullopt;
  NoteList read = notes_of(*list);
  return NotesExport{std::move(read.notes), read.odd};
}

}  // namespace hwbak::coldcard
