// See hsm_device_key.h.
#include "tasks/hsm_device_key.h"

#include <bit>

#include "base/hex.h"
#include "base/unicode.h"
#include "container/wrapped_key/tlv.h"
#include "device/pico_hsm/algorithms.h"
#include "device/pico_hsm/key.h"

namespace hwbak::tasks {
namespace {

// A file may be longer than what stands in it.
Bytes one_tlv(std::optional<Bytes> file) {
  if (!file || file->empty()) return {};
  const auto reading = wrapped_key::look_at_tlv(*file, 0, file->size());
  if (reading.trouble != wrapped_key::TlvTrouble::none) return std::move(*file);
  file->resize(static_cast<std::size_t>(reading.tlv.whole().length));
  return std::move(*file);
}

struct ShapeOfPublic {
  KeyShape operator()(const crypto::RsaPublic& key) const {
    const auto bits = key.n.size() * 8 - (key.n.empty() ? 0 : static_cast<std::size_t>(std::countl_zero(key.n[0])));
    return {"rsa", {}, static_cast<unsigned>(bits)};
  }
  KeyShape operator()(const crypto::EcPublic& key) const {
    const crypto::CurveParameters& curve = crypto::parameters(key.curve);
    return {"ec", std::string(curve.name), curve.bits};
  }
  KeyShape operator()(const crypto::MontgomeryPublic& key) const {
    return key.kind == crypto::Montgomery::x25519 ? KeyShape{"x25519", "X25519", 256} : KeyShape{"x448", "X448", 448};
  }
};

}  // namespace

bool DeviceKey::exportable() const { return !metadata.algorithms || pico_hsm::exportable(*metadata.algorithms); }
std::string DeviceKey::label() const { return described ? printable(described->label) : std::string(); }
std::string DeviceKey::key_id() const { return described ? to_hex(described->id) : std::string(); }

std::optional<DeviceKey> read_device_key(pcsc::HsmClient& hsm, std::uint8_t reference) {
  auto metadata = hsm.metadata(reference);
  if (!metadata) return std::nullopt;
  DeviceKey out;
  out.metadata = std::move(*metadata);
  out.description = one_tlv(hsm.read_file(pcsc::file_id(pcsc::prefix_description, reference)));
  out.certificate = one_tlv(hsm.read_file(pcsc::file_id(pcsc::prefix_certificate, reference)));
  try {
    if (!out.description.empty()) out.described = wrapped_key::read_description(out.description);
  } catch (const Error&) {  // it stays unread, and goes into the backup as it is
  }
  out.public_key = pico_hsm::certified_key(out.certificate);
  return out;
}

KeyShape shape_of(const std::optional<crypto::PublicKey>& key, const std::optional<wrapped_key::Description>& described) {
  if (key) return std::visit(ShapeOfPublic{}, *key);
  if (!described) return {};
  switch (described->kind) {
    case wrapped_key::DescribedKind::rsa: return {"rsa", {}, described->bits};
    case wrapped_key::DescribedKind::ec: return {"ec", {}, described->bits};
    case wrapped_key::DescribedKind::secret: return {"aes", {}, described->bits};
  }
  return {};
}

std::string KeyShape::words() const {
  if (type.empty()) return "a key of unknown kind";
  if (type.starts_with('x')) return curve;
  const std::string out = type == "rsa" ? "RSA" : type == "ec" ? "EC" : "AES";
  if (!curve.empty()) return out + " " + curve;
  return bits ? out + " " + std::to_string(*bits) + " bits" : out;
}

}  // namespace hwbak::tasks
