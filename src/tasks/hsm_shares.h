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
  std::vector<Finding> findings;         // trailing-bytes, quorum-hex-ids, weak-prime, share-damaged (mended), ...
};

class ShareSet final {
 public:
  std::vector<OpenedShare> shares;
  std::vector<Finding> findings;         // same-share-twice, zero-dkek
  [[nodiscard]] bool all_open() const;
  // XOR of all; only when all_open().
  [[nodiscard]] SecretBytes dkek() const;
  // The worst of the shares' errors; nullopt when all are open.
  [[nodiscard]] std::optional<Error> trouble() const;

  // The keys of the DKEK that has this KCV: of all shares, else of the smallest subset of the open ones that does (the sets of up to 20 shares are
  // searched), else of all with one byte of one share's first block put right.
  struct Fit {
    std::vector<unsigned> ids;           // of the shares
    wrapped_key::DkekKeys keys;
    std::string mended;                  // "byte 20 of dkek-a1.pbe", or empty
  };
  [[nodiscard]] std::optional<Fit> fitting(const dkek::Kcv& kcv) const;
};

// Never throws for a bad share: it is in OpenedShare::error. `list` says which secrets belong to `files`. Progress goes to context.progress.
[[nodiscard]] ShareSet open_shares(const Context& context, std::span<const std::filesystem::path> files, Secrets::ShareQuestion::List list);
// facts.shares
[[nodiscard]] List shares_fact(const ShareSet& set);

}  // namespace hwbak::tasks
