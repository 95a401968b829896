// hwbak recover: from what is remembered to the password, or to the certainty that it is not among what was tried.
#include <algorithm>
#include <array>
#include <cmath>
#include <thread>

#include "base/as_bytes.h"
#include "base/unicode.h"
#include "recover/corrections.h"
#include "tasks/check_output.h"
#include "tasks/recover_search.h"
#include "wallet/bip39.h"

namespace hwbak {
namespace {

using Clock = std::chrono::steady_clock;
constexpr std::chrono::milliseconds measured_for{500};
constexpr double day = 86'400;
constexpr std::chrono::seconds look_for_stop_file{1};
constexpr std::uint64_t most_candidates = std::uint64_t{1} << 62;

// The password that was found, for the proof that it opens the file.
class Found final : public Secrets {
 public:
  explicit Found(const SecretString& password) { candidates_.push_back(password.clone()); }
  std::span<const SecretString> ask(const Question& question) override {
    if (question.kind != Kind::password) return {};
    return candidates_;
  }

 private:
  std::vector<SecretString> candidates_;
};

class Recovery final {
 public:
  Recovery(const Context& context, const Subject& subject, const Remembered& remembered, const RecoverOptions& options, Report& report)
      : context_(context), subject_(subject), remembered_(remembered), options_(options), report_(report) {}

  void prepare() {
    check_targets();
    if (const auto info = subject_ == "-" ? std::nullopt : context_.files.info(subject_); info && info->kind == FileInfo::Kind::folder)
      throw Error(Outcome::io, printable(subject_.native()) + " is a folder, and a search takes one file", std::nullopt,
                  "name the backup in it: `hwbak recover FOLDER/FILE`");
    tasks::Loaded loaded = tasks::load(context_, subject_);
    bytes_ = loaded.bytes;
    begun_ = tasks::begin(context_, std::move(loaded));
    Report seen;
    begun_.examination->describe(seen, tasks::Detail::container, false);
    report_.format = seen.format;
    report_.levels.structure = seen.levels.structure;
    if (!begun_.examination->question()) {
      if (seen.outcome != Outcome::ok) throw Error(seen.outcome, seen.message, seen.offset, seen.next);
      throw Error(Outcome::unsupported, "no password protects this file, so there is none to be searched for", std::nullopt, "open it: `hwbak open FILE`");
    }
    planned_ = tasks::plan_recovery(begun_.family->name, remembered_);
    (void)tasks::choose_classes(*planned_.plan, options_.classes, std::nullopt, 1);  // wrong names are told before anything takes time
  }

  void put_plan(const tasks::Choice& choice) {
    List classes, left_out;
    const auto put = [&](List& list, std::size_t i) {
      const auto& one = planned_.plan->classes()[i];
      Object entry;
      entry.put("class", one.name).put("candidates", tasks::count_value(one.candidates));
      list.emplace_back(std::move(entry));
    };
    for (const std::size_t i : choice.chosen) put(classes, i);
    for (const std::size_t i : choice.left_out) put(left_out, i);
    report_.facts.put("classes", std::move(classes));
    if (!left_out.empty()) report_.facts.put("classes_left_out", std::move(left_out));
    List not_offered;
    for (const std::string& name : planned_.plan->not_offered()) not_offered.emplace_back(name);
    if (!not_offered.empty()) report_.facts.put("classes_not_counted", std::move(not_offered));
    report_.facts.put("candidates_total", tasks::count_value(choice.total));
    report_.facts.put("shard", shard());
  }

