// The page for people: the same answer as the facts, in the order a person asks.
#include <algorithm>

#include "base/hex.h"
#include "base/unicode.h"
#include "device/pico_hsm/algorithms.h"
#include "tasks/hsm_key_examination.h"

namespace hwbak::tasks {
namespace {

constexpr const char* hidden = "hidden (--reveal shows it)";

std::string default_algorithm_words(ByteView oid) {
  constexpr std::uint8_t rsa[] = {0x04, 0x00, 0x7F, 0x00, 0x07, 0x02, 0x02, 0x02, 0x01, 0x02}, ec[] = {0x04, 0x00, 0x7F, 0x00, 0x07, 0x02, 0x02, 0x02, 0x02, 0x03},
                         aes[] = {0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x01};
  if (std::ranges::equal(oid, rsa)) return "RSA v1.5 with SHA-256";
  if (std::ranges::equal(oid, ec)) return "ECDSA with SHA-256";
  if (std::ranges::equal(oid, aes)) return "AES";
  return "foreign OID " + to_hex(oid);
}

}  // namespace

std::string WrappedKeyDescription::allowed_words() const {
  if (allowed().empty()) return "all; the key can be exported again";
  std::string out;
  for (const std::uint8_t id : allowed()) out += (out.empty() ? "" : ", ") + pico_hsm::algorithm_name(id);
  return out + (pico_hsm::exportable(allowed()) ? "; with 92 the key can be exported again"
                                                : "; 92 (wrap) is missing: once restored, the key can never be exported again (6985)");
}

void WrappedKeyDescription::file_section() {
  const wrapped_key::Survey& survey = *x_.survey_;
  Section section{"The wrapped key", {}};
  section.row("kind", kind_words());
  section.row("form", survey.bare ? "the bare key blob" : "DER, as `sc-hsm-tool --wrap-key` writes it");
  section.row("size", std::to_string(x_.file_.bytes.size()) + " bytes; blob of " + std::to_string(survey.blob.length) + " bytes");
  section.row("KCV of its DKEK", dkek::to_text(survey.kcv));
  section.row("default algorithm", default_algorithm_words(x_.header().at(x_.header().default_algorithm)));
  section.row("allowed", allowed_words());
  report_.page.push_back(std::move(section));
}

void WrappedKeyDescription::beside_section() {
  const wrapped_key::Survey& survey = *x_.survey_;
  Section section{"Beside it", {}};
  if (x_.described_) {
    section.row("label", label().empty() ? "none" : label());
    section.row("ID", x_.described_->id.empty() ? "none" : to_hex(x_.described_->id));
    if (x_.described_->key_reference) section.row("key reference", std::to_string(*x_.described_->key_reference));
  } else {
    section.row("description", survey.description.length == 0 ? "none" : "cannot be read");
  }
  switch (wrapped_key::certificate_kind(survey.at(survey.certificate))) {
    case wrapped_key::CertificateKind::none: section.row("certificate", survey.certificate.length == 0 ? "none" : "of a kind that is not known"); break;
    case wrapped_key::CertificateKind::x509: section.row("certificate", "X.509, " + std::to_string(survey.certificate.length) + " bytes"); break;
    case wrapped_key::CertificateKind::cvc:
      section.row("certificate", x_.cvc_ ? std::string(x_.cvc_->request ? "card-verifiable request" : "card-verifiable certificate") + " of " + x_.cvc_->holder
                                         : "card-verifiable, but cannot be read");
      break;
  }
  if (x_.beside_) {
    if (!x_.beside_->holder.empty()) section.row("  holder", printable(x_.beside_->holder));
    if (x_.beside_->certificate_key != pico_hsm::Match::nothing_to_compare)
      section.row("  its key", x_.beside_->certificate_key == pico_hsm::Match::same ? "is that of the blob" : "is NOT that of the blob");
    if (x_.beside_->self_signature) section.row("  its signature", *x_.beside_->self_signature ? "holds" : "does NOT hold");
  }
  report_.page.push_back(std::move(section));
}

void WrappedKeyDescription::closed_section() {
  Section section{"What needs the DKEK", {}};
  section.row("", "The key itself: whether its bytes are whole, whether its numbers belong together, and whether it is the key of the certificate.");
  section.row("", "The DKEK is the XOR of all its shares, each under its own password or its own custodians. The device is not needed.");
  section.row("", "Keys of an XKEK domain have no shares: they cannot be opened without a device.");
  report_.page.push_back(std::move(section));
}

// The public numbers always, the private ones only when asked for.
void WrappedKeyDescription::numbers_section() {
  Section section{"The key", {}};
  const auto number = [&](const char* label, ByteView value) { section.row(label, to_hex(value)); };
  const auto secret = [&](const char* label, const SecretBytes& value) {
    if (reveal_) section.row(label, to_hex_secret(value.expose()));
    else section.row(label, hidden);
  };
  const crypto::PrivateKey& key = x_.key_->key;
  if (const auto* const rsa = std::get_if<crypto::RsaKey>(&key)) {
    number("n", rsa->n);
    number("e", rsa->e);
    secret("d", rsa->d);
    secret("p", rsa->p);
    secret("q", rsa->q);
  } else if (const auto* const ec = std::get_if<crypto::EcKey>(&key)) {
    number("Q", ec->q);
    secret("d", ec->d);
  } else if (const auto* const montgomery = std::get_if<crypto::MontgomeryKey>(&key)) {
    number("public (little-endian)", montgomery->q);
    secret("private (little-endian)", montgomery->d);
  } else if (const auto* const aes = std::get_if<crypto::SecretKey>(&key)) {
    secret("key", aes->key);
  }
  report_.page.push_back(std::move(section));
}

void WrappedKeyDescription::page() {
  if (!x_.survey_) return;
  file_section();
  beside_section();
  if (!x_.shares_ && !x_.dead_end_) closed_section();
  if (detail_ != Detail::contents || !x_.key_) return;
  numbers_section();
  const auto public_key = crypto::public_of(x_.key_->key);
  if (!public_key) return;
  Section section{"The public key", {}};
  List lines;
  const std::string pem = crypto::spki_pem(*public_key);
  for (std::size_t at = 0; at < pem.size();) {
    const std::size_t end = std::min(pem.find('\n', at), pem.size());
    lines.emplace_back(pem.substr(at, end - at));
    at = end + 1;
  }
  section.row("", std::move(lines));
  report_.page.push_back(std::move(section));
}

}  // namespace hwbak::tasks
