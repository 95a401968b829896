// A key in an HSM, as far as the device tells of it without wrapping it (docs/formats/pico-hsm.md, "The card").
#pragma once

#include <optional>
#include <string>

#include "container/wrapped_key/description.h"
#include "crypto/private_key.h"
#include "link/pcsc/hsm_client.h"

namespace hwbak::tasks {

struct DeviceKey {
  pcsc::KeyMetadata metadata;
  Bytes description, certificate;                        // EF C4xx and CExx, each one TLV; empty: not there
  std::optional<wrapped_key::Description> described;     // nullopt: there is none that can be read
  std::optional<crypto::PublicKey> public_key;           // of the certificate
  [[nodiscard]] std::uint8_t reference() const noexcept { return metadata.reference; }
  [[nodiscard]] unsigned domain() const noexcept { return metadata.domain.value_or(0); }
  [[nodiscard]] bool exportable() const;                 // its list of allowed algorithms lets it be wrapped
  [[nodiscard]] std::string label() const;               // printable
  [[nodiscard]] std::string key_id() const;              // lower-case hexadecimal digits
};
// nullopt: no such key. Throws what the client throws.
[[nodiscard]] std::optional<DeviceKey> read_device_key(pcsc::HsmClient& hsm, std::uint8_t reference);

// rsa, ec, x25519, x448, aes; the curve; the bits. Of the public key, else of the description; parts that nothing tells are
// empty.
struct KeyShape {
  std::string type, curve;
  std::optional<unsigned> bits;
  [[nodiscard]] std::string words() const;               // "EC secp256r1", "RSA 2048 bits", "a key of unknown kind"
};
[[nodiscard]] KeyShape shape_of(const std::optional<crypto::PublicKey>& key, const std::optional<wrapped_key::Description>& described);

}  // namespace hwbak::tasks
