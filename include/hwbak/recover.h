// hwbak recover: the search for a password of which something is remembered (docs/recover.md). For the owner of a file: it begins with
// what is known. As in tasks.h, a task prints nothing and throws nothing for a bad file.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "hwbak/tasks.h"

namespace hwbak {

// What is remembered: words, a pattern, a list, or a quorum.
struct Remembered {
  std::optional<SecretString> words;     // the twelve words of a Coldcard: docs/recover.md, "Words as remembered"
  std::optional<SecretString> pattern;   // of any other password, or of a passphrase: docs/recover.md, "Patterns"
  std::optional<SecretBytes> word_list;  // for `\w` in a pattern, or alone, each line a password: docs/recover.md, "Word lists"
  std::optional<SecretString> quorum;    // of a DKEK share file: custodians' lines with wrong digits: docs/recover.md, "Quorums"
  unsigned threshold = 0;                // of the quorum; 0: as many custodians as there are lines
};

// How far a search is.
struct SearchProgress {
  std::uint64_t done = 0, total = 0;     // candidates of this part
  double per_second = 0;                 // on all threads together
  std::string of_class;                  // the one that is tried now
  std::chrono::seconds left{0};          // to the end of the part, at this rate
};

struct RecoverOptions {
  std::vector<std::string> classes;      // their names; empty: all that end within a day, or, with max_time or parts, all
  std::optional<std::chrono::seconds> max_time;  // more is refused before it begins
  std::uint64_t part = 1, parts = 1;     // of this machine
  unsigned threads = 0;                  // 0: one for each processor
  std::chrono::milliseconds measure_for{500};  // how long the time here is measured before anything is tried
  std::optional<Subject> state;          // where the search is kept, so that it can be resumed
  std::optional<Subject> stop_file;      // made on a hit; when it is there, the search stops
  std::optional<Subject> output;         // receives the password, or the corrected lines of a quorum; 0600
  bool overwrite = false;
  // Before anything is tried: classes, numbers, time.
  std::function<void(const std::vector<Section>& plan)> announce;
  // A few times a second; false stops the search, and what was done is kept.
  std::function<bool(const SearchProgress& progress)> progress;
};

struct RecoverResult {
  Report report;
  SecretString password;                    // as it is typed on the device; when it was found
  SecretString quorum;                      // the custodians' lines with the right digits, as other commands read them; password is then 1 to 8 bytes
  std::vector<SecretString> corrections;    // "word 7: you wrote lamp, it is camp"
};

// Outcomes: ok (found, and the file was opened with it in full); exhausted; stopped (by `progress`, or by the stop file); refused (does not
// end in max_time, nothing to begin from, a state file of another search); usage (no such class); those of opening a file; io.
[[nodiscard]] RecoverResult recover_password(const Context& context, const Subject& subject, const Remembered& remembered, const RecoverOptions& options);

// Takes candidates, one after the other, as they are typed; false ends the export.
using TakeCandidate = std::function<bool(ByteView candidate)>;
// The candidates of the same search for another program, in their order, without trying any.
[[nodiscard]] Report export_candidates(const Context& context, const Subject& subject, const Remembered& remembered, const RecoverOptions& options,
                                       const TakeCandidate& take);

}  // namespace hwbak
