// How a device itself reads an archive: header checks, then a blind search for five patterns with its own
// number reader, then decryption (docs/formats/coldcard.md, "What a device can read back"). Not a 7z
// reader: it takes files that no other would, and refuses good ones.
#pragma once

#include <array>
#include <optional>
#include <string>

#include "device/coldcard/firmware.h"
#include "hwbak/bytes.h"
#include "hwbak/secret.h"

namespace hwbak::coldcard {

// Which of the device's sentences a refusal leads to.
enum class Refusal { none, headers, assertion, password };

struct DeviceArchive {
  Region packed;                        // in the file
  unsigned rounds_pow = 0;
  std::array<std::uint8_t, 16> salt{}, iv{};
  std::uint64_t text_size = 0;
  std::uint32_t text_crc = 0;
  std::string inner_name;               // as the device takes it: every second byte; untrusted
  friend bool operator==(const DeviceArchive&, const DeviceArchive&) = default;
};

struct DeviceReading {
  std::optional<DeviceArchive> archive;  // set when nothing was refused
  Refusal refusal = Refusal::none;
  std::string reason;                    // in our words, with numbers: "the end header fails its CRC"
};

// Signature, version, both header CRCs, sizes: the first thing both Verify and Restore do. `archive` stays empty.
[[nodiscard]] DeviceReading check_headers(ByteView file, const Firmware& firmware);
// The blind search, and the limits that follow it.
[[nodiscard]] DeviceReading search_contents(ByteView file, const Firmware& firmware);

struct DeviceText {
  SecretBytes text;                      // empty when refused
  Refusal refusal = Refusal::none;
  std::string reason;
};
// Key stretching of the password as typed (each byte widened to 16 bits), decryption, CRC. One derivation of
// 2^rounds_pow rounds: the caller bounds them.
[[nodiscard]] DeviceText decrypt(ByteView file, const DeviceArchive& archive, ByteView typed_password);

}  // namespace hwbak::coldcard
