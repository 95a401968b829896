// Where the key of `create wrapped-key` comes from: another program's file, or fresh (docs/pico-hsm.md).
#pragma once

#include "crypto/private_key.h"
#include "hwbak/hsm.h"

namespace hwbak::tasks {

// A key, and the certificate found beside it (DER) or given.
struct KeySource {
  crypto::PrivateKey key;
  Bytes certificate;
};

// PEM, PKCS#8, PKCS#12, or the bytes of an AES key; the password is Secrets::Kind::password. Throws Error: unsupported,
// wrong_secret, damaged, refused, io.
[[nodiscard]] KeySource key_of_file(const Context& context, const Subject& file);
// "rsa:2048", "ec:secp256r1", "x25519", "x448", "aes:256". Throws Error(usage) that lists them.
[[nodiscard]] crypto::PrivateKey fresh_key(const std::string& wanted, RandomSource& random);
// An X.509 certificate in a file, PEM or DER, as DER. Throws Error: unsupported, io.
[[nodiscard]] Bytes certificate_of_file(const Context& context, const Subject& file);

}  // namespace hwbak::tasks
