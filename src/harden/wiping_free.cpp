// The program's free and realloc: what C libraries give back is wiped too (libzxcvbn copies the password, say). In a
// dynamic program these are found before the C library's, by shared libraries as well; a static one has the linker send
// every call here (--wrap, src/cli/CMakeLists.txt). Left out under sanitizers, whose own must serve.
#include <malloc.h>

#include <algorithm>
#include <cstring>

#include "hwbak/secret.h"

#ifdef HWBAK_STATIC
#define HWBAK_FREE __wrap_free
#define HWBAK_REALLOC __wrap_realloc
#define HWBAK_PLAIN_FREE __real_free
#else
#define HWBAK_FREE free
#define HWBAK_REALLOC realloc
#define HWBAK_PLAIN_FREE __libc_free
#endif

extern "C" {

void HWBAK_PLAIN_FREE(void* data) noexcept;

void HWBAK_FREE(void* data) noexcept {
  if (data == nullptr) return;
  hwbak::wipe(data, malloc_usable_size(data));
  HWBAK_PLAIN_FREE(data);
}

void* HWBAK_REALLOC(void* data, std::size_t size) noexcept {
  if (data == nullptr) return malloc(size);
  if (size == 0) {
    HWBAK_FREE(data);
    return nullptr;
  }
  void* const taken = malloc(size);
  if (taken == nullptr) return nullptr;
  std::memcpy(taken, data, std::min(size, malloc_usable_size(data)));
  HWBAK_FREE(data);
  return taken;
}

}  // extern "C"
