// May this device have this key? See hsm_restore_item.h.
#include "base/sentence.h"
#include "device/pico_hsm/algorithms.h"
#include "device/pico_hsm/device_curves.h"
#include "device/pico_hsm/restore.h"
#include "tasks/hsm_restore_item.h"

namespace hwbak::tasks {
namespace {

using wrapped_key::KeyType;

constexpr const char* look_for_another_copy = "look for another copy of this file: `hwbak verify FILE --share ...` says what is damaged";

class RestoreCheck final {
 public:
  RestoreCheck(const Context& context, RestoreItem& item, const RestoreTarget& target, bool changed)
      : context_(context), item_(item), target_(target), changed_(changed) {}

  void run(const wrapped_key::DkekKeys* keys) {
    check_form();
    keys != nullptr ? check_open(*keys) : check_closed();
    check_domain();
  }

 private:
  [[nodiscard]] const wrapped_key::Survey& survey() const { return *item_.survey; }

  void check_form() {
    if (survey().dead_end) throw Error(survey().dead_end->outcome(), survey().dead_end->sentence(), survey().dead_end->offset(), look_for_another_copy);
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
    const bool genuine = !target_.is_pico() && verdict.verdict == pico_hsm::Verdict::unproven && item_.key && item_.key->usual_exponent && beside->good();
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

  const Context& context_;
  RestoreItem& item_;
  const RestoreTarget& target_;
  const bool changed_;                           // since the manifest was written
};

}  // namespace

void check_item(const Context& context, RestoreItem& item, const RestoreTarget& target, bool changed, const wrapped_key::DkekKeys* keys) {
  RestoreCheck(context, item, target, changed).run(keys);
}

}  // namespace hwbak::tasks
