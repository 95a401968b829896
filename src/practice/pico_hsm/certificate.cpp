// See certificate.h.
#include "practice/pico_hsm/certificate.h"

#include "base/as_bytes.h"
#include "base/byte_writer.h"
#include "base/hex.h"
#include "container/wrapped_key/tlv.h"
#include "crypto/digest.h"
#include "device/pico_hsm/montgomery.h"

namespace hwbak::practice::pico_hsm {
namespace {

using wrapped_key::tlv;

constexpr std::array<std::uint8_t, 10> rsa_oid{0x04, 0x00, 0x7F, 0x00, 0x07, 0x02, 0x02, 0x02, 0x01, 0x02};
constexpr std::array<std::uint8_t, 10> ecdsa_oid{0x04, 0x00, 0x7F, 0x00, 0x07, 0x02, 0x02, 0x02, 0x02, 0x03};
constexpr std::array<std::uint8_t, 11> montgomery_oid{0x04, 0x00, 0x7F, 0x00, 0x07, 0x02, 0x02, 0x02, 0x05, 0x02, 0x03};

Bytes join(std::initializer_list<ByteView> parts) {
  ByteWriter out;
  for (const ByteView part : parts) out.bytes(part);
  return out.take();
}

struct Fields {
  Bytes operator()(const crypto::RsaPublic& key) const {
    return join({tlv(0x06, rsa_oid), tlv(0x81, key.n), tlv(0x82, key.e)});
  }
  Bytes operator()(const crypto::EcPublic& key) const {
    const auto& curve = crypto::parameters(key.curve);
    constexpr std::uint8_t cofactor = 1;
    return join({tlv(0x06, ecdsa_oid), tlv(0x81, curve.p), tlv(0x82, curve.a), tlv(0x83, curve.b), tlv(0x84, curve.g),
                 tlv(0x85, curve.n), tlv(0x86, key.q), tlv(0x87, ByteView(&cofactor, 1))});
  }
  Bytes operator()(const crypto::MontgomeryPublic& key) const {
    const auto& curve = hwbak::pico_hsm::parameters(key.kind);
    return join({tlv(0x06, montgomery_oid), tlv(0x81, curve.p), tlv(0x82, curve.n), tlv(0x83, curve.g), tlv(0x84, key.q)});
  }
};

Bytes body(const crypto::PrivateKey& key, const Names& names, ByteView more) {
  constexpr std::array<std::uint8_t, 1> profile{0};
  const Bytes fields = std::visit(Fields{}, crypto::public_of(key).value());
  return tlv(0x7F4E, join({tlv(0x5F29, profile), tlv(0x42, names.authority), tlv(0x7F49, fields),
                           tlv(0x5F20, names.holder), more}));
}

// A Montgomery key cannot sign; the firmware leaves zeros there.
Bytes signature(const crypto::PrivateKey& key, const crypto::KeyUse& use, ByteView data) {
  const auto hash = crypto::sha256(data);
  if (const auto* const montgomery = std::get_if<crypto::MontgomeryKey>(&key)) return Bytes(2 * size_of(montgomery->kind));
  return (std::holds_alternative<crypto::RsaKey>(key) ? use.rsa_sign(crypto::RsaPadding::pkcs1, 256, hash)
                                                      : use.ecdsa_halves(hash))
      .value();
}

Bytes certificate(const crypto::PrivateKey& key, const crypto::KeyUse& use, const Names& names, ByteView more) {
  const Bytes signed_body = body(key, names, more);
  return tlv(0x7F21, join({signed_body, tlv(0x5F37, signature(key, use, signed_body))}));
}

}  // namespace

Bytes certificate_request(const crypto::PrivateKey& key, const crypto::KeyUse& use, const Names& names,
                          const crypto::KeyUse& device) {
  const Bytes inner = join({certificate(key, use, names, {}), tlv(0x42, as_bytes(device_holder))});
  const Bytes outer = device.ecdsa_halves(crypto::sha256(inner)).value();
  return tlv(0x67, join({inner, tlv(0x5F37, outer)}));
}

Bytes device_certificate(const crypto::PrivateKey& key, const crypto::KeyUse& use) {
  // The role of a terminal, and the dates of the firmware: 2023-03-21 to 2070-01-23.
  static const Bytes role_and_dates = from_hex("7f4c0e060904007f0007030102025301005f25060203000302015f2406070001020301").value();
  return certificate(key, use, {as_bytes(device_holder), as_bytes(device_holder)}, role_and_dates);
}

Bytes description(const crypto::PrivateKey& key, std::string_view label, ByteView id) {
  static constexpr std::array<std::uint8_t, 3> ec_usage{0x07, 0x20, 0x80}, aes_usage{0x07, 0xC0, 0x10};
  static constexpr std::array<std::uint8_t, 2> rsa_usage{0x02, 0x74};
  unsigned tag = 0xA0;
  ByteView usage = ec_usage;
  std::size_t bits = 0;
  if (const auto* const rsa = std::get_if<crypto::RsaKey>(&key)) {
    tag = 0x30;
    usage = rsa_usage;
    bits = rsa->n.size() * 8;
  } else if (const auto* const ec = std::get_if<crypto::EcKey>(&key)) {
    bits = crypto::parameters(ec->curve).bits;
  } else if (const auto* const montgomery = std::get_if<crypto::MontgomeryKey>(&key)) {
    bits = size_of(montgomery->kind) * 8;
  } else {
    tag = 0xA8;
    usage = aes_usage;
    bits = std::get<crypto::SecretKey>(key).key.size() * 8;
  }
  const std::array<std::uint8_t, 2> number{static_cast<std::uint8_t>(bits >> 8), static_cast<std::uint8_t>(bits)};
  const Bytes length = tlv(0x02, number), path = tlv(0x30, tlv(0x04, {}));
  const bool secret = tag == 0xA8;
  return tlv(tag, join({tlv(0x30, tlv(0x0C, as_bytes(label))), tlv(0x30, join({tlv(0x04, id), tlv(0x03, usage)})),
                        secret ? tlv(0xA0, tlv(0x30, length)) : Bytes{},
                        tlv(0xA1, tlv(0x30, secret ? path : join({path, length})))}));
}

}  // namespace hwbak::practice::pico_hsm
