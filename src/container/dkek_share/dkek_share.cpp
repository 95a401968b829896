// A DKEK share opened, mended and sealed; see dkek_share.h. Facts: docs/formats/pico-hsm.md, "The share file", "From
// password to key" and "Padding, KCV and damage".
#include "container/dkek_share/dkek_share.h"

#include <algorithm>

#include "base/hex.h"
#include "container/dkek_share/layout.h"
#include "crypto/aes_cbc.h"
#include "crypto/digest.h"
#include "crypto/dkek_kdf.h"

namespace hwbak::dkek {
namespace {

constexpr std::size_t block = 16, blocks = 3;
constexpr std::uint8_t padding = block;  // PKCS#7: a whole block of its own length
using Sealed = std::array<std::uint8_t, blocks * block>;

FixedView<32> aes_key(FixedView<48> key) { return key.first<32>(); }
FixedView<16> iv(FixedView<48> key) { return key.last<16>(); }

SecretBytes decrypt(const Sealed& sealed, FixedView<48> key) {
  SecretBytes out(sealed.size());
  crypto::aes256_cbc_decrypt(aes_key(key), iv(key), sealed, out.expose());
  return out;
}

// What the third block must be when the second is right. No secret: it may stand in a file.
std::array<std::uint8_t, block> third_block(const Sealed& sealed, FixedView<48> key) {
  std::array<std::uint8_t, block> out;
  out.fill(padding);
  crypto::aes256_cbc_encrypt(aes_key(key), FixedView<block>(sealed.data() + block, block), out, out);
  return out;
}

std::size_t differing(ByteView a, ByteView b) {
  std::size_t out = 0;
  for (std::size_t i = 0; i < a.size(); ++i) out += a[i] != b[i];
  return out;
}

// Puts right what the padding proves wrong; the places go to `mended`. False when it proves nothing.
bool mend(Sealed& sealed, FixedView<48> key, std::vector<std::size_t>& mended) {
  const auto replace = [&](std::size_t which, ByteView right) {
    if (differing(right, ByteView(sealed).subspan(which * block, block)) > max_mended) return false;
    for (std::size_t i = 0; i < block; ++i) {
      std::uint8_t& stored = sealed[which * block + i];
      if (stored != right[i]) mended.push_back(which * block + i);
      stored = right[i];
    }
    return true;
  };
  if (replace(2, third_block(sealed, key))) return true;
  // A byte changed in the second block changes the same byte of the padding and nothing else of it.
  const SecretBytes plain = decrypt(sealed, key);
  std::array<std::uint8_t, block> second;
  for (std::size_t i = 0; i < block; ++i)
    second[i] = static_cast<std::uint8_t>(sealed[block + i] ^ plain.expose()[2 * block + i] ^ padding);
  return replace(1, second);
}

}  // namespace

Kcv kcv_of(FixedView<32> dkek) {
  std::array<std::uint8_t, 32> digest;
  crypto::sha256_into(dkek, digest);
  Kcv out;
  std::copy_n(digest.begin(), out.size(), out.begin());
  wipe(digest.data(), digest.size());
  return out;
}

std::string to_text(const Kcv& kcv) { return to_hex_upper(kcv); }

std::optional<Opening> open(const Survey& survey, FixedView<48> key) {
  Opening out;
  Sealed sealed = survey.sealed;
  if (!mend(sealed, key, out.mended)) return std::nullopt;
  out.share = decrypt(sealed, key);
  out.share.resize(share_size);
  return out;
}

std::optional<FirstBlockMend> mend_first_block(const Survey& survey, FixedView<48> key,
                                               const std::function<bool(FixedView<32> share)>& fits) {
  Sealed sealed = survey.sealed;
  std::vector<std::size_t> mended;
  if (!mend(sealed, key, mended)) return std::nullopt;
  FirstBlockMend out{SecretBytes(share_size), 0};
  for (; out.at < block; ++out.at) {
    const std::uint8_t stored = sealed[out.at];
    for (unsigned change = 1; change < 256; ++change) {
      sealed[out.at] = static_cast<std::uint8_t>(stored ^ change);
      crypto::aes256_cbc_decrypt(aes_key(key), iv(key), ByteView(sealed).first(share_size), out.share.expose());
      if (fits(FixedView<32>(out.share.expose().data(), share_size))) return out;
    }
    sealed[out.at] = stored;
  }
  return std::nullopt;
}

Bytes seal(FixedView<32> share, FixedView<8> salt, FixedView<48> key) {
  SecretBytes plain = SecretBytes::copy_of(share);
  plain.resize(blocks * block);
  std::ranges::fill(plain.expose().subspan(share_size), padding);
  Bytes out(file_size);
  std::ranges::copy(magic, out.begin());
  std::ranges::copy(salt, out.begin() + salt_at);
  crypto::aes256_cbc_encrypt(aes_key(key), iv(key), plain.expose(), ByteSpan(out).subspan(sealed_at));
  return out;
}

Bytes write(FixedView<32> share, ByteView password, std::uint32_t rounds, RandomSource& random) {
  if (password.empty())
    throw Error(Outcome::refused, "The password of a share is empty: anybody who has the file could open it", std::nullopt,
                "Give a password.");
  std::array<std::uint8_t, 8> salt;
  random.fill(salt);
  SecretBytes key(48);
  const FixedSpan<48> all(key.expose().data(), 48);
  const crypto::DkekKdfJob job{password, salt, rounds, all};
  if (!crypto::derive_dkek_share_keys({&job, 1})) throw Error(Outcome::internal, "The key derivation stopped by itself");
  return seal(share, salt, all);
}

SecretBytes combine(std::span<const SecretBytes* const> shares) {
  SecretBytes out(share_size);
  for (const SecretBytes* share : shares) {
    if (share->size() != share_size) throw Error(Outcome::internal, "A DKEK share that is combined has not 32 bytes");
    for (std::size_t i = 0; i < share_size; ++i) out.expose()[i] ^= share->expose()[i];
  }
  return out;
}

}  // namespace hwbak::dkek
