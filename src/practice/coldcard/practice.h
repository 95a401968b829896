// A virtual Coldcard to rehearse on: the menus, words and files of the real one, over the same device code as the
// tasks. Menus and messages follow docs/formats/coldcard.md, "Restoring on a device"; what it writes says that a practice
// device made it.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "device/coldcard/firmware.h"
#include "device/coldcard/screen.h"
#include "hwbak/files.h"
#include "hwbak/random.h"

namespace hwbak::practice::coldcard {

enum class Model { mk2, mk3, mk4, q1 };

struct Setup {
  std::filesystem::path state;   // folder of the device's sealed state; made when missing
  std::filesystem::path card;    // folder that plays the MicroSD card
  std::optional<Model> model;    // an existing device must have it; a new one without it is a Mk4
  std::string firmware;          // empty: the newest of the model (mk2, mk3: 4.2.0; mk4: 5.6.1; q1: 1.5.1Q)
  std::vector<std::filesystem::path> further_cards = {};  // put in one after the other for further copies
};

// Why no device of the model (of any, when none is named) has this firmware; nullopt when one has.
[[nodiscard]] std::optional<std::string> firmware_fault(std::optional<Model> model, std::string_view version);

// Runs until the user logs out. Throws Error(io) when the state cannot be kept or a folder is missing, Error(refused) when
// the model or firmware does not fit the existing device, when device and card are one folder or after too many wrong
// PINs, Error(damaged) for a broken state.
void practice(const Setup& setup, Files& files, RandomSource& random, hwbak::coldcard::Screen& screen);

}  // namespace hwbak::practice::coldcard
