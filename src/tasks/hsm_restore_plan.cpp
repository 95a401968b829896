// Where a key goes in this device. See hsm_restore_item.h.
#include <algorithm>

#include "base/hex.h"
#include "base/unicode.h"
#include "crypto/digest.h"
#include "tasks/hsm_restore_item.h"
#include "tasks/hsm_restore_proof.h"

namespace hwbak::tasks {
namespace {

using wrapped_key::KeyType;

class Planner final {
 public:
  Planner(const Context& context, RestoreItem& item, const ManifestKey* entry, RestoreTarget& target, HsmSession& session,
          const std::shared_ptr<HsmShares>& shares, const HsmRestoreOptions& options)
      : context_(context), item_(item), entry_(entry), target_(target), session_(session), shares_(shares), options_(options) {}

  void run() {
    if (!item_.survey) return;
    try {
      changed_ = entry_ != nullptr && !entry_->sha256.empty() && entry_->sha256 != to_hex(crypto::sha256(survey().file));
      const wrapped_key::DkekKeys* const keys = keys_for(shares_, survey().kcv);
      check_item(context_, item_, target_, changed_, keys);
      rename();
      place(keys);
    } catch (const Error& error) {
      if (error.outcome() == Outcome::device && !still_there(session_.hsm())) throw;
      item_.refuse(error);
    }
  }

 private:
  [[nodiscard]] const wrapped_key::Survey& survey() const { return *item_.survey; }

  // Label and ID as the command wants them.
  void rename() {
    if (!options_.label && !options_.id) return;
    wrapped_key::Description wanted = item_.beside.described ? *item_.beside.described : fresh_description();
    if (options_.label) wanted.label = *options_.label;
    if (options_.id) wanted.id = *options_.id;
    item_.beside.description = wrapped_key::write_description(wanted);
    item_.beside.described = std::move(wanted);
  }
  [[nodiscard]] wrapped_key::Description fresh_description() const {
    if (item_.key) return pico_hsm::description_for(item_.key->key);
    wrapped_key::Description out;
    const auto type = static_cast<KeyType>(survey().type);
    out.kind = type == KeyType::aes ? wrapped_key::DescribedKind::secret : type == KeyType::ec ? wrapped_key::DescribedKind::ec : wrapped_key::DescribedKind::rsa;
    out.id = {1};
    out.bits = item_.beside.shape.bits;
    return out;
  }

  // --- where it goes ---

  enum class Same { yes, no, unknown };

  [[nodiscard]] std::uint8_t wanted() const {
    if (options_.reference) return *options_.reference;
    if (entry_ != nullptr && !changed_) return static_cast<std::uint8_t>(entry_->reference);
    if (item_.beside.described && item_.beside.described->key_reference && *item_.beside.described->key_reference <= 255)
      return static_cast<std::uint8_t>(*item_.beside.described->key_reference);
    return 0;
  }

  void place(const wrapped_key::DkekKeys* keys) {
    std::uint8_t reference = wanted();
    if (reference != 0 && target_.is_promised(reference)) {
      item_.cautions.push_back("another file goes to reference " + std::to_string(reference));
      reference = 0;
    }
    const DeviceKey* const there = reference != 0 ? target_.key_at(reference) : nullptr;
    const Same same = there != nullptr ? is_same(*there, keys) : Same::no;
    if (reference != 0 && (same == Same::yes || options_.reference)) (void)target_.promise(reference);
    const bool lies = same == Same::yes && !stays(*there);
    if (same == Same::yes && !lies) return;
    if (!options_.reference && is_elsewhere(reference, keys)) return;
    if (reference == 0) {
      reference = target_.free_reference();
      if (reference == 0)
        throw Error(Outcome::device, "the device is full: none of its 255 key references is free", std::nullopt,
                    "delete keys that are not wanted any more, or name one to replace: --key-reference N --force");
    }
    (void)target_.promise(reference);
    item_.reference = reference;
    item_.plan = RestorePlan::send;
    item_.replaces = target_.is_taken(reference);
    if (item_.replaces && !options_.overwrite) refuse_occupied(there, lies ? Same::no : same);
  }

