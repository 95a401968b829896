// Any bytes as a key file: a key whose numbers belong together, or an Error. The password is that of the seeds.
#include <cstdlib>

#include "base/as_bytes.h"
#include "crypto/private_key.h"

namespace {

// Thousands of iterations are no harder to parse than one: files that would take long are left alone, by their numbers.
bool is_quick(hwbak::ByteView file) {
  for (std::size_t i = 0; i + 4 < file.size(); ++i)
    if (file[i] == 2 && (file[i + 1] > 2 && file[i + 1] < 6)) return false;  // an INTEGER of 3 to 5 bytes
  return true;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace hwbak;
  const ByteView file(data, size);
  const auto needs = crypto::key_file_kind(file);
  if (needs == crypto::KeyFileNeeds::password && !is_quick(file)) return 0;
  try {
    const crypto::ReadKey read = crypto::read_key_file(file, as_bytes("x"));
    if (!needs) std::abort();
    const SecretBytes again = crypto::pkcs8_der(read.key);
    if (!same(*public_of(crypto::read_key_file(again.expose(), {}).key), *public_of(read.key))) std::abort();
    if (!read.certificate.empty() && !crypto::read_certificate(read.certificate)) std::abort();
  } catch (const Error& error) {
    if (error.outcome() == Outcome::internal) std::abort();
  }
  (void)crypto::read_certificate(file);
  return 0;
}
