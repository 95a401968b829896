// Verify and Restore: a file of the card, the rehearsal's answer, and what it leaves on the device; see device.h.
// Facts: docs/formats/coldcard.md, "Restoring on a device".
#include <algorithm>

#include "base/as_bytes.h"
#include "base/json_string.h"
#include "base/unicode.h"
#include "practice/coldcard/device.h"

namespace hwbak::practice::coldcard {
namespace {

struct CardFile {
  std::string name;
  Bytes bytes;
};

// Lets the user pick among the files with these endings that are not too large for the firmware.
std::optional<CardFile> pick_file(Device& device, std::span<const std::string_view> endings) {
  std::vector<std::string> names, labels;
  const bool listed = with_card(device, [&] {
    for (const FileInfo& file : device.files.list(device.card)) {
      const std::string name = file.path.filename().string();
      const bool fits = std::ranges::any_of(endings, [&](std::string_view ending) { return cc::picker_shows(name, ending); });
      if (file.kind != FileInfo::Kind::file || !fits || name.starts_with('.') || file.size > device.firmware.size_limit) continue;
      names.push_back(name);
      labels.push_back(printable(name));
    }
  });
  if (!listed) return std::nullopt;
  if (names.empty()) {
    say(device, "Card", "There is no file on the card that could be a backup: this firmware takes files of at most " +
                            std::to_string(device.firmware.size_limit) + " bytes with the right ending.");
    return std::nullopt;
  }
  const auto chosen = device.screen.menu("Select file", labels);
  if (!chosen) return std::nullopt;
  CardFile file{names.at(*chosen), {}};
  if (!with_card(device, [&] { file.bytes = device.files.read(device.card / file.name, device.firmware.size_limit); }))
    return std::nullopt;
  return file;
}

// The device's own message, which repeats the password that was tried; or why a device offers no way to try it.
SecretString message_of(const cc::DeviceAnswer& answer, const cc::Presented& presented) {
  constexpr std::string_view place = "{password}";
  const bool open = answer.verdict == cc::Verdict::unproven;  // a real device would go on
  const std::string text = !answer.message.empty() ? answer.message
                           : open ? "The practice device stops here, where a real one would go on: " + answer.reason + "."
                                  : "A device does not offer this: " + answer.reason + ".";
  const std::size_t at = text.find(place);
  if (at == std::string_view::npos) return SecretString::copy_of(text);
  SecretString out = SecretString::copy_of(std::string_view(text).substr(0, at));
  if (presented.typed_password)
    out.append({reinterpret_cast<const char*>(presented.typed_password->data()), presented.typed_password->size()});
  out.append(std::string_view(text).substr(at + place.size()));
  return out;
}

Wallet wallet_of(cc::Restored restored, const Device& device) {
  Wallet wallet;
  wallet.secret = std::move(restored.secret);
  wallet.long_secret = std::move(restored.long_secret);
  wallet.hsm_policy = std::move(restored.hsm_policy);
  for (cc::TakenSetting& setting : restored.settings) {
    const bool made_anew = setting.name == "tp" && device.firmware.has_trick_pins;
    wallet.set(setting.name, made_anew ? fitting_trick_pins(setting.json.expose(), device.pin) : std::move(setting.json));
  }
  if (const auto chain = wallet::chain_from_code(restored.chain_code); chain && *chain != wallet.chain())
    wallet.set("chain", json_string(restored.chain_code));
  return wallet;
}

}  // namespace

Next verify_backup(Device& device) {
  constexpr std::string_view endings[] = {".7z"};
  const auto file = pick_file(device, endings);
  if (!file) return Next::stay;
  const cc::DeviceAnswer answer = cc::verify({file->bytes, file->name, std::nullopt, cc::Way::menu}, device.firmware);
  say(device, "Verify Backup", answer.message);
  return Next::stay;
}

Next restore_file(Device& device, const cc::Presented& presented, cc::DeviceState state,
                  const std::function<void()>& after_reading) {
  cc::Restored restored = cc::restore(presented, device.firmware, state);
  if (restored.answer.verdict != cc::Verdict::accept || !restored.secret) {
    (void)device.screen.page("FAILED", message_of(restored.answer, presented).expose(), "yx", true);
    return Next::stay;
  }
  if (after_reading) after_reading();
  const bool temporary = state == cc::DeviceState::temporary;
  if (restored.asks_to_confirm && restored.fingerprint &&
      !confirm(device, "[" + wallet::to_text(*restored.fingerprint) + "]",
               std::string("Above is the master fingerprint of the seed stored in the backup. Press OK to continue, and load backup "
                           "as ") +
                   (temporary ? "temporary" : "master") + " seed. Press X to abort.")) {
    say(device, "Restore", "Aborted.");
    return Next::stay;
  }
  const Next next = take_wallet(device, wallet_of(std::move(restored), device), temporary ? Into::temporary : Into::main);
  if (temporary) return next;
  say(device, "Success!",
      "Everything has been successfully restored. We must now reboot to install the updated settings and seed.");
  return Next::reboot;
}

Next restore_backup(Device& device, cc::DeviceState state) {
  if (state == cc::DeviceState::seeded) return restore_file(device, {{}, "", std::nullopt, cc::Way::menu}, state);
  constexpr std::string_view endings[] = {".7z"};
  const auto file = pick_file(device, endings);
  if (!file) return Next::stay;
  const auto words = device.screen.ask("Enter Password", cc::Screen::Entry::words12);
  if (!words) return Next::stay;
  return restore_file(device, {file->bytes, file->name, words->expose_bytes(), cc::Way::menu}, state);
}

Next restore_for_developers(Device& device) {
  using cc::DeviceState;
  const DeviceState state = !device.has_seed()                 ? DeviceState::empty
                            : device.firmware.loads_temporary ? DeviceState::temporary
                                                              : DeviceState::seeded;
  if (state == DeviceState::seeded) return restore_backup(device, state);
  constexpr std::string_view endings[] = {".txt", ".7z"};
  const auto file = pick_file(device, std::span(endings).first(device.firmware.takes_custom_password ? 2 : 1));
  if (!file) return Next::stay;
  cc::Presented presented{file->bytes, file->name, std::nullopt, cc::Way::developer};
  std::optional<SecretString> password;
  if (!cc::is_cleartext(presented)) {
    password = device.screen.ask("Your Backup Password", cc::Screen::Entry::passphrase);
    if (!password) return Next::stay;
    presented.typed_password = password->expose_bytes();
  }
  return restore_file(device, presented, state);
}

}  // namespace hwbak::practice::coldcard
