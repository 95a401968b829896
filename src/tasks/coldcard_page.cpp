// The page for people: the same answer as the facts, in words and in the order a person asks.
#include <algorithm>

#include "base/counted.h"
#include "base/unicode.h"
#include "device/coldcard/naming.h"
#include "tasks/coldcard_description.h"

namespace hwbak::tasks {
namespace {

std::string yes_no(bool value, const char* yes, const char* no) { return value ? yes : no; }

// A name in the file may be as long as the file.
std::string shortened(std::string text) {
  constexpr std::size_t most = 60;
  if (text.size() <= most) return text;
  std::size_t end = most;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0u) == 0x80u) --end;
  return text.substr(0, end) + "...";
}

std::string joined(const std::vector<std::string>& items, std::size_t most = 12) {
  std::string out;
  for (std::size_t i = 0; i < items.size() && i < most; ++i) out += (i == 0 ? "" : ", ") + shortened(printable(items[i]));
  if (items.size() > most) out += ", and " + std::to_string(items.size() - most) + " more";
  return out;
}

std::string chain_words(const coldcard::Backup& backup) {
  if (!backup.chain_given && backup.damaged) return printable(backup.chain_code) + " (not certain: its line did not survive)";
  if (!backup.chain_known) return printable(backup.chain_code) + " (unknown)";
  switch (backup.chain) {
    case wallet::Chain::mainnet: return backup.chain_given ? "Bitcoin mainnet (BTC)" : "Bitcoin mainnet (not in the file; the device assumes it)";
    case wallet::Chain::testnet: return "Bitcoin testnet (XTN)";
    case wallet::Chain::regtest: return "Bitcoin regtest (XRT)";
  }
  return {};
}

std::string purpose_words(wallet::Purpose purpose) {
  switch (purpose) {
    case wallet::Purpose::bip44: return "first address BIP-44";
    case wallet::Purpose::bip49: return "first address BIP-49";
    case wallet::Purpose::bip84: return "first address BIP-84";
    case wallet::Purpose::bip86: return "first address BIP-86";
  }
  return {};
}

Value masked(bool reveal, const SecretString& secret) {
  if (reveal) return secret.clone();
  return "hidden (--reveal shows it)";
}

Section notes_section(const std::vector<coldcard::Note>& notes, bool reveal) {
  Section section{"Secure notes and passwords", {}};
  for (const auto& note : notes) {
    section.row(printable(note.title), note.is_password ? "password" : "note");
    if (!reveal) continue;
    const auto secret = [&](const char* label, const SecretString& value) {
      if (!value.empty()) section.row(label, value.clone());
    };
    secret("  user", note.user);
    secret("  password", note.password);
    secret("  site", note.site);
    secret("  text", note.misc);
  }
  return section;
}

}  // namespace

std::string wallet_words(const coldcard::Backup& backup) {
  if (!backup.secret) return "no usable secret";
  switch (backup.secret->mode) {
    case coldcard::Mode::words: return std::to_string(backup.secret->word_count) + " seed words";
    case coldcard::Mode::xprv: return "an extended private key (xprv), no words";
    case coldcard::Mode::master:
      return "a BIP-32 master secret of " + counted(backup.secret->master_secret.size(), "byte") + ", no words";
  }
  return {};
}

void ColdcardDescription::container_section() {
  Section section{"The file", {}};
  const auto row = [&](std::string label, Value value) { section.row(std::move(label), std::move(value)); };
  if (x_.bare_text_) {
    row("kind", "bare text, not encrypted");
    row("size", counted(x_.text_.size(), "byte"));
    report_.page.push_back(std::move(section));
    return;
  }
  const sevenzip::Survey& survey = *x_.survey_;
  if (report_.format == "coldcard-7z" || report_.format == "coldcard-notes")
    row("", "This file is recognisably a Coldcard backup: its header gives it away to whoever finds it.");
  const auto writer = [&] {
    switch (survey.writer) {
      case sevenzip::Writer::device: return "a Coldcard, or a program that writes the same bytes";
      case sevenzip::Writer::sevenzip: return "7-Zip";
      case sevenzip::Writer::unknown: return "unknown";
    }
    return "";
  };
  row("written by", writer());
  row("archive version", "0." + std::to_string(survey.minor_version));
  row("size", counted(survey.file_size, "byte") +
                  (survey.trailing_bytes != 0 ? ", of which " + std::to_string(survey.trailing_bytes) + " come after the archive" : ""));
  const bool header_closed = survey.packed_header.has_value() && survey.folders.empty();
  row("inner name", x_.inner_name_.empty() ? header_closed ? "not readable without the password" : "not known" : printable(x_.inner_name_));
  const sevenzip::Folder* folder = header_closed ? &*survey.packed_header : survey.folders.empty() ? nullptr : &survey.folders[0];
  if (folder != nullptr && folder->aes) {
    row("key derivation", "2^" + std::to_string(folder->aes->rounds_pow) + " rounds of SHA-256, salt " +
                              counted(folder->aes->salt.size(), "byte") + ", IV " +
                              (folder->aes->iv_lost ? std::string("lost") : counted(folder->aes->iv_size, "byte")));
  } else if (folder != nullptr) {
    row("encryption", "none");
  }
  if (folder != nullptr && !header_closed)
    row("contents", counted(folder->packed.length, "byte") + " packed, " + counted(folder->unpack_size, "byte") + " of text");
  row("header checksums", yes_no(survey.flaws.empty(), "both CRCs hold", "damaged, see below"));
  if (x_.clone_key_) row("clone file", "yes: made for one receiving device only");
  if (x_.file_.info)
    if (const auto hint = coldcard::fat_time_hint(x_.file_.info->modified))
      row("file time", "hints at firmware " + hint->firmware + ", built " + hint->build_date + " (lost when a file is copied without its time)");
  if (!x_.unlocked() && !survey.dead_end)
    row("", "Without the password nobody can know whether the contents are intact, which wallet it is, or whether its seed is weak.");
  report_.page.push_back(std::move(section));
}

