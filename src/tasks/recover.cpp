// hwbak recover: from what is remembered to the password, or to the certainty that it is not among what was tried.
#include <algorithm>
#include <cmath>
#include <thread>

#include "base/unicode.h"
#include "tasks/recover_beginning.h"
#include "tasks/recover_hit.h"

namespace hwbak {
namespace {

using Clock = std::chrono::steady_clock;
constexpr double day = 86'400;
constexpr std::chrono::seconds look_for_stop_file{1};

class Recovery final {
 public:
  Recovery(const Context& context, const RecoverOptions& options, tasks::RecoverBeginning beginning, Report& report)
      : context_(context), options_(options), bytes_(std::move(beginning.bytes)), begun_(std::move(beginning.begun)),
        planned_(std::move(beginning.planned)), report_(report) {}

  void search(RecoverResult& result) {
    recover::TrialOptions limits;
    limits.sevenzip.max_rounds_pow = context_.max_kdf_rounds;
    limits.sevenzip.max_plaintext = context_.max_size;
    limits.cdcbak.max_iterations = static_cast<std::uint64_t>(context_.max_kdf_iterations);
    limits.cdcbak.max_file = context_.max_size;
    if (context_.expect_kcv) limits.kcvs.push_back(*context_.expect_kcv);
    tasks::OtherShares others(context_);
    limits.other_shares = others.together();
    SecretBytes judged_by = limits.other_shares.clone();
    for (const dkek::Kcv& kcv : limits.kcvs) judged_by.append(kcv);
    const unsigned threads = options_.threads != 0 ? options_.threads : std::max(1u, std::thread::hardware_concurrency());
    const recover::Trials trials = recover::trials_for(recover::trial_for(bytes_, std::move(limits)), threads);
    tasks::StateKeeper state(context_, options_, *planned_.plan, bytes_, judged_by.expose());
    rate_ = std::max(1e-6, recover::measure(trials, tasks::typical_length(planned_), options_.measure_for));
    report_.facts.put("threads", threads);
    report_.facts.put("engine", trials.front()->engine());
    put_rate(rate_, threads);
    least_ = static_cast<double>(trials.front()->batch_size()) * threads / rate_;

    const bool trimmed = options_.parts == 1 && !options_.max_time;
    const auto& named = state.classes().empty() ? options_.classes : state.classes();
    tasks::Choice choice = tasks::choose_classes(planned_, named, trimmed ? std::optional(day) : std::nullopt, rate_);
    if (options_.classes.empty() && !state.classes().empty()) leave_out_others(choice);
    tasks::put_plan(planned_, choice, options_, report_);
    report_.facts.put("candidates_tried", 0);
    refuse_empty(choice);
    refuse_uncountable(choice);
    const recover::Route route(*planned_.plan, choice.chosen, {options_.part, options_.parts});
    state.begin(route);
    refuse_endless(choice, route.size() - state.next());
    state.save(state.next(), true);
    announce(choice, route, state.next());
    const recover::SearchEnd end = run(route, trials, state);
    if (end.state.tried != 0 && took_ > 1) put_rate(static_cast<double>(end.state.tried) / took_, threads);
    report_.facts.put("candidates_tried", end.state.tried);
    if (end.false_hits != 0) report_.facts.put("false_hits", end.false_hits);
    // What was found comes first: a state that cannot be written must not cost it.
    if (end.hit) tasks::take_hit(context_, begun_, planned_, options_, others, route, *end.hit, result);
    state.save(end.state.next, true);
    if (!end.hit) {
      if (end.stopped) stopped(route, end.state.next, state.failure());
      else exhausted(choice);
    }
    if (state.failure()) report_.message += "; the state could not be kept: " + *state.failure();
  }

 private:
  void put_rate(double rate, unsigned threads) {
    report_.facts.put("candidates_per_second_per_core", static_cast<std::int64_t>(std::max(1.0, rate / threads + 0.5)));
  }

