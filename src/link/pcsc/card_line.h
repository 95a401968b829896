// A smart card in a reader as its client sees it: commands out, answers in. The program passes a reader of PC/SC
// (pcsc.h), tests the practice card or one that plays what they want.
#pragma once

#include "hwbak/bytes.h"
#include "hwbak/secret.h"

namespace hwbak::pcsc {

inline constexpr std::size_t short_data = 255, short_expected = 256;     // more of either makes a command one of extended length
inline constexpr std::size_t largest_command = 4 + 3 + 65535 + 2;   // extended length
inline constexpr std::size_t largest_reply = 65536 + 2;

class CardLine {
 public:
  virtual ~CardLine() = default;
  // The answer to one command with its two status bytes; untrusted, largest_reply bytes at most. Throws Error(device) when the
  // card or the reader is gone, or the card was reset in between.
  [[nodiscard]] virtual SecretBytes transmit(ByteView command) = 0;
};

}  // namespace hwbak::pcsc
