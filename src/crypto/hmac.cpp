// See hmac.h.
#include "crypto/hmac.h"

#include <algorithm>
#include <array>

#include "crypto/openssl.h"

namespace hwbak::crypto {
namespace {

struct Sha1 {
  static constexpr std::size_t size = SHA_DIGEST_LENGTH, block = SHA_CBLOCK;
  SHA_CTX context;
  void init() { SHA1_Init(&context); }
  void add(ByteView data) { SHA1_Update(&context, data.data(), data.size()); }
  void finish(std::uint8_t* out) { SHA1_Final(out, &context); }
};
struct Sha256 {
  static constexpr std::size_t size = SHA256_DIGEST_LENGTH, block = SHA256_CBLOCK;
  SHA256_CTX context;
  void init() { SHA256_Init(&context); }
  void add(ByteView data) { SHA256_Update(&context, data.data(), data.size()); }
  void finish(std::uint8_t* out) { SHA256_Final(out, &context); }
};
struct Sha512 {
  static constexpr std::size_t size = SHA512_DIGEST_LENGTH, block = SHA512_CBLOCK;
  SHA512_CTX context;
  void init() { SHA512_Init(&context); }
  void add(ByteView data) { SHA512_Update(&context, data.data(), data.size()); }
  void finish(std::uint8_t* out) { SHA512_Final(out, &context); }
};

template <class Digest>
SecretBytes hmac_with(ByteView key, ByteView data) {
  Digest digest;
  std::array<std::uint8_t, Digest::block> pad{};
  SecretBytes out(Digest::size);
  if (key.size() > pad.size()) {
    digest.init();
    digest.add(key);
    digest.finish(pad.data());
  } else {
    std::copy(key.begin(), key.end(), pad.begin());
  }
  const auto half = [&](std::uint8_t mask, ByteView message) {
    for (auto& byte : pad) byte ^= mask;
    digest.init();
    digest.add(pad);
    digest.add(message);
    digest.finish(out.expose().data());
  };
  half(0x36, data);
  half(0x36 ^ 0x5C, out.expose());
  wipe(&digest, sizeof digest);
  wipe(pad.data(), pad.size());
  return out;
}

}  // namespace

SecretBytes hmac(HmacHash hash, ByteView key, ByteView data) {
  switch (hash) {
    case HmacHash::sha1: return hmac_with<Sha1>(key, data);
    case HmacHash::sha256: return hmac_with<Sha256>(key, data);
    case HmacHash::sha512: return hmac_with<Sha512>(key, data);
  }
  check(false, "HMAC: hash");
  return {};
}

}  // namespace hwbak::crypto
