// The one place where OpenSSL is set up: no configuration file of the machine, an own library
// context, wiping allocators. Internal to crypto/.
#pragma once

#include <openssl/evp.h>

#include "hwbak/error.h"

namespace hwbak::crypto {

// Created at first use.
[[nodiscard]] OSSL_LIB_CTX* library();

// Turns a failed OpenSSL call into Error(internal): with our inputs none may fail.
inline void check(bool good, const char* what) {
  if (!good) throw Error(Outcome::internal, std::string("the cryptographic library failed: ") + what);
}

}  // namespace hwbak::crypto