void ColdcardDescription::wallet_section() {
  const coldcard::Backup& backup = *x_.backup_;
  Section section{"The wallet", {}};
  const auto row = [&](std::string label, Value value) { section.row(std::move(label), std::move(value)); };
  if (backup.fingerprint) row("fingerprint", wallet::to_text(*backup.fingerprint));
  row("secret", wallet_words(backup));
  row("chain", chain_words(backup));
  if (detail_ == Detail::contents && backup.secret) {
    if (backup.secret->mode == coldcard::Mode::words) row("seed words", masked(reveal_, backup.secret->mnemonic));
    if (backup.secret->node && (reveal_ || backup.secret->mode != coldcard::Mode::words))
      row("xprv", reveal_ ? Value(backup.secret->node->xprv(backup.chain)) : Value("hidden (--reveal shows it)"));
  }
  if (backup.secret && backup.secret->mode == coldcard::Mode::xprv)
    row("", "No words exist in this file: the wallet was imported as xprv, was a temporary seed, or is a wallet behind a BIP-39 "
            "passphrase. It cannot give back words.");
  if (backup.secret && backup.secret->mode == coldcard::Mode::words)
    row("", "Wallets behind a BIP-39 passphrase are not in this file: the words alone do not open them. It may also be a temporary "
            "seed, not the device's main one: compare the fingerprint.");
  if (detail_ != Detail::verdict)
    for (const wallet::Account& account : accounts())
      row(purpose_words(account.purpose), account.first_address);
  if (!backup.fw_version.empty())
    row("made by", "firmware " + printable(backup.fw_version) + (backup.fw_date.empty() ? "" : " of " + printable(backup.fw_date)) +
                       (backup.hardware.empty() ? "" : ", hardware " + printable(backup.hardware)));
  if (detail_ == Detail::contents && !backup.serial.empty()) row("serial", printable(backup.serial) + " (keep it private)");
  const auto version = coldcard::parse_firmware(backup.fw_version);
  if (backup.hardware.empty() && version && version->release.major <= 4)
    row("", "Mk1 and Mk2 may hold a primary and a secondary wallet; a file has one of them. If you use both, back both up.");
  report_.page.push_back(std::move(section));
}

