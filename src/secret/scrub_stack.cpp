// Overwrites what finished calls left on the stack and in the vector registers; see hwbak/secret.h.
#include <alloca.h>
#include <pthread.h>

#include <algorithm>
#include <cstdint>

#include "hwbak/secret.h"

namespace hwbak::secret {
namespace {

// Kept free for the functions called from here and for a signal handler.
constexpr std::size_t reserve = 16 * 1024;

struct StackBounds {
  std::uintptr_t low = 0, high = 0;
};

// Asked for once per thread: for the main thread the answer means reading /proc/self/maps.
const StackBounds& stack_bounds() noexcept {
  thread_local const StackBounds bounds = [] {
    StackBounds found;
    pthread_attr_t attributes;
    if (pthread_getattr_np(pthread_self(), &attributes) != 0) return found;
    void* low = nullptr;
    std::size_t size = 0;
    if (pthread_attr_getstack(&attributes, &low, &size) == 0) {
      found.low = reinterpret_cast<std::uintptr_t>(low);
      found.high = found.low + size;
    }
    pthread_attr_destroy(&attributes);
    return found;
  }();
  return bounds;
}

// Apart from its caller, so that the block begins right below the caller's small frame; without
// AddressSanitizer's red zones, which would leave holes.
[[gnu::noinline, gnu::no_sanitize_address]] void scrub(std::size_t bytes) noexcept { wipe(alloca(bytes), bytes); }

#if defined(__x86_64__)

// Beyond the registers that baseline code knows: nobody's values but the C library's.
[[gnu::noinline, gnu::target("avx512f")]] void clear_upper_vectors() noexcept {
  asm volatile(
      "vpxorq %%zmm16, %%zmm16, %%zmm16\n vpxorq %%zmm17, %%zmm17, %%zmm17\n vpxorq %%zmm18, %%zmm18, %%zmm18\n"
      "vpxorq %%zmm19, %%zmm19, %%zmm19\n vpxorq %%zmm20, %%zmm20, %%zmm20\n vpxorq %%zmm21, %%zmm21, %%zmm21\n"
      "vpxorq %%zmm22, %%zmm22, %%zmm22\n vpxorq %%zmm23, %%zmm23, %%zmm23\n vpxorq %%zmm24, %%zmm24, %%zmm24\n"
      "vpxorq %%zmm25, %%zmm25, %%zmm25\n vpxorq %%zmm26, %%zmm26, %%zmm26\n vpxorq %%zmm27, %%zmm27, %%zmm27\n"
      "vpxorq %%zmm28, %%zmm28, %%zmm28\n vpxorq %%zmm29, %%zmm29, %%zmm29\n vpxorq %%zmm30, %%zmm30, %%zmm30\n"
      "vpxorq %%zmm31, %%zmm31, %%zmm31"
      :
      :
      : "xmm16", "xmm17", "xmm18", "xmm19", "xmm20", "xmm21", "xmm22", "xmm23", "xmm24", "xmm25", "xmm26", "xmm27", "xmm28",
        "xmm29", "xmm30", "xmm31");
}

// What memcpy moved last is still in them; the dynamic linker saves all of them on the stack when
// it resolves a function at its first call.
void clear_vectors() noexcept {
  if (__builtin_cpu_supports("avx512f")) clear_upper_vectors();
  if (__builtin_cpu_supports("avx")) asm volatile("vzeroall" : : : "memory");
  asm volatile(
      "pxor %%xmm0, %%xmm0\n pxor %%xmm1, %%xmm1\n pxor %%xmm2, %%xmm2\n pxor %%xmm3, %%xmm3\n"
      "pxor %%xmm4, %%xmm4\n pxor %%xmm5, %%xmm5\n pxor %%xmm6, %%xmm6\n pxor %%xmm7, %%xmm7\n"
      "pxor %%xmm8, %%xmm8\n pxor %%xmm9, %%xmm9\n pxor %%xmm10, %%xmm10\n pxor %%xmm11, %%xmm11\n"
      "pxor %%xmm12, %%xmm12\n pxor %%xmm13, %%xmm13\n pxor %%xmm14, %%xmm14\n pxor %%xmm15, %%xmm15"
      :
      :
      : "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", "xmm7", "xmm8", "xmm9", "xmm10", "xmm11", "xmm12", "xmm13",
        "xmm14", "xmm15");
}

#elif defined(__aarch64__)

// All but v8 to v15, whose lower halves belong to the caller.
void clear_vectors() noexcept {
  asm volatile(
      "movi v0.2d, #0\n movi v1.2d, #0\n movi v2.2d, #0\n movi v3.2d, #0\n movi v4.2d, #0\n movi v5.2d, #0\n"
      "movi v6.2d, #0\n movi v7.2d, #0\n movi v16.2d, #0\n movi v17.2d, #0\n movi v18.2d, #0\n movi v19.2d, #0\n"
      "movi v20.2d, #0\n movi v21.2d, #0\n movi v22.2d, #0\n movi v23.2d, #0\n movi v24.2d, #0\n movi v25.2d, #0\n"
      "movi v26.2d, #0\n movi v27.2d, #0\n movi v28.2d, #0\n movi v29.2d, #0\n movi v30.2d, #0\n movi v31.2d, #0"
      :
      :
      : "v0", "v1", "v2", "v3", "v4", "v5", "v6", "v7", "v16", "v17", "v18", "v19", "v20", "v21", "v22", "v23", "v24", "v25",
        "v26", "v27", "v28", "v29", "v30", "v31");
}

#else
void clear_vectors() noexcept {}
#endif

}  // namespace

[[gnu::noinline, gnu::no_sanitize_address]] void scrub_stack(std::size_t bytes) noexcept {
  clear_vectors();
  const StackBounds& bounds = stack_bounds();
  const auto here = reinterpret_cast<std::uintptr_t>(__builtin_frame_address(0));
  // On a stack of unknown size (a signal handler's, a coroutine's) nothing can be overwritten safely.
  if (here < bounds.low || here > bounds.high || here - bounds.low <= reserve) return;
  scrub(std::min<std::size_t>(bytes, here - bounds.low - reserve));
}

}  // namespace hwbak::secret
