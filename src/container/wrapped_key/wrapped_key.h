// A wrapped key: the DER file of `sc-hsm-tool --wrap-key` (`.wky` of the vendor's shell has the same structure), or the
// bare key blob (docs/formats/pico-hsm.md, "The wrapped file" and "The key blob"). Bytes in, structure and plaintext
// out; what a key is and whether it is a good one is device/pico_hsm's business.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "hwbak/bytes.h"
#include "hwbak/error.h"
#include "hwbak/random.h"
#include "hwbak/secret.h"

namespace hwbak::wrapped_key {

inline constexpr std::size_t smallest_blob = 73, largest_blob = 4096;      // bytes; firmware 6.6 makes up to 1099
inline constexpr std::size_t largest_part = 16 * 1024;                     // description, certificate

using Kcv = std::array<std::uint8_t, 8>;

enum class KeyType : std::uint8_t { rsa = 5, rsa_crt = 6, ec = 12, aes = 15 };

// Something odd that does not keep it from opening; its code is one of the findings in docs/json.md.
struct Remark {
  std::string code, sentence, where;
};

// Where the parts of the file are; regions count from its first byte.
struct Survey {
  Bytes file;
  bool bare = false;                         // the blob alone, without DER around it
  Region blob, description, certificate;     // length 0: not there
  // The blob's header, as far as its lengths allow.
  Kcv kcv{};
  std::uint8_t type = 0;                     // a KeyType, else dead_end says so
  Region default_algorithm, allowed_algorithms, access_conditions, key_oid;
  Region sealed;  // ciphertext; a positive multiple of 16; length 0: the header's lengths cannot be
  Region mac;                                // 16 bytes
  std::vector<Remark>
      remarks;  // trailing-bytes, der-not-shortest, unknown-part, foreign-oid, access-conditions, key-oid, ...
  // Why the file is not good as it stands: an unknown key type (unsupported), lengths of the blob's header that cannot
  // be, DER around the blob that is damaged or cut behind it (damaged). With a DKEK `open` may give the plaintext all
  // the same; the outcome stays this one.
  std::optional<Error> dead_end;
  [[nodiscard]] ByteView at(const Region& region) const {
    return ByteView(file).subspan(static_cast<std::size_t>(region.offset), static_cast<std::size_t>(region.length));
  }
};

// By content: SEQUENCE { OCTET STRING of a blob ... }, or a bare blob (first byte not 30, byte 8 a KeyType, lengths
// that add up to a multiple of 16 and a MAC); also cut short, or with a damaged header that still shows what it was.
[[nodiscard]] bool recognise(ByteView file) noexcept;
// Throws Error: damaged (truncated within the blob, with the number of missing bytes; DER from which no blob can be
// made out; a blob of fewer than 73 bytes; with the offset), unsupported (indefinite lengths, nothing of a wrapped
// key), refused (parts larger than the limits).
[[nodiscard]] Survey survey(Bytes file);
// Of the blob, also one too short for survey(); nullopt when none can be made out.
[[nodiscard]] std::optional<std::uint64_t> blob_size(ByteView file) noexcept;

// The default algorithm is the one that devices want with this type, to the byte.
[[nodiscard]] bool has_usual_algorithm(const Survey& survey) noexcept;

// Kenc, Kmac and KCV of a DKEK.
struct DkekKeys {
  SecretBytes enc, mac;                      // 32 bytes each
  Kcv kcv{};
};
[[nodiscard]] DkekKeys keys_of(FixedView<32> dkek);

// What this DKEK makes of the blob, in the order of the checks: KCV, then MAC, then decryption.
enum class Fit {
  opens,          // KCV and MAC hold
  other_dkek,     // another KCV, and the MAC does not hold with ours in its place either
  kcv_damaged,    // the MAC holds once the KCV is put right: those 8 bytes of the file are damaged
  damaged,        // the KCV is ours, the MAC does not hold
};
struct Opening {
  Fit fit = Fit::other_dkek;
  SecretBytes plaintext;  // opens, kcv_damaged, and damaged when it was mended: 8 random bytes, size, body, padding
  std::vector<std::uint64_t>
      mended;  // offsets in the file of the damaged bytes (at most 8 in one block), proven by the MAC
  bool mac_only = false;                     // damaged: the MAC's own bytes alone are
  Bytes
      blob;  // as it is, or as it was mended (survey it then: the header may be another); empty when the MAC never held
  KeyType type = KeyType::aes;               // of that blob; of use when there is plaintext
};
[[nodiscard]] Opening open(const Survey& survey, const DkekKeys& keys);

// --- inside: docs/formats/pico-hsm.md, "The plaintext" ---

// The numbers of a body, as lengths say; views into the plaintext. RSA: d, n, e. RSA with CRT: dP, dQ, p, qInv, q, n,
// e. EC: A, B, P, N, G, d, Q. AES: the key. Throws Error: damaged (a length past the end).
struct Body {
  std::uint16_t size = 0;                    // bits, or for AES bytes, as it stands there
  std::vector<ByteView> parts;
  ByteView padding;                          // what follows
  bool padding_is_usual = true;              // empty, or 80 00*, at most 16 bytes
};
[[nodiscard]] Body body_of(ByteView plaintext, KeyType type);

// --- writing ---

struct Contents {
  KeyType type = KeyType::aes;
  std::uint16_t size = 0;
  std::vector<ByteView> parts;               // in the order of Body::parts
  Bytes allowed_algorithms;                  // empty: all
};
// 8 bytes from `random`, padding always at least one byte (80 00*), the exact OIDs that devices ask for.
[[nodiscard]] Bytes write_blob(const Contents& contents, const DkekKeys& keys, RandomSource& random);
// The same plaintext, to the byte but for the 8 random ones, under another DKEK; header taken over from `survey`.
[[nodiscard]] Bytes rewrap(const Survey& survey, ByteView plaintext, const DkekKeys& keys, RandomSource& random);
// SEQUENCE { OCTET STRING blob, description, certificate }; the last two as they are, each may be empty.
[[nodiscard]] Bytes write_file(ByteView blob, ByteView description, ByteView certificate);

}  // namespace hwbak::wrapped_key
