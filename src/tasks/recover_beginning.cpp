// See recover_beginning.h.
#include "tasks/recover_beginning.h"

#include <array>

#include "base/unicode.h"
#include "io/links.h"
#include "tasks/check_output.h"
#include "tasks/recover_quorum.h"

namespace hwbak::tasks {
namespace {

// Before a search, what it will write: the result must find its place.
void check_targets(const Context& context, const Subject& subject, const RecoverOptions& options) {
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
  const std::array targets{Target{"--state", options.state, true}, Target{"--stop-file", options.stop_file, true},
                           Target{"--output", options.output, options.overwrite}};
  for (std::size_t i = 0; i < targets.size(); ++i)
    for (std::size_t j = i + 1; j < targets.size(); ++j)
      if (targets[i].path && targets[j].path && place(*targets[i].path) == place(*targets[j].path))
        throw Error(Outcome::usage, std::string(targets[i].option) + " and " + targets[j].option + " name the same file", std::nullopt,
                    "give each of them a file of its own");
  constexpr std::uint64_t room = recover::max_state_size;  // the largest of them
  for (const Target& target : targets) {
    if (!target.path) continue;
    const std::string name = printable(target.path->native()), another = "name another file with " + std::string(target.option);
    const auto info = context.files.info(*target.path);
    if (!info && io::is_there(*target.path)) throw Error(Outcome::refused, name + " is a link that leads nowhere", std::nullopt, another);
    if (info && info->kind == FileInfo::Kind::other) throw Error(Outcome::refused, name + " is a device or a pipe, and no file", std::nullopt, another);
    check_output(context, std::span(&subject, 1), *target.path, target.overwrite, target.option);
    const auto folder = target.path->parent_path();
    if (!folder.empty() && !context.files.info(folder))
      throw Error(Outcome::io, "there is no folder " + printable(folder.native()) + " for " + target.option, std::nullopt, "make the folder, or " + another);
    context.files.check_room(folder.empty() ? Subject(".") : folder, room, 1);
  }
}

}  // namespace

RecoverBeginning begin_recovery(const Context& context, const Subject& subject, const Remembered& remembered, const RecoverOptions& options,
                                Report& report) {
  check_targets(context, subject, options);
  if (const auto info = subject == "-" ? std::nullopt : context.files.info(subject); info && info->kind == FileInfo::Kind::folder)
    throw Error(Outcome::io, printable(subject.native()) + " is a folder, and a search takes one file", std::nullopt,
                "name the backup in it: `hwbak recover FOLDER/FILE`");
  Loaded loaded = load(context, subject);
  RecoverBeginning out;
  out.bytes = loaded.bytes;
  out.begun = begin(context, std::move(loaded));
  Report seen;
  out.begun.examination->describe(seen, Detail::container, false);
  report.format = seen.format;
  report.levels.structure = seen.levels.structure;
  if (remembered.quorum) check_quorum_subject(report.format);
  else if (report.format == "wrapped-key")
    throw Error(Outcome::unsupported, "a wrapped key has no password: the DKEK opens it", std::nullopt,
                "look for the password of a share file of its DKEK: `hwbak recover SHARE.pbe`");
  if (!out.begun.examination->question()) {
    if (seen.outcome != Outcome::ok) throw Error(seen.outcome, seen.message, seen.offset, seen.next);
    throw Error(Outcome::unsupported, "no password protects this file, so there is none to be searched for", std::nullopt, "open it: `hwbak open FILE`");
  }
  out.planned = plan_recovery(out.begun.family->name, remembered);
  (void)choose_classes(out.planned, options.classes, std::nullopt, 1);  // wrong names are told before anything takes time
  return out;
}

std::size_t typical_length(const RecoverPlan& planned) {
  SecretString first;
  for (std::size_t i = 0; i < planned.plan->classes().size(); ++i) {
    if (planned.plan->classes()[i].candidates == recover::Count()) continue;
    planned.plan->candidate(i, 0, first);
    return first.size();
  }
  throw Error(Outcome::refused, "nothing that is remembered leads to a password", std::nullopt, planned.more);
}

std::string shard_text(const RecoverOptions& options) { return std::to_string(options.part) + "/" + std::to_string(options.parts); }

void put_plan(const RecoverPlan& planned, const Choice& choice, const RecoverOptions& options, Report& report) {
  List classes, left_out;
  const auto put = [&](List& list, std::size_t i) {
    const auto& one = planned.plan->classes()[i];
    Object entry;
    entry.put("class", one.name).put("candidates", count_value(one.candidates));
    list.emplace_back(std::move(entry));
  };
  for (const std::size_t i : choice.chosen) put(classes, i);
  for (const std::size_t i : choice.left_out) put(left_out, i);
  report.facts.put("classes", std::move(classes));
  if (!left_out.empty()) report.facts.put("classes_left_out", std::move(left_out));
  List not_offered;
  for (const std::string& name : planned.plan->not_offered()) not_offered.emplace_back(name);
  if (!not_offered.empty()) report.facts.put("classes_not_counted", std::move(not_offered));
  report.facts.put("candidates_total", count_value(choice.total));
  report.facts.put("shard", shard_text(options));
  if (planned.words) report.facts.put("words_read", planned.words->slots.size());
}

}  // namespace hwbak::tasks
