// See practice.h.
#include "practice/coldcard/device.h"

namespace hwbak::practice::coldcard {

void practice(const Setup& setup, Files& files, RandomSource& random, cc::Screen& screen) {
  for (;;) {
    auto device = log_in(setup, files, random, screen);
    if (!device || top_menu(*device) != Next::reboot) return;
  }
}

}  // namespace hwbak::practice::coldcard
