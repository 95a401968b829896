// AES-CBC without padding; see aes_cbc.h.
#include "crypto/aes_cbc.h"

#include <algorithm>

#include "crypto/aes_ni.h"
#include "hwbak/secret.h"

namespace hwbak::crypto {
namespace {

void run(int direction, ByteView key, FixedView<16> iv, ByteView in, ByteSpan out) {
  check(in.size() == out.size() && in.size() % AES_BLOCK_SIZE == 0, "AES-CBC: length");
  if (in.empty()) return;
  AES_KEY schedule;
  std::array<std::uint8_t, 16> chain;  // the last ciphertext block, afterwards
  std::copy(iv.begin(), iv.end(), chain.begin());
  const int bits = static_cast<int>(8 * key.size());
  const bool ready = (direction == AES_ENCRYPT ? AES_set_encrypt_key(key.data(), bits, &schedule)
                                               : AES_set_decrypt_key(key.data(), bits, &schedule)) == 0;
  const auto kernel = direction == AES_DECRYPT && bits == 256 ? aes256_cbc_decrypt_kernel() : nullptr;
  if (ready && kernel != nullptr) kernel(schedule, iv.data(), in.data(), out.data(), in.size() / AES_BLOCK_SIZE);
  else if (ready) AES_cbc_encrypt(in.data(), out.data(), in.size(), &schedule, chain.data(), direction);
  wipe(&schedule, sizeof schedule);
  secret::scrub_stack(4096);
  check(ready, "AES: key");
}

}  // namespace

void aes_cbc_encrypt(ByteView key, FixedView<16> iv, ByteView in, ByteSpan out) { run(AES_ENCRYPT, key, iv, in, out); }
void aes_cbc_decrypt(ByteView key, FixedView<16> iv, ByteView in, ByteSpan out) { run(AES_DECRYPT, key, iv, in, out); }
void aes256_cbc_encrypt(FixedView<32> key, FixedView<16> iv, ByteView in, ByteSpan out) { run(AES_ENCRYPT, key, iv, in, out); }
void aes256_cbc_decrypt(FixedView<32> key, FixedView<16> iv, ByteView in, ByteSpan out) { run(AES_DECRYPT, key, iv, in, out); }

}  // namespace hwbak::crypto
