// What a practice device puts into a backup: which wallet, its text, its archive; see device.h. The text says what
// made it (docs/formats/coldcard.md, "The text").
#include <algorithm>

#include "base/unicode.h"
#include "container/sevenzip/write.h"
#include "device/coldcard/naming.h"
#include "practice/coldcard/device.h"

namespace hwbak::practice::coldcard {
namespace {

constexpr std::size_t long_secret_digits = 832;

bool is_before_version_4(const Device& device) noexcept { return device.firmware.version.family == cc::FirmwareFamily::mk1_3; }

bool names_its_hardware(const cc::FirmwareVersion& version) noexcept {
  switch (version.family) {
    case cc::FirmwareFamily::mk1_3:
    case cc::FirmwareFamily::mk2_3_v4: return false;
    case cc::FirmwareFamily::mk4_5: return version.release >= cc::Release{5, 2, 1};
    case cc::FirmwareFamily::q:
    case cc::FirmwareFamily::edge:
    case cc::FirmwareFamily::edge_q: return true;
  }
  return true;
}

// A simulator's version and a constant time: an audit answers `unknown` for both.
cc::TextParts::Device description(const Device& device) {
  return {"2018-07-31", "SIM", "180731121314", "F1F1F1F1F1F1",
          names_its_hardware(device.firmware.version) ? std::string(name(device.state.model)) : std::string()};
}

// What a device never writes.
bool is_left_out(const cc::TakenSetting& setting) {
  constexpr std::string_view never[] = {"xpub", "xfp", "bkpw", "sd2fa", "words", "ccc", "ktrx", "lfr"};
  if (setting.name.starts_with('_') || std::ranges::find(never, setting.name) != std::end(never)) return true;
  const std::string_view json = setting.json.expose();
  return (setting.name == "seeds" && json == "[]") || (setting.name == "seedvault" && (json == "false" || json == "0"));
}

}  // namespace

const Wallet* wallet_to_save(Device& device, bool may_choose) {
  const BackedUp rule = what_is_backed_up(device.firmware.version, device.in_effect());
  const bool passphrase = device.in_effect() == InEffect::passphrase;
  if (rule.warns && !confirm(device, "Backup",
                             passphrase ? "BIP39 passphrase is in effect: the backup will be of that wallet, as an extended private "
                                          "key. The words of the main seed will not be in it."
                                        : "A temporary seed is in effect, so backup will be of that seed."))
    return nullptr;
  const Wallet* wallet = rule.what == BackedUp::What::main_seed ? &device.state.wallet : &device.current();
  if (rule.asks && may_choose) {
    switch (device.screen.page("Backup",
                               "BIP39 passphrase is in effect. Press OK to back up the main wallet, press (2) to back up the BIP39 "
                               "passphrase wallet (extended private key created via seed + pass).",
                               "yx2", false)) {
      case cc::key_ok: break;
      case '2': wallet = &device.current(); break;
      default: return nullptr;
    }
  }
  if (wallet->secret) return wallet;
  say(device, "Backup", "This firmware saves the main seed only, and the device has none.");
  return nullptr;
}

SecretBytes backup_text(const Device& device, const Wallet& wallet, unsigned filler) {
  const cc::Firmware& firmware = device.firmware;
  const bool own = &wallet == &device.state.wallet;
  cc::TextParts parts;
  parts.secret = &*wallet.secret;
  parts.chain = wallet.chain();
  if (is_before_version_4(device) && parts.chain == wallet::Chain::mainnet) parts.chain_label = "Bitcoin";
  if (firmware.has_long_secret && device.state.model != Model::mk2)
    parts.long_secret = wallet.long_secret ? wallet.long_secret->clone()
                                           : SecretString::copy_of(std::string(long_secret_digits, '0'));
  if (own) parts.duress = duress_blocks(device);
  parts.duress_before_long_secret = !device.is_mk4();
  parts.device = description(device);
  for (const cc::TakenSetting& setting : wallet.settings)
    if (!is_left_out(setting)) parts.settings.emplace_back(setting.name, setting.json.clone());
  if (firmware.has_hsm_policy && wallet.hsm_policy) parts.hsm_policy = wallet.hsm_policy->clone();
  parts.remarks = {"Practice device of hwbak: not the backup of a real Coldcard"};
  parts.filler = std::string(filler, '.');
  return cc::write_backup_text(parts);
}

Bytes encrypted_backup(Device& device, const Wallet& wallet, const SecretString& password) {
  const std::string inner = is_before_version_4(device) ? "ckcc-backup.txt" : cc::fresh_inner_name(device.random);
  const SecretBytes wide = bytes_to_utf16le(password.expose());
  const SecretBytes text = cc::readable_text([&](unsigned filler) { return backup_text(device, wallet, filler); });
  return sevenzip::write_device_archive(text.expose(), inner, wide.expose(), sevenzip::device_rounds_pow, device.random);
}

}  // namespace hwbak::practice::coldcard