  // The very key at another reference: no second copy of it.
  bool is_elsewhere(std::uint8_t not_here, const wrapped_key::DkekKeys* keys) {
    unsigned alike = 0;
    for (unsigned number = 1; number <= 255; ++number) {
      const auto reference = static_cast<std::uint8_t>(number);
      const DeviceKey* const there = number == not_here || target_.is_promised(reference) ? nullptr : target_.key_at(reference);
      if (there == nullptr) continue;
      const Same same = is_same(*there, keys);
      if (same == Same::unknown && looks_alike(*there)) alike = number;
      if (same != Same::yes) continue;
      if (!stays(*there)) continue;
      (void)target_.promise(reference);
      return true;
    }
    if (alike != 0 && not_here == 0 && !options_.overwrite)
      throw Error(Outcome::refused, "reference " + std::to_string(alike) + " of the device has a key of the same kind, label and ID, and whether it is this very key cannot be told",
                  std::nullopt, (item_.key ? std::string() : std::string(give_shares) + "; or ") + "to send it all the same, by itself: --key-reference N");
    return false;
  }
  [[nodiscard]] bool looks_alike(const DeviceKey& there) const {
    return item_.beside.described ? there.described && there.label() == item_.beside.label() && there.id() == item_.beside.id() : made_by_firmware(there);
  }

  // False: the certificate there is that of this key, and the key is another one.
  bool stays(const DeviceKey& there) {
    item_.reference = there.metadata.reference;
    try {
      if (item_.proof == "none") prove_present(context_, item_, there, session_.hsm(), shares_);
    } catch (const Error& error) {
      if (error.outcome() != Outcome::inconsistent) throw;
      item_.cautions.push_back(error.sentence() + ", though the certificate there is that of this key");
      item_.reference = 0;
      return false;
    }
    stay(there);
    return true;
  }
  void stay(const DeviceKey& there) {
    item_.plan = RestorePlan::send;
    if (options_.overwrite) return;
    const bool asked = options_.label || options_.id;
    if (asked) describe_as_asked(there);
    const bool done = beside_is_done(item_, there);
    item_.plan = !done && (may_complete_description(there) || asked) && may_complete_certificate(there) ? RestorePlan::complete : RestorePlan::nothing;
    if (item_.plan != RestorePlan::nothing) return;
    item_.cautions.clear();   // nothing is sent
    if (done) return;
    item_.cautions.emplace_back("the device has another label, ID or certificate for it, which stay; --force puts back those of the file");
    item_.beside.description = there.description;
    item_.beside.described = there.described;
  }
  // The rest of its description, and a certificate of its own, stay.
  void describe_as_asked(const DeviceKey& there) {
    if (!may_complete_certificate(there)) item_.beside.certificate.clear();
    if (may_complete_description(there) || !there.described) return;
    wrapped_key::Description wanted = *there.described;
    if (options_.label) wanted.label = *options_.label;
    if (options_.id) wanted.id = *options_.id;
    item_.beside.description = wrapped_key::write_description(wanted);
    item_.beside.described = std::move(wanted);
  }

