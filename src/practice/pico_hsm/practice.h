// A virtual Pico HSM to rehearse on, in a virtual reader (docs/formats/pico-hsm.md, "The card"): the real tools work with it
// as with a real one.
#pragma once

#include <chrono>
#include <filesystem>
#include <functional>

#include "hwbak/files.h"
#include "hwbak/random.h"
#include "practice/pico_hsm/behaviour.h"
#include "practice/pico_hsm/vpcd.h"

namespace hwbak::practice::pico_hsm {

struct Setup {
  std::filesystem::path state;                 // folder; made when missing
  std::uint16_t port = usual_port;             // of vpcd, on this machine
  Behaviour behaviour;
  std::chrono::milliseconds delay{0};          // before every answer: a slow device
};

// Runs until the reader goes away. `ready` is called when the card is in it. Throws Error: device (no reader; a quirk that stops the card), damaged or
// unsupported (the state), io (it cannot be kept), refused (another card runs on it).
void practice(const Setup& setup, Files& files, RandomSource& random, const std::function<void()>& ready);

}  // namespace hwbak::practice::pico_hsm
