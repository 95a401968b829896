// A key against the certificate and the description beside it (docs/formats/pico-hsm.md, "The certificate" and
// "Checks").
#include "device/pico_hsm/key.h"

#include "base/sentence.h"
#include "device/pico_hsm/montgomery.h"
#include "device/pico_hsm/numbers.h"

namespace hwbak::pico_hsm {
namespace {

using wrapped_key::Cvc;
using wrapped_key::DescribedKind;
using wrapped_key::KeyType;

Bytes minimal(ByteView number) {
  number = without_zeros(number);
  return Bytes(number.begin(), number.end());
}

// Of the certificate's own signature, by the last byte of its algorithm (BSI TR-03110, part 3).
enum class Signing { checked, not_checked, unknown };
struct Signature {
  Signing signing = Signing::unknown;
  unsigned hash_bits = 0;
};
Signature signature_of(const Cvc& cvc, const crypto::PublicKey& key) {
  static constexpr std::array<unsigned, 6> of_ecdsa{0, 1, 224, 256, 384, 512},
      of_rsa{0, 1, 256, 0, 0, 512};  // RSA: 3, 4 and 6 are PSS
  if (std::holds_alternative<crypto::MontgomeryPublic>(key)) return {Signing::not_checked, 0};
  const bool rsa = std::holds_alternative<crypto::RsaPublic>(key);
  const unsigned last = cvc.oid.empty() ? 0 : cvc.oid.back();
  if (rsa && (last == 3 || last == 4 || last == 6)) return {Signing::not_checked, 0};
  const auto& hashes = rsa ? of_rsa : of_ecdsa;
  return last != 0 && last < hashes.size() ? Signature{Signing::checked, hashes[last]} : Signature{};
}

class Comparison final {
 public:
  Comparison(const Key& key, const Parts& parts) : key_(key), parts_(parts), public_(crypto::public_of(key.key)) {}

  Beside run() {
    out_.certificate = wrapped_key::certificate_kind(parts_.certificate);
    try {
      switch (out_.certificate) {
        case wrapped_key::CertificateKind::none:
          if (!parts_.certificate.empty()) unreadable("The part where a certificate belongs is none");
          break;
        case wrapped_key::CertificateKind::x509: against_x509(); break;
        case wrapped_key::CertificateKind::cvc: against_cvc(); break;
      }
    } catch (const Error& error) {
      unreadable("The certificate is damaged: " + within_sentence(error.sentence()));
    }
    try {
      if (!parts_.description.empty()) against_description();
    } catch (const Error& error) {
      out_.description_unreadable = true;
      out_.what_differs.push_back("The description of the key is damaged: " + within_sentence(error.sentence()));
    }
    return std::move(out_);
  }

 private:
  void unreadable(std::string sentence) {
    out_.certificate_unreadable = true;
    out_.what_differs.push_back(std::move(sentence));
  }
  void judge(const std::optional<crypto::PublicKey>& theirs) {
    const bool same = public_ && theirs && crypto::same(*public_, *theirs);
    out_.certificate_key = same ? Match::same : Match::differs;
    if (same) return;
    out_.what_differs.push_back(!public_  ? "The certificate is of a public key, and this is a secret key"
                                : !theirs ? "The public key of the certificate is of another kind than this key"
                                          : "The public key of the certificate is not the one of this key");
    if (out_.self_signature == false)
      out_.what_differs.back() +=
          "; the certificate's own signature does not hold either, so the certificate is what is damaged";
  }

  void against_x509() {
    const auto facts = crypto::read_certificate(parts_.certificate);
    if (!facts) return unreadable("The X.509 certificate is damaged: it cannot be read");
    out_.holder = facts->subject;
    judge(facts->key);
  }

  void against_cvc() {
    const Cvc cvc = wrapped_key::read_cvc(parts_.certificate);
    out_.holder = cvc.holder;
    auto theirs = public_key_in(cvc);
    if (const auto* const ours = public_ ? std::get_if<crypto::EcPublic>(&*public_) : nullptr;
        ours != nullptr && !theirs && cvc.q && *cvc.q == ours->q) {
      if (cvc.p || cvc.b)
        unreadable(
            "The certificate has this key's public point, and curve parameters of no known curve: bytes of them are "
            "damaged");
      theirs = *ours;
    }
    if (cvc.signature.empty()) unreadable("The certificate has no signature of its own: bytes of it are damaged");
    if (theirs && !cvc.signature.empty()) check_signature(cvc, *theirs);
    judge(theirs);
    if (out_.certificate_key == Match::same && out_.self_signature == false)
      out_.what_differs.emplace_back(
          "The certificate's own signature does not hold: it is of this key, but bytes of it are damaged");
  }

