// The private key description (PKCS#15 PRKD) and the certificate beside a wrapped key: X.509, or a card-verifiable
// certificate or request (docs/formats/pico-hsm.md, "The description" and "The certificate").
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "hwbak/bytes.h"
#include "hwbak/error.h"

namespace hwbak::wrapped_key {

enum class DescribedKind { rsa, ec, secret };    // tags 30, A0, A8
struct Description {
  DescribedKind kind = DescribedKind::ec;
  std::string label;                             // UTF-8 as it stands there, or empty
  Bytes id;                                      // CKA_ID
  std::optional<std::uint32_t> key_reference;
  std::optional<unsigned> bits;
  std::vector<unsigned> usage;                   // bit numbers that are set (PKCS#15 KeyUsageFlags)
};
// Throws Error(damaged), offsets from the first byte of `tlv`.
[[nodiscard]] Description read_description(ByteView tlv);
// As sc-hsm-tool and OpenSC read it: label, ID, usual usage and access flags, bits.
[[nodiscard]] Bytes write_description(const Description& description);

enum class CertificateKind { none, x509, cvc };
[[nodiscard]] CertificateKind certificate_kind(ByteView tlv) noexcept;   // by its tag: 30, 67 or 7F21

// A card-verifiable certificate or request, as the cards make them.
struct Cvc {
  bool request = false;                          // 67: signed by the device around it
  std::string holder, authority;                 // CHR, CAR; printable
  Bytes oid;                                     // of the public key, content bytes
  std::optional<Bytes> n, e;                     // RSA
  std::optional<Bytes> p, a, b, g, order, q;     // EC and Montgomery: those that are there, by their tags
  Bytes signed_body;                             // 7F4E with its tag and length
  Bytes signature;                               // 5F37 of the inner certificate
  Bytes outer_authority, outer_signature;        // of a request, empty when it has none
};
// Throws Error(damaged).
[[nodiscard]] Cvc read_cvc(ByteView tlv);

}  // namespace hwbak::wrapped_key
