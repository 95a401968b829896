// Card-verifiable certificates and requests (docs/formats/pico-hsm.md, "The certificate").
#include <algorithm>
#include <array>

#include "base/unicode.h"
#include "container/wrapped_key/description.h"
#include "container/wrapped_key/tlv.h"

namespace hwbak::wrapped_key {
namespace {

constexpr unsigned request = 0x67, certificate = 0x7F21, body = 0x7F4E, public_key = 0x7F49, signature = 0x5F37;
constexpr unsigned authority = 0x42, holder = 0x5F20, oid = 0x06;
// Public keys of BSI TR-03110: what follows this arc says RSA or ECDSA; Pico HSM added one for Curve25519 and Curve448.
constexpr std::array<std::uint8_t, 7> key_arc{0x04, 0x00, 0x7F, 0x00, 0x07, 0x02, 0x02};
enum class Numbers { unknown, rsa, ec, montgomery };
constexpr std::string_view what = "The certificate of the key";

Bytes copy(ByteView view) { return Bytes(view.begin(), view.end()); }
std::string text_of(ByteView view) { return printable({reinterpret_cast<const char*>(view.data()), view.size()}); }

Numbers numbers_of(ByteView name) noexcept {
  if (name.size() < key_arc.size() + 2 || !std::equal(key_arc.begin(), key_arc.end(), name.begin()))
    return Numbers::unknown;
  const std::uint8_t protocol = name[key_arc.size()], algorithm = name[key_arc.size() + 1];
  if (protocol == 5 || (protocol == 2 && algorithm == 5)) return Numbers::montgomery;
  if (protocol != 2) return Numbers::unknown;
  return algorithm == 1 ? Numbers::rsa : algorithm == 2 ? Numbers::ec : Numbers::unknown;
}

void take_numbers(ByteView data, TlvList& fields, Cvc& out) {
  const Numbers kind = numbers_of(out.oid);
  while (!fields.at_end()) {
    const Tlv field = fields.next();
    const Bytes value = copy(part_of(data, field.value));
    std::optional<Bytes>* into = nullptr;
    if (kind == Numbers::rsa) into = field.tag == 0x81 ? &out.n : field.tag == 0x82 ? &out.e : nullptr;
    if (kind == Numbers::ec) {
      const std::array<std::optional<Bytes>*, 6> places{&out.p, &out.a, &out.b, &out.g, &out.order, &out.q};
      if (field.tag >= 0x81 && field.tag <= 0x86) into = places[field.tag - 0x81];
    }
    if (kind == Numbers::montgomery) {
      const std::array<std::optional<Bytes>*, 4> places{&out.p, &out.order, &out.g, &out.q};
      if (field.tag >= 0x81 && field.tag <= 0x84) into = places[field.tag - 0x81];
    }
    if (into != nullptr) *into = value;
  }
}

void take_body(ByteView data, const Tlv& whole, Cvc& out) {
  TlvList fields(data, whole.value, what);
  bool has_key = false;
  while (!fields.at_end()) {
    const Tlv field = fields.next();
    if (field.tag == authority) out.authority = text_of(part_of(data, field.value));
    if (field.tag == holder) out.holder = text_of(part_of(data, field.value));
    if (field.tag != public_key) continue;
    TlvList numbers(data, field.value, what);
    if (const auto name = numbers.next_if(oid)) out.oid = copy(part_of(data, name->value));
    take_numbers(data, numbers, out);
    has_key = true;
  }
  if (!has_key) throw Error(Outcome::damaged, std::string(what) + " holds no public key", whole.at);
}

}  // namespace

CertificateKind certificate_kind(ByteView data) noexcept {
  if (!data.empty() && data[0] == 0x30) return CertificateKind::x509;
  if (!data.empty() && data[0] == request) return CertificateKind::cvc;
  return data.size() > 1 && data[0] == 0x7F && data[1] == 0x21 ? CertificateKind::cvc : CertificateKind::none;
}

Cvc read_cvc(ByteView data) {
  Cvc out;
  Tlv inner = read_tlv(data, 0, data.size(), what);
  if (inner.tag == request) {
    out.request = true;
    TlvList parts(data, inner.value, what);
    inner = parts.next();
    while (!parts.at_end()) {
      const Tlv part = parts.next();
      if (part.tag == authority) out.outer_authority = copy(part_of(data, part.value));
      if (part.tag == signature) out.outer_signature = copy(part_of(data, part.value));
    }
  }
  if (inner.tag != certificate)
    throw Error(Outcome::damaged, std::string(what) + " is not card-verifiable: its tag is another one", inner.at);
  TlvList parts(data, inner.value, what);
  bool has_body = false;
  while (!parts.at_end()) {
    const Tlv part = parts.next();
    if (part.tag == signature) out.signature = copy(part_of(data, part.value));
    if (part.tag != body) continue;
    out.signed_body = copy(part_of(data, part.whole()));
    take_body(data, part, out);
    has_body = true;
  }
  if (!has_body) throw Error(Outcome::damaged, std::string(what) + " has no body", inner.at);
  return out;
}

}  // namespace hwbak::wrapped_key
