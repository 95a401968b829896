// The DKEK shares that a command names, opened: key derivations side by side, quorums reconstructed, and which of them fit a KCV
// (docs/formats/pico-hsm.md, "Padding, KCV and damage").
#pragma once

#include "container/dkek_share/dkek_share.h"
#include "container/dkek_share/quorum.h"
#include "container/wrapped_key/wrapped_key.h"
#include "hwbak/tasks.h"

namespace hwbak::tasks {

struct OpenedShare {
  Subject file;
  std::string shown;                     // the name, printable
  unsigned id = 1;                       // its place in the set, from 1: facts.shares[].id
  std::optional<dkek::Survey> survey;
  SecretBytes key;                       // 48 bytes that opened it, for mend_first_block; empty: not open
  SecretBytes share;                     // 32 bytes; empty: not open
  std::optional<Error> error;            // why it is not open
  std::optional<dkek::Reading> reading;  // of a quorum
  std::size_t custodians = 0;            // how many shares of a quorum were given
  std::optional<dkek::Quorum> quorum;    // as it was given last
  std::vector<std::size_t> damaged;      // places among the 64 bytes of the file that were put right in `share`; the finding share-damaged says why
  std::vector<Finding> findings;         // trailing-bytes, quorum-hex-ids, weak-prime, share-damaged (mended), ...
};

class ShareSet final {
 public:
  std::vector<OpenedShare> shares;
  std::vector<Finding> findings;         // same-share-twice, zero-dkek
  std::optional<Error> error;            // they do not make the DKEK that the user expects
  std::optional<dkek::Kcv> proven;       // the KCV that shows all of them whole: nothing in a share file does
  [[nodiscard]] bool all_open() const;
  // XOR of all; only when all_open().
  [[nodiscard]] SecretBytes dkek() const;
  // The worst of the shares' errors, else that of the set; nullopt when all is well.
  [[nodiscard]] std::optional<Error> trouble() const;
  // Whether all shares make the DKEK of this KCV, which then proves them whole. Where one other byte in the first block of one share would make it,
  // the share becomes what it was, and is damaged from then on: whoever uses the set later has the right DKEK.
  [[nodiscard]] bool prove(const dkek::Kcv& kcv);
  // "byte 16 of dkek-a1.pbe": what was put right in them; empty: nothing.
  [[nodiscard]] std::string damage() const;
  // Adds what is to be said of all of them together: findings, and the error when they do not make the DKEK of this KCV.
  void judge(const std::optional<dkek::Kcv>& expected);

  // The keys of the DKEK that has this KCV: of all shares, else of the smallest subset of the open ones that does (the sets of up to 20 shares are
  // searched).
  struct Fit {
    std::vector<unsigned> ids;           // of the shares
    wrapped_key::DkekKeys keys;
  };
  [[nodiscard]] std::optional<Fit> fitting(const dkek::Kcv& kcv) const;
};

// No more are asked for, whoever answers.
inline constexpr unsigned most_share_attempts = 8;

// What may open a share file: a password, or one that came out of a quorum.
struct ShareCandidate {
  SecretBytes password;
  std::optional<dkek::Reading> reading;
};
// The candidates of one file, in the order to try them; `error` says why none opens it.
struct ShareTry {
  OpenedShare* share = nullptr;
  std::vector<ShareCandidate> candidates;
};
// Derivations of all files side by side: first each one's first candidate, then the others together. Sets share, key, reading,
// findings of those that open. False when context.progress stopped it.
[[nodiscard]] bool try_candidates(const Context& context, std::span<const ShareTry> tries);
// Of the passwords or the custodians' lines in `secret`. Throws Error(refused) for a quorum that cannot be. Sets share.custodians.
[[nodiscard]] std::vector<ShareCandidate> candidates_of(const Secrets::ShareSecret& secret, OpenedShare& share);
// Reads the structure of a share file; never throws for a bad one.
[[nodiscard]] OpenedShare begin_share(Subject file, ByteView bytes);
// Why it is still closed, after all candidates: a wrong password, or too few custodians. Empty next step.
[[nodiscard]] Error not_opened(const OpenedShare& share);

// As ShareSet::prove, of a share that is all of its DKEK.
[[nodiscard]] bool prove_share(OpenedShare& share, const dkek::Kcv& kcv);
// "byte 16 of dkek-a1.pbe", of one that was put right.
[[nodiscard]] std::string damage_of(const OpenedShare& share);

// Never throws for a bad share: it is in OpenedShare::error. Where Context::expect_kcv is of these shares, they are proven by it, or the set has an
// error. `list` says which secrets belong to `files`. Progress goes to context.progress.
[[nodiscard]] ShareSet open_shares(const Context& context, std::span<const std::filesystem::path> files, Secrets::ShareQuestion::List list);
// facts.shares
[[nodiscard]] List shares_fact(const ShareSet& set);

}  // namespace hwbak::tasks
