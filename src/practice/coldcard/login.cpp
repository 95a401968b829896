// The PIN, and the wallets it opens: each is a sealed file of its own; see device.h.
#include <algorithm>

#include "hwbak/error.h"
#include "practice/coldcard/device.h"

namespace hwbak::practice::coldcard {
namespace {

constexpr unsigned most_tries = 13;

// 12-34 to 123456-123456.
bool is_pin(std::string_view typed) {
  const auto digits = [](std::string_view part) {
    return part.size() >= 2 && part.size() <= 6 && part.find_first_not_of("0123456789") == std::string_view::npos;
  };
  const std::size_t dash = typed.find('-');
  return dash != std::string_view::npos && digits(typed.substr(0, dash)) && digits(typed.substr(dash + 1));
}

// Tells a Mk2 with a second wallet which of the two is meant; nullopt when the user leaves.
std::optional<bool> wants_secondary(const Setup& setup, Files& files, cc::Screen& screen) {
  if (!files.info(setup.state / secondary_file)) return false;
  switch (screen.page("Enter PIN", "Press OK to continue with the main wallet, or (2) for the second wallet.", "yx2", false)) {
    case cc::key_ok: return false;
    case '2': return true;
    default: return std::nullopt;
  }
}

struct Opened {
  SecretString pin;
  State state;
};

std::optional<Opened> open_state(SealedState& sealed, cc::Screen& screen) {
  for (unsigned left = most_tries; left > 0; --left) {
    auto pin = screen.ask("Enter PIN", cc::Screen::Entry::pin);
    if (!pin) return std::nullopt;
    if (const auto plain = sealed.load(*pin))
      return Opened{std::move(*pin), parse_state(SecretString::copy_of({reinterpret_cast<const char*>(plain->expose().data()),
                                                                       plain->size()}).expose())};
    (void)screen.page("WRONG PIN",
                      "That is not the PIN of this device, or its state is damaged.\n\n" + std::to_string(left - 1) +
                          " attempts are left. A real device is useless for ever after the last one.",
                      "yx", false);
  }
  throw Error(Outcome::refused, std::to_string(most_tries) + " wrong PINs: a real Coldcard would be useless for ever now",
              std::nullopt, "the practice device is as it was: start it again");
}

}  // namespace

std::optional<SecretString> choose_pin(cc::Screen& screen, std::string_view title) {
  for (;;) {
    auto pin = screen.ask(title, cc::Screen::Entry::pin);
    if (!pin) return std::nullopt;
    std::string_view fault;
    if (!is_pin(pin->expose())) {
      fault = "A PIN is 2 to 6 digits, a dash, and 2 to 6 digits more.";
    } else if (pin->equals("999999-999999")) {
      fault = "This PIN is reserved: a device takes it for no PIN at all.";
    } else {
      const auto again = screen.ask("Confirm PIN", cc::Screen::Entry::pin);
      if (!again) return std::nullopt;
      if (again->equals(pin->expose())) return pin;
      fault = "The two PINs were not the same. Choose again.";
    }
    (void)screen.page(title, fault, "yx", false);
  }
}

std::optional<Device> log_in(const Setup& setup, Files& files, RandomSource& random, cc::Screen& screen) {
  const auto secondary = wants_secondary(setup, files, screen);
  if (!secondary) return std::nullopt;
  SealedState sealed(files, setup.state / (*secondary ? secondary_file : primary_file));
  const auto device = [&](Opened opened) {
    cc::Firmware firmware = firmware_for(opened.state.model, opened.state.firmware);
    std::vector<std::filesystem::path> cards{setup.card};
    cards.insert(cards.end(), setup.further_cards.begin(), setup.further_cards.end());
    return Device{files,          random,     screen,       setup.card, sealed, std::move(opened.pin), std::move(opened.state),
                  std::move(firmware), *secondary, setup.state, std::nullopt, std::move(cards)};
  };
  if (sealed.exists()) {
    auto opened = open_state(sealed, screen);
    if (!opened) return std::nullopt;
    if (setup.model && *setup.model != opened->state.model)
      throw Error(Outcome::refused, "this practice device is a " + std::string(name(opened->state.model)) + ", not a " + std::string(name(*setup.model)),
                  std::nullopt, "leave out --model, or name another --state folder for a new device");
    const bool upgrade = !setup.firmware.empty() && setup.firmware != opened->state.firmware;
    if (upgrade) opened->state.firmware = text(firmware_for(opened->state.model, setup.firmware).version);
    auto made = device(std::move(*opened));
    if (upgrade) made.save();
    return made;
  }
  State fresh;
  fresh.model = setup.model.value_or(Model::mk4);
  fresh.firmware = text(firmware_for(fresh.model, setup.firmware).version);
  if (screen.page("Choose PIN Code",
                  "This is a practice device: a new one, without a seed. It first needs a PIN. Do not use the PIN of a real device.",
                  "yx", false) != cc::key_ok)
    return std::nullopt;
  auto pin = choose_pin(screen, "Choose PIN Code");
  if (!pin) return std::nullopt;
  files.make_folder(setup.state);
  auto made = device({std::move(*pin), std::move(fresh)});
  made.save();
  return made;
}

}  // namespace hwbak::practice::coldcard
