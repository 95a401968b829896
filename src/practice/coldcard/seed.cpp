// Seeds of the practice device: made, typed, shown, destroyed, and those in RAM; see device.h.
#include "base/json_string.h"
#include "base/unicode.h"
#include "device/coldcard/quiz.h"
#include "device/coldcard/words.h"
#include "practice/coldcard/device.h"
#include "wallet/bip39.h"

namespace hwbak::practice::coldcard {
namespace {

constexpr std::size_t longest_passphrase = 100;

std::string title_of(const Wallet& wallet) { return "[" + wallet::to_text(wallet.secret->node->fingerprint()) + "]"; }

// The fault is one of constant sentences and numbers.
Next refuse(Device& device, std::string_view what, const std::string& fault) {
  say(device, "FAILED", "These are no " + std::string(what) + " a device takes: " + fault + ".");
  return Next::stay;
}

}  // namespace

Next take_wallet(Device& device, Wallet wallet, Into into) {
  switch (into) {
    case Into::main:
      device.temporary.reset();
      device.state.wallet = std::move(wallet);
      device.save();
      break;
    case Into::temporary:
      device.temporary = Temporary{std::move(wallet), false};
      say(device, title_of(device.current()), "New temporary master key is in effect now.");
      break;
  }
  return Next::top;
}

Next new_seed(Device& device, unsigned words) {
  SecretBytes entropy(words / 3 * 4);
  device.random.fill(entropy.expose());
  const SecretString mnemonic = wallet::mnemonic_from_entropy(entropy.expose());
  const std::string title = "Record these " + std::to_string(words) + " secret words!";
  if (cc::teach_words(device.screen, title, mnemonic, device.random, false) != cc::WordsEnd::recorded) return Next::stay;
  Wallet wallet;
  cc::SecretFault fault;
  wallet.secret = cc::secret_from_mnemonic(mnemonic.expose(), fault);
  return wallet.secret ? take_wallet(device, std::move(wallet), Into::main) : refuse(device, "words", fault.sentence);
}

Next import_words(Device& device, unsigned words, Into into) {
  using Entry = cc::Screen::Entry;
  const Entry entry = words == 12 ? Entry::words12 : words == 18 ? Entry::words18 : Entry::words24;
  const auto typed = device.screen.ask("Enter Seed Words", entry);
  if (!typed) return Next::stay;
  Wallet wallet;
  cc::SecretFault fault;
  wallet.secret = cc::secret_from_mnemonic(cc::normalise_words(typed->expose()).canonical.expose(), fault);
  return wallet.secret ? take_wallet(device, std::move(wallet), into) : refuse(device, "words", fault.sentence);
}

Next import_xprv(Device& device, Into into) {
  const auto typed = device.screen.ask("Import XPRV", cc::Screen::Entry::xprv);
  if (!typed) return Next::stay;
  cc::SecretFault fault;
  auto found = cc::secret_from_xprv(typed->expose(), fault);
  if (!found) return refuse(device, "characters of an xprv", fault.sentence);
  Wallet wallet;
  wallet.secret = std::move(found->secret);
  if (found->testnet) wallet.set("chain", json_string(wallet::coldcard_code(wallet::Chain::testnet)));
  return take_wallet(device, std::move(wallet), into);
}

Next use_passphrase(Device& device) {
  const auto typed = device.screen.ask("Passphrase", cc::Screen::Entry::passphrase);
  if (!typed) return Next::stay;
  if (!is_ascii(typed->expose()) || typed->size() > longest_passphrase) {
    say(device, "Passphrase", "A device takes at most 100 characters, those of its own keyboard only (ASCII).");
    return Next::stay;
  }
  if (typed->empty()) return forget_temporary(device);
  const SecretBytes seed = wallet::seed_from_mnemonic(device.state.wallet.secret->mnemonic.expose(), typed->expose());
  cc::WalletSecret secret;
  secret.mode = cc::Mode::xprv;
  secret.node = wallet::Node::from_seed(seed.expose());
  if (!secret.node) return Next::stay;  // 1 in 2^127
  Wallet wallet;
  wallet.secret = std::move(secret);
  if (const SecretString* const chain = device.state.wallet.setting("chain")) wallet.set("chain", chain->clone());
  if (!confirm(device, title_of(wallet),
               "Above is the fingerprint of the wallet that this passphrase gives. Every passphrase gives one, a mistyped one "
               "too.\n\nPress OK to use it until the next login, X to stay."))
    return Next::stay;
  device.temporary = Temporary{std::move(wallet), true};
  return Next::top;
}

Next forget_temporary(Device& device) {
  device.temporary.reset();
  return Next::top;
}

Next view_seed(Device& device) {
  const cc::WalletSecret& secret = *device.current().secret;
  if (!confirm(device, "View Seed Words", "The next screen shows the secret of this wallet. Let nobody else see it.")) return Next::stay;
  const SecretString shown =
      secret.mode == cc::Mode::words ? secret.mnemonic.clone() : secret.node->xprv(device.current().chain());
  (void)device.screen.page("View Seed Words", shown.expose(), "yx", true);
  return Next::stay;
}

Next destroy_seed(Device& device) {
  if (device.temporary) {
    say(device, "Destroy Seed", "A wallet in RAM is in effect. Choose Restore Master first: this is about the seed of the device.");
    return Next::stay;
  }
  if (!confirm(device, "Destroy Seed",
               "Wipe seed words and reset wallet. All funds will be lost. You better have a backup of the seed words."))
    return Next::stay;
  if (device.screen.page("Are you REALLY sure though???",
                         "Without a backup of the seed, or its words on paper, this wallet is lost for good. Press (4) to show "
                         "that you read this to its end.",
                         "4x", false) != '4')
    return Next::stay;
  device.state.wallet = {};
  device.state.duress_pin.reset();
  device.save();
  say(device, "Destroy Seed", "The seed is gone. The device starts again.");
  return Next::reboot;
}

}  // namespace hwbak::practice::coldcard
