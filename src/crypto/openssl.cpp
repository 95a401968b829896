// See openssl.h.
#include "crypto/openssl.h"

#include <malloc.h>
#include <openssl/crypto.h>

#include <cstdlib>
#include <cstring>

#include "hwbak/secret.h"

namespace hwbak::crypto {
namespace {

void* allocate(std::size_t size, const char*, int) { return std::malloc(size); }

void release(void* data, const char*, int) {
  if (data != nullptr) wipe(data, malloc_usable_size(data));
  std::free(data);
}

void* reallocate(void* data, std::size_t size, const char* file, int line) {
  if (data == nullptr) return allocate(size, file, line);
  void* const grown = std::malloc(size);
  if (grown == nullptr) return nullptr;
  const std::size_t old_size = malloc_usable_size(data);
  std::memcpy(grown, data, old_size < size ? old_size : size);
  release(data, file, line);
  return grown;
}

OSSL_LIB_CTX* create() {
  // Refused when the embedding program has used OpenSSL before us: then it keeps its own allocators.
  CRYPTO_set_mem_functions(allocate, reallocate, release);
  OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, nullptr);
  OSSL_LIB_CTX* const context = OSSL_LIB_CTX_new();
  check(context != nullptr, "OSSL_LIB_CTX_new");
  return context;
}

}  // namespace

OSSL_LIB_CTX* library() {
  static OSSL_LIB_CTX* const context = create();
  return context;
}

}  // namespace hwbak::crypto
