// How a practice HSM differs from one that behaves (docs/pico-hsm.md, "The practice HSM").
#pragma once

namespace hwbak::practice::pico_hsm {

struct Behaviour {
  bool quirks = false;        // as the real firmware does where it is fragile or wrong
  bool button = true;         // whoever is asked to press it does
};

}  // namespace hwbak::practice::pico_hsm
