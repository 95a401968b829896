// See hsm_restore_proof.h.
#include "tasks/hsm_restore_proof.h"

#include <algorithm>

#include "base/sentence.h"
#include "container/wrapped_key/tlv.h"
#include "crypto/key_use.h"
#include "device/pico_hsm/algorithms.h"

namespace hwbak::tasks {
namespace {

constexpr std::size_t challenge_size = 64;

// r || s of an ECDSA-Sig-Value, each of `size` bytes; empty when it is none.
Bytes halves_of(ByteView signature, std::size_t size) {
  Bytes out;
  try {
    const wrapped_key::Tlv whole = wrapped_key::read_tlv(signature, 0, signature.size(), "the signature");
    wrapped_key::TlvList numbers(signature, whole.value, "the signature");
    for (int i = 0; i < 2; ++i) {
      ByteView number = wrapped_key::part_of(signature, numbers.next().value);
      while (number.size() > size && number[0] == 0) number = number.subspan(1);
      if (number.size() > size) return {};
      out.insert(out.end(), size - number.size(), 0);
      out.insert(out.end(), number.begin(), number.end());
    }
  } catch (const Error&) {
    return {};
  }
  return out;
}

struct Signing {
  std::uint8_t algorithm;
  unsigned hash_bits;
};
constexpr std::array<Signing, 5> rsa_signing{{{0x33, 256}, {0x34, 384}, {0x35, 512}, {0x32, 224}, {0x31, 1}}};
constexpr std::array<Signing, 5> ec_signing{{{0x73, 256}, {0x74, 384}, {0x75, 512}, {0x72, 224}, {0x71, 1}}};
constexpr std::uint8_t ecdsa_of_digest = 0x70, ecdh = 0x80;

// What a key does with something fresh, as far as its list lets it.
class Trial final {
 public:
  Trial(const Context& context, const RestoreItem& item, pcsc::HsmClient& hsm) : context_(context), item_(item), hsm_(hsm) {}

  enum class Result { not_allowed, good, bad };
  struct Told {
    Result result = Result::not_allowed;
    const char* proof = "none";
  };
  Told run(const crypto::PublicKey& key) {
    return std::visit([&](const auto& which) { return try_key(which, key); }, key);
  }

 private:
  [[nodiscard]] bool allowed(std::uint8_t algorithm) const {
    const ByteView list = item_.survey->at(item_.survey->allowed_algorithms);
    return list.empty() || std::ranges::find(list, algorithm) != list.end();
  }
  [[nodiscard]] Bytes fresh() const {
    Bytes out(challenge_size);
    context_.random.fill(out);
    return out;
  }
  static Told told(bool good, const char* proof) { return {good ? Result::good : Result::bad, proof}; }

  Told try_key(const crypto::RsaPublic&, const crypto::PublicKey& key) {
    for (const Signing& one : rsa_signing) {
      if (!allowed(one.algorithm)) continue;
      const Bytes message = fresh();
      return told(crypto::verify_signature(key, one.hash_bits, message, hsm_.sign(item_.reference, one.algorithm, message)), "signature");
    }
    return {};
  }
  Told try_key(const crypto::EcPublic& ec, const crypto::PublicKey& key) {
    const Bytes message = fresh();
    const std::size_t size = crypto::parameters(ec.curve).n.size();
    if (allowed(ecdsa_of_digest)) {
      const auto digest = crypto::digest(256, message);
      return told(crypto::verify_signature(key, 256, message, halves_of(hsm_.sign(item_.reference, ecdsa_of_digest, *digest), size)), "signature");
    }
    for (const Signing& one : ec_signing)
      if (allowed(one.algorithm))
        return told(crypto::verify_signature(key, one.hash_bits, message, halves_of(hsm_.sign(item_.reference, one.algorithm, message), size)), "signature");
    if (!allowed(ecdh)) return {};
    const crypto::PrivateKey ours = crypto::fresh_ec(ec.curve, context_.random);
    return agreed(ours, std::get<crypto::EcPublic>(*crypto::public_of(ours)).q, ec.q);
  }
  Told try_key(const crypto::MontgomeryPublic& curve, const crypto::PublicKey&) {
    if (!allowed(ecdh)) return {};
    const crypto::PrivateKey ours = crypto::fresh_montgomery(curve.kind, context_.random);
    return agreed(ours, std::get<crypto::MontgomeryPublic>(*crypto::public_of(ours)).q, curve.q);
  }
  // The device's answer has a leading 04, as of a point.
  Told agreed(const crypto::PrivateKey& ours, const Bytes& our_point, const Bytes& their_point) {
    const SecretBytes theirs = hsm_.decrypt(item_.reference, ecdh, our_point);
    const auto mine = crypto::KeyUse(ours).agree(their_point);
    if (!mine || theirs.size() < mine->size()) return told(false, "key-agreement");
    return told(mine->equals(theirs.expose().last(mine->size())) || (theirs.size() > mine->size() && mine->equals(theirs.expose().subspan(1, mine->size()))),
                "key-agreement");
  }

