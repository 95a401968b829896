// See practice.h.
#include "base/unicode.h"
#include "hwbak/error.h"
#include "practice/coldcard/device.h"

namespace hwbak::practice::coldcard {
namespace {

std::string shown(const std::filesystem::path& path) { return printable(path.native()); }

// Before the user has typed anything: what does not fit is found out now, not at the first use of the card.
void check_folders(const Setup& setup, Files& files) {
  const auto state = files.info(setup.state);
  if (state && state->kind != FileInfo::Kind::folder)
    throw Error(Outcome::io, shown(setup.state) + " is no folder; the practice device keeps its state in one", std::nullopt,
                "name a folder with --state; it is made when it is missing");
  std::vector<std::filesystem::path> cards{setup.card};
  cards.insert(cards.end(), setup.further_cards.begin(), setup.further_cards.end());
  for (const std::filesystem::path& path : cards) {
    const auto card = files.info(path);
    if (!card)
      throw Error(Outcome::io, "there is no folder " + shown(path) + " to play the card", std::nullopt,
                  "make the folder, or name another one with --card");
    if (card->kind != FileInfo::Kind::folder)
      throw Error(Outcome::io, shown(path) + " is no folder; a folder plays the card", std::nullopt, "name a folder with --card");
    if (state && card->device == state->device && card->inode == state->inode)
      throw Error(Outcome::refused, "--state and --card name the same folder, " + shown(path), std::nullopt,
                  "give the card a folder of its own: the state of a device is never on its card");
  }
}

}  // namespace

void practice(const Setup& setup, Files& files, RandomSource& random, cc::Screen& screen) {
  check_folders(setup, files);
  for (;;) {
    auto device = log_in(setup, files, random, screen);
    if (!device || top_menu(*device) != Next::reboot) return;
  }
}

}  // namespace hwbak::practice::coldcard
