// Commands and answers of a smart card (ISO 7816-4; docs/formats/pico-hsm.md, "The card").
#pragma once

#include <optional>

#include "container/wrapped_key/tlv.h"
#include "hwbak/bytes.h"
#include "hwbak/secret.h"
#include "link/pcsc/status_word.h"

namespace hwbak::practice::pico_hsm {

using Status = pcsc::StatusWord;
using wrapped_key::are_tlvs, wrapped_key::find_tag;

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

}  // namespace hwbak::practice::pico_hsm
