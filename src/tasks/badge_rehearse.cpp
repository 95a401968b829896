// hwbak drill for a badge: its restore, with what its console prints and what those counts hide (docs/formats/cdc-badge.md,
// "Restore").
#include <algorithm>

#include "base/counted.h"
#include "base/unicode.h"
#include "device/cdc_badge/level.h"
#include "tasks/badge_examination.h"
#include "tasks/shell_quoted.h"

namespace hwbak::tasks {
namespace {

using cdc_badge::BadgeState;
using cdc_badge::Level;
using cdc_badge::Loss;
using cdc_badge::Lossy;
using cdc_badge::Restored;

constexpr Level known_levels[] = {{0, 5}, {0, 6}, {0, 7}, {0, 8}};
constexpr const char* import_failed = "ERROR: Import failed (wrong passphrase or corrupt file)";

std::vector<Level> levels_for(std::span<const DrillTarget> targets) {
  std::vector<Level> out;
  const auto add = [&](const Level& level) {
    if (std::ranges::none_of(out, [&](const Level& known) { return packed(known) == packed(level); })) out.push_back(level);
  };
  for (const auto& [device, version] : targets) {
    if (version.empty()) add(Level{});
    else if (version == "all") std::ranges::for_each(known_levels, add);
    else if (const auto level = cdc_badge::parse_level(version)) add(*level);
  }
  return out;
}

// One badge and what it answers.
struct Played {
  Level level;
  Restored restored;
  BadgeState state;
  [[nodiscard]] bool accepted() const { return restored.accepted; }
};

Restored refused(std::string why) {
  Restored out;
  out.refusal = std::move(why);
  out.lines.emplace_back(import_failed);
  return out;
}

// Its own account of what `file` holds, as if a badge had been filled with it; no level keeps it out.
void fill(const Context& context, const Subject& file, BadgeState& state) {
  Report report;
  try {
    const OpenedBadge opened = open_badge(context, file, report);
    (void)cdc_badge::restore(opened.file->plaintext(), Level{0xFFFF, 0xFFFF}, state);
  } catch (const Error& error) {
    throw Error(error.outcome(), "the backup that stands for the badge's present state, " + printable(file.native()) + ": " + error.sentence(),
                error.offset(), error.next());
  }
}

Object facts_of(const Played& played, const std::string& onto, const std::string& next) {
  Object out, restore, stored;
  out.put("target", "cdc-badge@" + text(played.level)).put("verdict", played.accepted() ? "accept" : "reject");
  out.put("reason", played.restored.refusal);
  out.put("message", played.restored.lines.empty() ? std::string() : played.restored.lines.back()).put("next", next);
  if (!onto.empty()) out.put("onto", onto);
  const cdc_badge::Counts& counts = played.restored.counts;
  restore.put("ok", counts.ok).put("imported", counts.imported).put("failed", counts.failed).put("modules", counts.modules);
  restore.put("skipped", counts.skipped).put("system", counts.system);
  stored.put("twofa", std::uint64_t{played.state.twofa.size()}).put("passwords", std::uint64_t{played.state.logins.size()});
  stored.put("received", std::uint64_t{played.state.received.size()}).put("own", played.state.own.has_value());
  out.put("restore", std::move(restore)).put("stored", std::move(stored));
  List lossy, console;
  for (const Lossy& loss : played.restored.lossy) {
    Object item;
    item.put("kind", name(loss.kind)).put("path", loss.path).put("what", loss.what);
    if (loss.kind == Loss::cut) item.put("before", std::uint64_t{loss.before}).put("after", std::uint64_t{loss.after});
    lossy.emplace_back(std::move(item));
  }
  for (const std::string& line : played.restored.lines) console.emplace_back(line);
  out.put("lossy", std::move(lossy)).put("console", std::move(console));
  return out;
}

Section section_of(const Played& played) {
  Section section{"CDC Badge of level " + text(played.level), {}};
  section.row("restore", played.accepted() ? "accept" : "reject: " + played.restored.refusal);
  for (const std::string& line : played.restored.lines) section.row("console", line);
  const BadgeState& state = played.state;
  section.row("holds then", counted(state.twofa.size(), "account") + ", " + counted(state.logins.size(), "login") + ", " +
                                counted(state.received.size(), "received card") + (state.own ? ", an own card" : ", no own card"));
  return section;
}

constexpr std::pair<Loss, const char*> headings[] = {
    {Loss::not_stored, "Not stored"},
    {Loss::not_read, "Not read, and not counted as failed"},
    {Loss::cut, "Cut, and counted as imported"},
    {Loss::changed, "Stored as another value"},
    {Loss::doubles, "Stored once more at each restore"},
    {Loss::replaces, "Overwritten, and counted as imported"},
    {Loss::repeats, "Counted again, and stored once"},
    {Loss::counter_back, "HOTP counters that move back"},
    {Loss::slot, "Slot numbers that may mean another account now"},
    {Loss::lost_later, "Lost at the next restart"},
};

void add_losses(const Played& played, std::vector<Section>& page) {
  constexpr std::size_t most = 30;
  for (const auto& [kind, heading] : headings) {
    Section section{heading, {}};
    std::size_t count = 0;
    for (const Lossy& loss : played.restored.lossy)
      if (loss.kind == kind && ++count <= most) section.row(loss.path, loss.what);
    if (count > most) section.row("", std::to_string(count - most) + " more; --json lists them all");
    if (!section.rows.empty()) page.push_back(std::move(section));
  }
}

std::vector<Section> page_of(const std::vector<Played>& all) {
  std::vector<Section> page;
  for (const Played& played : all) page.push_back(section_of(played));
  // What a badge makes of the records is the same at every level that takes them.
  const auto taken = std::ranges::find_if(all, &Played::accepted);
  if (taken == all.end()) return page;
  add_losses(*taken, page);
  Section never{"Not restored, by design", {}};
  never.row("", "Keys of the secure element: FIDO2, WebAuthn, GPG and SSH signing keys are in no backup. The badge says so in its first line.");
  page.push_back(std::move(never));
  return page;
}

std::string one_message(const Played& played) {
  const std::string badge = "a badge of level " + text(played.level);
  if (!played.accepted()) return badge + " would refuse this backup: " + played.restored.refusal;
  const cdc_badge::Counts& counts = played.restored.counts;
  std::string out = badge + " would take this backup: imported=" + std::to_string(counts.imported) + " failed=" + std::to_string(counts.failed);
  if (const std::size_t hidden = played.restored.lossy.size(); hidden != 0)
    out += "; " + counted(hidden, "thing") + " that these numbers do not tell " + is_or_are(hidden) + " listed";
  return out;
}

std::string message_of(const std::vector<Played>& all) {
  const auto refusing = std::ranges::find_if_not(all, &Played::accepted);
  const auto taken = static_cast<std::size_t>(std::ranges::count_if(all, &Played::accepted));
  if (all.size() == 1) return one_message(all.front());
  if (taken == all.size()) return "all " + counted(taken, "level") + " would take it: " + one_message(all.front());
  if (taken == 0) return one_message(all.front()) + "; so it is with all " + counted(all.size(), "level") + " that were rehearsed";
  return std::to_string(taken) + " of " + counted(all.size(), "level") + " would take it; " + one_message(*refusing);
}

// Why a badge's own decoder stops before the passphrase is tried.
std::string decoder_refusal(const cdcbak::Survey& survey) {
  for (const cdcbak::Remark& remark : survey.remarks)
    if (remark.code == "base64-badge-refuses" || remark.code == "raw-container") return remark.sentence;
  return "its decoder refuses the file";
}

}  // namespace

void check_badge_target(const DrillTarget& target) {
  const std::string_view level = target.version;
  if (level.empty() || level == "all" || cdc_badge::parse_level(level)) return;
  throw Error(Outcome::usage, printable(level) + " is no level of a badge: it is two numbers, such as 0.7; known: 0.5, 0.6, 0.7, 0.8, all",
              std::nullopt, "hwbak drill --help");
}

Rehearsal BadgeExamination::rehearse(const Context& context, std::span<const DrillTarget> targets, const DrillOptions& options) const {
  if (options.state)
    throw Error(Outcome::usage, "--device-state is of a Coldcard; a badge merges a backup into what it holds", std::nullopt,
                "leave it out for an empty badge, or name another backup as its present state: --onto FILE");
  if (dead_end_ && dead_end_->outcome() == Outcome::refused) throw *dead_end_;
  if (!dead_end_ && !unlocked() && !secret_was_wrong_)
    throw Error(Outcome::refused, "a badge decrypts first: without the passphrase there is nothing to rehearse", std::nullopt,
                "give it with --password-from, or run it on a terminal");
  Rehearsal out;
  std::vector<Played> all;
  for (const Level& level : levels_for(targets)) {
    Played played{level, {}, {}};
    if (options.onto) fill(context, *options.onto, played.state);
    if (dead_end_) played.restored = refused(dead_end_->sentence());
    else if (!unlocked()) played.restored = refused("the passphrase does not open it, or the file is damaged");
    else if (!survey_->badge_decodes) played.restored = refused(decoder_refusal(*survey_));
    else played.restored = cdc_badge::restore(plaintext_.expose(), level, played.state);
    all.push_back(std::move(played));
  }
  const std::string quoted = shell_quoted(file_.shown);
  const std::string rewrite = "write it as a badge reads it: `hwbak rekey " + quoted + " --output backup.cdcbak`";
  const std::string leave_out = "no badge takes so much: write the contents out with `hwbak open " + quoted +
                                " --raw --output FILE`, take something out of them, and `hwbak create cdc-badge --payload FILE`";
  for (const Played& played : all) {
    std::string next;
    if (unreadable_) next = "there is nothing in it for a badge: look for another copy: `hwbak copies FOLDER` lists the backups on a card";
    else if (unlocked() && plaintext_.size() > cdcbak::max_plaintext) next = leave_out;
    else if (unlocked() && (!survey_->badge_decodes || !badge_types_passphrase_)) next = rewrite;
    else if (unlocked() && played.restored.gate == Restored::Gate::reader) next = "see what is wrong with it: `hwbak verify " + quoted + "`";
    else if (unlocked() && !played.accepted()) next = "restore it on a badge of a newer level; what it holds: `hwbak open " + quoted + "`";
    else if (played.accepted()) next = "put it into the root of the badge's FAT volume as backup.cdcbak and import it there";
    if (out.next.empty() || !played.accepted()) out.next = next;
    out.all_accept &= played.accepted();
    out.drill.push_back(facts_of(played, options.onto ? printable(options.onto->native()) : "", next));
  }
  out.message = message_of(all);
  if (unlocked() && !badge_types_passphrase_ && out.all_accept)
    out.message += ". But its passphrase was used as UTF-8, which a badge does not do: see the findings";
  out.page = page_of(all);
  return out;
}

}  // namespace hwbak::tasks
