// The library context and the numbers; see openssl_keys.h.
#include "crypto/openssl_keys.h"

#include <algorithm>

namespace hwbak::crypto {

OSSL_LIB_CTX* context() {
  static OSSL_LIB_CTX* const own = [] {
    OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG | OPENSSL_INIT_NO_ATEXIT, nullptr);
    OSSL_LIB_CTX* const made = OSSL_LIB_CTX_new();
    check(made != nullptr && OSSL_PROVIDER_load(made, "default") != nullptr, "OpenSSL's default provider");
    return made;
  }();
  return own;
}

Owned<BIGNUM> new_number() { return owned(BN_secure_new()); }

Owned<BIGNUM> number(ByteView big_endian) {
  check(big_endian.size() <= std::size_t{1} << 20, "a number of more than a million bytes");
  auto out = new_number();
  if (BN_bin2bn(big_endian.data(), static_cast<int>(big_endian.size()), out.get()) == nullptr) throw std::bad_alloc();
  return out;
}

Owned<BN_CTX> scratch() { return owned(BN_CTX_secure_new_ex(context())); }

ByteView without_leading_zeros(ByteView number) {
  const auto first = std::find_if(number.begin(), number.end(), [](std::uint8_t byte) { return byte != 0; });
  return number.subspan(static_cast<std::size_t>(first - number.begin()));
}

Bytes bytes_of(const BIGNUM* value) {
  Bytes out(static_cast<std::size_t>(BN_num_bytes(value)));
  BN_bn2bin(value, out.data());
  return out;
}

SecretBytes secret_bytes_of(const BIGNUM* value) {
  return secret_bytes_of(value, static_cast<std::size_t>(BN_num_bytes(value)));
}

SecretBytes secret_bytes_of(const BIGNUM* value, std::size_t size) {
  SecretBytes out(size);
  check(BN_bn2binpad(value, out.expose().data(), static_cast<int>(size)) >= 0, "a number longer than its place");
  return out;
}

}  // namespace hwbak::crypto
