// The program's operator new and delete: what is freed is wiped, so that a copy of a secret made by
// a library's container does not outlive it. Every form is replaced, or the sanitizers' own would
// serve some of them.
#include <malloc.h>

#include <cstdlib>
#include <new>

#include "hwbak/secret.h"

namespace {

void* take(std::size_t size) noexcept { return std::malloc(size == 0 ? 1 : size); }

void* take(std::size_t size, std::align_val_t alignment) noexcept {
  void* taken = nullptr;
  const auto wanted = static_cast<std::size_t>(alignment);
  return posix_memalign(&taken, wanted < sizeof(void*) ? sizeof(void*) : wanted, size == 0 ? 1 : size) == 0 ? taken : nullptr;
}

// As the standard asks: the new-handler may free something, or throw.
template <typename... Alignment>
void* take_or_throw(std::size_t size, Alignment... alignment) {
  while (true) {
    if (void* const taken = take(size, alignment...)) return taken;
    const std::new_handler handler = std::get_new_handler();
    if (handler == nullptr) throw std::bad_alloc();
    handler();
  }
}

template <typename... Alignment>
void* take_or_null(std::size_t size, Alignment... alignment) noexcept {
  try {
    return take_or_throw(size, alignment...);
  } catch (const std::bad_alloc&) {
    return nullptr;
  }
}

void give_back(void* data) noexcept {
  if (data == nullptr) return;
  hwbak::wipe(data, malloc_usable_size(data));
  std::free(data);
}

}  // namespace

void* operator new(std::size_t size) { return take_or_throw(size); }
void* operator new[](std::size_t size) { return take_or_throw(size); }
void* operator new(std::size_t size, const std::nothrow_t&) noexcept { return take_or_null(size); }
void* operator new[](std::size_t size, const std::nothrow_t&) noexcept { return take_or_null(size); }
void* operator new(std::size_t size, std::align_val_t alignment) { return take_or_throw(size, alignment); }
void* operator new[](std::size_t size, std::align_val_t alignment) { return take_or_throw(size, alignment); }
void* operator new(std::size_t size, std::align_val_t alignment, const std::nothrow_t&) noexcept {
  return take_or_null(size, alignment);
}
void* operator new[](std::size_t size, std::align_val_t alignment, const std::nothrow_t&) noexcept {
  return take_or_null(size, alignment);
}

void operator delete(void* data) noexcept { give_back(data); }
void operator delete[](void* data) noexcept { give_back(data); }
void operator delete(void* data, std::size_t) noexcept { give_back(data); }
void operator delete[](void* data, std::size_t) noexcept { give_back(data); }
void operator delete(void* data, const std::nothrow_t&) noexcept { give_back(data); }
void operator delete[](void* data, const std::nothrow_t&) noexcept { give_back(data); }
void operator delete(void* data, std::align_val_t) noexcept { give_back(data); }
void operator delete[](void* data, std::align_val_t) noexcept { give_back(data); }
void operator delete(void* data, std::size_t, std::align_val_t) noexcept { give_back(data); }
void operator delete[](void* data, std::size_t, std::align_val_t) noexcept { give_back(data); }
void operator delete(void* data, std::align_val_t, const std::nothrow_t&) noexcept { give_back(data); }
void operator delete[](void* data, std::align_val_t, const std::nothrow_t&) noexcept { give_back(data); }
