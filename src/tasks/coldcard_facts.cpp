// The facts and findings of a Coldcard backup, as docs/json.md lists them.
#include <algorithm>

#include "base/hex.h"
#include "base/unicode.h"
#include "crypto/digest.h"
#include "device/coldcard/naming.h"
#include "tasks/coldcard_description.h"

namespace hwbak::tasks {
namespace {

std::string bytes_where(const Region& place) {
  if (place.length == 0) return "offset " + std::to_string(place.offset);
  return "bytes " + std::to_string(place.offset) + "-" + std::to_string(place.end() - 1);
}

std::string sha256_text(ByteView bytes) { return to_hex(crypto::sha256(bytes)); }

void put_check(Object& out, std::string_view key, const coldcard::Check& check) {
  if (check) out.put(key, *check);
}

void put_text(Object& out, std::string_view key, const std::string& text) {
  if (!text.empty()) out.put(key, text);
}

Object damage_item(const Region& file, std::optional<std::uint64_t> text_offset, std::string what) {
  Object item;
  item.put("file_offset", file.offset).put("length", file.length);
  item.put("text_offset", text_offset ? Value(*text_offset) : Value());
  item.put("what", std::move(what));
  return item;
}

}  // namespace

List ColdcardDescription::damage() const {
  List out;
  for (const sevenzip::Flaw& flaw : x_.survey_->flaws) {
    Object item = damage_item(flaw.place, std::nullopt, flaw.sentence);
    item.put("code", flaw.code);
    if (flaw.missing != 0) item.put("missing", flaw.missing);
    if (flaw.mended) item.put("mended", true);
    out.push_back(std::move(item));
  }
  if (!x_.opened_) return out;
  if (iv_wrong()) {
    Object item = damage_item(x_.aes_place_, std::nullopt, "the stored IV is wrong; the right one was found and proven by the checksum");
    item.put("code", "iv").put("mended", true);
    out.push_back(std::move(item));
  }
  if (x_.opened_->grade == sevenzip::Grade::damaged && x_.opened_->holes.empty()) {
    Object item = damage_item(x_.crc_place_, std::nullopt, "the CRC field of the contents, or single characters within them");
    item.put("code", "body-crc");
    out.push_back(std::move(item));
  }
  for (const sevenzip::Hole& hole : x_.opened_->holes) {
    Object item = damage_item(hole.file, hole.text.offset, "ciphertext damaged");
    item.put("code", "body");
    if (x_.opened_->mended_byte) item.put("mended", true).put("mended_byte", *x_.opened_->mended_byte);
    else item.put("text_length", hole.text.length).put("suspect_length", hole.suspect.length);
    out.push_back(std::move(item));
  }
  return out;
}

void ColdcardDescription::container_facts() {
  Object& facts = report_.facts;
  if (x_.bare_text_) {
    facts.put("writer", "text").put("clone", false);
    return;
  }
  const sevenzip::Survey& survey = *x_.survey_;
  facts.put("writer", std::string(name(survey.writer)));
  facts.put("archive_version", "0." + std::to_string(survey.minor_version));
  facts.put("file_size", survey.file_size);
  if (!x_.inner_name_.empty()) facts.put("inner_name", printable(x_.inner_name_));
  const bool header_closed = survey.packed_header.has_value() && survey.folders.empty();
  facts.put("encrypted_header", survey.packed_header.has_value() && survey.packed_header->aes.has_value());
  if (!header_closed) facts.put("files", static_cast<std::uint64_t>(survey.entries.size()));
  const sevenzip::Folder* folder = header_closed ? &*survey.packed_header : survey.folders.empty() ? nullptr : &survey.folders[0];
  if (folder != nullptr) {
    if (folder->aes) {
      facts.put("rounds_pow", folder->aes->rounds_pow);
      facts.put("salt_size", static_cast<std::uint64_t>(folder->aes->salt.size()));
      facts.put("iv_size", folder->aes->iv_lost ? 0u : folder->aes->iv_size);
    }
    facts.put("encrypted", folder->aes.has_value());
    if (!header_closed) facts.put("packed_size", folder->packed.length);
  }
  const auto entry = std::find_if(survey.entries.begin(), survey.entries.end(),
                                  [&](const auto& e) { return e.has_stream && e.name == x_.inner_name_; });
  if (entry != survey.entries.end()) facts.put("plaintext_size", entry->size);
  facts.put("trailing_bytes", survey.trailing_bytes);
  facts.put("clone", x_.clone_key_.has_value());
  if (x_.file_.info)
    if (const auto hint = coldcard::fat_time_hint(x_.file_.info->modified)) {
      Object time;
      time.put("firmware", hint->firmware).put("build_date", hint->build_date);
      facts.put("fat_time", std::move(time));
    }
}

const std::vector<wallet::Account>& ColdcardDescription::accounts() {
  if (!accounts_) {
    const coldcard::Backup& backup = *x_.backup_;
    accounts_.emplace();
    if (backup.secret && backup.secret->node) accounts_ = wallet::first_accounts(*backup.secret->node, backup.chain);
  }
  return *accounts_;
}

List ColdcardDescription::wallets() {
  const coldcard::Backup& backup = *x_.backup_;
  List out;
  if (detail_ == Detail::contents || detail_ == Detail::summary)
    for (const wallet::Account& account : accounts()) {
      Object item;
      item.put("kind", "account").put("purpose", static_cast<std::uint64_t>(account.purpose)).put("path", account.path);
      item.put("xpub", account.xpub).put("first_address", account.first_address);
      out.push_back(std::move(item));
    }
  for (const coldcard::DuressWallet& duress : backup.duress) {
    Object item;
    item.put("kind", "duress").put("key", duress.key).put("consistent", duress.consistent);
    if (duress.fingerprint) item.put("fingerprint", wallet::to_text(*duress.fingerprint));
    out.push_back(std::move(item));
  }
  for (const coldcard::MultisigWallet& multisig : backup.multisig) {
    Object item;
    item.put("kind", "multisig").put("name", printable(multisig.name)).put("m", multisig.m).put("n", multisig.n);
    item.put("script", multisig.script).put("chain", printable(multisig.chain)).put("sorted", multisig.sorted);
    item.put("own_key_present", multisig.own_key_present).put("own_key_matches", multisig.own_key_matches);
    put_text(item, "first_address", multisig.first_address);
    List cosigners;
    for (const coldcard::Cosigner& cosigner : multisig.cosigners) cosigners.emplace_back(wallet::to_text(cosigner.fingerprint));
    item.put("fingerprints", std::move(cosigners));
    out.push_back(std::move(item));
  }
  for (const coldcard::VaultEntry& entry : backup.vault) {
    Object item;
    item.put("kind", "seed-vault").put("label", printable(entry.label)).put("origin", printable(entry.origin));
    item.put("fingerprint", printable(entry.listed_fingerprint)).put("consistent", entry.consistent);
    if (entry.decodes) item.put("mode", std::string(name(entry.mode)));
    if (entry.word_count != 0) item.put("word_count", entry.word_count);
    if (reveal_ && !entry.mnemonic.empty()) item.put("mnemonic", entry.mnemonic.clone());
    if (reveal_ && !entry.xprv.empty()) item.put("xprv", entry.xprv.clone());
    out.push_back(std::move(item));
  }
  return out;
}

void ColdcardDescription::contents_facts() {
  const coldcard::Backup& backup = *x_.backup_;
  Object& facts = report_.facts;
  if (backup.secret) {
    facts.put("mode", std::string(name(backup.secret->mode)));
    if (backup.secret->mode == coldcard::Mode::words) facts.put("word_count", backup.secret->word_count);
  }
  facts.put("chain", printable(backup.chain_code));
  if (backup.fingerprint) facts.put("fingerprint", wallet::to_text(*backup.fingerprint));
  put_text(facts, "fw_version", printable(backup.fw_version));
  put_text(facts, "fw_date", printable(backup.fw_date));
  put_text(facts, "fw_timestamp", printable(backup.fw_timestamp));
  put_text(facts, "hardware", printable(backup.hardware));
  put_text(facts, "serial", printable(backup.serial));
  List keys;
  for (const std::string& key : backup.keys) keys.emplace_back(printable(key));
  facts.put("keys", std::move(keys));
  Object consistent;
  put_check(consistent, "xprv", backup.consistent.xprv);
  put_check(consistent, "xpub", backup.consistent.xpub);
  put_check(consistent, "mnemonic", backup.consistent.mnemonic);
  put_check(consistent, "duress", backup.consistent.duress);
  put_check(consistent, "seed_vault", backup.consistent.seed_vault);
  facts.put("consistent", std::move(consistent));
  facts.put("wallets", wallets());
  facts.put("notes", static_cast<std::uint64_t>(backup.notes.size()));
  facts.put("trick_pins", static_cast<std::uint64_t>(backup.trick_pins.size()));
  if (!backup.bad_lines.empty()) {
    List lines;
    for (const unsigned line : backup.bad_lines) lines.emplace_back(line);
    facts.put("bad_lines", std::move(lines));
  }
}

// Only with --reveal.
void ColdcardDescription::secrets_facts() {
  const coldcard::Backup& backup = *x_.backup_;
  Object secrets;
  if (backup.secret && !backup.secret->mnemonic.empty()) secrets.put("mnemonic", backup.secret->mnemonic.clone());
  if (backup.secret && !backup.secret->master_secret.empty())
    secrets.put("master_secret", to_hex_secret(backup.secret->master_secret.expose()));
  if (backup.secret && backup.secret->node) secrets.put("xprv", backup.secret->node->xprv(backup.chain));
  if (!secrets.empty()) report_.facts.put("secrets", std::move(secrets));
}

void ColdcardDescription::facts() {
  container_facts();
  if (x_.unlocked()) {
    const bool whole = !damaged_contents();
    report_.facts.put("plaintext_size", static_cast<std::uint64_t>(x_.text_.size()));
    if (whole) report_.facts.put("plaintext_sha256", sha256_text(x_.text_.expose()));
  }
  if (x_.backup_) {
    contents_facts();
    if (reveal_) secrets_facts();
  } else if (x_.is_notes() && x_.judged_) {
    report_.facts.put("notes", static_cast<std::uint64_t>(x_.notes_.size()));
  }
  if (x_.judged_ && report_.format != "sevenzip") {
    Object advisory;
    advisory.put("level", std::string(name(x_.advisory_.level))).put("text", x_.advisory_.text);
    advisory.put("envelope", std::string(name(x_.advisory_.envelope))).put("envelope_text", x_.advisory_.envelope_text);
    List vault;
    for (const auto& entry : x_.advisory_.vault) {
      Object item;
      item.put("label", printable(entry.label)).put("level", std::string(name(entry.level))).put("text", entry.text);
      vault.push_back(std::move(item));
    }
    if (!vault.empty()) advisory.put("seed_vault", std::move(vault));
    report_.facts.put("advisory", std::move(advisory));
  }
  if (x_.survey_) {
    List list = damage();
    const bool any = !list.empty();
    report_.facts.put("damage", std::move(list));
    if (any && x_.backup_) {
      List survivors;
      Object proofs;
      const auto add = [&](const std::string& what, const std::string& proof) {
        survivors.emplace_back(what);
        proofs.put(what, proof);
      };
      for (const coldcard::Survivor& survivor : x_.backup_->survivors) add(survivor.what, survivor.proof);
      // Nothing inside is damaged: then the checksum of the contents proves every secret that is there.
      if (!x_.backup_->damaged)
        for (const char* what : {"mnemonic", "xprv", "xpub", "raw_secret"})
          if (x_.backup_->text.find(what) != nullptr) add(what, "the CRC of the contents");
      report_.facts.put("survivors", std::move(survivors)).put("proofs", std::move(proofs));
    }
  }
}

// Lines that a device skips without telling, each by its number.
void ColdcardDescription::line_findings() {
  constexpr std::size_t most = 100;
  std::size_t left = most;
  const auto add = [&](const coldcard::Line& line, const char* code, std::string message) {
    if (left == 0) return;
    if (--left == 0) message += " (the rest is not listed)";
    report_.findings.push_back({Severity::warning, code, std::move(message), "line " + std::to_string(line.number)});
  };
  const auto& repeated = x_.backup_->text.repeated;
  for (const coldcard::Line& line : x_.backup_->text.lines) {
    if (line.kind == coldcard::LineKind::unparsable && !line.lost)
      add(line, "unparsable-line", "this line cannot be used: " + std::string(line.complaint) + "; a device skips it without telling");
    else if (std::binary_search(repeated.begin(), repeated.end(), line.number))
      add(line, "repeated-line", "the key " + printable(line.key) + " stands here again; a device takes the last one");
  }
}

void ColdcardDescription::findings() {
  const auto add = [&](Severity level, std::string code, std::string message, std::string where = {}) {
    report_.findings.push_back({level, std::move(code), std::move(message), std::move(where)});
  };
  if (x_.survey_) {
    for (const sevenzip::Flaw& flaw : x_.survey_->flaws)
      add(flaw.mended ? Severity::warning : Severity::high, flaw.code, flaw.sentence, bytes_where(flaw.place));
    for (const sevenzip::Remark& remark : x_.survey_->remarks)
      add(Severity::note, remark.code, remark.sentence, remark.place.length == 0 ? "" : bytes_where(remark.place));
    if (x_.survey_->entries.size() > 1)
      add(Severity::note, "several-files",
          "the archive holds " + std::to_string(x_.survey_->entries.size()) + " entries; a device writes one. This report is about " +
              (x_.inner_name_.empty() ? std::string("the first") : printable(x_.inner_name_)));
  }
  if (x_.opened_ && !x_.opened_->padding_zero && x_.opened_->grade == sevenzip::Grade::good && !flawed())
    add(Severity::warning, "padding", "the bytes that fill the last block are not zero: no device wrote this file as it is");
  if (x_.clone_key_)
    add(Severity::note, "clone",
        "a clone file: only the receiving device knew its password, until it was switched off. Nobody else can open it, and "
        "it is no lasting backup");
  if (!x_.encrypted() && x_.unlocked() && x_.contents_ != ColdcardExamination::Contents::other)
    add(Severity::high, "cleartext", "this file is not encrypted: whoever reads it has everything in it");
  if (x_.backup_) {
    line_findings();
    for (const Finding& finding : x_.backup_->findings) report_.findings.push_back(finding);
    for (const std::string& sentence : x_.backup_->contradictions) add(Severity::high, "contradiction", sentence);
  }
  using audit::AdvisoryLevel;
  const AdvisoryLevel level = x_.advisory_.level;
  if (x_.backup_ && level != AdvisoryLevel::ok) {
    add(level == AdvisoryLevel::critical ? Severity::critical : level == AdvisoryLevel::high ? Severity::high : Severity::note,
        "advisory", x_.advisory_.text);
    report_.findings.back().on_page = false;  // the page has a section of its own for it
  }
}

}  // namespace hwbak::tasks
