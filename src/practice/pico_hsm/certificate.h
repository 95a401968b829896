// Certificates and descriptions as the firmware makes them (docs/formats/pico-hsm.md, "The certificate" and "The description").
#pragma once

#include "crypto/key_use.h"
#include "hwbak/bytes.h"

namespace hwbak::practice::pico_hsm {

inline constexpr std::string_view device_name = "ESPICOHSMTR", device_holder = "ESPICOHSMTR00001";

struct Names {
  ByteView authority, holder;         // CAR, CHR
};
// A certificate request (67) of `key`, signed by itself and by the device around it.
[[nodiscard]] Bytes certificate_request(const crypto::PrivateKey& key, const crypto::KeyUse& use, const Names& names,
                                        const crypto::KeyUse& device);
// EF 2F02: the device's own certificate (7F21).
[[nodiscard]] Bytes device_certificate(const crypto::PrivateKey& key, const crypto::KeyUse& use);
// Before OpenSC puts its own in this place.
[[nodiscard]] Bytes description(const crypto::PrivateKey& key, std::string_view label, ByteView id);

}  // namespace hwbak::practice::pico_hsm
