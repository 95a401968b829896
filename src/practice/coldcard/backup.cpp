// Backup System: the password, the quiz, the number, further copies; see device.h. Facts:
// docs/formats/coldcard.md, "The twelve words", "The quiz" and "Names on the card".
#include <algorithm>

#include "base/json_spans.h"
#include "base/json_string.h"
#include "base/unicode.h"
#include "device/coldcard/card.h"
#include "device/coldcard/quiz.h"
#include "device/coldcard/words.h"
#include "hwbak/error.h"
#include "practice/coldcard/device.h"

namespace hwbak::practice::coldcard {
namespace {

constexpr std::string_view stored_key = "bkpw", title = "Backup System";

struct Password {
  SecretString text;
  bool cleartext = false;  // no password: the bare text is written
};

// The one kept from last time: with a wallet in RAM its own comes first.
std::optional<SecretString> stored_password(Device& device) {
  if (!device.firmware.stores_password) return std::nullopt;
  for (const Wallet* const wallet : {&device.current(), &device.state.wallet}) {
    const SecretString* const json = wallet->setting(stored_key);
    const auto spans = json == nullptr ? std::nullopt : JsonSpans::parse(json->expose());
    auto text = spans ? spans->root().string() : std::nullopt;
    if (text && !text->empty()) return text;
  }
  return std::nullopt;
}

// The first and the last word, or letter of what is not twelve words.
SecretString hint(const SecretString& password) {
  const std::string_view text = password.expose();
  if (cc::normalise_words(text).count == cc::password_words)
    return join({" 1: ", text.substr(0, text.find(' ')), "\n   ...\n12: ", text.substr(text.rfind(' ') + 1)});
  return join({" ", text.substr(0, 1), "...", text.substr(text.size() - 1)});
}

void offer_to_store(Device& device, const SecretString& password) {
  if (device.screen.page(title,
                         "Would you like to use these same words next time you perform a backup? Press (1) to save them into this "
                         "Coldcard for next time.",
                         "yx1", false) != '1')
    return;
  device.current().set(stored_key, json_string(password.expose()));
  if (!device.temporary) device.save();
}

std::optional<Password> choose_password(Device& device) {
  if (auto stored = stored_password(device)) {
    const SecretString text = join({"Use same backup file password as last time?\n\n", hint(*stored).expose()});
    if (device.screen.page(title, text.expose(), "yx", true) == cc::key_ok) return Password{std::move(*stored)};
  }
  Password password{cc::draw_password(device.random)};
  switch (cc::teach_words(device.screen, "Record this (12 word) backup file password:", password.text, device.random, true)) {
    case cc::WordsEnd::given_up: return std::nullopt;
    case cc::WordsEnd::cleartext: return Password{{}, true};
    case cc::WordsEnd::recorded: break;
  }
  if (device.firmware.stores_password) offer_to_store(device, password.text);
  return password;
}

const std::filesystem::path& next_card(const Device& device) {
  const auto at = std::ranges::find(device.cards, device.card);
  return device.cards.end() - at <= 1 ? device.cards.front() : *(at + 1);
}

// What a real device leaves to the hands of its owner.
std::string about_cards(const Device& device) {
  if (device.cards.size() <= 1)
    return "\n\n(Practice: there is one card, so a further copy goes to the same one. Repeat --card to have more.)";
  return "\n\n(Practice: a further copy goes to the card " + printable(next_card(device).native()) + ".)";
}

// What the device says after a copy was written, and whether it writes another one.
bool wants_another(Device& device, unsigned copy, const std::string& file, bool cleartext) {
  if (copy > 1)
    return device.screen.page(title, "File (#" + std::to_string(copy) + ") written:\n\n" + file +
                                         "\n\nPress OK for another copy, or press X to stop." + about_cards(device),
                              "yx2", false) != cc::key_cancel;
  return device.screen.page(title,
                            "Backup file written:\n\n" + file + "\n\n" +
                                (cleartext ? "It is not encrypted: whoever finds it has the wallet.\n\n"
                                           : "To view or restore the file, you must have the full password.\n\n") +
                                "Insert another SD card and press (2) to make another copy." + about_cards(device),
                            "yx2", false) == '2';
}

// Every attempt counts, whether it fails or not.
void write_copies(Device& device, ByteView bytes, bool cleartext) {
  for (unsigned copy = 1; copy <= cc::max_write_attempts; ++copy) {
    try {
      const auto path = cc::write_backup(device.files, device.card, bytes, cleartext);
      if (!wants_another(device, copy, printable(path.filename().string()), cleartext)) return;
      device.card = next_card(device);
    } catch (const Error& error) {
      if (error.outcome() != Outcome::io && error.outcome() != Outcome::refused) throw;
      if (!confirm(device, title,
                   "Failed to write! Please insert formatted MicroSD card, and press OK to try again.\n\nX to cancel.\n\n\n" +
                       error.sentence()))
        return;
    }
  }
  say(device, title, "That was the last of " + std::to_string(cc::max_write_attempts) + " attempts.");
}

}  // namespace

void note_what_is_saved(Device& device, const Wallet& wallet, bool was_asked) {
  if (device.in_effect() == InEffect::main || &wallet != &device.state.wallet || was_asked) return;
  say(device, "Practice note",
      "The wallet in effect is not the one that is saved: with this firmware the backup holds the main seed. A real device says "
      "nothing here; this rehearsal does.");
}

Next backup_system(Device& device) {
  const Wallet* const wallet = wallet_to_save(device, true);
  if (wallet == nullptr) return Next::stay;
  note_what_is_saved(device, *wallet, what_is_backed_up(device.firmware.version, device.in_effect()).asks);
  const auto password = choose_password(device);
  if (!password) return Next::stay;
  if (password->cleartext)
    write_copies(device, backup_text(device, *wallet).expose(), true);
  else
    write_copies(device, encrypted_backup(device, *wallet, password->text), false);
  device.card = device.cards.front();
  return Next::stay;
}

}  // namespace hwbak::practice::coldcard
