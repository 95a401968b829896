// See practice.h: the card in its reader.
#include "practice/pico_hsm/practice.h"

#include <thread>

#include "practice/pico_hsm/card.h"
#include "practice/state_lock.h"

namespace hwbak::practice::pico_hsm {

void practice(const Setup& setup, Files& files, RandomSource& random, const std::function<void()>& ready) {
  files.make_folder(setup.state);
  const io::Descriptor lock = lock_state(setup.state, "practice HSM");
  Card card(setup.state, files, random, setup.behaviour);
  const io::Descriptor connection = connect_to_vpcd(setup.port);
  ready();
  const auto answer = [&](ByteView command) {
    SecretBytes out = card.transmit(command);
    if (setup.delay.count() != 0) std::this_thread::sleep_for(setup.delay);
    return out;
  };
  serve(connection, {answer, [&] { card.reset(); }, Card::atr()});
}

}  // namespace hwbak::practice::pico_hsm
