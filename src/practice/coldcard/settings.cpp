// Settings that a backup shows: PINs with wallets behind them, the second wallet of a Mk2, the chain; see device.h.
#include "base/json_string.h"
#include "practice/coldcard/device.h"

namespace hwbak::practice::coldcard {
namespace {

// With its trick PIN's flags and argument.
struct DuressKind {
  std::string label;
  unsigned flags = 0, argument = 0;
};

// BIP-85 gives as many words as the device's own seed has: twelve, or twenty-four.
std::vector<DuressKind> duress_kinds(const cc::WalletSecret& secret) {
  const unsigned base = secret.word_count == 12 ? 2000 : 1000;
  std::vector<DuressKind> kinds;
  for (unsigned i = 1; i <= 3; ++i) kinds.push_back({"BIP-85 Wallet #" + std::to_string(i), word_wallet, base + i});
  kinds.push_back({"Legacy Wallet", xprv_wallet, 0});
  return kinds;
}

Next add_trick(Device& device) {
  const auto trick = choose_pin(device.screen, "New Trick PIN");
  if (!trick) return Next::stay;
  if (trick->equals(device.pin.expose())) {
    say(device, "Trick PINs", "That PIN is the true PIN of this device.");
    return Next::stay;
  }
  const auto kinds = duress_kinds(*device.state.wallet.secret);
  std::vector<std::string> labels;
  for (const DuressKind& kind : kinds) labels.push_back(kind.label);
  const auto chosen = device.screen.menu("Duress Wallet", labels);
  if (!chosen) return Next::stay;
  Wallet& wallet = device.state.wallet;
  auto json = with_trick_pin(wallet.setting("tp"), *trick, kinds.at(*chosen).flags, kinds.at(*chosen).argument);
  if (!json) {
    say(device, "Trick PINs", "Failed: no space left.");
    return Next::stay;
  }
  wallet.set("tp", std::move(*json));
  device.save();
  say(device, "Trick PINs", "Saved. The wallet behind this PIN will be named in the backup. At this practice device the PIN opens nothing.");
  return Next::stay;
}

}  // namespace

Next trick_pins(Device& device) {
  if (device.temporary) {
    say(device, "Trick PINs", "Not available");
    return Next::stay;
  }
  return run_menu(device.screen, "Trick PINs", [&device] {
    std::vector<Item> items{{"Add New Trick", [&device] { return add_trick(device); }}};
    if (device.state.wallet.setting("tp") != nullptr)
      items.push_back({"Delete All", [&device] {
                         device.state.wallet.remove("tp");
                         device.save();
                         return Next::stay;
                       }});
    return items;
  });
}

Next duress_pin(Device& device) {
  auto pin = choose_pin(device.screen, "Duress PIN");
  if (!pin) return Next::stay;
  if (pin->equals(device.pin.expose())) {
    say(device, "Duress PIN", "That PIN is the true PIN of this device.");
    return Next::stay;
  }
  device.state.duress_pin = std::move(*pin);
  device.save();
  say(device, "Duress PIN",
      "Saved. The duress wallet will be named in the backup, and restoring does not bring this PIN back. At this practice device "
      "the PIN opens nothing.");
  return Next::stay;
}

Next second_wallet(Device& device) {
  SealedState other(device.files, device.folder / secondary_file);
  if (other.exists()) {
    say(device, "Second Wallet", "It is there already. Log out, and press (2) before you enter its PIN.");
    return Next::stay;
  }
  const auto pin = choose_pin(device.screen, "Second Wallet");
  if (!pin) return Next::stay;
  State fresh;
  fresh.model = device.state.model;
  fresh.firmware = device.state.firmware;
  other.save(*pin, serialise(fresh).expose(), device.random);
  say(device, "Second Wallet",
      "It is empty still. Log out, press (2) and enter its PIN. A backup holds the one wallet that is in use: make one of each.");
  return Next::stay;
}

Next choose_chain(Device& device) {
  constexpr wallet::Chain chains[] = {wallet::Chain::mainnet, wallet::Chain::testnet, wallet::Chain::regtest};
  const std::vector<std::string> labels = {"Bitcoin", "Testnet4", "Regtest"};
  const auto chosen = device.screen.menu("Testnet Mode", labels);
  if (!chosen || *chosen >= std::size(chains)) return Next::stay;
  device.current().set("chain", json_string(wallet::coldcard_code(chains[*chosen])));
  if (!device.temporary) device.save();
  return Next::stay;
}

}  // namespace hwbak::practice::coldcard