  const Context& context_;
  const RestoreItem& item_;
  pcsc::HsmClient& hsm_;
};

[[noreturn]] void another_key(const RestoreItem& item, const std::string& how) {
  throw Error(Outcome::inconsistent, how + ": reference " + std::to_string(item.reference) + " of the device holds another key than the file", std::nullopt,
              "do not use this key of the device; delete it, and look at the file: `hwbak verify` with every share");
}

void prove_by_wrapping(const Context& context, RestoreItem& item, pcsc::HsmClient& hsm, const std::shared_ptr<HsmShares>& shares) {
  if (!item.key) {
    item.proof_words = "not proven: only its DKEK could show that it is this key";
    return;
  }
  if (!pico_hsm::exportable(item.survey->at(item.survey->allowed_algorithms))) {
    item.proof_words = "not proven: the device never wraps it again";
    return;
  }
  const auto now = wrapped_and_opened(hsm, item.reference, shares, context.random);
  if (now && !crypto::same(item.key->key, now->key)) another_key(item, "wrapped again it is not the key of the file");
  item.proof = now ? "rewrapped" : "none";
  item.proof_words = now ? "wrapped again and opened: the same key" : "not proven: it could not be opened when it was wrapped again";
}

// False: its list of algorithms lets it do nothing that would show it.
bool prove_by_use(const Context& context, RestoreItem& item, pcsc::HsmClient& hsm) {
  const Trial::Told told = Trial(context, item, hsm).run(*item.beside.public_key);
  if (told.result == Trial::Result::bad) another_key(item, "what it did with a fresh challenge does not fit the public key of the file");
  if (told.result == Trial::Result::not_allowed) return false;
  item.proof = told.proof;
  item.proof_words = item.proof == "signature" ? "a signature over a fresh challenge holds" : "a key agreed on with it is the same on both sides";
  return true;
}

template <class Work>
void prove(RestoreItem& item, pcsc::HsmClient& hsm, const Work& work) {
  item.proof = "none";
  item.proof_words.clear();
  try {
    work();
  } catch (const Error& error) {
    if (error.outcome() != Outcome::device || !still_there(hsm)) throw;
    item.proof_words += (item.proof_words.empty() ? "not proven: " : "; ") + within_sentence(error.sentence());
  }
}

}  // namespace

std::optional<pico_hsm::Key> wrapped_and_opened(pcsc::HsmClient& hsm, std::uint8_t reference, const std::shared_ptr<HsmShares>& shares,
                                                RandomSource& random) {
  const Bytes blob = hsm.wrap(reference);
  try {
    const auto survey = wrapped_key::survey(wrapped_key::write_file(blob, {}, {}));
    const wrapped_key::DkekKeys* const keys = keys_for(shares, survey.kcv);
    if (keys == nullptr) return std::nullopt;
    const auto opening = wrapped_key::open(survey, *keys);
    if (opening.fit != wrapped_key::Fit::opens) return std::nullopt;
    return pico_hsm::read_key(opening, random);
  } catch (const Error&) {   // what came is no blob, or its numbers are wrong
    return std::nullopt;
  }
}

void prove_item(const Context& context, RestoreItem& item, pcsc::HsmClient& hsm, const std::optional<crypto::PublicKey>& made,
                const std::shared_ptr<HsmShares>& shares) {
  prove(item, hsm, [&] {
    if (made && item.beside.public_key && !crypto::same(*made, *item.beside.public_key))
      another_key(item, "the device answered 9000, and the public key it shows is not that of the file");
    if (!item.beside.public_key) return prove_by_wrapping(context, item, hsm, shares);
    if (made) {
      item.proof = "public-key";
      item.proof_words = "its public key is that of the file";
    }
    if (!prove_by_use(context, item, hsm) && !made) prove_by_wrapping(context, item, hsm, shares);
  });
}

void prove_present(const Context& context, RestoreItem& item, const DeviceKey& there, pcsc::HsmClient& hsm,
                   const std::shared_ptr<HsmShares>& shares) {
  prove(item, hsm, [&] {
    const bool may_use = item.beside.public_key && !there.metadata.counter;   // a counted use is not ours to spend
    if (!may_use || !prove_by_use(context, item, hsm)) prove_by_wrapping(context, item, hsm, shares);
  });
}

}  // namespace hwbak::tasks
