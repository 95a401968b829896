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
        item_.key = pico_hsm::read_key(wrapped_key::body_of(opening.plaintext.expose(), opening.type), opening.type, context_.random);
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
    item_.beside.type = pico_hsm::type_word(key);
    item_.beside.curve = key.curve;
    item_.beside.bits = key.bits;
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
    if (item_.beside.type.starts_with('x'))
      throw Error(Outcome::refused,
                  "it is an " + item_.beside.curve + " key: firmware 6.6 refuses its own backup of one with 6400, and without the DKEK nobody can tell "
                  "whether this one was put right",
                  std::nullopt, std::string(give_shares) + "; `hwbak rekey` puts it right");
    if (const auto* const rsa = item_.beside.public_key ? std::get_if<crypto::RsaPublic>(&*item_.beside.public_key) : nullptr;
        rsa != nullptr && rsa->e != Bytes{1, 0, 1})
      throw Error(Outcome::refused, "its public exponent is not 65537: the device would answer 9000 and hold another key from then on", std::nullopt,
                  "do not restore it to a Pico HSM; `hwbak export --as pkcs8` takes it out for use elsewhere");
    if (target_.is_pico() && item_.beside.type == "ec" && !item_.beside.curve.empty() && !pico_hsm::has_curve(item_.beside.curve))
      throw Error(Outcome::refused, "a Pico HSM has no " + item_.beside.curve + "; it would answer 6400", std::nullopt,
                  "`hwbak export --as pkcs8` takes the key out for use elsewhere");
    item_.cautions.emplace_back("checked without its DKEK: form, KCV and sizes alone; a changed byte of it would not be noticed before the device does");
    if ((type == KeyType::rsa || type == KeyType::rsa_crt) && !item_.beside.public_key)
      item_.cautions.emplace_back("its public exponent is not known: if it is not 65537, the device holds another key from then on");
  }

  void check_kind(KeyType type) const {
    const bool rsa = type == KeyType::rsa || type == KeyType::rsa_crt, aes = type == KeyType::aes;
    const auto fits = [&](std::string_view word) { return rsa ? word == "rsa" : aes ? word == "aes" : word == "ec" || word.starts_with('x'); };
    const std::string described = key_beside(item_.beside.description, {}).type, certified = key_beside({}, item_.beside.certificate).type;
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
    out.bits = item_.beside.bits;
    return out;
  }

  // --- where it goes ---

  [[nodiscard]] std::uint8_t wanted() const {
    if (options_.reference) return *options_.reference;
    if (entry_ != nullptr && !changed_) return static_cast<std::uint8_t>(entry_->reference);
    if (item_.beside.described && item_.beside.described->key_reference && *item_.beside.described->key_reference <= 255)
      return static_cast<std::uint8_t>(*item_.beside.described->key_reference);
    return 0;
  }

  void place(const wrapped_key::DkekKeys* keys) {
    std::uint8_t reference = wanted();
    if (reference != 0 && !target_.promise(reference)) {
      item_.cautions.push_back("another file goes to reference " + std::to_string(reference));
      reference = 0;
    }
    if (reference == 0) {
      reference = target_.free_reference();
      if (reference == 0)
        throw Error(Outcome::device, "the device is full: none of its 255 key references is free", std::nullopt,
                    "delete keys that are not wanted any more, or name one to replace: --key-reference N --force");
      (void)target_.promise(reference);
    }
    item_.reference = reference;
    item_.plan = RestorePlan::send;
    if (target_.is_taken(reference)) meet(target_.key_at(reference), keys);
  }

  // Something is at its reference.
  void meet(const DeviceKey* there, const wrapped_key::DkekKeys* keys) {
    const Same same = there == nullptr ? Same::no : is_same(*there, keys);
    if (same == Same::yes && !options_.overwrite) {
      item_.plan = beside_is_done(item_, *there) ? RestorePlan::nothing : may_complete(*there) ? RestorePlan::complete : RestorePlan::nothing;
      if (item_.plan == RestorePlan::nothing) item_.cautions.clear();   // nothing is sent
      if (item_.plan == RestorePlan::nothing && !beside_is_done(item_, *there))
        item_.cautions.emplace_back("the device has another label, ID or certificate for it, which stay; --force puts back those of the file");
      return;
    }
    item_.replaces = same != Same::yes;
    if (options_.overwrite) return;
    const std::string number = std::to_string(item_.reference);
    if (there == nullptr)
      throw Error(Outcome::refused, "reference " + number + " is occupied: the description or certificate of a key that is gone is there", std::nullopt,
                  "add --force to replace them, or go elsewhere: --key-reference N");
    const std::string what = name_of(*there);
    if (same == Same::unknown)
      throw Error(Outcome::refused, "reference " + number + " is occupied (" + what + "), and whether by this very key cannot be told without its DKEK", std::nullopt,
                  std::string(give_shares) + "; or --force to replace what is there");
    throw Error(Outcome::refused, "reference " + number + " is occupied by another key of the device (" + what + "), which is kept", std::nullopt,
                "back that key up first; then --force replaces it, or --key-reference N (" + next_free() + ") leaves it alone");
  }
  std::string next_free() {
    const std::uint8_t free = target_.free_reference();
    return free == 0 ? "none is free" : std::to_string(free) + " is free";
  }

  enum class Same { yes, no, unknown };
  Same is_same(const DeviceKey& there, const wrapped_key::DkekKeys* keys) {
    if (there.public_key && item_.beside.public_key) return crypto::same(*there.public_key, *item_.beside.public_key) ? Same::yes : Same::no;
    const bool rsa = item_.beside.type.starts_with("rsa");   // rsa-crt is one too
    if (!there.type.empty() && !item_.beside.type.empty() && there.type != item_.beside.type && !rsa) return Same::no;
    if (!item_.key || keys == nullptr || !why_not_exportable(there, target_.domains()).empty()) return Same::unknown;
    try {
      const auto same = same_key_wrapped(session_.hsm(), item_.reference, *item_.key, shares_, context_.random);
      return same ? (*same ? Same::yes : Same::no) : Same::unknown;
    } catch (const Error&) {
      if (!still_there(session_.hsm())) throw;
      return Same::unknown;
    }
  }

  // What stands there is a part of ours, or the firmware's own: left by a restore that was cut off.
  [[nodiscard]] bool may_complete(const DeviceKey& there) const {
    const auto begun = [](const Bytes& now, const Bytes& wanted) {
      return now.size() <= wanted.size() && std::equal(now.begin(), now.end(), wanted.begin());
    };
    const std::string number = std::to_string(item_.reference);
    const bool firmware_made = there.described && there.described->label.empty() &&
                               std::ranges::equal(there.described->id, number, {}, {}, [](char c) { return static_cast<std::uint8_t>(c); });
    const bool description = item_.beside.description.empty() || begun(there.description, item_.beside.description) || firmware_made;
    const bool certificate = item_.beside.certificate.empty() || begun(there.certificate, item_.beside.certificate) ||
                             wrapped_key::certificate_kind(there.certificate) == wrapped_key::CertificateKind::cvc;
    return description && certificate;
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
