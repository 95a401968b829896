// See hsm_device_keys.h.
#include "tasks/hsm_device_keys.h"

#include <algorithm>

#include "base/counted.h"
#include "base/hex.h"
#include "base/sentence.h"
#include "base/unicode.h"
#include "container/dkek_share/dkek_share.h"
#include "container/wrapped_key/tlv.h"
#include "device/pico_hsm/algorithms.h"

namespace hwbak::tasks {
namespace {

// Devices pad files; what is behind the first TLV is none of it.
Bytes first_tlv(Bytes file) {
  const auto reading = wrapped_key::look_at_tlv(file, 0, file.size());
  if (reading.trouble == wrapped_key::TlvTrouble::none) file.resize(static_cast<std::size_t>(reading.tlv.value.end()));
  return file;
}

std::string type_of(wrapped_key::DescribedKind kind) {
  switch (kind) {
    case wrapped_key::DescribedKind::rsa: return "rsa";
    case wrapped_key::DescribedKind::ec: return "ec";
    case wrapped_key::DescribedKind::secret: return "aes";
  }
  return {};
}

const char* word(pcsc::KcvNote note) {
  switch (note) {
    case pcsc::KcvNote::readable: return "readable";
    case pcsc::KcvNote::not_logged_in: return "not-logged-in";
    case pcsc::KcvNote::shares_missing: return "shares-missing";
    case pcsc::KcvNote::no_dkek: return "no-dkek";
    case pcsc::KcvNote::zeros: return "zeros";
  }
  return "";
}

}  // namespace

std::string DeviceKey::label() const { return described ? printable(described->label) : std::string(); }
std::string DeviceKey::id() const { return described ? to_hex(described->id) : std::string(); }

DeviceKey key_beside(Bytes description, Bytes certificate) {
  DeviceKey out;
  out.description = std::move(description);
  out.certificate = std::move(certificate);
  const auto reading = [&](const char* what, auto read) {
    try {
      read();
    } catch (const Error& error) {
      out.trouble.push_back(std::string("its ") + what + " cannot be read: " + within_sentence(error.sentence()));
    }
  };
  if (!out.description.empty()) reading("description", [&] { out.described = wrapped_key::read_description(out.description); });
  if (!out.certificate.empty()) reading("certificate", [&] { out.public_key = pico_hsm::public_key_in(out.certificate); });
  if (out.described) {
    out.shape.type = type_of(out.described->kind);
    out.shape.bits = out.described->bits;
  }
  if (out.public_key) out.shape = pico_hsm::shape_of(*out.public_key);
  return out;
}

std::optional<DeviceKey> read_device_key(pcsc::HsmClient& hsm, std::uint8_t reference) {
  auto metadata = hsm.metadata(reference);
  if (!metadata) return std::nullopt;
  const auto file = [&](std::uint8_t prefix) { return first_tlv(hsm.read_file(pcsc::file_id(prefix, reference)).value_or(Bytes())); };
  Bytes description = file(pcsc::prefix_description);
  DeviceKey out = key_beside(std::move(description), file(pcsc::prefix_certificate));
  out.metadata = std::move(*metadata);
  return out;
}

std::string why_not_exportable(const DeviceKey& key, std::span<const pcsc::DomainStatus> domains) {
  if (key.metadata.algorithms && !pico_hsm::exportable(*key.metadata.algorithms))
    return "its allowed algorithms lack 92 (wrap): it never leaves the device";
  const std::string domain = "its key domain " + std::to_string(key.domain());
  if (key.domain() >= domains.size()) return domain + " is not there";
  const pcsc::DomainStatus& status = domains[key.domain()];
  switch (status.note) {
    case pcsc::KcvNote::shares_missing:
      return std::to_string(status.missing) + " of " + counted(status.shares, "share") + " of " + domain + " " + is_or_are(status.missing) + " missing";
    case pcsc::KcvNote::no_dkek: return domain + " has no DKEK";
    case pcsc::KcvNote::zeros: return "the DKEK of " + domain + " does not work: the device shows zeros in place of its KCV";
    case pcsc::KcvNote::readable:
    case pcsc::KcvNote::not_logged_in: break;
  }
  return {};
}

Object fact_of(const DeviceKey& key, std::span<const pcsc::DomainStatus> domains) {
  const auto text = [](std::string value) { return value.empty() ? Value() : Value(std::move(value)); };
  const std::string why = why_not_exportable(key, domains);
  Object out;
  out.put("reference", unsigned{key.metadata.reference}).put("key_id", text(key.id())).put("label", text(key.label()));
  out.put("key_type", text(key.shape.type)).put("key_size", key.shape.bits ? Value(*key.shape.bits) : Value());
  out.put("curve", text(key.shape.curve));
  out.put("exportable", why.empty()).put("why_not", text(why)).put("domain", key.domain());
  out.put("counter", key.metadata.counter ? Value(std::int64_t{*key.metadata.counter}) : Value());
  List algorithms;
  if (key.metadata.algorithms)
    for (const std::uint8_t id : *key.metadata.algorithms) algorithms.emplace_back(to_hex(ByteView(&id, 1)));
  out.put("allowed_algorithms", std::move(algorithms));
  if (!key.trouble.empty()) {
    List trouble;
    for (const std::string& sentence : key.trouble) trouble.emplace_back(sentence);
    out.put("trouble", std::move(trouble));
  }
  return out;
}

std::string in_words(const pcsc::DomainStatus& domain) {
  const std::string shares = counted(domain.shares, "share");
  switch (domain.note) {
    case pcsc::KcvNote::readable: {
      const std::string kcv = "KCV " + dkek::to_text(domain.kcv.value_or(pcsc::Kcv{}));
      if (domain.kcv == dkek::zero_dkek_kcv) return shares + ", all loaded; " + kcv + ": a DKEK of nothing but zeros, which everybody knows";
      if (domain.shares == 0) return kcv + ", and no shares: nobody outside the device has this DKEK";
      return shares + ", all loaded; " + kcv +
             (may_be_internal(domain) ? ". A DKEK that the device drew itself (--dkek-shares 0) reads the same: only the share tells" : "");
    }
    case pcsc::KcvNote::not_logged_in:
      return shares + ", all loaded; KCV not known: without a login in the same session a Pico HSM shows zeros, whatever it is (--pin-from tty logs in)";
    case pcsc::KcvNote::shares_missing:
      return std::to_string(domain.missing) + " of " + shares + " " + is_or_are(domain.missing) + " missing; there is no KCV before all are loaded";
    case pcsc::KcvNote::no_dkek: return domain.set_up ? "no DKEK: its keys cannot be exported, and none can be restored" : "not set up: no DKEK";
    case pcsc::KcvNote::zeros:
      return shares + ", all loaded, and KCV of zeros in spite of the login: this DKEK does not work. Load the shares again, log in, and test a restore before "
                      "you trust this device";
  }
  return {};
}

// A Pico HSM counts a DKEK that it drew itself as one share, loaded.
bool may_be_internal(const pcsc::DomainStatus& domain) {
  return domain.kcv.has_value() && domain.kcv != dkek::zero_dkek_kcv && domain.shares == 1;
}

void tell_dkek(const pcsc::DomainStatus& domain, std::vector<Finding>& findings) {
  if (!domain.kcv) return;
  const std::string which = "the DKEK of key domain " + std::to_string(domain.number);
  const auto is_told = [&findings](std::string_view code) { return std::ranges::find(findings, code, &Finding::code) != findings.end(); };
  if (domain.kcv == dkek::zero_dkek_kcv && !is_told("zero-dkek"))
    findings.push_back({Severity::high, "zero-dkek",
                        which + " is nothing but zeros (KCV " + dkek::to_text(dkek::zero_dkek_kcv) +
                            "): a share was loaded twice. Everybody can open what this device wraps", ""});
  if (domain.shares == 0)
    findings.push_back({Severity::high, "internal-dkek",
                        "the device drew " + which +
                            " itself and nobody has shares of it: its backups open on this device only, until it is initialised again", ""});
}

Object fact_of(const pcsc::DomainStatus& domain) {
  Object out;
  out.put("number", domain.number).put("shares", domain.shares).put("shares_missing", domain.missing);
  out.put("kcv", domain.kcv ? Value(dkek::to_text(*domain.kcv)) : Value()).put("kcv_note", word(domain.note));
  return out;
}

}  // namespace hwbak::tasks
