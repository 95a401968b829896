// The pages behind hwbak/secret.h.
#include <cstdlib>
#include <cstring>
#include <new>

#include "hwbak/secret.h"

namespace hwbak {

void wipe(void* data, std::size_t size) noexcept {
  if (size != 0) explicit_bzero(data, size);
}

namespace secret {

PoolStatus pool_status() noexcept { return {}; }

std::uint8_t* allocate(std::size_t size) {
  if (size == 0) return nullptr;
  auto* const data = static_cast<std::uint8_t*>(std::calloc(size, 1));
  if (data == nullptr) throw std::bad_alloc();
  return data;
}

void release(std::uint8_t* data, std::size_t size) noexcept {
  wipe(data, size);
  std::free(data);
}

[[gnu::noinline]] void scrub_stack(std::size_t bytes) noexcept {
  auto* const below = static_cast<std::uint8_t*>(__builtin_alloca(bytes));
  wipe(below, bytes);
}

}  // namespace secret
}  // namespace hwbak