  void search(RecoverResult& result) {
    recover::TrialOptions limits;
    limits.sevenzip.max_rounds_pow = context_.max_kdf_rounds;
    limits.sevenzip.max_plaintext = context_.max_size;
    limits.cdcbak.max_iterations = static_cast<std::uint64_t>(context_.max_kdf_iterations);
    limits.cdcbak.max_file = context_.max_size;
    if (context_.expect_kcv) limits.kcvs.push_back(*context_.expect_kcv);
    const unsigned threads = options_.threads != 0 ? options_.threads : std::max(1u, std::thread::hardware_concurrency());
    const recover::Trials trials = recover::trials_for(recover::trial_for(bytes_, std::move(limits)), threads);
    tasks::StateKeeper state(context_, options_, *planned_.plan, bytes_);
    rate_ = std::max(1e-6, recover::measure(trials, typical_length(), measured_for));
    report_.facts.put("threads", threads);
    report_.facts.put("engine", trials.front()->engine());
    put_rate(rate_, threads);
    least_ = static_cast<double>(trials.front()->batch_size()) * threads / rate_;

    const bool trimmed = options_.parts == 1 && !options_.max_time;
    const auto& named = state.classes().empty() ? options_.classes : state.classes();
    const tasks::Choice choice = tasks::choose_classes(*planned_.plan, named, trimmed ? std::optional(day) : std::nullopt, rate_);
    put_plan(choice);
    report_.facts.put("candidates_tried", 0);
    refuse_uncountable(choice);
    const recover::Route route(*planned_.plan, choice.chosen, {options_.part, options_.parts});
    state.begin(route);
    refuse_endless(choice, route.size() - state.next());
    announce(choice, route, state.next());
    const recover::SearchEnd end = run(route, trials, state);
    if (end.state.tried != 0 && took_ > 1) put_rate(static_cast<double>(end.state.tried) / took_, threads);
    report_.facts.put("candidates_tried", end.state.tried);
    if (end.false_hits != 0) report_.facts.put("false_hits", end.false_hits);
    // What was found comes first: a state that cannot be written must not cost it.
    if (end.hit) found(route, *end.hit, result);
    state.save(end.state.next, true);
    if (!end.hit) {
      if (end.stopped) stopped(route, end.state.next, state.failure());
      else exhausted(choice);
    }
    if (state.failure()) report_.message += "; the state could not be kept: " + *state.failure();
  }

  [[nodiscard]] const tasks::RecoverPlan& planned() const { return planned_; }

 private:
  [[nodiscard]] std::string shard() const { return std::to_string(options_.part) + "/" + std::to_string(options_.parts); }

  void put_rate(double rate, unsigned threads) {
    report_.facts.put("candidates_per_second_per_core", static_cast<std::int64_t>(std::max(1.0, rate / threads + 0.5)));
  }

  // Bytes of the first candidate.
  [[nodiscard]] std::size_t typical_length() const {
    SecretString first;
    for (std::size_t i = 0; i < planned_.plan->classes().size(); ++i) {
      if (planned_.plan->classes()[i].candidates == recover::Count()) continue;
      planned_.plan->candidate(i, 0, first);
      return first.size();
    }
    throw Error(Outcome::refused, "nothing that is remembered leads to a password", std::nullopt, planned_.more);
  }

  // Before a search, what it will write: the result must find its place.
  void check_targets() const {
    const auto place = [](const Subject& path) {
      std::error_code none;
      const auto full = std::filesystem::weakly_canonical(std::filesystem::absolute(path, none), none);
      return none ? path.lexically_normal() : full;
    };
    struct Target {
      const char* option;
      const std::optional<Subject>& path;
      bool overwrite;
    };
    const std::array targets{Target{"--state", options_.state, true}, Target{"--stop-file", options_.stop_file, true},
                             Target{"--output", options_.output, options_.overwrite}};
    for (std::size_t i = 0; i < targets.size(); ++i)
      for (std::size_t j = i + 1; j < targets.size(); ++j)
        if (targets[i].path && targets[j].path && place(*targets[i].path) == place(*targets[j].path))
          throw Error(Outcome::usage, std::string(targets[i].option) + " and " + targets[j].option + " name the same file", std::nullopt,
                      "give each of them a file of its own");
    constexpr std::uint64_t room = recover::max_state_size;  // the largest of them
    for (const Target& target : targets) {
      if (!target.path) continue;
      tasks::check_output(context_, std::span(&subject_, 1), *target.path, target.overwrite);
      const auto folder = target.path->parent_path();
      context_.files.check_room(folder.empty() ? Subject(".") : folder, room, 1);
    }
  }

  [[noreturn]] void refuse(const tasks::Choice& choice, double seconds, bool shorter_helps) {
    const bool nothing_chosen = choice.chosen.empty();
    const recover::Count& total = nothing_chosen ? planned_.plan->classes().front().candidates : choice.total;
    report_.facts.put("candidates_total", tasks::count_value(total));
    const double limit = options_.max_time ? static_cast<double>(options_.max_time->count()) : day;
    std::string given;
    if (options_.max_time) given = "; --max-time is " + tasks::in_words(limit);
    else if (nothing_chosen) given = "; without --max-time or --classes a search has one day";
    std::string next = planned_.more + (planned_.plan->classes().size() > 1 ? "; name the likely classes alone with --classes" : "");
    if (shorter_helps && !given.empty()) {
      next += "; give it more time with --max-time";
      if (const double machines = std::ceil(seconds * static_cast<double>(options_.parts) / limit); machines < 1e6)
        next += "; or share it among " + recover::Count(static_cast<std::uint64_t>(machines)).grouped() + " machines like this one with --shard K/N";
    }
    throw Error(Outcome::refused,
                "there are " + total.grouped() + " candidates" + (options_.parts == 1 ? "" : " (in " + std::to_string(options_.parts) + " parts)") +
                    ": they need " + tasks::in_words(seconds) + " here" + given,
                std::nullopt, next);
  }

