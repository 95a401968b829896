// The family of HSM key backups: DKEK share files, and keys wrapped under a DKEK (docs/formats/pico-hsm.md).
#pragma once

#include <array>
#include <map>
#include <memory>

#include "tasks/family.h"
#include "tasks/hsm_manifest.h"
#include "tasks/hsm_shares.h"

namespace hwbak::tasks {

// The shares of a command, opened once, and what they fit.
class HsmShares final {
 public:
  explicit HsmShares(ShareSet set);

  [[nodiscard]] const ShareSet& set() const { return set_; }
  // All shares together; nullptr when not all are open.
  [[nodiscard]] const wrapped_key::DkekKeys* keys() const { return keys_ ? &*keys_ : nullptr; }
  // ShareSet::prove, then ShareSet::fitting, searched once for each KCV. nullptr: none fits.
  [[nodiscard]] const ShareSet::Fit* fitting(const dkek::Kcv& kcv);
  // All shares belong to it.
  [[nodiscard]] bool is_whole(const ShareSet::Fit& fit) const { return fit.ids.size() == set_.shares.size(); }

 private:
  void make_keys();

  ShareSet set_;
  std::optional<wrapped_key::DkekKeys> keys_;
  std::map<dkek::Kcv, std::optional<ShareSet::Fit>> fits_;
};

// What a run over many files remembers: derivations of a share take seconds.
class HsmMemo final : public Memo {
 public:
  std::shared_ptr<HsmShares> shares;   // of Context::shares; nullptr until a file needs them
  std::map<std::filesystem::path, std::optional<Manifest>> manifests;   // by folder; nullopt: there is none that can be read
};

// "the share dkek-a1.pbe", "the shares a.pbe and b.pbe"
[[nodiscard]] std::string names_of(const ShareSet& set, std::span<const unsigned> ids);
// "{}" becomes the quoted file name.
[[nodiscard]] std::string with_file(std::string_view line, const std::string& shown);

[[nodiscard]] Family hsm_family();

}  // namespace hwbak::tasks
