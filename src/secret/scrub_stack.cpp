// Overwrites what finished calls left on the stack; see hwbak/secret.h.
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

}  // namespace

[[gnu::noinline, gnu::no_sanitize_address]] void scrub_stack(std::size_t bytes) noexcept {
  const StackBounds& bounds = stack_bounds();
  const auto here = reinterpret_cast<std::uintptr_t>(__builtin_frame_address(0));
  // On a stack of unknown size (a signal handler's, a coroutine's) nothing can be overwritten safely.
  if (here < bounds.low || here > bounds.high || here - bounds.low <= reserve) return;
  scrub(std::min<std::size_t>(bytes, here - bounds.low - reserve));
}

}  // namespace hwbak::secret
