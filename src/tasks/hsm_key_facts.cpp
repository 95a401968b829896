// The facts and findings of a wrapped key, as docs/json.md lists them.
#include <algorithm>

#include "base/hex.h"
#include "base/unicode.h"
#include "crypto/digest.h"
#include "device/pico_hsm/algorithms.h"
#include "tasks/hsm_key_examination.h"

namespace hwbak::tasks {
namespace {

std::string_view word(wrapped_key::CertificateKind kind) {
  switch (kind) {
    case wrapped_key::CertificateKind::none: return "none";
    case wrapped_key::CertificateKind::x509: return "x509";
    case wrapped_key::CertificateKind::cvc: return "cvc";
  }
  return "none";
}

// The private numbers, in hexadecimal.
Object secrets_of(const crypto::PrivateKey& key) {
  Object out;
  const auto put = [&](const char* name, const SecretBytes& number) { out.put(name, to_hex_secret(number.expose())); };
  if (const auto* const rsa = std::get_if<crypto::RsaKey>(&key)) {
    put("d", rsa->d);
    put("p", rsa->p);
    put("q", rsa->q);
  } else if (const auto* const ec = std::get_if<crypto::EcKey>(&key)) {
    put("d", ec->d);
  } else if (const auto* const montgomery = std::get_if<crypto::MontgomeryKey>(&key)) {
    put("d", montgomery->d);
  } else if (const auto* const aes = std::get_if<crypto::SecretKey>(&key)) {
    put("key", aes->key);
  }
  return out;
}

Severity severity_of(std::string_view remark) {
  for (const std::string_view harmless : {"access-conditions", "key-oid"})
    if (remark == harmless) return Severity::note;
  return Severity::warning;
}

}  // namespace

pico_hsm::Shape WrappedKeyDescription::shape() const {
  if (x_.key_) return pico_hsm::shape_of(*x_.key_);
  pico_hsm::Shape shape;
  shape.type = pico_hsm::type_word(static_cast<wrapped_key::KeyType>(x_.header().type));
  if (x_.described_) shape.bits = x_.described_->bits;
  const auto key = x_.cvc_ ? pico_hsm::public_key_in(*x_.cvc_) : std::nullopt;
  if (!key) return shape;
  pico_hsm::Shape shown = pico_hsm::shape_of(*key);
  if (shown.type == "rsa") shape.bits = shown.bits;
  else if (shape.type == "ec") shape = std::move(shown);
  return shape;
}

std::string WrappedKeyDescription::label() const { return x_.described_ ? printable(x_.described_->label) : std::string(); }

void WrappedKeyDescription::facts() {
  Object& facts = report_.facts;
  facts.put("file_size", static_cast<std::uint64_t>(x_.file_.bytes.size()));
  if (!x_.survey_) return;
  const wrapped_key::Survey &survey = *x_.survey_, &header = x_.header();
  facts.put("form", survey.bare ? "bare" : "der").put("blob_size", survey.blob.length).put("kcv", dkek::to_text(survey.kcv));
  const pico_hsm::Shape shape = this->shape();
  if (!shape.type.empty()) facts.put("key_type", shape.type);
  if (shape.bits) facts.put("key_size", *shape.bits);
  if (!shape.curve.empty()) facts.put("curve", shape.curve);
  List ids, names;
  for (const std::uint8_t id : allowed()) {
    ids.emplace_back(to_hex(ByteView(&id, 1)));
    names.emplace_back(pico_hsm::algorithm_name(id));
  }
  facts.put("default_algorithm", to_hex(header.at(header.default_algorithm)));
  facts.put("allowed_algorithms", std::move(ids)).put("allowed_algorithm_names", std::move(names));
  facts.put("exportable", pico_hsm::exportable(allowed()));
  if (x_.described_) facts.put("label", label()).put("key_id", to_hex(x_.described_->id));
  if (x_.as_in_manifest_) facts.put("manifest_matches", *x_.as_in_manifest_);
  facts.put("certificate", word(wrapped_key::certificate_kind(survey.at(survey.certificate))));
  if (x_.shares_) {
    const ShareSet& set = x_.shares_->set();
    const bool opens = x_.opening_ && x_.opening_->fit != wrapped_key::Fit::other_dkek;
    List fitting;
    for (const OpenedShare& share : set.shares) {
      if (!opens && (x_.fit_ == nullptr || std::ranges::find(x_.fit_->ids, share.id) == x_.fit_->ids.end())) continue;
      Object item;
      item.put("file", share.shown).put("id", share.id);
      fitting.emplace_back(std::move(item));
    }
    if (x_.opening_ && !x_.opening_->mended.empty()) {
      List damaged;
      for (const std::uint64_t at : x_.opening_->mended) damaged.emplace_back(at);
      facts.put("damaged_bytes", std::move(damaged));
    }
    facts.put("fits", opens).put("shares", std::move(fitting));
    if (x_.shares_->keys() != nullptr) facts.put("dkek_kcv", dkek::to_text(x_.shares_->keys()->kcv));
  }
  key_facts();
  report_.kind = {kind_words(), label().empty() ? "" : "\"" + label() + "\"", "KCV " + dkek::to_text(survey.kcv)};
}

void WrappedKeyDescription::key_facts() {
  Object& facts = report_.facts;
  if (x_.unlocked()) facts.put("plaintext_sha256", to_hex(crypto::sha256(x_.opening_->plaintext.expose())));
  if (x_.body_) {
    List sizes;
    for (const ByteView part : x_.body_->parts) sizes.emplace_back(std::uint64_t{part.size()});
    facts.put("size_field", unsigned{x_.body_->size}).put("component_sizes", std::move(sizes)).put("padding", to_hex(x_.body_->padding));
  }
  if (!x_.key_) return;
  const pico_hsm::Key& key = *x_.key_;
  if (key.byte_order) facts.put("byte_order", *key.byte_order == pico_hsm::ByteOrder::big ? "big" : "little");
  if (const auto* const rsa = std::get_if<crypto::RsaKey>(&key.key)) facts.put("public_exponent", to_hex(rsa->e));
  if (reveal_ && detail_ == Detail::contents) facts.put("secrets", secrets_of(key.key));
  if (const auto public_key = crypto::public_of(key.key)) facts.put("public_key_pem", crypto::spki_pem(*public_key));
  if (x_.beside_ && x_.beside_->certificate_key != pico_hsm::Match::nothing_to_compare)
    facts.put("public_key_matches", x_.beside_->certificate_key == pico_hsm::Match::same);
}

// Firmware of 2022 wrote other bytes than the curve's G.
bool WrappedKeyDescription::generator_broken() const {
  constexpr std::size_t generator = 4;   // A, B, P, N, G
  const auto* const ec = x_.key_ ? std::get_if<crypto::EcKey>(&x_.key_->key) : nullptr;
  if (ec == nullptr || !x_.body_ || x_.body_->parts.size() <= generator || x_.body_->parts[generator].empty()) return false;
  return !std::ranges::equal(x_.body_->parts[generator], crypto::parameters(ec->curve).g);
}

void WrappedKeyDescription::key_findings() {
  const auto add = [&](Severity level, std::string code, std::string message) {
    report_.findings.push_back({level, std::move(code), std::move(message), "", true});
  };
  const pico_hsm::Key& key = *x_.key_;
  if (!key.usual_exponent)
    add(Severity::high, "rsa-exponent",
        "the public exponent is not 65537. A Pico HSM takes this key with 9000, but assumes 65537 from then on: what it exports again is another key");
  if (key.byte_order == pico_hsm::ByteOrder::big)
    add(Severity::warning, "big-endian-d",
        "d stands there big-endian, as firmware 6.6 writes it; the same firmware reads it little-endian and refuses the file with 6400. `hwbak rekey` "
        "turns it round");
  if (key.a_empty)
    add(Severity::note, "empty-a", "the curve's parameter A is left out, as a Pico HSM does; whether a SmartCard-HSM takes that is not known. `hwbak rekey` puts it in");
  if (key.q_computed) add(Severity::note, "public-point-missing", "the blob holds no public point Q; it was computed from d");
  if (generator_broken())
    add(Severity::warning, "broken-generator", "the base point G in the blob is not that of the curve, as firmware before March 2023 wrote it; that of the curve was used");
  if (!x_.body_->padding_is_usual) add(Severity::warning, "unusual-padding", "the bytes behind the key are not 80 00... as every known device writes them; the MAC proves them");
  if (x_.beside_->certificate == wrapped_key::CertificateKind::none && !std::holds_alternative<crypto::SecretKey>(key.key))
    add(Severity::note, "no-certificate", "there is no certificate beside the key to compare its public key with; a device makes a new one when it is restored");
}

void WrappedKeyDescription::findings() {
  const auto add = [&](Severity level, std::string code, std::string message, std::string where = {}) {
    report_.findings.push_back({level, std::move(code), std::move(message), std::move(where), true});
  };
  if (!x_.survey_) return;
  for (const wrapped_key::Remark& remark : x_.survey_->remarks) add(severity_of(remark.code), remark.code, remark.sentence, remark.where);
  if (!pico_hsm::exportable(allowed()))
    add(Severity::warning, "not-exportable",
        "the list of allowed algorithms lacks 92 (wrap): the key can be restored, but the device will never export it again (6985). This file stays its only "
        "backup");
  if (x_.survey_->description.length == 0)
    add(Severity::note, "no-description", "there is no description beside the key: a device gives it no label, and an ID of its own");
  if (x_.shares_) {
    for (const Finding& finding : x_.shares_->set().findings) report_.findings.push_back(finding);
    for (const OpenedShare& share : x_.shares_->set().shares)
      for (const Finding& finding : share.findings) report_.findings.push_back(finding);
  }
  if (x_.as_in_manifest_ == false)
    add(Severity::warning, "manifest-differs", "its SHA-256 is not the one in manifest.json beside it: it is not the file that was backed up");
  if (x_.key_ && x_.beside_) key_findings();
}

}  // namespace hwbak::tasks
