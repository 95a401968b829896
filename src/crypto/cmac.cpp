// AES-CMAC; see cmac.h.
#include "crypto/cmac.h"

#include <algorithm>

#include "crypto/openssl.h"
#include "hwbak/secret.h"

namespace hwbak::crypto {
namespace {

using Block = std::array<std::uint8_t, 16>;

Block operator^(Block a, const Block& b) {
  for (std::size_t i = 0; i < a.size(); ++i) a[i] = static_cast<std::uint8_t>(a[i] ^ b[i]);
  return a;
}

// The schedule of one key, and the message as the blocks that are fed in: the last one padded when it is short, and
// with its subkey.
class Cmac final {
 public:
  explicit Cmac(ByteView key) {
    check(AES_set_encrypt_key(key.data(), static_cast<int>(8 * key.size()), &encrypt_) == 0, "AES: key");
    k1_ = doubled(encrypted(Block{}));
    k2_ = doubled(k1_);
  }
  Cmac(const Cmac&) = delete;
  Cmac& operator=(const Cmac&) = delete;
  ~Cmac() {
    wipe(&encrypt_, sizeof encrypt_);
    wipe(k1_.data(), k1_.size());
    wipe(k2_.data(), k2_.size());
    secret::scrub_stack(4096);
  }

  [[nodiscard]] Block encrypted(const Block& in) const {
    Block out;
    AES_encrypt(in.data(), out.data(), &encrypt_);
    return out;
  }
  [[nodiscard]] static std::size_t blocks(ByteView data) { return data.empty() ? 1 : (data.size() + 15) / 16; }
  [[nodiscard]] static std::size_t used(ByteView data, std::size_t block) {
    return std::min<std::size_t>(16, data.size() - block * 16);
  }
  [[nodiscard]] Block subkey(ByteView data, std::size_t block) const {
    if (block + 1 != blocks(data)) return Block{};
    return used(data, block) == 16 ? k1_ : k2_;
  }
  [[nodiscard]] static Block padded(ByteView data, std::size_t block) {
    Block out{};
    const std::size_t size = used(data, block);
    std::ranges::copy(data.subspan(block * 16, size), out.begin());
    if (size < 16) out[size] = 0x80;
    return out;
  }
  [[nodiscard]] Block fed(ByteView data, std::size_t block) const { return padded(data, block) ^ subkey(data, block); }

 private:
  static Block doubled(const Block& in) {
    Block out;
    for (std::size_t i = 0; i < out.size(); ++i)
      out[i] = static_cast<std::uint8_t>(in[i] << 1 | (i + 1 < in.size() ? in[i + 1] >> 7 : 0));
    if ((in[0] & 0x80) != 0) out[15] ^= 0x87;
    return out;
  }
  AES_KEY encrypt_;
  Block k1_, k2_;
};

}  // namespace

std::array<std::uint8_t, 16> aes_cmac(ByteView key, ByteView data) {
  const Cmac cmac(key);
  Block state{};
  for (std::size_t block = 0; block < Cmac::blocks(data); ++block)
    state = cmac.encrypted(state ^ cmac.fed(data, block));
  return state;
}

std::optional<std::vector<std::size_t>> aes256_cmac_mend(FixedView<32> key, ByteSpan data, FixedView<16> tag,
                                                         std::size_t most) {
  const Cmac cmac(key);
  const std::size_t count = Cmac::blocks(data);
  std::vector<Block> before(count);      // the state that each block is added to
  for (std::size_t block = 0; block + 1 < count; ++block)
    before[block + 1] = cmac.encrypted(before[block] ^ cmac.fed(data, block));
  AES_KEY decrypt;
  check(AES_set_decrypt_key(key.data(), 256, &decrypt) == 0, "AES-256: key");
  Block after;                           // the state that must come out of it
  std::ranges::copy(tag, after.begin());
  std::optional<std::vector<std::size_t>> found;
  for (std::size_t block = count; block-- > 0 && !found;) {
    Block sum;
    AES_decrypt(after.data(), sum.data(), &decrypt);
    const Block wanted = sum ^ before[block] ^ cmac.subkey(data, block), there = Cmac::padded(data, block);
    std::vector<std::size_t> differ;
    for (std::size_t i = 0; i < wanted.size(); ++i)
      if (wanted[i] != there[i]) differ.push_back(block * 16 + i);
    if (!differ.empty() && differ.size() <= most && differ.back() < data.size()) {
      for (const std::size_t at : differ) data[at] = wanted[at % 16];
      found = std::move(differ);
    }
    after = sum ^ cmac.fed(data, block);
  }
  wipe(&decrypt, sizeof decrypt);
  return found;
}

}  // namespace hwbak::crypto