  [[noreturn]] void refuse(const tasks::Choice& choice, double seconds, bool shorter_helps) {
    const bool nothing_chosen = choice.chosen.empty();
    const recover::Count& total = nothing_chosen ? planned_.plan->classes().front().candidates : choice.total;
    report_.facts.put("candidates_total", tasks::count_value(total));
    const double limit = options_.max_time ? static_cast<double>(options_.max_time->count()) : day;
    std::string given;
    if (options_.max_time) given = "; --max-time is " + tasks::in_words(limit);
    else if (nothing_chosen) given = "; without --max-time or --classes a search has one day";
    std::string next = planned_.more;
    if (choice.chosen.size() + choice.left_out.size() > 1) next += "; name the likely classes alone with --classes";
    if (!shorter_helps) next += "; no machine makes up for what nobody remembers: look for another copy of the password";
    if (shorter_helps && !given.empty()) {
      next += "; give it more time with --max-time";
      if (const double machines = std::ceil(seconds * static_cast<double>(options_.parts) / limit); machines > 1 && machines < 1e6)
        next += "; or share it among " + recover::Count(static_cast<std::uint64_t>(machines)).grouped() + " machines like this one with --shard K/N";
    }
    throw Error(Outcome::refused,
                (total == recover::Count(1) ? "there is 1 candidate" : "there are " + total.grouped() + " candidates") + (options_.parts == 1 ? "" : " (in " + std::to_string(options_.parts) + " parts)") +
                    ": the search needs " + tasks::in_words(seconds) + " here" + given,
                std::nullopt, next);
  }

  // A search that is resumed tries the classes that it began with.
  void leave_out_others(tasks::Choice& choice) const {
    const auto classes = planned_.plan->classes();
    for (std::size_t i = 0; i < classes.size(); ++i)
      if (std::ranges::find(choice.chosen, i) == choice.chosen.end() && !(classes[i].candidates == recover::Count())) choice.left_out.push_back(i);
  }

  static void refuse_empty(const tasks::Choice& choice) {
    if (!choice.chosen.empty() || !choice.left_out.empty()) return;
    throw Error(Outcome::refused, "the classes that were named have no candidates: nothing that was typed leads to one, or earlier classes have them all", std::nullopt,
                "name other classes with --classes, or leave it out to try all that are likely");
  }

  void refuse_uncountable(const tasks::Choice& choice) {
    const bool too_many = choice.total.clamped() >= tasks::most_candidates;
    if (!too_many && !choice.chosen.empty()) return;
    const recover::Count& total = choice.chosen.empty() ? planned_.plan->classes().front().candidates : choice.total;
    refuse(choice, total.estimate() / static_cast<double>(options_.parts) / rate_, !too_many);
  }

  [[nodiscard]] double time_for(double candidates) const { return candidates == 0 ? 0 : std::max(candidates / rate_, least_); }

  // `left`: candidates of this part that no earlier run has tried.
  void refuse_endless(const tasks::Choice& choice, std::uint64_t left) {
    const double seconds = time_for(static_cast<double>(left));
    if (options_.max_time && seconds > static_cast<double>(options_.max_time->count())) refuse(choice, seconds, true);
  }

  void announce(const tasks::Choice& choice, const recover::Route& route, std::uint64_t from) const {
    if (!options_.announce) return;
    Section section{"The search", {}};
    if (!planned_.read.empty()) section.row("read", planned_.read);
    const auto line = [&](const recover::Count& count) {
      return count.grouped() + (count == recover::Count(1) ? " candidate, " : " candidates, ") + tasks::in_words(time_for(count.estimate()));
    };
    for (const std::size_t i : choice.chosen) section.row(planned_.plan->classes()[i].name, line(planned_.plan->classes()[i].candidates));
    for (const std::size_t i : choice.left_out)
      section.row(planned_.plan->classes()[i].name, line(planned_.plan->classes()[i].candidates) + ": left out; --classes " + planned_.plan->classes()[i].name);
    section.row("together", line(choice.total));
    for (const std::string& name : planned_.plan->not_offered()) section.row(name, "too many to be counted: not tried");
    if (options_.parts != 1) section.row("part " + tasks::shard_text(options_), line(route.size()));
    if (from != 0) section.row("resumed at", recover::Count(from).grouped());
    std::vector<Section> plan;
    plan.push_back(std::move(section));
    options_.announce(plan);
  }

  [[nodiscard]] bool stop_file_is_there() const {
    try {
      return options_.stop_file && context_.files.info(*options_.stop_file).has_value();
    } catch (const Error&) {
      return false;  // storage that is away for a while says nothing of the other parts
    }
  }

