// The one place that includes OpenSSL; internal to crypto/. Only its plain functions are used: they
// read no configuration file of the machine, load no provider, allocate nothing (so nothing of ours
// stays behind in its memory; but GCM, which clears what it allocated) and register nothing for the end of the process. OpenSSL 3 calls them
// deprecated in favour of EVP, whose first use of a digest, a cipher and a MAC costs 1.0 ms here
// against 0.02 ms: half of what a whole `hwbak open` may take (bench/, "open").
#pragma once

#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/aes.h>
#include <openssl/md5.h>
#include <openssl/modes.h>
#include <openssl/ripemd.h>
#include <openssl/sha.h>

#include <string>

#include "hwbak/error.h"

namespace hwbak::crypto {

// Turns a caller's mistake into Error(internal): with our inputs none may happen.
inline void check(bool good, const char* what) {
  if (!good) throw Error(Outcome::internal, std::string("a bug in the use of cryptography: ") + what);
}

}  // namespace hwbak::crypto
