// The whole of a backup from its lines (docs/formats/coldcard.md, "Consistency"); see backup.h.
#include "device/coldcard/backup.h"

#include <algorithm>

#include "device/coldcard/parts.h"

namespace hwbak::coldcard {

const Line* Job::whole(std::string_view key) const {
  const auto at = last.find(key);
  return at == last.end() ? nullptr : at->second;
}

const Line* Job::sound(std::string_view key) const {
  const Line* line = whole(key);
  return line != nullptr && !line->suspect ? line : nullptr;
}

std::optional<SecretString> Job::text(std::string_view key) {
  const Line* line = sound(key);
  if (line == nullptr) return std::nullopt;
  auto value = string_value(line->value);
  if (!value) wrong_type(*line, "text");
  return value;
}

void Job::contradict(std::string sentence) { out.contradictions.push_back(std::move(sentence)); }

void Job::find(Severity level, std::string_view code, std::string message, const Line* line) {
  out.findings.push_back(
      {level, std::string(code), std::move(message), line == nullptr ? "" : "line " + std::to_string(line->number)});
}

void Job::unreadable(std::string_view code, std::string message, const Line& line) {
  out.unreadable_records.push_back(message);
  find(Severity::warning, code, std::move(message), &line);
}

void Job::wrong_type(const Line& line, std::string_view wanted) {
  // A key here is one of the known ones, so it is safe to name.
  unreadable("wrong-type", std::string(line.key) + " is not " + std::string(wanted) + "; it was not used.", line);
}

std::optional<SecretString> string_value(std::string_view json) {
  const auto spans = JsonSpans::parse(json);
  return spans ? spans->root().string() : std::nullopt;
}

std::string text_of(const SecretString& text) { return std::string(text.expose()); }

std::string public_text(const std::optional<JsonSpans::Ref>& value) {
  const auto text = value ? value->string() : std::nullopt;
  return text ? text_of(*text) : std::string();
}

namespace {

void read_facts(Job& job) {
  const auto fact = [&](std::string_view key, std::string& out) {
    if (const auto text = job.text(key)) out = text_of(*text);
  };
  fact("fw_date", job.out.fw_date);
  fact("fw_version", job.out.fw_version);
  fact("fw_timestamp", job.out.fw_timestamp);
  fact("hardware", job.out.hardware);
  fact("serial", job.out.serial);
}

void judge_lines(Job& job) {
  Backup& out = job.out;
  const Line* crlf = nullptr;
  for (const Line& line : out.text.lines) {
    if (line.lost) continue;
    if (line.kind == LineKind::unparsable) out.bad_lines.push_back(line.number);
    if (line.kind == LineKind::pair && !line.suspect) out.keys.emplace_back(line.key);
    if (crlf == nullptr && line.text.ends_with('\r')) crlf = &line;
  }
  out.bad_lines.insert(out.bad_lines.end(), out.text.repeated.begin(), out.text.repeated.end());
  std::sort(out.bad_lines.begin(), out.bad_lines.end());
  std::sort(out.keys.begin(), out.keys.end());
  out.keys.erase(std::unique(out.keys.begin(), out.keys.end()), out.keys.end());
  if (crlf != nullptr && !job.damaged)
    job.find(Severity::warning, "crlf",
             "Lines end in carriage return and newline. A device writes a newline alone, so another program changed "
             "the text.",
             crlf);
}

void judge_frame(Job& job) {
  if (job.damaged) return;
  const Text& text = job.out.text;
  if (!text.starts_with_hash)
    job.find(Severity::warning, "no-first-comment", "The text does not begin with '#'. A device refuses to restore it.");
  if (!text.ends_with_newline)
    job.find(Severity::warning, "no-last-newline",
             "The last line has no newline. A device refuses to restore this text.");
  if (!text.has_eof_mark)
    job.find(Severity::warning, "no-eof-mark",
             "The closing line `# EOF` is missing: the end of the text may have been cut off.");
}

}  // namespace

Backup understand(std::string_view text, const TextDamage& damage, SecretMemo* memo) {
  Backup out;
  out.text = parse_text(text, damage);
  Job job{out, memo, !damage.lost.empty() || !damage.suspect.empty() || damage.unproven, false, {}};
  out.damaged = job.damaged;
  for (const Line& line : out.text.lines)
    if (line.kind == LineKind::pair && !line.lost) job.last[line.key] = &line;
  judge_frame(job);
  judge_lines(job);
  read_facts(job);
  read_main_secret(job);
  check_other_forms(job);
  read_duress_wallets(job);
  read_multisig(job);
  read_seed_vault(job);
  read_notes(job);
  read_trick_pins(job);
  read_hsm_policy(job);
  judge_settings(job);
  out.meaning_complete = !job.damaged && !job.capped && out.secret_source == "raw_secret";
  return out;
}

}  // namespace hwbak::coldcard