void ColdcardDescription::records_sections() {
  const coldcard::Backup& backup = *x_.backup_;
  const auto push = [&](Section section) {
    if (!section.rows.empty()) report_.page.push_back(std::move(section));
  };
  Section duress{"Duress wallets", {}};
  for (const auto& entry : backup.duress)
    duress.row(entry.key, yes_no(entry.consistent, "belongs to this seed", "does not belong to this seed") +
                                          (entry.fingerprint ? ", fingerprint " + wallet::to_text(*entry.fingerprint) : ""));
  push(std::move(duress));
  Section multisig{"Multisig wallets", {}};
  for (const auto& entry : backup.multisig) {
    std::string text = std::to_string(entry.m) + " of " + std::to_string(entry.n) + ", " + entry.script + ", " +
                       yes_no(entry.own_key_matches, "this seed is a cosigner",
                              entry.own_key_present ? "this fingerprint is a cosigner" : "this seed is NOT a cosigner");
    if (!entry.first_address.empty()) text += ", first address " + entry.first_address;
    multisig.row(printable(entry.name), text);
  }
  push(std::move(multisig));
  Section vault{"Seed Vault", {}};
  for (const auto& entry : backup.vault) {
    const std::string kind = !entry.decodes ? "unreadable" : entry.word_count != 0 ? counted(entry.word_count, "word") : std::string(name(entry.mode));
    vault.row(printable(entry.label), printable(entry.listed_fingerprint) + ", " + kind + ", origin: " + printable(entry.origin) +
                                                      (entry.consistent ? "" : " - its secret does NOT give this fingerprint"));
    if (reveal_ && !entry.mnemonic.empty()) vault.row("  words", entry.mnemonic.clone());
    if (reveal_ && entry.mnemonic.empty() && !entry.xprv.empty()) vault.row("  xprv", entry.xprv.clone());
  }
  push(std::move(vault));
  push(notes_section(backup.notes, reveal_));
  Section pins{"Trick PINs", {}};
  for (const auto& pin : backup.trick_pins) {
    if (pin.is_wrong_pin_rule) pins.row("after wrong PINs", pin.what);
    else pins.row(reveal_ ? "PIN" : "PIN (hidden)", pin.what);
    if (reveal_ && !pin.is_wrong_pin_rule) pins.row("  digits", pin.pin.clone());
  }
  push(std::move(pins));
  Section rest{"Also inside", {}};
  if (backup.hsm_policy_summary) rest.row("HSM policy", *backup.hsm_policy_summary);
  if (!backup.settings.empty()) rest.row("settings", joined(backup.settings, 40));
  push(std::move(rest));
}

void ColdcardDescription::damage_section() {
  Section section{"Damage", {}};
  const auto range = [](const Region& place) {
    return place.length == 0 ? "at offset " + std::to_string(place.offset)
                             : std::to_string(place.offset) + "-" + std::to_string(place.end() - 1);
  };
  for (const auto& flaw : x_.survey_->flaws)
    section.row("file " + range(flaw.place), flaw.sentence + (flaw.mended ? " (mended in memory; the file is as it was)" : ""));
  if (x_.opened_ && x_.opened_->mended_byte)
    section.row("file " + std::to_string(*x_.opened_->mended_byte), "damaged, but its true value was found: nothing is lost");
  if (x_.text_in_doubt())
    for (const auto& hole : x_.opened_->holes)
      section.row("file " + range(hole.file), "text " + range(hole.text) + " is lost" +
                                                              (hole.suspect.length != 0 ? ", text " + range(hole.suspect) + " may hold wrong characters" : ""));
  if (x_.backup_ && x_.text_in_doubt()) {
    for (const auto& line : x_.backup_->text.lines) {
      if (!line.lost) continue;
      const bool readable = line.kind == coldcard::LineKind::pair;
      section.row("line " + std::to_string(line.number), readable ? "cut: " + printable(line.key) : "cut");
    }
    for (const auto& survivor : x_.backup_->survivors) section.row("intact: " + survivor.what, "proof: " + survivor.proof);
  }
  if (!section.rows.empty()) report_.page.push_back(std::move(section));
}

void ColdcardDescription::advisory_section() {
  if (report_.format == "sevenzip") return;
  Section section{"The July 2026 random-number advisory", {}};
  section.row("contents", std::string(name(x_.advisory_.level)) + ": " + x_.advisory_.text);
  if (!x_.advisory_.envelope_text.empty())
    section.row("envelope", std::string(name(x_.advisory_.envelope)) + ": " + x_.advisory_.envelope_text);
  for (const auto& entry : x_.advisory_.vault)
    section.row("vault: " + printable(entry.label), std::string(name(entry.level)) + ": " + entry.text);
  if (detail_ != Detail::verdict && detail_ != Detail::container) {
    std::size_t step = 0;
    for (const std::string& advice : x_.advisory_.advice) section.row("step " + std::to_string(++step), advice);
  }
  report_.page.push_back(std::move(section));
}

void ColdcardDescription::absent_section() {
  Section section{"Not in any backup, by design", {}};
  section.row("", "the device PIN, BIP-39 passphrases, the backup password itself, and transactions");
  section.row("", "Keep the seed words on paper or metal as well: a backup file does not replace them.");
  report_.page.push_back(std::move(section));
}

void ColdcardDescription::page() {
  if (detail_ == Detail::container || detail_ == Detail::contents || (detail_ == Detail::summary && !x_.unlocked())) container_section();
  if (x_.backup_) wallet_section();
  if (x_.survey_) damage_section();
  if (x_.backup_ && detail_ == Detail::contents) records_sections();
  if (x_.is_notes() && detail_ == Detail::contents) {
    report_.page.push_back(notes_section(x_.notes_, reveal_));
  }
  if (detail_ == Detail::container ? x_.survey_.has_value() : x_.backup_.has_value()) advisory_section();
  if (x_.backup_ && detail_ == Detail::contents) absent_section();
}

}  // namespace hwbak::tasks
