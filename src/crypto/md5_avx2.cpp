// MD5 chains in the eight lanes of AVX2, or in two times eight.
#if defined(__x86_64__)
#include <cstring>
#include <utility>

#include "crypto/md5_lanes.h"

#define HWBAK_MD5_TARGET [[gnu::target("avx2")]]

namespace hwbak::crypto {
namespace {

typedef std::uint32_t EightWords __attribute__((vector_size(32)));
HWBAK_MD5_TARGET [[gnu::always_inline]] inline void settle(EightWords& x) noexcept { asm("" : "+x"(x)); }

#include "crypto/md5_chain.h"

struct Avx2Ops : PlainMd5Ops<EightWords> {};

bool available() noexcept { return __builtin_cpu_supports("avx2"); }

}  // namespace

const Md5Lanes md5_avx2_x16{"avx2-x16", 16, 9, available, md5_chain<Avx2Ops, 2>};
const Md5Lanes md5_avx2{"avx2-x8", 8, 2, available, md5_chain<Avx2Ops, 1>};

}  // namespace hwbak::crypto
#endif
