// The two bytes at the end of a smart card's answer (ISO 7816-4; docs/formats/pico-hsm.md, "The card"), and what they mean
// for a person who wanted something of the card.
#pragma once

#include <cstdint>
#include <string>

#include "hwbak/error.h"

namespace hwbak::pcsc {

enum class StatusWord : std::uint16_t {
  ok = 0x9000,
  past_end = 0x6282,              // the offset is behind the end of the file
  failed = 0x6400,                // whatever goes wrong within the firmware
  no_button = 0x6600,             // the button was not pressed
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

// 63Cx: so many tries of a PIN are left.
[[nodiscard]] constexpr bool tells_tries(StatusWord word) noexcept { return (static_cast<unsigned>(word) & 0xFFF0u) == 0x63C0; }
[[nodiscard]] constexpr unsigned tries_of(StatusWord word) noexcept { return static_cast<unsigned>(word) & 0xFu; }
[[nodiscard]] std::string hex(StatusWord word);   // "6A88"

// What the card was asked for.
enum class Tried {
  select_applet, select_file, user_pin, so_pin, initialise, memory, list_files, domain_status, import_share, set_up_domain,
  wrap, unwrap, read_file, write_file, delete_file, challenge, sign, decrypt,
};
// The one place where a status word becomes a sentence: what was refused, why as far as the card tells, and the next step.
// Outcome device. `what` names the thing, printable: "key 12", "the file CE01"; may be empty.
[[nodiscard]] Error refusal(StatusWord word, Tried tried, const std::string& what = {});

}  // namespace hwbak::pcsc
