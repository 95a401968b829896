// Commands and answers of a smart card (ISO 7816-4; docs/formats/pico-hsm.md, "The card").
#pragma once

#include <optional>

#include "hwbak/bytes.h"
#include "hwbak/secret.h"

namespace hwbak::practice::pico_hsm {

enum class Status : std::uint16_t {
  ok = 0x9000,
  past_end = 0x6282,              // the offset is behind the end of the file
  failed = 0x6400,                // whatever goes wrong within the firmware
  not_pressed = 0x6600,           // the button
  wrong_length = 0x6700,
  not_logged_in = 0x6982,
  pin_blocked = 0x6983,
  bad_data = 0x6984,              // a blob of unknown type; a transport PIN
  conditions = 0x6985,
  not_allowed = 0x6986,
  wrong_data = 0x6A80,
  not_supported = 0x6A81,
  no_file = 0x6A82,
  full = 0x6A84,
  incorrect_p1p2 = 0x6A86,
  no_reference = 0x6A88,
  exists = 0x6A89,
  wrong_p1p2 = 0x6B00,
  unknown_instruction = 0x6D00,
  unknown_class = 0x6E00,
};

struct Answer {
  SecretBytes data;               // may be a decrypted message
  std::uint16_t status = 0x9000;
  Answer(Status word) : status(static_cast<std::uint16_t>(word)) {}  // NOLINT: every early end of a command is one
  explicit Answer(SecretBytes bytes) : data(std::move(bytes)) {}
  explicit Answer(ByteView bytes) : data(SecretBytes::copy_of(bytes)) {}
  static Answer tries_left(unsigned tries) {
    Answer out(Status::ok);
    out.status = static_cast<std::uint16_t>(0x63C0 | (tries & 0xF));
    return out;
  }
};

struct Command {
  std::uint8_t cla = 0, ins = 0, p1 = 0, p2 = 0;
  ByteView data;
  std::size_t expected = 256;     // bytes that the answer may have
  [[nodiscard]] unsigned p1p2() const noexcept { return static_cast<unsigned>(p1 << 8 | p2); }
};
// Short and extended lengths, all four cases; nullopt when the lengths do not add up.
[[nodiscard]] std::optional<Command> parse_command(ByteView bytes) noexcept;

// The value of the first TLV with this tag at the top of `data`; nullopt when there is none, or the TLVs before it are broken.
[[nodiscard]] std::optional<ByteView> find_tag(ByteView data, unsigned tag) noexcept;
[[nodiscard]] bool are_tlvs(ByteView data) noexcept;   // nothing but whole TLVs

}  // namespace hwbak::practice::pico_hsm
