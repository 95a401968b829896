// The device while it runs: its state, what it holds in RAM only, its card; and its functions, one file for
// each part of the menus. Internal to this folder. Labels and short messages are those of the real menus
// (docs/formats/coldcard.md, "Restoring on a device").
#pragma once

#include <filesystem>
#include <functional>
#include <initializer_list>
#include <optional>
#include <string>
#include <vector>

#include "device/coldcard/backup_text.h"
#include "practice/coldcard/backed_up.h"
#include "practice/coldcard/state.h"
#include "practice/sealed_state.h"

namespace hwbak::practice::coldcard {

// A wallet in RAM: gone at the next start.
struct Temporary {
  Wallet wallet;
  bool passphrase = false;  // the device's own seed with a BIP-39 passphrase
};

struct Device {
  Files& files;
  RandomSource& random;
  cc::Screen& screen;
  std::filesystem::path card;  // the one that is in
  SealedState sealed;
  SecretString pin;
  State state;
  cc::Firmware firmware;
  bool secondary = false;  // this is the second wallet of a Mk2
  std::filesystem::path folder;
  std::optional<Temporary> temporary;
  std::vector<std::filesystem::path> cards = {};  // all that are there, in order; `card` is one of them

  [[nodiscard]] Wallet& current() { return temporary ? temporary->wallet : state.wallet; }
  [[nodiscard]] InEffect in_effect() const noexcept {
    return !temporary ? InEffect::main : temporary->passphrase ? InEffect::passphrase : InEffect::temporary;
  }
  [[nodiscard]] bool has_seed() { return current().secret.has_value(); }
  [[nodiscard]] bool is_mk4() const noexcept { return state.model == Model::mk4 || state.model == Model::q1; }
  void save() { sealed.save(pin, serialise(state).expose(), random); }
};

// Where to go after an item: the same menu, the top menu, the PIN again, or out.
enum class Next { stay, top, reboot, logout };
struct Item {
  std::string label;
  std::function<Next()> run;
};
// Until an item leaves or the user presses X. The items are made anew each time.
[[nodiscard]] Next run_menu(cc::Screen& screen, std::string_view title, const std::function<std::vector<Item>()>& items);

// --- login.cpp ---
inline constexpr std::string_view primary_file = "primary.state", secondary_file = "secondary.state";
// The PIN: chosen at the first start, asked for later. nullopt when the user leaves.
[[nodiscard]] std::optional<Device> log_in(const Setup& setup, Files& files, RandomSource& random, cc::Screen& screen);
[[nodiscard]] std::optional<SecretString> choose_pin(cc::Screen& screen, std::string_view title);

// --- menus.cpp ---
[[nodiscard]] Next top_menu(Device& device);

// --- seed.cpp ---
[[nodiscard]] Next new_seed(Device& device, unsigned words);
enum class Into { main, temporary };
[[nodiscard]] Next import_words(Device& device, unsigned words, Into into);
[[nodiscard]] Next import_xprv(Device& device, Into into);
[[nodiscard]] Next use_passphrase(Device& device);
[[nodiscard]] Next view_seed(Device& device);
[[nodiscard]] Next destroy_seed(Device& device);
[[nodiscard]] Next forget_temporary(Device& device);
// Stores or loads a wallet, and says what was done.
[[nodiscard]] Next take_wallet(Device& device, Wallet wallet, Into into);

// --- backup.cpp ---
[[nodiscard]] Next backup_system(Device& device);
// Where a real device saves another wallet than the one in effect without a word, the rehearsal says so.
void note_what_is_saved(Device& device, const Wallet& wallet, bool was_asked);

// --- archive.cpp ---
// The wallet that a backup made now would hold, after the device's warning or question; nullptr when the user stops.
[[nodiscard]] const Wallet* wallet_to_save(Device& device, bool may_choose);
// The text of a backup of `wallet`, which is the device's own or one in RAM.
[[nodiscard]] SecretBytes backup_text(const Device& device, const Wallet& wallet, unsigned filler = 0);
[[nodiscard]] Bytes encrypted_backup(Device& device, const Wallet& wallet, const SecretString& password);

// --- restore.cpp ---
[[nodiscard]] Next verify_backup(Device& device);
[[nodiscard]] Next restore_backup(Device& device, cc::DeviceState state);
[[nodiscard]] Next restore_for_developers(Device& device);
// Judges, shows what the device says, asks where it asks, and takes over what is restored. `after_reading` is called
// when the file was read.
[[nodiscard]] Next restore_file(Device& device, const cc::Presented& presented, cc::DeviceState state,
                                const std::function<void()>& after_reading = {});

// --- clone.cpp ---
[[nodiscard]] Next receive_clone(Device& device);
[[nodiscard]] Next send_clone(Device& device);

// --- settings.cpp ---
[[nodiscard]] Next trick_pins(Device& device);
[[nodiscard]] Next duress_pin(Device& device);
[[nodiscard]] Next second_wallet(Device& device);
[[nodiscard]] Next choose_chain(Device& device);

// --- duress.cpp ---
inline constexpr unsigned word_wallet = 0x1000, xprv_wallet = 0x0800, delta_mode = 0x0400;  // flags of a trick PIN
// What a backup says of the duress wallets of the device's own seed.
[[nodiscard]] std::vector<cc::TextParts::Block> duress_blocks(const Device& device);
// `setting.tp` of a backup on a device with this PIN: without what cannot work there.
[[nodiscard]] SecretString fitting_trick_pins(std::string_view json, const SecretString& pin);
// The same with one more; nullopt when the secure element is full.
[[nodiscard]] std::optional<SecretString> with_trick_pin(const SecretString* json, const SecretString& trick, unsigned flags,
                                                         unsigned argument);

// --- pages.cpp ---
[[nodiscard]] SecretString join(std::initializer_list<std::string_view> parts);
// A message that waits for any key.
void say(Device& device, std::string_view title, std::string_view text);
[[nodiscard]] bool confirm(Device& device, std::string_view title, std::string_view text);
// Does something with the card; false when it failed, which was said. Other errors pass.
[[nodiscard]] bool with_card(Device& device, const std::function<void()>& work);

}  // namespace hwbak::practice::coldcard
