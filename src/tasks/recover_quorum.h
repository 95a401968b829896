// What a search for the right digits of a quorum has beside other searches: it is of a DKEK share file, and other shares of the same DKEK may judge
// what was found (docs/recover.md, "Quorums").
#pragma once

#include "tasks/hsm_shares.h"
#include "tasks/recover_search.h"

namespace hwbak::tasks {

// Throws Error(unsupported): a quorum opens no other format.
void check_quorum_subject(std::string_view format);

// The shares of Context::shares, open. Without any it does nothing.
class OtherShares final {
 public:
  // Throws Error: why one of them does not open.
  explicit OtherShares(const Context& context);
  [[nodiscard]] bool empty() const noexcept { return set_.shares.empty(); }
  // XOR of all, 32 bytes; empty when there are none.
  [[nodiscard]] SecretBytes together() const;
  // The DKEK that they make with this share: outcome, levels, findings and fact `kcv` of `seen`.
  void judge(const Context& context, OpenedShare share, Report& seen);

 private:
  ShareSet set_;
};

// The custodians' lines that were found, for the proof that they open the file as with any other command.
class FoundQuorum final : public Secrets {
 public:
  explicit FoundQuorum(const SecretString& lines) : secret_{lines.clone(), true} {}
  std::span<const SecretString> ask(const Question&) override { return {}; }
  const ShareSecret* share(const ShareQuestion& question) override {
    return question.list == ShareQuestion::List::subjects && question.attempt == 0 ? &secret_ : nullptr;
  }

 private:
  ShareSecret secret_;
};

}  // namespace hwbak::tasks
