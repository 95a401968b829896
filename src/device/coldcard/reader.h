// How a device itself reads an archive: header checks, then a blind search for five patterns with its own
// number reader, then decryption (docs/formats/coldcard.md, "What a device can read back"). Not a 7z
// reader: it takes files that no other would, and refuses good ones.
#pragma once

#include <array>
#include <deque>
#include <optional>
#include <string>
#include <utility>

#include "device/coldcard/firmware.h"
#include "hwbak/bytes.h"
#include "hwbak/secret.h"

namespace hwbak::coldcard {

// Which of the device's sentences a refusal leads to.
enum class Refusal { none, headers, assertion, password };
// What would make the file acceptable, as far as its bytes tell: another copy, the same text written again in the
// device's layout, or a smaller text.
enum class Cure { none, other_copy, rewrite, reduce };

struct DeviceArchive {
  Region packed;                        // in the file
  std::uint64_t end = 0;                // of the end header: what follows it is not looked at by Restore
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
  std::string shown;                     // the device's own few words behind its sentence; may be empty
  Cure cure = Cure::none;
};

// The device's number reader: right for its own forms and a few others, wrong for most of 7-Zip's. Takes the number
// from the front of `bytes`; nullopt when they end within it.
[[nodiscard]] std::optional<std::uint64_t> read_device_number(ByteView& bytes) noexcept;

// Signature, version, both header CRCs, sizes: the first thing both Verify and Restore do. `archive` stays empty.
[[nodiscard]] DeviceReading check_headers(ByteView file, const Firmware& firmware);
// The blind search, and the limits that follow it.
[[nodiscard]] DeviceReading search_contents(ByteView file, const Firmware& firmware);

struct DeviceText {
  SecretBytes text;                      // empty when refused
  Refusal refusal = Refusal::none;
  std::string reason, shown;
};
// Key stretching of the password as typed (each byte widened to 16 bits), decryption, CRC. One derivation of
// 2^rounds_pow rounds: the caller bounds them.
[[nodiscard]] DeviceText decrypt(ByteView file, const DeviceArchive& archive, ByteView typed_password);

// What a run over many versions of firmware has decrypted of one file with one password: firmware that reads the same
// parameters gets the same text, for one derivation.
class DecryptMemo final {
 public:
  [[nodiscard]] const DeviceText& decrypted(ByteView file, const DeviceArchive& archive, ByteView typed_password);

 private:
  std::deque<std::pair<DeviceArchive, DeviceText>> known_;
};

}  // namespace hwbak::coldcard
