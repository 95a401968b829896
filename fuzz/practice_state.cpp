// Any text as the state of a practice Coldcard: it is damaged, or it comes back as it was written, and its trick
// PINs can be taken over.
#include <cstdlib>
#include <string_view>

#include "hwbak/error.h"
#include "practice/coldcard/device.h"

using namespace hwbak;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  try {
    const auto state = practice::coldcard::parse_state({reinterpret_cast<const char*>(data), size});
    const SecretBytes written = practice::coldcard::serialise(state);
    const auto again = practice::coldcard::parse_state(
        {reinterpret_cast<const char*>(written.expose().data()), written.size()});
    if (!practice::coldcard::serialise(again).equals(written.expose())) std::abort();
    if (const SecretString* const tricks = state.wallet.setting("tp"))
      (void)practice::coldcard::fitting_trick_pins(tricks->expose(), SecretString::copy_of("12-34"));
  } catch (const Error& error) {
    if (error.outcome() != Outcome::damaged) std::abort();
  }
  return 0;
}
