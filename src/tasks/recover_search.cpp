// See recover_search.h.
#include "tasks/recover_search.h"

#include <algorithm>
#include <cmath>

#include "base/as_bytes.h"
#include "base/counted.h"
#include "base/unicode.h"
#include "device/coldcard/words.h"
#include "recover/list_plan.h"
#include "recover/pattern_plan.h"
#include "recover/quorum_plan.h"
#include "recover/word_plan.h"
#include "wallet/bip39.h"

namespace hwbak::tasks {
namespace {

constexpr auto save_every = std::chrono::seconds(2);

std::string rounded(double number, const char* unit) {
  const auto whole = static_cast<std::uint64_t>(std::llround(number));
  return recover::Count(whole).grouped() + " " + unit + (whole == 1 ? "" : "s");
}

std::string words_read(const recover::WordTemplate& words) {
  const auto open = std::ranges::count_if(words.slots, [](const recover::WordSlot& slot) { return slot.typed.count() > 1; });
  return counted(words.slots.size(), "word") + (open == 0 ? "" : ", " + std::to_string(open) + " of them may be one of several");
}

std::vector<std::string> sorted(std::vector<std::string> names) {
  std::ranges::sort(names);
  return names;
}

}  // namespace

RecoverPlan plan_recovery(std::string_view family, const Remembered& remembered) {
  RecoverPlan out;
  if (remembered.quorum) {
    out.quorum = recover::read_typed_quorum(remembered.quorum->expose(), remembered.threshold);
    out.plan = std::make_unique<recover::QuorumPlan>(*out.quorum);
    out.what = "digits";
    out.read = counted(out.quorum->shares.size(), "custodian");
    out.more = remembered.threshold != 0 && remembered.threshold < out.quorum->shares.size()
                   ? "leave out the share whose digits are most in doubt, and look whether --threshold is right"
                   : "give the shares of more custodians than are needed, with --threshold K: then only those digits are left on which all of them agree";
    out.when_exhausted = out.more + "; or look whether an ID is wrong, or a share is of another quorum or file";
    return out;
  }
  const auto list = [&] {
    const ByteView bytes = remembered.word_list->expose();
    return std::string_view(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  };
  out.what = "password";
  if (remembered.pattern) {
    out.plan = std::make_unique<recover::PatternPlan>(remembered.pattern->expose(), remembered.word_list ? std::optional(list()) : std::nullopt);
    out.more = "say more in the pattern: fewer optional parts, shorter repeats, fewer slips";
    out.when_exhausted = "put more of what it may be into the pattern: slips, other words, other endings";
    return out;
  }
  if (remembered.word_list) {
    out.plan = std::make_unique<recover::ListPlan>(list());
    out.more = "leave out of the list what is not likely";
    out.when_exhausted = "try the words with slips, in any case and with endings: `--pattern-from`, with (?it1:\\w) and what may stand beside it";
    return out;
  }
  if (family != "coldcard")
    throw Error(Outcome::unsupported, "the words of a password are searched for in backups of a Coldcard alone", std::nullopt,
                "write what is remembered as a pattern: `--pattern-from SOURCE`; for custodians' shares with wrong digits: `--quorum-from SOURCE`");
  const recover::WordList words = wallet::english_words();
  out.words = recover::read_words(remembered.words->expose(), words);
  out.plan = std::make_unique<recover::WordPlan>(*out.words, words, coldcard::password_words);
  out.what = "words";
  out.read = words_read(*out.words);
  out.more = "say more of the words (`ab*`, `lamp|camp`)";
  if (out.words->slots.size() != coldcard::password_words)
    out.more = counted(out.words->slots.size(), "word") + (out.words->slots.size() == 1 ? " was" : " were") + " read, and a password that a Coldcard made has " +
               std::to_string(coldcard::password_words) + ": if you wrote as many, look how they are separated; " + out.more;
  out.when_exhausted = out.more + ", or look for another copy of the words; a clone file, or one whose owner chose the password, need not have twelve words";
  return out;
}

std::string in_words(double seconds) {
  struct Unit {
    double size;
    const char* name;
  };
  constexpr Unit units[] = {{31'556'952.0, "year"}, {86'400.0, "day"}, {3'600.0, "hour"}, {60.0, "minute"}, {1.0, "second"}};
  constexpr double longest = 1e15;  // years
  if (seconds < 1) return "less than a second";
  if (seconds / units[0].size > longest) return "longer than the world is old";
  for (const Unit& unit : units)
    if (seconds >= 1.5 * unit.size || unit.size == 1.0) return rounded(seconds / unit.size, unit.name);
  return {};
}

Value count_value(const recover::Count& count) {
  constexpr std::uint64_t exact = std::uint64_t{1} << 53;
  return count.clamped() <= exact ? Value(count.clamped()) : Value(count.digits());
}

Choice choose_classes(const RecoverPlan& planned, std::span<const std::string> named, std::optional<double> seconds, double rate) {
  const recover::Plan& plan = *planned.plan;
  const auto classes = plan.classes();
  for (const std::string& name : named) {
    if (name == "all" || std::ranges::any_of(classes, [&](const auto& one) { return one.name == name; })) continue;
    if (std::ranges::find(plan.not_offered(), name) != plan.not_offered().end())
      throw Error(Outcome::refused, "the class " + name + " cannot be tried: too much is open in what is remembered for its candidates to be counted",
                  std::nullopt, planned.more + "; or name other classes, or `all` those that can be counted");
    std::string known = "all";
    for (const auto& one : classes) known += ", " + one.name;
    throw Error(Outcome::usage, "there is no class " + printable(name) + " in this search" + (planned.read.empty() ? "" : " (read: " + planned.read + ")"), std::nullopt, "--classes takes some of these, with commas: " + known);
  }
  Choice out;
  for (std::size_t i = 0; i < classes.size(); ++i) {
    const bool wanted = named.empty() || std::ranges::any_of(named, [&](const std::string& name) { return name == "all" || name == classes[i].name; });
    if (!wanted || classes[i].candidates == recover::Count()) continue;
    const bool fits = !named.empty() || !seconds || (out.total + classes[i].candidates).estimate() / rate <= *seconds;
    (fits ? out.chosen : out.left_out).push_back(i);
    if (fits) out.total += classes[i].candidates;
  }
  return out;
}

StateKeeper::StateKeeper(const Context& context, const RecoverOptions& options, const recover::Plan& plan, ByteView file, ByteView judged_by)
    : context_(context), options_(options) {
  if (!options.state) return;
  const auto info = context.files.info(*options.state);
  const auto other = [&](const std::string& what) -> Error {
    return {Outcome::refused, "the state file " + printable(options.state->native()) + " is of another search: " + what, std::nullopt,
            "give the same file, words, pattern, list, shares, KCV and options as before, or name another --state file to begin anew"};
  };
  if (info) {
    try {
      saved_ = recover::read_state(info->size > recover::max_state_size ? Bytes() : context.files.read(*options.state, recover::max_state_size));
      key_ = recover::state_key(plan, file, saved_.salt, judged_by);
      if (!recover::is_of(saved_, key_)) throw other("other words, another pattern, list or KCV, other shares, or another backup");
      recover::check_unchanged(saved_, key_);
    } catch (const Error& error) {
      if (error.outcome() != Outcome::damaged) throw;
      throw Error(Outcome::damaged, printable(options.state->native()) + ": " + error.sentence(), std::nullopt, error.next());
    }
    if (saved_.shard.part != options.part || saved_.shard.parts != options.parts)
      throw other("--shard was " + std::to_string(saved_.shard.part) + "/" + std::to_string(saved_.shard.parts));
    if (!options.classes.empty() && sorted(options.classes) != sorted(saved_.classes)) throw other("other classes");
  } else {
    context.random.fill(saved_.salt);
    key_ = recover::state_key(plan, file, saved_.salt, judged_by);
    saved_.shard = {options.part, options.parts};
  }
}

void StateKeeper::begin(const recover::Route& route) {
  if (saved_.next > route.size())
    throw Error(Outcome::damaged, "the state file says more than there is to be tried", std::nullopt, "remove it to begin again");
  if (saved_.classes.empty()) {
    saved_.classes = options_.classes;
    if (saved_.classes.empty())
      for (const std::size_t one : route.chosen()) saved_.classes.push_back(route.plan().classes()[one].name);
  }
}

void StateKeeper::save(std::uint64_t next, bool now) {
  const auto time = std::chrono::steady_clock::now();
  if (!options_.state || (!now && time - last_ < save_every)) return;
  last_ = time;
  saved_.next = next;
  WriteOptions how;
  how.overwrite = true;
  try {
    context_.files.write(*options_.state, as_bytes(recover::write_state(saved_, key_)), how);
    failure_.reset();
  } catch (const Error& error) {
    failure_ = error.what();
  }
}

}  // namespace hwbak::tasks
