// Any bytes as the state of a practice HSM: they are damaged, or come back as they were written, and a card that has them
// answers whatever needs no PIN.
#include <cstdlib>

#include "base/hex.h"
#include "hwbak/error.h"
#include "one_file.h"
#include "practice/pico_hsm/card.h"

using namespace hwbak;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::OneFile files;
  files.contents.assign(data, data + size);
  try {
    const auto state = practice::pico_hsm::parse_state(files.contents, "the state");
    const SecretBytes written = practice::pico_hsm::serialise(state);
    if (!practice::pico_hsm::serialise(practice::pico_hsm::parse_state(written.expose(), "the state")).equals(written.expose())) std::abort();
  } catch (const Error& error) {
    if (error.outcome() != Outcome::damaged && error.outcome() != Outcome::unsupported) std::abort();
    return 0;
  }
  practice::pico_hsm::Card card("", files, system_random());
  for (const char* const command : {"00a404000be82b0601040181c31f020100", "00200081", "00200088", "8052000000", "8052000500", "8058000000",
                                    "8054000000", "8054020000", "002281a403830141", "00a4000002cc0100", "00b1c40104540200000000", "80720192"})
    if (card.transmit(from_hex(command).value()).size() < 2) std::abort();
  return 0;
}
