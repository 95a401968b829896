// Digests, HMAC (RFC 2104), PBKDF2 (RFC 8018); see digest.h.
#include "crypto/digest.h"

#include <algorithm>

#include "crypto/openssl.h"
#include "hwbak/secret.h"

namespace hwbak::crypto {
namespace {

// A running SHA-512 that leaves nothing behind.
class Sha512 final {
 public:
  Sha512() { SHA512_Init(&context_); }
  Sha512(const Sha512&) = default;
  Sha512& operator=(const Sha512&) = delete;
  ~Sha512() { wipe(&context_, sizeof context_); }
  Sha512& add(ByteView data) {
    SHA512_Update(&context_, data.data(), data.size());
    return *this;
  }
  void finish(FixedSpan<64> out) { SHA512_Final(out.data(), &context_); }
  // Continues from the chaining value of `from` with one block that is already padded, and writes the
  // chaining value as bytes: a whole digest of a message that ends in this block.
  void finish_block(const Sha512& from, FixedView<128> block, FixedSpan<64> out) {
    std::copy(std::begin(from.context_.h), std::end(from.context_.h), std::begin(context_.h));
    SHA512_Transform(&context_, block.data());
    for (std::size_t i = 0; i < 64; ++i) out[i] = static_cast<std::uint8_t>(context_.h[i / 8] >> (56 - 8 * (i % 8)));
  }

 private:
  SHA512_CTX context_;
};

// Both halves of HMAC-SHA-512 with the key already taken in.
class HmacSha512 final {
 public:
  explicit HmacSha512(ByteView key) {
    std::array<std::uint8_t, 128> pad{};
    if (key.size() > pad.size()) {
      Sha512().add(key).finish(FixedSpan<64>(pad.data(), 64));
    } else {
      std::copy(key.begin(), key.end(), pad.begin());
    }
    for (auto& byte : pad) byte ^= 0x36;
    inner_.add(pad);
    for (auto& byte : pad) byte ^= 0x36 ^ 0x5C;
    outer_.add(pad);
    wipe(pad.data(), pad.size());
  }
  void of(ByteView a, ByteView b, FixedSpan<64> out) const {
    Sha512(inner_).add(a).add(b).finish(out);
    Sha512(outer_).add(out).finish(out);
  }
  const Sha512& inner() const noexcept { return inner_; }
  const Sha512& outer() const noexcept { return outer_; }

 private:
  Sha512 inner_, outer_;
};

}  // namespace

void sha256_into(ByteView data, FixedSpan<32> out) {
  SHA256_CTX context;
  SHA256_Init(&context);
  SHA256_Update(&context, data.data(), data.size());
  SHA256_Final(out.data(), &context);
  wipe(&context, sizeof context);
}

std::array<std::uint8_t, 32> sha256(ByteView data) {
  std::array<std::uint8_t, 32> out;
  sha256_into(data, out);
  return out;
}

std::array<std::uint8_t, 32> sha256d(ByteView data) {
  auto once = sha256(data);
  const auto twice = sha256(once);
  wipe(once.data(), once.size());
  return twice;
}

std::array<std::uint8_t, 20> hash160(ByteView data) {
  auto inner = sha256(data);
  std::array<std::uint8_t, 20> out;
  RIPEMD160_CTX context;
  RIPEMD160_Init(&context);
  RIPEMD160_Update(&context, inner.data(), inner.size());
  RIPEMD160_Final(out.data(), &context);
  wipe(&context, sizeof context);
  wipe(inner.data(), inner.size());
  return out;
}

void hmac_sha512(ByteView key, ByteView data, FixedSpan<64> out) {
  HmacSha512(key).of(data, {}, out);
  secret::scrub_stack(4096);
}

void pbkdf2_hmac_sha512(ByteView password, ByteView salt, unsigned iterations, ByteSpan out) {
  check(iterations != 0 && out.size() / 64 < 0xFFFFFFFF, "PBKDF2-HMAC-SHA512: parameters");
  const HmacSha512 hmac(password);
  Sha512 running;
  // One padded SHA-512 block: U, the end mark, and the length in bits of U after the 128-byte pad.
  std::array<std::uint8_t, 128> block{};
  const FixedSpan<64> u(block.data(), 64);
  block[64] = 0x80;
  block[126] = (128 + 64) * 8 / 256;
  std::array<std::uint8_t, 64> sum;
  for (std::uint32_t index = 1; !out.empty(); ++index) {
    const std::array<std::uint8_t, 4> number{
        static_cast<std::uint8_t>(index >> 24), static_cast<std::uint8_t>(index >> 16),
        static_cast<std::uint8_t>(index >> 8), static_cast<std::uint8_t>(index)};
    hmac.of(salt, number, u);
    std::copy(u.begin(), u.end(), sum.begin());
    for (unsigned i = 1; i < iterations; ++i) {
      running.finish_block(hmac.inner(), block, u);
      running.finish_block(hmac.outer(), block, u);
      for (std::size_t j = 0; j < sum.size(); ++j) sum[j] ^= u[j];
    }
    const std::size_t size = std::min(out.size(), sum.size());
    std::copy_n(sum.begin(), size, out.begin());
    out = out.subspan(size);
  }
  wipe(block.data(), block.size());
  wipe(sum.data(), sum.size());
  secret::scrub_stack(4096);
}

}  // namespace hwbak::crypto
