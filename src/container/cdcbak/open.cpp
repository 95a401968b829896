// From passphrase to plaintext and back (docs/formats/cdc-badge.md, "The container" and "The iteration count").
#include "base/base64.h"
#include "base/byte_writer.h"
#include "base/counted.h"
#include "container/cdcbak/layout.h"
#include "crypto/aead.h"
#include "crypto/pbkdf2_sha256.h"

namespace hwbak::cdcbak {
namespace {

FixedSpan<32> key_span(SecretBytes& key) { return FixedSpan<32>(key.expose().data(), 32); }

}  // namespace

std::optional<SecretBytes> open(const Survey& survey, FixedView<32> key) {
  const ByteView container = survey.container;
  if (container.size() < smallest_size) return std::nullopt;
  const ByteView sealed = container.subspan(header_size, container.size() - smallest_size);
  SecretBytes out(sealed.size());
  const bool good = crypto::aes256_gcm_open(key, survey.nonce, container.first(header_size), sealed,
                                            FixedView<16>(container.last(tag_size).data(), tag_size), out.expose());
  if (!good) return std::nullopt;
  return out;
}

std::optional<Unlocked> unlock(const Survey& survey, std::span<const PassphraseBytes> forms) {
  if (survey.dead_end) throw *survey.dead_end;
  std::vector<SecretBytes> keys;
  std::vector<crypto::Pbkdf2Job> jobs;
  for (const PassphraseBytes& form : forms) {
    keys.emplace_back(32);
    jobs.push_back({form.bytes.expose(), survey.salt, survey.iterations, key_span(keys.back())});
  }
  // The first form is nearly always the right one; the others may share a pass.
  for (std::size_t from = 0, to = std::min<std::size_t>(1, jobs.size()); from < to; from = to, to = jobs.size()) {
    crypto::pbkdf2_hmac_sha256_many(std::span(jobs).subspan(from, to - from));
    for (std::size_t i = from; i < to; ++i) {
      auto plaintext = open(survey, key_span(keys[i]));
      if (plaintext) return Unlocked{forms[i].form, std::move(keys[i]), std::move(*plaintext)};
    }
  }
  return std::nullopt;
}

Written write(ByteView plaintext, ByteView passphrase, std::uint32_t iterations, RandomSource& random) {
  if (passphrase.empty())
    throw Error(Outcome::refused, "The passphrase is empty; a badge takes none such", std::nullopt,
                "Choose a passphrase of at least one character.");
  if (plaintext.size() > max_plaintext)
    throw Error(Outcome::refused,
                "The contents have " + counted(plaintext.size(), "byte") + ", and a badge takes at most " +
                    std::to_string(max_plaintext),
                std::nullopt, "Leave something out: a badge that is full cannot be backed up in one file.");
  if (iterations == 0)
    throw Error(Outcome::refused, "A key derivation without iterations protects nothing; badges write " +
                                      std::to_string(default_iterations));
  std::array<std::uint8_t, 16> salt{};
  std::array<std::uint8_t, 12> nonce{};
  random.fill(salt);
  random.fill(nonce);
  SecretBytes key(32);
  crypto::pbkdf2_hmac_sha256({passphrase, salt, iterations, key_span(key)});

  ByteWriter header;
  for (const std::uint8_t byte : magic) header.u8(byte);  // g++ 12 warns wrongly about an insertion into an empty vector
  header.u8(known_version).le32(iterations).bytes(salt).bytes(nonce);
  Bytes sealed(plaintext.size());
  std::array<std::uint8_t, tag_size> tag{};
  crypto::aes256_gcm_seal(key_span(key), nonce, header.view(), plaintext, sealed, tag);
  Written out;
  out.container = header.bytes(sealed).bytes(tag).take();
  out.base64 = to_base64(out.container);
  return out;
}

}  // namespace hwbak::cdcbak
