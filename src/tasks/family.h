// What every family of backups gives to the verbs: recognise, begin, unlock, judge, describe.
// Adding a family is one Examination and one line in registry.cpp.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "hwbak/error.h"
#include "hwbak/tasks.h"

namespace hwbak::tasks {

// A file as read from the disk.
struct Loaded {
  Subject subject;
  std::string shown;              // the name as the user gave it, for Report::subject
  Bytes bytes;
  std::optional<FileInfo> info;   // nullopt for standard input
};

// How much a Report tells.
enum class Detail {
  container,  // inspect
  facts,      // verify of many files: no page
  verdict,    // verify, copies
  summary,    // hwbak FILE
  contents,   // open
};

// What a run over many files remembers of those of one family, so that work on equal secrets is done once.
class Memo {
 public:
  virtual ~Memo() = default;
};

// A device that a drill rehearses on.
struct DrillTarget {
  std::string device;          // one of Family::devices; empty: each of them
  std::string version;         // "": as it is today, "all": every change of its behaviour, "5.6.1": itself
};

// What a drill came to.
struct Rehearsal {
  List drill;                  // docs/json.md, "Facts of `drill`"
  std::string message, next;   // next may be empty
  std::vector<Section> page;
  bool all_accept = true;
  bool damaged = false;        // what opens the file is damaged itself: the outcome of describe() stays
};

// One file under examination, from bytes to findings.
class Examination {
 public:
  virtual ~Examination() = default;
  // What a secret would be asked for; nullopt when none is needed. Where none would help it says so (only_given), or is nullopt.
  [[nodiscard]] virtual std::optional<Secrets::Question> question() const = 0;
  // True once the contents are open (or lie open).
  [[nodiscard]] virtual bool unlocked() const = 0;
  // Says what the bytes mean, as far as they are open. Called once, after unlocking; not at all by a verb
  // that needs the bytes alone, and then the Report says that nothing was judged.
  // `memo`, of Family::memo, is shared by a run over many files; nullptr for a single one.
  virtual void judge(const Context& context, Memo* memo) = 0;
  // Fills format, outcome, message, levels, facts, findings, page, next.
  virtual void describe(Report& report, Detail detail, bool reveal) const = 0;
  // The exact plaintext, when it is open and its checksum holds; else empty.
  [[nodiscard]] virtual ByteView plaintext() const = 0;
  // What is left of a damaged one, with the holes marked; the plaintext when nothing is missing.
  [[nodiscard]] virtual SecretBytes salvage() const = 0;
  // hwbak rekey, after judge() and describe(): the same contents to options.output, under a new password.
  virtual void rekey(const Context& context, const RekeyOptions& options, const ConfirmWords& confirm, WrittenResult& result) const = 0;
  // hwbak drill, after judge(): what these devices would do with the file. A target is one that Family::check_target lets pass.
  // Throws Error(usage) for a state that such a device cannot be in.
  [[nodiscard]] virtual Rehearsal rehearse(const Context& context, std::span<const DrillTarget> targets, const DrillOptions& options) const = 0;
  // What to do to have it opened, when nothing was given for it.
  [[nodiscard]] virtual std::string_view way_in() const { return "give the password: `--password-from SOURCE`, or run it on a terminal"; }
};

struct Family {
  std::string_view name;   // of its device
  std::span<const std::string_view> devices;   // as a drill's target says them
  bool (*recognise)(ByteView bytes);
  // Throws Error for what cannot be examined at all.
  std::unique_ptr<Examination> (*begin)(const Context& context, Loaded file);
  // Tries secrets on files of this family, key derivations side by side. `questions` are answered through
  // context.secrets; an Error of one file (an unreadable source, say) is left in `errors` at its index. `memo` as in judge().
  void (*unlock)(const Context& context, std::span<Examination* const> files, std::span<std::optional<Error>> errors, Memo* memo);
  // For drill. Throws Error(usage) that names what is known.
  void (*check_target)(const DrillTarget& target);
  // A fresh Memo; nullptr: nothing is worth remembering.
  std::unique_ptr<Memo> (*memo)();
  // hwbak diff: two judged files of this family, both open. Fills message, facts (came, went, changed) and page; values only
  // with `reveal`. nullptr: not known how.
  void (*compare)(const Examination& before, const Examination& after, bool reveal, Report& report);
  // hwbak export, where the formats are not those of a badge's records (tasks.h). Throws Error. nullptr: not known how.
  void (*export_as)(const Context& context, Loaded file, const ExportOptions& options, ExportResult& result) = nullptr;
};

[[nodiscard]] std::span<const Family> families();

// Recognised by content; Error(unsupported) when no family knows it, Error(damaged) for an empty file.
struct Begun {
  const Family* family = nullptr;
  std::unique_ptr<Examination> examination;
};
[[nodiscard]] Loaded load(const Context& context, const Subject& subject);
[[nodiscard]] Begun begin(const Context& context, Loaded file);
[[nodiscard]] Begun begin(const Context& context, const Subject& subject);

// A Report with its command and subject filled in.
[[nodiscard]] Report blank_report(std::string_view command, const Subject& subject);
// What `error` says, as the outcome of `report`.
void fail(Report& report, const Error& error);
// Runs `work` on the report; whatever is thrown becomes its outcome.
void guarded(Report& report, const std::function<void()>& work);

// Asks for secrets and tries them, where a secret would help.
void unlock(const Context& context, const Begun& begun);
// load, begin, unlock (when `with_secrets`): one subject, as far open as it can be.
[[nodiscard]] Begun unlocked(const Context& context, const Subject& subject, bool with_secrets);
// The same and judged: ready to describe.
[[nodiscard]] Begun examine(const Context& context, const Subject& subject, bool with_secrets);

}  // namespace hwbak::tasks
