// See hsm_restore_answer.h.
#include "tasks/hsm_restore_answer.h"

#include <algorithm>

#include "base/counted.h"
#include "base/sentence.h"

namespace hwbak::tasks {
namespace {

class RestoreAnswer final {
 public:
  RestoreAnswer(const RestoreFiles& files, const RestoreEnd& end, Report& report) : files_(files), end_(end), report_(report) {}

  void tell() {
    Counts counts;
    List keys, passed;
    Section page{"The keys", {}};
    for (const RestoreItem& item : files_.items) {
      count(item, counts);
      keys.emplace_back(fact_of(item));
      page.row(item.shown, line_of(item));
      caution(item);
    }
    for (const std::string& name : files_.passed_over) {
      passed.emplace_back(name);
      page.row("passed over", name);
    }
    report_.facts.put("keys", std::move(keys)).put("passed_over", std::move(passed));
    report_.page.push_back(std::move(page));
    levels(counts);
    judge(counts);
  }

 private:
  struct Counts {
    std::size_t restored = 0, present = 0, other = 0, proven = 0, opened = 0;
    [[nodiscard]] std::size_t good() const { return restored + present; }
  };
  static bool is_good(const RestoreItem& item) { return item.status == restore_status::restored || item.status == restore_status::present; }
  static void count(const RestoreItem& item, Counts& counts) {
    if (!is_good(item)) {
      ++counts.other;
      return;
    }
    ++(item.status == restore_status::restored ? counts.restored : counts.present);
    if (item.proof != "none") ++counts.proven;
    if (item.key) ++counts.opened;
  }

  // Names of readers stay as they are: --reader tells capitals apart.
  std::string within(const std::string& sentence) const {
    return !end_.reader.empty() && sentence.starts_with(end_.reader) ? sentence : within_sentence(sentence);
  }

  void caution(const RestoreItem& item) {
    if (item.status == "refused") return;
    for (const std::string& sentence : item.cautions) report_.findings.push_back({Severity::warning, "restore-caution", sentence, item.shown, true});
    if (is_good(item) && item.proof == "none")
      report_.findings.push_back({Severity::warning, "not-proven", (item.status == restore_status::restored ? "the device took the key; " : "") + item.proof_words, item.shown, true});
  }

  Object fact_of(const RestoreItem& item) const {
    Object out;
    out.put("file", item.shown).put("status", item.status).put("label", item.beside.label()).put("key_id", item.beside.id()).put("key_type", item.beside.shape.type);
    if (!item.beside.shape.curve.empty()) out.put("curve", item.beside.shape.curve);
    if (item.beside.shape.bits) out.put("key_size", *item.beside.shape.bits);
    if (item.reference != 0) out.put("reference", item.reference);
    if (item.survey) out.put("kcv", dkek::to_text(item.survey->kcv));
    out.put("proof", item.proof);
    if (const std::string why = why_of(item); !why.empty()) out.put("why", why);
    if (item.trouble && !item.trouble->next().empty()) out.put("next", item.trouble->next());
    return out;
  }
  static std::string why_of(const RestoreItem& item) {
    std::string out = item.trouble ? item.trouble->sentence() : std::string();
    if (!item.proof_words.empty()) out += (out.empty() ? "" : "; ") + item.proof_words;
    return out;
  }
  std::string line_of(const RestoreItem& item) const {
    const std::string at = item.reference != 0 ? " at reference " + std::to_string(item.reference) : "";
    const std::string why = why_of(item);
    if (is_good(item)) return item.status + at + ": " + name_of(item.beside) + (why.empty() ? "" : "; " + why);
    return "NOT restored: " + (why.empty() ? std::string("not reached") : within(why));
  }

  // Of all the files: one that is damaged is not made good by the others.
  void levels(const Counts& counts) {
    if (counts.good() == 0) return;
    const auto is_damaged = [](const RestoreItem& item) { return !is_good(item) && item.trouble && item.trouble->outcome() == Outcome::damaged; };
    const bool formed = std::ranges::none_of(files_.items, [](const RestoreItem& item) { return !item.survey || item.survey->dead_end; });
    report_.levels.structure = formed ? Level::pass : Level::fail;
    if (std::ranges::any_of(files_.items, is_damaged)) report_.levels.content = Level::fail;
    else if (counts.opened == files_.items.size()) report_.levels.content = Level::pass;
    if (report_.levels.content == Level::pass && counts.proven == files_.items.size()) report_.levels.meaning = Level::pass;
  }

  // Each reason once: "REASON; and REASON".
  std::string reasons() const {
    if (end_.stop) return within(end_.stop->sentence());
    constexpr std::size_t most = 3;
    std::vector<std::string> all;
    for (const RestoreItem& item : files_.items) {
      if (is_good(item) || !item.trouble) continue;
      std::string why = within(item.trouble->sentence());
      if (std::ranges::find(all, why) == all.end()) all.push_back(std::move(why));
    }
    if (all.empty()) return "not reached";
    std::string out = all.front();
    for (std::size_t i = 1; i < std::min(all.size(), most); ++i) out += "; and " + all[i];
    if (all.size() > most) out += "; and " + counted(all.size() - most, "other reason");
    return out;
  }

  const RestoreItem* first_bad() const {
    for (const RestoreItem& item : files_.items)
      if (!is_good(item) && item.trouble) return &item;
    return nullptr;
  }

  void judge(const Counts& counts) {
    const std::size_t all = files_.items.size();
    if (counts.other == 0) return judge_good(counts, all);
    const RestoreItem* const bad = first_bad();
    report_.outcome = counts.good() != 0 ? Outcome::partial : end_.stop ? end_.stop->outcome() : bad != nullptr ? bad->trouble->outcome() : Outcome::device;
    report_.message = all == 1 ? "the key is NOT restored: " + reasons()
                               : std::to_string(counts.good()) + " of " + counted(all, "key") + " " + is_or_are(counts.good()) + " on the device; " +
                                     std::to_string(counts.other) + " NOT restored: " + reasons();
    if (end_.at != nullptr && !end_.at->proof_words.empty()) report_.message += ". " + end_.at->proof_words;
    report_.next = end_.stop ? "put the device back and run the same command again: it goes on with what is missing"
                   : bad != nullptr && !bad->trouble->next().empty() ? bad->trouble->next()
                                                                     : "run the same command again";
  }
  void judge_good(const Counts& counts, std::size_t all) {
    report_.outcome = Outcome::ok;
    report_.message = (all == 1 ? "the key is" : "all " + std::to_string(all) + " keys are") + std::string(" on the device");
    if (counts.restored == 0) report_.message += (all == 1 ? ": it was there already" : ": they were there already");
    if (counts.proven == counts.good()) report_.message += ", and proven to be " + std::string(all == 1 ? "that of the file" : "those of the files");
    else report_.message += "; " + (all == 1 ? std::string("it") : std::to_string(counts.good() - counts.proven)) + " could not be proven";
    report_.next = "use a key in a test, and keep the backup: `hwbak device list --pin-from tty` shows them";
  }

  const RestoreFiles& files_;
  const RestoreEnd& end_;
  Report& report_;
};

}  // namespace

void tell_restore(const RestoreFiles& files, const RestoreEnd& end, Report& report) { RestoreAnswer(files, end, report).tell(); }

}  // namespace hwbak::tasks