  void check_signature(const Cvc& cvc, const crypto::PublicKey& theirs) {
    const Signature how = signature_of(cvc, theirs);
    switch (how.signing) {
      case Signing::checked:
        out_.self_signature = crypto::verify_signature(theirs, how.hash_bits, cvc.signed_body, cvc.signature);
        break;
      case Signing::not_checked: break;
      case Signing::unknown:
        unreadable("The certificate names no known algorithm of signatures: bytes of it are damaged");
        break;
    }
  }

  void against_description() {
    const wrapped_key::Description described = wrapped_key::read_description(parts_.description);
    const auto differs = [&](std::string sentence) {
      out_.description = Match::differs;
      out_.what_differs.push_back(std::move(sentence));
    };
    out_.description = Match::same;
    if (described.kind != kind())
      return differs("The description is of another kind of key than this one (" + describe(key_) + ")");
    // P-521 is described by the bits of its field, or of the bytes that hold one.
    const unsigned rounded = (key_.bits + 7) / 8 * 8;
    const bool montgomery_bits = key_.byte_order && described.bits && *described.bits + 7 >= key_.bits &&
                                 *described.bits <= key_.bits;
    if (described.bits && *described.bits != key_.bits && *described.bits != rounded && !montgomery_bits)
      differs("The description is of a key of " + std::to_string(*described.bits) + " bits, and this one has " +
              std::to_string(key_.bits));
  }
  [[nodiscard]] DescribedKind kind() const {
    switch (key_.type) {
      case KeyType::rsa:
      case KeyType::rsa_crt: return DescribedKind::rsa;
      case KeyType::ec: return DescribedKind::ec;
      case KeyType::aes: return DescribedKind::secret;
    }
    return DescribedKind::ec;
  }

  const Key& key_;
  const Parts& parts_;
  std::optional<crypto::PublicKey> public_;
  Beside out_;
};

}  // namespace

std::optional<crypto::PublicKey> public_key_in(const Cvc& cvc) {
  if (cvc.n && cvc.e) return crypto::RsaPublic{minimal(*cvc.n), minimal(*cvc.e)};
  if (!cvc.p || !cvc.q) return std::nullopt;
  if (cvc.b)
    if (const auto curve = crypto::curve_with(*cvc.p, *cvc.b)) return crypto::EcPublic{*curve, *cvc.q};
  if (const auto kind = montgomery_with(*cvc.p)) return crypto::MontgomeryPublic{*kind, *cvc.q};
  return std::nullopt;
}

std::optional<crypto::PublicKey> public_key_in(ByteView certificate) {
  switch (wrapped_key::certificate_kind(certificate)) {
    case wrapped_key::CertificateKind::none: break;
    case wrapped_key::CertificateKind::cvc: return public_key_in(wrapped_key::read_cvc(certificate));
    case wrapped_key::CertificateKind::x509:
      if (auto facts = crypto::read_certificate(certificate)) return std::move(facts->key);
      throw Error(Outcome::damaged, "the X.509 certificate cannot be read", std::nullopt, {});
  }
  return std::nullopt;
}

Shape shape_of(const crypto::PublicKey& key) {
  if (const auto* const rsa = std::get_if<crypto::RsaPublic>(&key)) return {"rsa", "", static_cast<unsigned>(bit_count(rsa->n))};
  if (const auto* const ec = std::get_if<crypto::EcPublic>(&key)) {
    const crypto::CurveParameters& curve = crypto::parameters(ec->curve);
    return {"ec", std::string(curve.name), static_cast<unsigned>(curve.bits)};
  }
  const bool small = std::get<crypto::MontgomeryPublic>(key).kind == crypto::Montgomery::x25519;
  return small ? Shape{"x25519", "X25519", 256} : Shape{"x448", "X448", 448};
}

Beside compare(const Key& key, const Parts& parts) { return Comparison(key, parts).run(); }

}  // namespace hwbak::pico_hsm
