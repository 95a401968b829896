// hwbak verify: is it good, and how far is that proven? Many files are taken in windows, so that
// their key derivations run side by side and memory stays flat.
#include <algorithm>
#include <map>

#include "tasks/family.h"

namespace hwbak {
namespace {

constexpr std::size_t window_size = 64;  // a multiple of every engine's lane count

struct Slot {
  Report report;
  tasks::Begun begun;
  std::optional<Error> error;
};

// What the run remembers, family by family.
class Memos final {
 public:
  tasks::Memo* of(const tasks::Family& family) {
    const auto [place, fresh] = all_.try_emplace(&family);
    if (fresh && family.memo != nullptr) place->second = family.memo();
    return place->second.get();
  }

 private:
  std::map<const tasks::Family*, std::unique_ptr<tasks::Memo>> all_;
};

// Unlocks the files of one family in a window together.
void unlock(const Context& context, std::span<Slot> window, Memos& memos) {
  for (const tasks::Family& family : tasks::families()) {
    std::vector<tasks::Examination*> files;
    std::vector<Slot*> slots;
    for (Slot& slot : window)
      if (slot.begun.family == &family && slot.begun.examination->question()) {
        files.push_back(slot.begun.examination.get());
        slots.push_back(&slot);
      }
    std::vector<std::optional<Error>> errors(files.size());
    if (!files.empty()) family.unlock(context, files, errors, memos.of(family));
    for (std::size_t i = 0; i < slots.size(); ++i) slots[i]->error = std::move(errors[i]);
  }
}

void expect_fingerprint(Report& report, const std::string& expected) {
  const Value* const found = report.facts.find("fingerprint");
  const auto* const text = found != nullptr ? std::get_if<std::string>(&found->get()) : nullptr;
  if (text == nullptr) {
    if (report.outcome == Outcome::ok) {
      report.outcome = Outcome::findings;
      report.message = "the fingerprint could not be compared: the contents are not open. " + report.message;
    }
    return;
  }
  const bool same = std::equal(text->begin(), text->end(), expected.begin(), expected.end(),
                               [](char a, char b) { return a == static_cast<char>(std::toupper(static_cast<unsigned char>(b))); });
  report.facts.put("expected_fingerprint_matches", same);
  if (same) return;
  report.outcome = worst(report.outcome, Outcome::inconsistent);
  report.message = "this is another wallet: its fingerprint is " + *text + ", not the one expected";
  report.next = "look for the backup of the right wallet: `hwbak copies FOLDER --passwords-from SOURCE`";
}

void require(Report& report, Require required) {
  const auto missing = [&](Require level, Level got, const char* word) {
    if (required < level || got == Level::pass || report.outcome != Outcome::ok) return;
    report.outcome = Outcome::findings;
    report.message = std::string("less was proven than --require asks: ") + word + " was not proven. " + report.message;
  };
  missing(Require::structure, report.levels.structure, "structure");
  missing(Require::content, report.levels.content, "content");
  missing(Require::meaning, report.levels.meaning, "meaning");
}

}  // namespace

void verify(const Context& context, const std::vector<Subject>& subjects, const VerifyOptions& options, const EachReport& each) {
  Memos memos;
  for (std::size_t start = 0; start < subjects.size(); start += window_size) {
    const std::size_t count = std::min(window_size, subjects.size() - start);
    std::vector<Slot> window(count);
    for (std::size_t i = 0; i < count; ++i) {
      window[i].report = tasks::blank_report("verify", subjects[start + i]);
      tasks::guarded(window[i].report, [&] { window[i].begun = tasks::begin(context, subjects[start + i]); });
    }
    unlock(context, window, memos);
    for (Slot& slot : window) {
      if (slot.begun.examination)
        tasks::guarded(slot.report, [&] {
          if (slot.error) throw *slot.error;
          slot.begun.examination->judge(context, memos.of(*slot.begun.family));
          slot.begun.examination->describe(slot.report, options.page ? tasks::Detail::verdict : tasks::Detail::facts, context.reveal);
          if (options.expect_fingerprint) expect_fingerprint(slot.report, *options.expect_fingerprint);
          require(slot.report, options.require);
        });
      slot.begun.examination.reset();
      each(std::move(slot.report));
    }
    if (context.progress && !context.progress(static_cast<double>(start + count) / static_cast<double>(subjects.size()))) return;
  }
}

}  // namespace hwbak
