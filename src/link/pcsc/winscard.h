// What of the PC/SC interface is used here, as libpcsclite.so.1 has it on Linux (its ABI has not changed in twenty years; PC/SC
// Part 5): the library is loaded at run time, so that neither a build nor the program needs it.
#pragma once

#include <cstdint>
#include <string>

namespace hwbak::pcsc {

using Long = long;
using Dword = unsigned long;
using Context = Long;
using Handle = Long;

struct IoRequest {
  Dword protocol, size;
};

inline constexpr Dword scope_system = 2, share_exclusive = 1, protocol_t1 = 2, disposition_reset = 1;
inline constexpr std::size_t largest_buffer = 65548;   // MAX_BUFFER_SIZE_EXTENDED

enum class Code : std::uint32_t {
  ok = 0,
  invalid_handle = 0x80100003,
  insufficient_buffer = 0x80100008,
  unknown_reader = 0x80100009,
  timeout = 0x8010000A,
  sharing_violation = 0x8010000B,
  no_smartcard = 0x8010000C,
  proto_mismatch = 0x8010000F,
  comm_error = 0x80100013,
  not_transacted = 0x80100016,
  reader_unavailable = 0x80100017,
  no_service = 0x8010001D,
  service_stopped = 0x8010001E,
  no_readers = 0x8010002E,
  security_violation = 0x8010006A,
  unsupported_card = 0x80100065,
  unresponsive_card = 0x80100066,
  unpowered_card = 0x80100067,
  reset_card = 0x80100068,
  removed_card = 0x80100069,
};
[[nodiscard]] constexpr Code code_of(Long result) noexcept { return static_cast<Code>(static_cast<std::uint32_t>(result)); }
[[nodiscard]] std::string in_words(Code code);   // "the card was taken out"

struct Library {
  Long (*establish)(Dword scope, const void*, const void*, Context* context) = nullptr;
  Long (*release)(Context context) = nullptr;
  Long (*list_readers)(Context context, const char* groups, char* names, Dword* size) = nullptr;
  Long (*connect)(Context context, const char* reader, Dword share, Dword protocols, Handle* card, Dword* protocol) = nullptr;
  Long (*disconnect)(Handle card, Dword disposition) = nullptr;
  Long (*transmit)(Handle card, const IoRequest* send, const unsigned char* command, Dword size, IoRequest* receive,
                   unsigned char* reply, Dword* reply_size) = nullptr;
};
// Loads it with the first call. Throws Error(device) when it is not installed; Error(unsupported) in a program that cannot load libraries.
[[nodiscard]] const Library& library();

}  // namespace hwbak::pcsc
