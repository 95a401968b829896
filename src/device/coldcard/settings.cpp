// The other settings: their names, and those a device never writes (docs/formats/coldcard.md, "Settings").
#include <algorithm>

#include "base/hex.h"
#include "device/coldcard/parts.h"

namespace hwbak::coldcard {
namespace {

constexpr std::string_view prefix = "setting.";

struct KnownSetting {
  std::string_view name;
  Severity level;
  std::string_view code;
  std::string_view message;
};
// Never written by the newest firmware; what its presence means.
constexpr KnownSetting odd_settings[] = {
    {"xfp", Severity::note, "old-setting", "setting.xfp was written by early firmware only (until 2019)."},
    {"xpub", Severity::note, "old-setting", "setting.xpub was written by early firmware only (until 2019)."},
    {"words", Severity::warning, "never-written",
     "setting.words is written by old firmware only; beside a newer firmware version it means that the text was "
     "edited."},
    {"sd2fa", Severity::warning, "never-written",
     "setting.sd2fa is written by firmware before 5.1.3 only; beside a newer version it means that the text was "
     "edited. A device drops it."},
    {"bkpw", Severity::warning, "never-written",
     "setting.bkpw (a backup password) is never written into a backup: the text was edited. Newer devices drop it; "
     "older ones "
     "would encrypt the next backups with it."},
    {"ccc", Severity::warning, "never-written",
     "setting.ccc is never written into a backup: the text was edited. A device drops it."},
    {"ktrx", Severity::warning, "never-written", "setting.ktrx is never written into a backup: the text was edited."},
    {"lfr", Severity::warning, "never-written", "setting.lfr is never written into a backup: the text was edited."},
};
// Worth saying, and regular.
constexpr KnownSetting notable_settings[] = {
    {"usr", Severity::note, "hsm-users", "The backup holds secrets of HSM users (setting.usr)."},
    {"sssp", Severity::note, "spending-policy", "The backup holds a spending policy (setting.sssp)."},
};
constexpr std::string_view decoded[] = {"multisig", "seeds", "seedvault", "notes", "tp", "chain", "wifs"};

template <std::size_t N>
const KnownSetting* find_in(const KnownSetting (&list)[N], std::string_view name) {
  const auto* const found =
      std::find_if(std::begin(list), std::end(list), [&](const KnownSetting& s) { return s.name == name; });
  return found == std::end(list) ? nullptr : found;
}

void judge(Job& job, const Line& line, std::string_view name) {
  if (const auto* odd = find_in(odd_settings, name))
    return job.find(odd->level, odd->code, std::string(odd->message), &line);
  if (const auto* known = find_in(notable_settings, name))
    return job.find(known->level, known->code, std::string(known->message), &line);
  if (name.starts_with('_'))
    return job.find(Severity::note, "never-written",
                    "A setting whose name starts with '_' is not written by devices; it does no harm.", &line);
  if (name == "wifs") {
    const auto spans = JsonSpans::parse(line.value);
    const std::size_t count = spans && spans->root().kind() == JsonNode::Kind::array ? spans->root().size() : 0;
    return job.find(Severity::note, "private-keys",
                    "The backup holds single private keys (setting.wifs): " + std::to_string(count) + ".", &line);
  }
  if ((name == "seeds" && line.value == "[]") || (name == "seedvault" && line.value == "false"))
    job.find(Severity::note, "never-written", "An empty " + std::string(line.key) + " is not written by devices.", &line);
}

void compare_chain(Job& job) {
  const Line* line = job.sound("setting.chain");
  if (line == nullptr) return;
  const auto setting = job.text("setting.chain");
  if (setting && (!job.out.chain_given || setting->expose() == job.out.chain_code)) return;
  if (setting)
    job.find(Severity::warning, "chain-setting", "setting.chain names another chain than the chain line.", line);
}

void check_long_secret(Job& job) {
  constexpr std::size_t digits = 832;
  const auto text = job.text("long_secret");
  if (!text) return;
  if (text->size() != digits || !is_hex(text->expose()))
    job.find(Severity::warning, "long-secret",
             "long_secret is not 832 hexadecimal digits; a device skips it without telling.", job.sound("long_secret"));
}

}  // namespace

void judge_settings(Job& job) {
  for (const Line& line : job.out.text.lines) {
    if (!line.key.starts_with(prefix) || job.sound(line.key) != &line) continue;
    const std::string_view name = line.key.substr(prefix.size());
    judge(job, line, name);
    if (std::find(std::begin(decoded), std::end(decoded), name) == std::end(decoded)) job.out.settings.emplace_back(name);
  }
  compare_chain(job);
  check_long_secret(job);
}

}  // namespace hwbak::coldcard
