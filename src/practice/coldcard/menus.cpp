// The menus of a device, as far as they concern backups; what a model or firmware does not have is absent; see device.h.
#include "practice/coldcard/device.h"

namespace hwbak::practice::coldcard {
namespace {

bool is_version_4_or_older(const Device& device) noexcept {
  return device.firmware.version.family == cc::FirmwareFamily::mk1_3 || device.firmware.version.family == cc::FirmwareFamily::mk2_3_v4;
}

// Seeds in RAM came with 5.0.7, and with the first Q.
bool has_temporary_seeds(const Device& device) noexcept {
  const cc::FirmwareVersion& version = device.firmware.version;
  return device.firmware.loads_temporary || (version.family == cc::FirmwareFamily::mk4_5 && version.release >= cc::Release{5, 0, 7});
}

Item submenu(Device& device, std::string label, std::function<std::vector<Item>()> items) {
  auto& screen = device.screen;
  return {label, [&screen, label, items = std::move(items)] { return run_menu(screen, label, items); }};
}

Item word_imports(Device& device, Into into) {
  return submenu(device, "Import Words", [&device, into] {
    std::vector<Item> items;
    for (const unsigned words : {12u, 18u, 24u})
      items.push_back({std::to_string(words) + " Words", [&device, words, into] { return import_words(device, words, into); }});
    return items;
  });
}

Item temporary_seed(Device& device) {
  return submenu(device, device.firmware.loads_temporary ? "Temporary Seed" : "Ephemeral Seed", [&device] {
    std::vector<Item> items{word_imports(device, Into::temporary),
                            {"Import XPRV", [&device] { return import_xprv(device, Into::temporary); }}};
    if (device.firmware.loads_temporary)
      items.push_back({"Coldcard Backup", [&device] { return restore_backup(device, cc::DeviceState::temporary); }});
    return items;
  });
}

Item developer(Device& device) {
  return submenu(device, "I Am Developer.", [&device] {
    return std::vector<Item>{{device.firmware.takes_custom_password ? "Restore Bkup" : "Restore Txt Bkup",
                              [&device] { return restore_for_developers(device); }}};
  });
}

Item import_existing(Device& device) {
  return submenu(device, "Import Existing", [&device] {
    std::vector<Item> items;
    for (const unsigned words : {12u, 18u, 24u})
      items.push_back({std::to_string(words) + " Words", [&device, words] { return import_words(device, words, Into::main); }});
    items.push_back({"Restore Backup", [&device] { return restore_backup(device, cc::DeviceState::empty); }});
    if (device.firmware.clones) items.push_back({"Clone Coldcard", [&device] { return receive_clone(device); }});
    items.push_back({"Import XPRV", [&device] { return import_xprv(device, Into::main); }});
    return items;
  });
}

Item new_seed_words(Device& device) {
  if (is_version_4_or_older(device)) return {"New Wallet", [&device] { return new_seed(device, 24); }};
  return submenu(device, "New Seed Words", [&device] {
    return std::vector<Item>{{"12 Words", [&device] { return new_seed(device, 12); }},
                             {"24 Words", [&device] { return new_seed(device, 24); }}};
  });
}

Item backup_menu(Device& device) {
  return submenu(device, "Backup", [&device] {
    std::vector<Item> items{{"Backup System", [&device] { return backup_system(device); }},
                            {"Verify Backup", [&device] { return verify_backup(device); }},
                            {"Restore Backup", [&device] { return restore_backup(device, cc::DeviceState::seeded); }}};
    if (device.firmware.clones) items.push_back({"Clone Coldcard", [&device] { return send_clone(device); }});
    return items;
  });
}

Item danger_zone(Device& device) {
  return submenu(device, "Danger Zone", [&device] {
    return std::vector<Item>{
        submenu(device, "Seed Functions",
                [&device] {
                  return std::vector<Item>{{"View Seed Words", [&device] { return view_seed(device); }},
                                           {"Destroy Seed", [&device] { return destroy_seed(device); }}};
                }),
        developer(device),
        {"Testnet Mode", [&device] { return choose_chain(device); }}};
  });
}

Item advanced(Device& device) {
  return submenu(device, is_version_4_or_older(device) ? "Advanced" : "Advanced/Tools", [&device] {
    std::vector<Item> items;
    if (device.has_seed())
      items.push_back(backup_menu(device));
    else
      items.push_back({"Verify Backup", [&device] { return verify_backup(device); }});
    if (has_temporary_seeds(device)) items.push_back(temporary_seed(device));
    items.push_back(device.has_seed() ? danger_zone(device) : developer(device));
    return items;
  });
}

Item settings(Device& device) {
  return submenu(device, "Settings", [&device] {
    return std::vector<Item>{submenu(device, "Login Settings", [&device] {
      std::vector<Item> items;
      if (device.state.wallet.secret && device.is_mk4())
        items.push_back({"Trick PINs", [&device] { return trick_pins(device); }});
      if (device.state.wallet.secret && !device.is_mk4())
        items.push_back({"Duress PIN", [&device] { return duress_pin(device); }});
      if (device.state.model == Model::mk2 && !device.secondary)
        items.push_back({"Second Wallet", [&device] { return second_wallet(device); }});
      return items;
    })};
  });
}

std::vector<Item> top_items(Device& device) {
  std::vector<Item> items;
  if (!device.has_seed()) {
    items.push_back(new_seed_words(device));
    items.push_back(import_existing(device));
  } else if (device.in_effect() != InEffect::temporary && device.state.wallet.secret->mode == cc::Mode::words) {
    items.push_back({"Passphrase", [&device] { return use_passphrase(device); }});
  }
  if (device.temporary) items.push_back({"Restore Master", [&device] { return forget_temporary(device); }});
  items.push_back(advanced(device));
  if (device.state.wallet.secret || device.state.model == Model::mk2) items.push_back(settings(device));
  items.push_back({"Secure Logout", [] { return Next::logout; }});
  return items;
}

// "Practice Coldcard mk4, 5.6.1 [0F056943] temporary seed"
std::string top_title(Device& device) {
  std::string title = "Practice Coldcard " + std::string(name(device.state.model)) + ", " + device.state.firmware;
  if (device.secondary) title += ", second wallet";
  if (device.has_seed()) title += " [" + wallet::to_text(device.current().secret->node->fingerprint()) + "]";
  switch (device.in_effect()) {
    case InEffect::main: break;
    case InEffect::passphrase: title += " passphrase wallet"; break;
    case InEffect::temporary: title += " temporary seed"; break;
  }
  return title;
}

}  // namespace

Next top_menu(Device& device) {
  for (;;) {
    // X leaves, as there is nothing above.
    const Next next = run_menu(device.screen, top_title(device), [&device] { return top_items(device); });
    if (next == Next::stay) return Next::logout;
    if (next != Next::top) return next;
  }
}

}  // namespace hwbak::practice::coldcard