  recover::SearchEnd run(const recover::Route& route, const recover::Trials& trials, tasks::StateKeeper& state) {
    const std::uint64_t from = state.next();
    if (stop_file_is_there()) {
      other_found_ = true;
      recover::SearchEnd end;
      end.stopped = true;
      end.state.next = from;
      return end;
    }
    const Clock::time_point began = Clock::now();
    Clock::time_point looked = began;
    const auto end = recover::search(route, trials, from, [&](const recover::SearchState& now) {
      state.save(now.next, false);
      if (Clock::now() - looked >= look_for_stop_file) {
        looked = Clock::now();
        other_found_ = stop_file_is_there();
      }
      return !other_found_ && tell(route, from, now, std::chrono::duration<double>(Clock::now() - began).count());
    });
    took_ = std::chrono::duration<double>(Clock::now() - began).count();
    return end;
  }

  bool tell(const recover::Route& route, std::uint64_t from, const recover::SearchState& now, double seconds) const {
    if (!options_.progress) return true;
    SearchProgress progress;
    progress.done = std::min(from + now.tried, route.size());
    progress.total = route.size();
    progress.per_second = seconds > 1 && now.tried != 0 ? static_cast<double>(now.tried) / seconds : rate_;
    if (route.size() != 0) progress.of_class = planned_.plan->classes()[route.place(std::min(now.next, route.size() - 1)).of_class].name;
    constexpr double longest = 1e15;
    progress.left = std::chrono::seconds(static_cast<std::int64_t>(std::min(longest, static_cast<double>(progress.total - progress.done) / progress.per_second)));
    return options_.progress(progress);
  }

  void stopped(const recover::Route& route, std::uint64_t next, const std::optional<std::string>& unkept) {
    report_.outcome = Outcome::stopped;
    if (other_found_) {
      report_.message = "stopped: another part of this search has found the password; " + printable(options_.stop_file->native()) + " says which";
      report_.next = "look at the answer of that part";
      return;
    }
    report_.message = "stopped after " + recover::Count(next).grouped() + " of " + recover::Count(route.size()).grouped() + " candidates";
    if (unkept) report_.next = "run it again when " + printable(options_.state->native()) + " can be written, with what it holds of an earlier time";
    else report_.next = options_.state ? "run the same command again: it goes on from " + printable(options_.state->native())
                                  : "run it again with --state PATH: then a search that is stopped can be resumed";
  }

  void exhausted(const tasks::Choice& choice) {
    report_.outcome = Outcome::exhausted;
    report_.message = (options_.parts != 1 ? "all candidates of part " + tasks::shard_text(options_) + " were tried, and none of them opens the backup"
                       : choice.total == recover::Count(1) ? "the one candidate was tried, and it does not open the backup"
                                                           : "all " + choice.total.grouped() + " candidates were tried, and none of them opens the backup");
    report_.next = planned_.when_exhausted;
    if (report_.format == "cdcbak" || report_.format == "dkek-share") {
      report_.message += "; if the file is damaged, the right one does not open it either: in this format the two cannot be told apart";
      report_.next += "; or try another copy of the file";
    }
    std::string names;
    for (const std::string& name : planned_.plan->not_offered()) names += (names.empty() ? "" : ", ") + name;
    if (!names.empty()) report_.message += "; too much is open for the classes " + names + " to be counted, so they were not tried";
    if (options_.parts != 1) report_.next = "look at the answers of the other parts";
    if (choice.left_out.empty()) return;
    names.clear();
    for (const std::size_t i : choice.left_out) names += (names.empty() ? "" : ",") + planned_.plan->classes()[i].name;
    report_.message += "; the classes " + names + " were left out";
    report_.next = std::string("go on with the classes that were left out: `--classes ") + names + (options_.state ? " --state ANOTHER_PATH`" : " --state PATH`");
  }

  const Context& context_;
  const RecoverOptions& options_;
  Bytes bytes_;
  tasks::Begun begun_;
  tasks::RecoverPlan planned_;
  Report& report_;
  double rate_ = 1, took_ = 0;
  double least_ = 0;   // seconds that a batch takes, however few are in it
  bool other_found_ = false;
};

}  // namespace

RecoverResult recover_password(const Context& context, const Subject& subject, const Remembered& remembered, const RecoverOptions& options) {
  RecoverResult result;
  result.report = tasks::blank_report("recover", subject);
  tasks::guarded(result.report, [&] {
    Recovery(context, options, tasks::begin_recovery(context, subject, remembered, options, result.report), result.report).search(result);
  });
  return result;
}

}  // namespace hwbak
