// From DKEK to plaintext, and what a MAC that does not hold gives away (docs/formats/pico-hsm.md, "The key blob" and
// "Checks").
#include <algorithm>

#include "container/wrapped_key/layout.h"
#include "crypto/aes_cbc.h"
#include "crypto/cmac.h"
#include "crypto/digest.h"

namespace hwbak::wrapped_key {
namespace {

constexpr std::size_t most_mended = 8;      // bytes of one block: more would no longer be proven
constexpr std::size_t most_kcv_damage =
    3;  // bytes of the KCV that may differ from ours beside other damage: chance gives that once in 2^33

FixedView<32> view32(const SecretBytes& key) { return FixedView<32>(key.expose().data(), 32); }

ByteView authenticated(ByteView blob) { return blob.first(blob.size() - mac_size); }
FixedView<16> mac_of(ByteView blob) { return FixedView<16>(blob.last(mac_size).data(), mac_size); }
std::array<std::uint8_t, 16> true_mac(ByteView blob, const DkekKeys& keys) {
  return crypto::aes256_cmac(view32(keys.mac), authenticated(blob));
}
bool mac_holds(ByteView blob, const DkekKeys& keys) { return std::ranges::equal(true_mac(blob, keys), mac_of(blob)); }

std::vector<std::size_t> differences(ByteView a, ByteView b) {
  std::vector<std::size_t> out;
  for (std::size_t i = 0; i < a.size(); ++i)
    if (a[i] != b[i]) out.push_back(i);
  return out;
}

// Plaintext of a blob whose MAC holds; none when its header cannot be used all the same.
void decrypt(Opening& out, const DkekKeys& keys) {
  const ByteView blob = out.blob;
  const Header header = read_header(blob, 0);
  if (header.trouble) return;
  out.type = static_cast<KeyType>(header.type);
  const ByteView sealed = blob.subspan(static_cast<std::size_t>(header.sealed.offset),
                                       static_cast<std::size_t>(header.sealed.length));
  static constexpr std::array<std::uint8_t, 16> no_iv{};
  out.plaintext.resize(sealed.size());
  crypto::aes256_cbc_decrypt(view32(keys.enc), no_iv, sealed, out.plaintext.expose());
}

// The damaged bytes of `blob`, which has our KCV already, put right; empty when they are not in one place.
std::vector<std::size_t> mend(ByteSpan blob, const DkekKeys& keys, bool& mac_only) {
  const std::array<std::uint8_t, 16> tag = true_mac(blob, keys);
  if (auto wrong = differences(tag, mac_of(blob)); wrong.size() <= most_mended) {
    mac_only = true;
    std::ranges::copy(tag, blob.last(mac_size).begin());
    for (std::size_t& at : wrong) at += blob.size() - mac_size;
    return wrong;
  }
  const ByteSpan message = blob.first(blob.size() - mac_size);
  if (auto mended = crypto::aes256_cmac_mend(view32(keys.mac), message, mac_of(blob), most_mended)) {
    if (mended->front() >= kcv_size) return std::move(*mended);
  }
  return {};
}

}  // namespace

DkekKeys keys_of(FixedView<32> dkek) {
  DkekKeys out;
  SecretBytes input(36);
  std::ranges::copy(dkek, input.expose().begin());
  const auto derive = [&](std::uint8_t number, SecretBytes& key) {
    input.expose()[35] = number;
    key.resize(32);
    crypto::sha256_into(input.expose(), FixedSpan<32>(key.expose().data(), 32));
  };
  derive(1, out.enc);
  derive(2, out.mac);
  SecretBytes digest(32);
  crypto::sha256_into(dkek, FixedSpan<32>(digest.expose().data(), 32));
  std::copy_n(digest.expose().begin(), kcv_size, out.kcv.begin());
  return out;
}

Opening open(const Survey& survey, const DkekKeys& keys) {
  Opening out;
  const ByteView file_blob = survey.at(survey.blob);
  Bytes blob(file_blob.begin(), file_blob.end());
  std::vector<std::size_t> wrong = differences(keys.kcv, ByteView(blob).first(kcv_size));
  std::ranges::copy(keys.kcv, blob.begin());
  if (mac_holds(blob, keys)) {
    out.fit = wrong.empty() ? Fit::opens : Fit::kcv_damaged;
  } else if (wrong.size() <= most_kcv_damage) {
    out.fit = Fit::damaged;
    const std::vector<std::size_t> mended = mend(blob, keys, out.mac_only);
    if (mended.empty()) return out;
    out.mac_only = out.mac_only && wrong.empty();
    wrong.insert(wrong.end(), mended.begin(), mended.end());
  } else {
    return out;
  }
  for (const std::size_t at : wrong) out.mended.push_back(survey.blob.offset + at);
  out.blob = std::move(blob);
  decrypt(out, keys);
  return out;
}

}  // namespace hwbak::wrapped_key
