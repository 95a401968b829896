// What a practice HSM keeps, and how it is written down: one file, so that a kill at any moment leaves the old state or the
// new one. Every secret in it is a key blob (docs/formats/pico-hsm.md, "The key blob") under the master key, and the
// master key is sealed under the user's PIN and once more under the SO-PIN (practice/sealed_state.h). Only the shares of a
// DKEK that nobody has logged in for since stand there as they came, as on the real device.
//
//   "hwbakhsm"  version 1  initialised  options  user PIN  SO-PIN  domains  keys  files
//   PIN: length, tries left, tries, sealed master key; domain: kind, shares, shares missing, pending, DKEK;
//   key: reference, metadata, blob; file: identifier, contents. Numbers are big-endian; bytes have a length of 4 before them.
#pragma once

#include <array>
#include <map>

#include "hwbak/bytes.h"
#include "hwbak/error.h"
#include "hwbak/secret.h"

namespace hwbak::practice::pico_hsm {

inline constexpr std::uint64_t largest_state = std::uint64_t{4} << 20;
inline constexpr std::size_t most_domains = 16, most_public_keys = 8;
// Files of the card's own: how many public keys there are and how many are needed, and these.
inline constexpr std::uint16_t file_public_keys = 0x10C0, file_first_public_key = 0x10D0;

struct Pin {
  std::uint8_t length = 0, tries_left = 0, tries = 0;
  Bytes sealed;                       // the master key; empty: there is no such PIN
};
struct Domain {
  bool open = false;                  // false: not set up
  std::uint8_t shares = 0, missing = 0;
  SecretBytes pending;                // the XOR of the shares so far; 32 bytes or none
  Bytes dkek;                         // its blob; empty: not sealed yet, or none
};
struct StoredKey {
  Bytes metadata;                     // TLVs 90 (counter), 91 (algorithms), 92 (domain)
  Bytes blob;
};
struct State {
  bool initialised = false;
  std::uint16_t options = 0;
  Pin user, so;
  std::vector<Domain> domains;
  std::map<std::uint8_t, StoredKey> keys;   // by reference; 0 is the device's own
  std::map<std::uint16_t, Bytes> files;     // by identifier
};

[[nodiscard]] SecretBytes serialise(const State& state);
// Throws Error: damaged, unsupported (a newer version). `name` is for the sentences.
[[nodiscard]] State parse_state(ByteView bytes, const std::string& name);

}  // namespace hwbak::practice::pico_hsm
