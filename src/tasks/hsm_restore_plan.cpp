// May this device have this key, and where does it go? See hsm_restore_item.h.
#include <algorithm>

#include "base/hex.h"
#include "base/sentence.h"
#include "base/unicode.h"
#include "crypto/digest.h"
#include "device/pico_hsm/algorithms.h"
#include "device/pico_hsm/device_curves.h"
#include "device/pico_hsm/restore.h"
#include "tasks/hsm_restore_item.h"
#include "tasks/hsm_restore_proof.h"

namespace hwbak::tasks {
namespace {

using pico_hsm::Verdict;
using wrapped_key::KeyType;

constexpr const char* give_shares = "give the shares of its DKEK, so that it can be checked before it is sent: --share FILE=SOURCE";
constexpr const char* another_copy = "look for another copy of this file: `hwbak verify FILE --share ...` says what is damaged";

class Planner final {
 public:
  Planner(const Context& context, RestoreItem& item, const ManifestKey* entry, RestoreTarget& target, HsmSession& session,
          const std::shared_ptr<HsmShares>& shares, const HsmRestoreOptions& options)
      : context_(context), item_(item), entry_(entry), target_(target), session_(session), shares_(shares), options_(options) {}

  void run() {
    if (!item_.survey) return;
    try {
      check_form();
      const wrapped_key::DkekKeys* const keys = keys_for(shares_, item_.survey->kcv);
      keys != nullptr ? check_open(*keys) : check_closed();
      check_domain();
      rename();
      place(keys);
    } catch (const Error& error) {
      if (error.outcome() == Outcome::device && !still_there(session_.hsm())) throw;
      item_.refuse(error);
    }
  }

 private:
  [[nodiscard]] const wrapped_key::Survey& survey() const { return *item_.survey; }

  void check_form() {
    if (survey().dead_end) throw Error(survey().dead_end->outcome(), survey().dead_end->sentence(), survey().dead_end->offset(), another_copy);
    changed_ = entry_ != nullptr && !entry_->sha256.empty() && entry_->sha256 != to_hex(crypto::sha256(survey().file));
    if (!pico_hsm::exportable(survey().at(survey().allowed_algorithms)))
      item_.cautions.emplace_back("its list of allowed algorithms lacks 92 (wrap): the device will never export it again, so keep this file");
  }

  // The device's own words would be 6400 for all of it.
  void check_domain() const {
    if (target_.home_of(survey().kcv) != nullptr) return;
    throw Error(Outcome::wrong_secret,
                "it was wrapped under another DKEK than the device has: its KCV is " + dkek::to_text(survey().kcv) + "; of the device, " +
                    target_.domains_in_words() + ". The device would answer 6400",
                std::nullopt,
                "load the shares of that DKEK into a device (`hwbak device init-plan` shows the steps), or write the key again under the device's "
                "DKEK: `hwbak rekey --share OLD... --new-share NEW...`");
  }

  void check_open(const wrapped_key::DkekKeys& keys) {
    const wrapped_key::Opening opening = wrapped_key::open(survey(), keys);
    std::optional<Error> error;
    std::optional<pico_hsm::Beside> beside;
    if (opening.fit == wrapped_key::Fit::opens) {
      try {
        item_.key = pico_hsm::read_key(opening, context_.random);
        beside = pico_hsm::compare(*item_.key, {item_.beside.description, item_.beside.certificate});
        take_key();
      } catch (const Error& thrown) {
        error = thrown;
      }
    }
    const pico_hsm::Known known{&survey(), &opening, item_.key ? &*item_.key : nullptr, error ? &*error : nullptr, beside ? &*beside : nullptr};
    const auto device = target_.is_pico() ? pico_hsm::Device::pico_hsm : pico_hsm::Device::smartcard_hsm;
    const auto verdict = pico_hsm::restore({device, std::string(target_.is_pico() ? pico_hsm::newest_pico_hsm : "3.x")}, known);
    const bool genuine = !target_.is_pico() && verdict.verdict == Verdict::unproven && item_.key && item_.key->usual_exponent && beside->good();
    if (verdict.good() || genuine) {
      if (genuine) item_.cautions.push_back(within_sentence(verdict.reason));
      return;
    }
    const Outcome outcome = opening.fit != wrapped_key::Fit::opens ? Outcome::damaged
                            : error                                ? error->outcome()
                            : verdict.bad_beside                   ? Outcome::inconsistent
                                                                   : Outcome::refused;
    throw Error(outcome, within_sentence(verdict.reason), std::nullopt, with_file(verdict.next, item_.shown));
  }

