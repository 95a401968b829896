// A wrapped key on its way into an HSM: what its file is, whether this very device may have it, and where it would go
// (docs/formats/pico-hsm.md, "What a device takes back").
#pragma once

#include <map>

#include "hwbak/hsm_device.h"
#include "device/pico_hsm/key.h"
#include "tasks/family.h"
#include "tasks/hsm_device_keys.h"
#include "tasks/hsm_device_verbs.h"
#include "tasks/hsm_manifest.h"

namespace hwbak::tasks {

// What is going to be done with it.
enum class RestorePlan { send, complete, nothing, refuse };
struct RestoreItem {
  Subject subject;
  std::string shown;                             // printable
  std::optional<wrapped_key::Survey> survey;     // nullopt: refused
  std::optional<pico_hsm::Key> key;              // with the DKEK
  // What is put back beside it, and what is known of it: the public key is that of the key itself where that is open. Parts that
  // are empty: the device's own stay.
  DeviceKey beside;
  std::uint8_t reference = 0;                    // 0: none so far
  RestorePlan plan = RestorePlan::refuse;
  bool replaces = false;                         // another key of the device
  std::vector<std::string> cautions;             // sentences
  std::optional<Error> trouble;                  // why it is refused, or failed

  // Afterwards.
  std::string status = "not-done";               // facts.keys[].status
  std::string proof = "none";                    // facts.keys[].proof
  std::string proof_words;
  [[nodiscard]] ByteView blob() const { return survey->at(survey->blob); }
  void refuse(Error error) {
    plan = RestorePlan::refuse;
    status = "refused";
    trouble = std::move(error);
  }
};

// "\"web server\", EC secp256r1"
[[nodiscard]] std::string name_of(const DeviceKey& key);

// The device as it is before anything is sent.
class RestoreTarget final {
 public:
  explicit RestoreTarget(HsmSession& session);
  [[nodiscard]] bool is_pico() const noexcept { return kind_ == "pico-hsm"; }
  [[nodiscard]] const std::string& kind() const noexcept { return kind_; }
  [[nodiscard]] const std::vector<pcsc::DomainStatus>& domains() const noexcept { return domains_; }
  // The first one whose KCV fits: the one that the device takes; nullptr: none.
  [[nodiscard]] const pcsc::DomainStatus* home_of(const pcsc::Kcv& kcv) const;
  [[nodiscard]] std::string domains_in_words() const;   // "domain 0: KCV ...; domain 1: it has no DKEK"
  // A key, or a description or certificate that one has left.
  [[nodiscard]] bool is_taken(std::uint8_t reference);
  // Its key; nullptr: none, or only leftovers.
  [[nodiscard]] const DeviceKey* key_at(std::uint8_t reference);
  // Neither taken nor promised; 0: none is left.
  [[nodiscard]] std::uint8_t free_reference();
  // False: another file goes there already.
  [[nodiscard]] bool promise(std::uint8_t reference);
  [[nodiscard]] bool is_promised(std::uint8_t reference) const { return promised_[reference]; }
  // That key, wrapped once and opened; nullptr: that cannot be. Throws what the device answers.
  [[nodiscard]] const pico_hsm::Key* opened(std::uint8_t reference, const std::shared_ptr<HsmShares>& shares, RandomSource& random);

 private:
  HsmSession& session_;
  std::string kind_;
  std::vector<pcsc::DomainStatus> domains_;
  std::array<bool, 256> listed_{}, promised_{};
  std::map<std::uint8_t, std::optional<DeviceKey>> looked_at_;
  std::map<std::uint8_t, bool> leftovers_;
  std::map<std::uint8_t, std::optional<pico_hsm::Key>> opened_;
};

// The files of a restore, each read and judged by itself; what is no wrapped key in a folder is passed over, and so are keys
// that the manifest calls earlier ones (`passed_over`). Throws Error for a single file that is no wrapped key; io.
struct RestoreFiles {
  std::vector<RestoreItem> items;
  std::vector<std::string> passed_over;
  std::map<std::string, ManifestKey> manifest;   // by file name
  bool folder = false;
};
[[nodiscard]] RestoreFiles restore_files(const Context& context, const Subject& subject);

inline constexpr const char* give_shares = "give the shares of its DKEK, so that it can be checked before it is sent: --share FILE=SOURCE";
// Its form, with the DKEK its numbers, and whether this device has its key domain: fills key, beside, cautions. `changed`: since the
// manifest was written; keys: nullptr without its DKEK. Throws Error: why it is refused.
void check_item(const Context& context, RestoreItem& item, const RestoreTarget& target, bool changed, const wrapped_key::DkekKeys* keys);
// Checks it and finds its place in the device: fills plan, reference, cautions, trouble.
void plan_item(const Context& context, RestoreItem& item, const ManifestKey* entry, RestoreTarget& target, HsmSession& session,
               const std::shared_ptr<HsmShares>& shares, const HsmRestoreOptions& options);

// What is on the device beside the key is what this item puts there.
[[nodiscard]] bool beside_is_done(const RestoreItem& item, const DeviceKey& key);

}  // namespace hwbak::tasks