  void refuse_uncountable(const tasks::Choice& choice) {
    const bool too_many = choice.total.clamped() >= most_candidates;
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
    const auto line = [&](const recover::Count& count) {
      return count.grouped() + (count == recover::Count(1) ? " candidate, " : " candidates, ") + tasks::in_words(time_for(count.estimate()));
    };
    for (const std::size_t i : choice.chosen) section.row(planned_.plan->classes()[i].name, line(planned_.plan->classes()[i].candidates));
    for (const std::size_t i : choice.left_out)
      section.row(planned_.plan->classes()[i].name, line(planned_.plan->classes()[i].candidates) + ": left out; --classes " + planned_.plan->classes()[i].name);
    section.row("together", line(choice.total));
    for (const std::string& name : planned_.plan->not_offered()) section.row(name, "too many to be counted: not tried");
    if (options_.parts != 1) section.row("part " + shard(), line(route.size()));
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

  void found(const recover::Route& route, std::uint64_t position, RecoverResult& result) {
    const recover::Route::Place place = route.place(position);
    route.candidate(position, result.password);
    const Report seen = prove(result.password);
    const std::string& name = planned_.plan->classes()[place.of_class].name;
    report_.facts.put("class", name);
    report_.facts.put("position", place.overall + 1);
    report_.message = "found: candidate " + recover::Count(place.overall + 1).grouped() + ", of the class " + name;
    if (seen.outcome == Outcome::ok) {
      report_.message += ", opens the backup in full";
      report_.next = "write the right " + what() + " down, and prove the copy: `hwbak verify FILE`";
    } else {
      report_.outcome = seen.outcome;
      report_.offset = seen.offset;
      report_.message += ", is the password; " + seen.message;
      report_.next = "write the right " + what() + " down; then: " + (seen.next.empty() ? "`hwbak verify FILE`" : seen.next);
    }
    report_.findings = seen.findings;
    if (planned_.words) {
      recover::Corrections wrong = recover::corrections(*planned_.words, result.password.expose(), wallet::english_words());
      List places;
      for (const unsigned one : wrong.places) places.emplace_back(one);
      report_.facts.put("wrong_places", std::move(places));
      result.corrections = std::move(wrong.lines);
    }
    if (context_.reveal) {
      List lines;
      for (const SecretString& line : result.corrections) lines.emplace_back(line.clone());
      report_.facts.put("password", result.password.clone());
      report_.facts.put("corrections", std::move(lines));
    }
    put_page(result, name, place.overall + 1);
    if (options_.output && !keep(result.password)) return;
    if (options_.stop_file) stop_others();
  }

  [[nodiscard]] std::string what() const { return planned_.words ? "words" : "password"; }

  // The others are stopped when the password is in safe hands, and not before.
  void stop_others() {
    try {
      WriteOptions how;
      how.overwrite = true;
      context_.files.write(*options_.stop_file, as_bytes("found by part " + shard() + "\n"), how);
    } catch (const Error& error) {
      report_.message += std::string("; the other parts could not be told: ") + error.what();
    }
  }

  void put_page(const RecoverResult& result, const std::string& name, std::uint64_t position) {
    Section section{"The search", {}};
    section.row("class", name);
    section.row("candidate", recover::Count(position).grouped());
    if (context_.reveal) {
      section.row("password", result.password.clone());
      for (const SecretString& line : result.corrections) section.row("", line.clone());
    }
    report_.page.push_back(std::move(section));
  }

  // False: it could not be written. It is in the result all the same.
  bool keep(const SecretString& password) {
    SecretString line = password.clone();
    line.append('\n');
    WriteOptions how;
    how.overwrite = options_.overwrite;
    try {
      context_.files.write(*options_.output, line.expose_bytes(), how);
    } catch (const Error& error) {
      report_.outcome = Outcome::io;
      report_.message += std::string("; but the password could not be written: ") + error.what();
      report_.next = "run the same command again with another --output, or with --reveal" + std::string(options_.state ? ": it goes on where it found the password" : "");
      return false;
    }
    report_.facts.put("output", printable(options_.output->native()));
    report_.message += "; the password is in " + printable(options_.output->native());
    return true;
  }

  // As any other verb opens the file: what the engine says of itself is not enough.
  [[nodiscard]] Report prove(const SecretString& password) {
    Found secrets(password);
    Context context = context_;
    context.secrets = &secrets;
    tasks::unlock(context, begun_);
    if (!begun_.examination->unlocked()) throw Error(Outcome::internal, "a candidate was taken for the password and does not open the file");
    begun_.examination->judge(context, nullptr);
    Report seen;
    begun_.examination->describe(seen, tasks::Detail::facts, false);
    report_.levels = seen.levels;
    if (const Value* fingerprint = seen.facts.find("fingerprint"))
      if (const auto* text = std::get_if<std::string>(&fingerprint->get())) report_.facts.put("fingerprint", *text);
    return seen;
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
    report_.message = (options_.parts != 1 ? "all candidates of part " + shard() + " were tried, and none of them opens the backup"
                       : choice.total == recover::Count(1) ? "the one candidate was tried, and it does not open the backup"
                                                           : "all " + choice.total.grouped() + " candidates were tried, and none of them opens the backup");
    report_.next = planned_.words ? planned_.more + ", or look for another copy of the words; a clone file, or one whose owner chose the password, need not have twelve words"
                  : remembered_.pattern ? "put more of what it may be into the pattern: slips, other words, other endings"
                                        : "try the words with slips, in any case and with endings: `--pattern-from`, with (?it1:\\w) and what may stand beside it";
    std::string names;
    for (const std::string& name : planned_.plan->not_offered()) names += (names.empty() ? "" : ", ") + name;
    if (!names.empty()) report_.message += "; too much is open for the classes " + names + " to be counted, so they were not tried";
    if (choice.left_out.empty()) return;
    names.clear();
    for (const std::size_t i : choice.left_out) names += (names.empty() ? "" : ",") + planned_.plan->classes()[i].name;
    report_.message += "; classes that do not end within a day were left out";
    report_.next = "go on with the classes that were left out: `--classes " + names + " --state PATH`";
  }

  const Context& context_;
  const Subject& subject_;
  const Remembered& remembered_;
  const RecoverOptions& options_;
  Report& report_;
  tasks::Begun begun_;
  Bytes bytes_;
  tasks::RecoverPlan planned_;
  double rate_ = 1, took_ = 0;
  double least_ = 0;   // seconds that a batch takes, however few are in it
  bool other_found_ = false;
};

}  // namespace

RecoverResult recover_password(const Context& context, const Subject& subject, const Remembered& remembered, const RecoverOptions& options) {
  RecoverResult result;
  result.report = tasks::blank_report("recover", subject);
  tasks::guarded(result.report, [&] {
    Recovery recovery(context, subject, remembered, options, result.report);
    recovery.prepare();
    recovery.search(result);
  });
  return result;
}

Report export_candidates(const Context& context, const Subject& subject, const Remembered& remembered, const RecoverOptions& options,
                         const TakeCandidate& take) {
  Report report = tasks::blank_report("recover", subject);
  tasks::guarded(report, [&] {
    Recovery recovery(context, subject, remembered, options, report);
    recovery.prepare();
    const recover::Plan& plan = *recovery.planned().plan;
    const tasks::Choice choice = tasks::choose_classes(plan, options.classes, std::nullopt, 1);
    recovery.put_plan(choice);
    if (choice.total.clamped() >= most_candidates)
      throw Error(Outcome::refused, "there are " + choice.total.grouped() + " candidates: more than any program takes", std::nullopt,
                  recovery.planned().more + (plan.classes().size() > 1 ? "; or name the likely classes alone with --classes" : ""));
    const recover::Route route(plan, choice.chosen, {options.part, options.parts});
    SecretString candidate;
    std::uint64_t written = 0;
    for (bool wanted = true; wanted && written < route.size(); ++written) {
      candidate.clear();
      route.candidate(written, candidate);
      candidate.append('\n');
      wanted = take(candidate.expose_bytes());
    }
    report.facts.put("candidates_exported", written);
    report.message = recover::Count(written).grouped() + " candidates were written; each of them may be the password";
    report.next = "destroy the list when the search is over";
  });
  return report;
}

}  // namespace hwbak