  [[noreturn]] void refuse_occupied(const DeviceKey* there, Same same) {
    const std::string number = std::to_string(item_.reference);
    if (there == nullptr)
      throw Error(Outcome::refused, "reference " + number + " is occupied: the description or certificate of a key that is gone is there", std::nullopt,
                  "add --force to replace them, or go elsewhere: --key-reference N");
    const std::string what = name_of(*there);
    if (same == Same::unknown)
      throw Error(Outcome::refused, "reference " + number + " is occupied (" + what + "), and whether by this very key cannot be told" + (item_.key ? "" : " without its DKEK"),
                  std::nullopt, (item_.key ? "go elsewhere: --key-reference N (" + next_free() + ")" : std::string(give_shares)) + "; or --force to replace what is there");
    const bool vouched = there->public_key && item_.beside.public_key && crypto::same(*there->public_key, *item_.beside.public_key);
    if (vouched)
      throw Error(Outcome::inconsistent, "reference " + number + " of the device (" + what + ") has the certificate of this key, and holds another key: its signatures do not fit",
                  std::nullopt, "do not use that key of the device; --force replaces it with the one of the file, or --key-reference N (" + next_free() + ") leaves it alone");
    throw Error(Outcome::refused, "reference " + number + " is occupied by another key of the device (" + what + "), which is kept", std::nullopt,
                "back that key up first; then --force replaces it, or --key-reference N (" + next_free() + ") leaves it alone");
  }
  std::string next_free() {
    const std::uint8_t free = target_.free_reference();
    return free == 0 ? "none is free" : std::to_string(free) + " is free";
  }

  // What a description calls EC may be an X25519 key.
  static char kind_of(const std::string& type) { return type.starts_with("rsa") ? 'r' : type == "aes" ? 'a' : 'e'; }
  Same is_same(const DeviceKey& there, const wrapped_key::DkekKeys* keys) {
    if (there.public_key && item_.beside.public_key) return crypto::same(*there.public_key, *item_.beside.public_key) ? Same::yes : Same::no;
    if (!there.shape.type.empty() && !item_.beside.shape.type.empty() && kind_of(there.shape.type) != kind_of(item_.beside.shape.type)) return Same::no;
    if (!item_.key || keys == nullptr || !why_not_exportable(there, target_.domains()).empty()) return Same::unknown;
    try {
      const pico_hsm::Key* const opened = target_.opened(there.metadata.reference, shares_, context_.random);
      if (opened == nullptr) return Same::unknown;
      if (!crypto::same(item_.key->key, opened->key)) return Same::no;
      item_.proof = "rewrapped";
      item_.proof_words = "wrapped again and opened: the same key";
      return Same::yes;
    } catch (const Error&) {
      if (!still_there(session_.hsm())) throw;
      return Same::unknown;
    }
  }

  // What stands there is a part of ours, or the firmware's own: left by a restore that was cut off.
  static bool begun(const Bytes& now, const Bytes& wanted) {
    return wanted.empty() || (now.size() <= wanted.size() && std::equal(now.begin(), now.end(), wanted.begin()));
  }
  static bool made_by_firmware(const DeviceKey& there) {
    const std::string number = std::to_string(there.metadata.reference);
    return there.described && there.described->label.empty() &&
           std::ranges::equal(there.described->id, number, {}, {}, [](char c) { return static_cast<std::uint8_t>(c); });
  }
  [[nodiscard]] bool may_complete_description(const DeviceKey& there) const {
    return begun(there.description, item_.beside.description) || made_by_firmware(there);
  }
  [[nodiscard]] bool may_complete_certificate(const DeviceKey& there) const {
    return begun(there.certificate, item_.beside.certificate) ||
           wrapped_key::certificate_kind(there.certificate) == wrapped_key::CertificateKind::cvc;
  }

  const Context& context_;
  RestoreItem& item_;
  const ManifestKey* entry_;
  RestoreTarget& target_;
  HsmSession& session_;
  const std::shared_ptr<HsmShares>& shares_;
  const HsmRestoreOptions& options_;
  bool changed_ = false;                         // since the manifest was written
};

}  // namespace

void plan_item(const Context& context, RestoreItem& item, const ManifestKey* entry, RestoreTarget& target, HsmSession& session,
               const std::shared_ptr<HsmShares>& shares, const HsmRestoreOptions& options) {
  Planner(context, item, entry, target, session, shares, options).run();
}

bool beside_is_done(const RestoreItem& item, const DeviceKey& key) {
  return (item.beside.description.empty() || item.beside.description == key.description) && (item.beside.certificate.empty() || item.beside.certificate == key.certificate);
}

}  // namespace hwbak::tasks