  void take_key() {
    const pico_hsm::Key& key = *item_.key;
    item_.beside.public_key = crypto::public_of(key.key);
    item_.beside.shape = pico_hsm::shape_of(key);
  }

  // Without the DKEK: what lies open. Nobody can tell whether the bytes behind the header are those that were written.
  void check_closed() {
    if (changed_)
      throw Error(Outcome::damaged, "it is not the file that was backed up: its SHA-256 is not the one in manifest.json", std::nullopt,
                  std::string(give_shares) + "; or look for another copy");
    const auto type = static_cast<KeyType>(survey().type);
    if (target_.is_pico() && !wrapped_key::has_usual_algorithm(survey()))
      throw Error(Outcome::refused, "the default algorithm in its header is not the one that a Pico HSM asks for; it would answer 6400", std::nullopt,
                  "write it again: `hwbak rekey` (the same shares may be given as --share and --new-share)");
    if (!item_.beside.certificate.empty() && !item_.beside.public_key)
      throw Error(Outcome::refused, "the certificate beside it cannot be read, or is on a curve that is not known here", std::nullopt, give_shares);
    if (!item_.beside.description.empty() && !item_.beside.described)
      throw Error(Outcome::damaged, "the description beside it is damaged", std::nullopt, give_shares);
    check_kind(type);
    if (item_.beside.shape.type.starts_with('x'))
      throw Error(Outcome::refused,
                  "it is an " + item_.beside.shape.curve + " key: firmware 6.6 refuses its own backup of one with 6400, and without the DKEK nobody can tell "
                  "whether this one was put right",
                  std::nullopt, std::string(give_shares) + "; `hwbak rekey` puts it right");
    if (const auto* const rsa = item_.beside.public_key ? std::get_if<crypto::RsaPublic>(&*item_.beside.public_key) : nullptr;
        rsa != nullptr && rsa->e != Bytes{1, 0, 1})
      throw Error(Outcome::refused, "its public exponent is not 65537: the device would answer 9000 and hold another key from then on", std::nullopt,
                  "do not restore it to a Pico HSM; `hwbak export --as pkcs8` takes it out for use elsewhere");
    if (target_.is_pico() && item_.beside.shape.type == "ec" && !item_.beside.shape.curve.empty() && !pico_hsm::has_curve(item_.beside.shape.curve))
      throw Error(Outcome::refused, "a Pico HSM has no " + item_.beside.shape.curve + "; it would answer 6400", std::nullopt,
                  "`hwbak export --as pkcs8` takes the key out for use elsewhere");
    item_.cautions.emplace_back("checked without its DKEK: form, KCV and sizes alone; a changed byte of it would not be noticed before the device does");
    if ((type == KeyType::rsa || type == KeyType::rsa_crt) && !item_.beside.public_key)
      item_.cautions.emplace_back("its public exponent is not known: if it is not 65537, the device holds another key from then on");
  }

  void check_kind(KeyType type) const {
    const bool rsa = type == KeyType::rsa || type == KeyType::rsa_crt, aes = type == KeyType::aes;
    const auto fits = [&](std::string_view word) { return rsa ? word == "rsa" : aes ? word == "aes" : word == "ec" || word.starts_with('x'); };
    const std::string described = key_beside(item_.beside.description, {}).shape.type, certified = key_beside({}, item_.beside.certificate).shape.type;
    if ((described.empty() || fits(described)) && (certified.empty() || fits(certified))) return;
    throw Error(Outcome::inconsistent, "what stands beside it is of another kind of key than the blob says", std::nullopt, give_shares);
  }

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
