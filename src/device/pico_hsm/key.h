// What an opened wrapped key means: which key it is, whether its numbers belong together, and whether the certificate
// and the description beside it speak of the same key (docs/formats/pico-hsm.md, "Checks").
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "container/wrapped_key/description.h"
#include "container/wrapped_key/wrapped_key.h"
#include "crypto/private_key.h"

namespace hwbak::pico_hsm {

// How d of a Montgomery key stands in the blob.
enum class ByteOrder { big, little };

struct Key {
  wrapped_key::KeyType type = wrapped_key::KeyType::aes;
  unsigned bits = 0;  // of the modulus, the field (521; X25519: 256, X448: 448), or the AES key (512)
  std::string curve;                          // "secp256r1", "X25519"; empty: RSA, AES
  crypto::PrivateKey key;
  std::optional<ByteOrder> byte_order;        // of X25519 and X448 only
  bool a_empty = false;                       // EC: parameter A is left out, as Pico HSM does
  bool full_length = true;                    // EC: every number has its full length
  bool q_computed = false;                    // EC: the blob had no Q
  bool usual_exponent = true;                 // RSA: e = 65537
  Bytes padding;                              // what follows the body; empty on a block boundary of firmware-made keys
  std::vector<std::string> untried;           // sentences: what of its form no device was seen to take
};
// The numbers checked in the order of "Checks". Throws Error: damaged (a number that cannot be: d = 0 or not below N, Q
// not on the curve, an even modulus), inconsistent (numbers that do not belong together: Q is not d * G, d does not
// belong to n and e, p * q is not n, a size that is not that of the numbers), unsupported (curve, AES length, RSA above
// 4096 bits or with an e of more than 64, explicit parameters that no known curve has). The sentence names the number.
[[nodiscard]] Key read_key(const wrapped_key::Body& body, wrapped_key::KeyType type, RandomSource& random);
// Of a blob that opened. Throws Error: damaged also where its lengths are wrong.
[[nodiscard]] Key read_key(const wrapped_key::Opening& opening, RandomSource& random);

// What is known of a key, open or not.
struct Shape {
  std::string type;                           // facts.key_type: rsa, rsa-crt, ec, aes, x25519, x448; empty: not known
  std::string curve;
  std::optional<unsigned> bits;
};
[[nodiscard]] Shape shape_of(const Key& key);
[[nodiscard]] Shape shape_of(const crypto::PublicKey& key);
[[nodiscard]] std::string_view type_word(wrapped_key::KeyType type);   // as the blob has it: rsa, rsa-crt, ec, aes; else empty
// "EC secp256r1", "RSA 2048 bits", "AES 256 bits", "X25519", "a key of unknown kind"
[[nodiscard]] std::string in_words(const Shape& shape);
[[nodiscard]] inline std::string describe(const Key& key) { return in_words(shape_of(key)); }

// A public key as a certificate has it; nullopt when it is on a curve that is not known here, or when parts are missing.
[[nodiscard]] std::optional<crypto::PublicKey> public_key_in(const wrapped_key::Cvc& cvc);
// X.509 or card-verifiable, as it stands beside a key. Throws Error(damaged).
[[nodiscard]] std::optional<crypto::PublicKey> public_key_in(ByteView certificate);

// Beside it.
enum class Match { nothing_to_compare, same, differs };
struct Beside {
  wrapped_key::CertificateKind certificate = wrapped_key::CertificateKind::none;
  Match certificate_key = Match::nothing_to_compare;
  std::optional<bool> self_signature;         // of a CVC: over its body, by its own key; X25519 and X448 cannot sign
  std::string holder;                         // CHR or X.509 subject, printable
  Match description = Match::nothing_to_compare;   // kind and bits
  bool certificate_unreadable = false;        // as a whole or in part: damaged
  bool description_unreadable = false;
  std::vector<std::string>
      what_differs;  // sentences, also of what cannot be read and of a signature that does not hold
  // Bytes of it are wrong, whoever's key it is: it cannot be read, or its own signature does not hold.
  [[nodiscard]] bool certificate_damaged() const { return certificate_unreadable || self_signature == false; }
  // Whole, as far as that can be told, and of another key.
  [[nodiscard]] bool certificate_of_another() const {
    return certificate_key == Match::differs && !certificate_damaged();
  }
  [[nodiscard]] bool good() const { return what_differs.empty(); }
};
// `certificate` and `description` as they stand in the file, each may be empty. Never throws for bad bytes: they are a
// sentence.
struct Parts {
  ByteView description, certificate;
};
[[nodiscard]] Beside compare(const Key& key, const Parts& parts);

// The contents of a blob that a device takes: full-length parameters, Montgomery d little-endian.
struct Composed {
  wrapped_key::Contents contents;             // views into `numbers`
  std::vector<SecretBytes> numbers;
};
[[nodiscard]] Composed compose(const crypto::PrivateKey& key, ByteView allowed_algorithms);
// Of that key: kind and bits; ID 01, no label.
[[nodiscard]] wrapped_key::Description description_for(const crypto::PrivateKey& key);

}  // namespace hwbak::pico_hsm
