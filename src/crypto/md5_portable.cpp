// MD5 chains without special instructions: one message, four in whatever vectors the compiler has, and OpenSSL's own.
#include <array>
#include <cstring>
#include <utility>

#include "crypto/md5_lanes.h"
#include "crypto/openssl.h"
#include "hwbak/secret.h"

#define HWBAK_MD5_TARGET

namespace hwbak::crypto {
namespace {

typedef std::uint32_t FourWords __attribute__((vector_size(16)));
inline void settle(std::uint32_t& x) noexcept { asm("" : "+r"(x)); }
inline void settle([[maybe_unused]] FourWords& x) noexcept {
#if defined(__x86_64__)
  asm("" : "+x"(x));
#elif defined(__aarch64__)
  asm("" : "+w"(x));
#endif
}

#include "crypto/md5_chain.h"

struct FourOps : PlainMd5Ops<FourWords> {};
struct ScalarOps : PlainMd5Ops<std::uint32_t> {};

bool always() noexcept { return true; }

void run_openssl(std::uint32_t* digests, std::uint32_t rounds) noexcept {
  std::array<std::uint8_t, MD5_DIGEST_LENGTH> digest;
  for (std::size_t i = 0; i < digest.size(); ++i) digest[i] = static_cast<std::uint8_t>(digests[i / 4] >> 8 * (i % 4));
  MD5_CTX context;
  for (; rounds != 0; --rounds) {
    MD5_Init(&context);
    MD5_Update(&context, digest.data(), digest.size());
    MD5_Final(digest.data(), &context);
  }
  std::memset(digests, 0, digest.size());
  for (std::size_t i = 0; i < digest.size(); ++i) digests[i / 4] |= std::uint32_t{digest[i]} << 8 * (i % 4);
  wipe(digest.data(), digest.size());
  wipe(&context, sizeof context);
}

}  // namespace

const Md5Lanes md5_portable{"portable-x4", 4, 2, always, md5_chain<FourOps, 1>};
const Md5Lanes md5_scalar{"scalar", 1, 1, always, md5_chain<ScalarOps, 1>};
const Md5Lanes md5_openssl{"openssl", 1, 1, always, run_openssl};

}  // namespace hwbak::crypto
