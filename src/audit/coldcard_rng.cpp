// The advisory's verdict on one backup (docs/formats/coldcard.md, "The July 2026 advisory"); see
// coldcard_rng.h. The version table is in coldcard_rng_table.h.
#include "audit/coldcard_rng.h"

#include <algorithm>

#include "audit/coldcard_rng_table.h"
#include "device/coldcard/naming.h"

namespace hwbak::audit {
namespace {

using coldcard::Mode;

const VersionRule* rule_for(const FirmwareVersion& version) {
  const Release release = version.release;
  for (const auto& rule : version_rules) {
    if (rule.family != version.family || release < rule.first) continue;
    // A beta of the first repaired release may still lack the repair.
    if (release < rule.below || (release == rule.below && version.prerelease)) return &rule;
  }
  return nullptr;
}

bool hardware_contradicts(std::string_view hardware, FirmwareFamily family) {
  if (hardware.empty()) return false;  // Mk1 to Mk3 and older Mk4 firmware do not write it
  if (hardware == "q1") return family != FirmwareFamily::q && family != FirmwareFamily::edge_q;
  if (hardware == "mk4" || hardware == "mk5") return family != FirmwareFamily::mk4_5 && family != FirmwareFamily::edge;
  return false;  // a model not known here
}

// What the version alone says.
struct ByVersion {
  std::optional<FirmwareVersion> version;
  const VersionRule* rule = nullptr;
  AdvisoryLevel level = AdvisoryLevel::unknown;
  std::string text;
  bool contradiction = false;
  [[nodiscard]] bool unfixed() const noexcept { return rule != nullptr && !rule->fixed; }
  [[nodiscard]] bool predates() const noexcept { return level == AdvisoryLevel::ok; }
};

ByVersion judge_version(const coldcard::Backup& backup) {
  ByVersion out;
  out.version = coldcard::parse_firmware(backup.fw_version);
  out.rule = out.version ? rule_for(*out.version) : nullptr;
  if (out.rule == nullptr) {
    const bool lost = backup.damaged && backup.fw_version.empty();
    out.text = std::string(lost ? "The line with the firmware version did not survive" : "The backup does not say which released firmware made it") +
               ", so it cannot be told whether the wallet is affected.";
    return out;
  }
  out.level = out.rule->level;
  out.text = out.rule->says;
  if (out.version->family == FirmwareFamily::mk2_3_v4 && out.version->release == Release{4, 0, 0})
    out.text += " The vendor says that 4.0.0 was never released; it holds the same seed code.";
  if (out.version->family == FirmwareFamily::edge || out.version->family == FirmwareFamily::edge_q)
    out.text += " Edge firmware has its own numbers: 6.6.0 is its first repaired release.";
  out.contradiction = hardware_contradicts(backup.hardware, out.version->family);
  if (out.contradiction) {
    // A version that clears the wallet is worth nothing on hardware that cannot run it.
    if (out.level == AdvisoryLevel::ok) {
      out.level = AdvisoryLevel::unknown;
      out.text = "It cannot be told whether the wallet is affected.";
    }
    out.text += " The hardware named in the backup does not run this line of firmware: one of the two was changed.";
  }
  return out;
}

bool cleared_by_older(const Evidence& evidence) {
  return std::any_of(evidence.same_fingerprint_versions.begin(), evidence.same_fingerprint_versions.end(),
                     [](const std::string& text) {
                       const auto version = coldcard::parse_firmware(text);
                       return version && predates_fault(*version);
                     });
}

void judge_contents(const Evidence& evidence, const ByVersion& by, Advisory& out) {
  const coldcard::Backup& backup = *evidence.backup;
  out.level = by.level;
  out.text = by.text;
  if (by.predates()) return;
  const bool cleared = cleared_by_older(evidence);
  if (evidence.clone && by.unfixed()) {
    out.level = std::max(AdvisoryLevel::high, cleared ? AdvisoryLevel::high : by.level);
    out.text =
        "A clone file made by unrepaired firmware must be treated as readable by an attacker. Replace the seed if the "
        "file ever left your hands. " +
        (cleared ? std::string(
                       "An older backup of the same fingerprint shows that the seed itself predates the faulty code.")
                 : by.text);
    return;
  }
  if (cleared) {
    out.level = AdvisoryLevel::ok;
    out.text =
        "An older backup of the same fingerprint was made by firmware from before the faulty code, so this wallet "
        "already existed by then. It is not weakened, unless it was made on another device that is affected.";
    return;
  }
  if (!backup.secret) return;
  if (backup.secret->mode == Mode::words) return;
  out.level = AdvisoryLevel::unknown;
  out.text = backup.secret->mode == Mode::xprv
                 ? "The backup holds an imported key or a passphrase wallet, not words. Where it came from is not in "
                   "this file; what holds for the seed behind it holds for this wallet."
                 : "The backup holds a BIP-32 master secret, not words. Where it came from is not in this file.";
  if (by.contradiction) out.text += " The hardware named in the backup does not run the firmware named in it.";
}

// Without the password only names speak.
void judge_names(const Evidence& evidence, Advisory& out) {
  out.level = AdvisoryLevel::unknown;
  switch (coldcard::judge_inner_name(evidence.inner_name)) {
    case coldcard::InnerName::before_4_0_0:
      out.text =
          "The name inside is the one firmware before 4.0.0 gave, and such a backup predates the faulty code. Other "
          "programs give that name too: open the backup to see its firmware version.";
      break;
    case coldcard::InnerName::word_and_number:
      out.text =
          "The name inside is of the kind firmware gives since 4.0.0, so the wallet is possibly affected. The "
          "password is needed to see the firmware version; nothing shows how the seed was made.";
      break;
    case coldcard::InnerName::notes_json:
      out.text =
          "This looks like an export of notes. Passwords that the device generated with unrepaired firmware are "
          "possibly weak.";
      break;
    case coldcard::InnerName::other:
      out.text = "Without the password it cannot be told whether the wallet is affected.";
      break;
  }
  if (evidence.clone)
    out.text += " A clone file must be treated as readable by an attacker, unless both devices ran repaired firmware.";
}

void judge_envelope(const Evidence& evidence, const ByVersion& by, Advisory& out) {
  if (!evidence.encrypted) {
    out.envelope = AdvisoryLevel::note;
    out.envelope_text = "The file is not encrypted: whoever reads it has the wallet.";
  } else if (evidence.clone && by.unfixed()) {
    out.envelope = AdvisoryLevel::high;
    out.envelope_text = "The key of this clone file came from the faulty generator: treat the contents as exposed.";
  } else if (evidence.clone) {
    out.envelope = AdvisoryLevel::unknown;
    out.envelope_text =
        "The key of a clone file is sound only when both devices ran repaired firmware; the receiver's is not known.";
  } else {
    out.envelope = AdvisoryLevel::ok;
    out.envelope_text =
        "The advisory does not touch twelve-word backup passwords: they came from the hardware generator in every "
        "version. A password made by the device's own password generator on unrepaired firmware should be changed.";
  }
}

Origin origin_of(std::string_view stored) {
  for (const auto& rule : origin_rules)
    if (stored.starts_with(rule.begins)) return rule.origin;
  return Origin::elsewhere;
}

Advisory::PerEntry judge_entry(const coldcard::VaultEntry& entry, const ByVersion& by) {
  switch (origin_of(entry.origin)) {
    case Origin::generated:
      return {entry.label, by.level,
              by.unfixed() ? "Generated on the device: possibly affected, as the firmware version says."
                           : "Generated on the device, at a time that is not recorded: ask on which firmware version."};
    case Origin::derived:
      return {entry.label, AdvisoryLevel::unknown, "Derived from another seed: as good as that seed is."};
    case Origin::dice:
      return {entry.label, AdvisoryLevel::unknown,
              "Made with dice: sound with at least 50 private fair rolls, best with 99."};
    case Origin::elsewhere:
      return {entry.label, AdvisoryLevel::unknown, "Came from elsewhere: its origin is not in this file."};
  }
  return {};
}

constexpr std::string_view look_for_older =
    "Look for older backups of the same fingerprint: one made by firmware before 4.0.0 can clear this seed.";
constexpr std::string_view keep_private =
    "Keep the serial number and the file names private, and type seed words into no web page.";

// Replacing a seed, step by step.
void advise_replacing(const Evidence& evidence, const ByVersion& by, std::vector<std::string>& advice) {
  const coldcard::Backup* backup = evidence.backup;
  if (!evidence.clone) advice.emplace_back(look_for_older);
  advice.push_back("Update the device first" +
                   (by.version ? " (" + std::string(first_fixed(by.version->family)) + " or newer)." : std::string(".")));
  advice.emplace_back("Make a new seed on it; dice or other entropy of your own are welcome, but not required.");
  advice.emplace_back("Back the new seed up, verify that backup and write down its fingerprint.");
  advice.emplace_back("Send a small amount to the new wallet first, then move everything.");
  advice.emplace_back(evidence.clone ? "Make an ordinary backup of the device now, and keep that until everything is confirmed."
                                     : "Keep this backup until everything is confirmed.");
  if (backup != nullptr && !backup->multisig.empty())
    advice.emplace_back("Tell the partners of each multisig wallet: a quorum of sound keys is needed.");
  if (backup != nullptr && !backup->notes.empty())
    advice.emplace_back("Change the passwords in the notes that the device generated.");
  advice.emplace_back(evidence.clone ? "Then make new backups, and destroy this clone file and every copy of it."
                                     : "Make new backups, and destroy old clone files.");
  advice.emplace_back(keep_private);
}

void advise(const Evidence& evidence, const ByVersion& by, Advisory& out) {
  switch (out.level) {
    case AdvisoryLevel::critical:
    case AdvisoryLevel::high: return advise_replacing(evidence, by, out.advice);
    case AdvisoryLevel::unknown:
    case AdvisoryLevel::note:
      out.advice.emplace_back(
          "Recall when the seed was made, on which firmware version, and whether at least 50 dice rolls went in.");
      out.advice.emplace_back(look_for_older);
      out.advice.emplace_back(
          "When you cannot tell, treat it as possibly affected: update, make a new seed, test with a small amount, "
          "and move everything.");
      if (evidence.clone) out.advice.emplace_back("Destroy clone files once they have served.");
      break;
    case AdvisoryLevel::ok: break;
  }
  out.advice.emplace_back(keep_private);
}

}  // namespace

bool predates_fault(const FirmwareVersion& version) {
  const auto* rule = rule_for(version);
  return rule != nullptr && rule->level == AdvisoryLevel::ok;
}

std::string_view name(AdvisoryLevel level) noexcept {
  switch (level) {
    case AdvisoryLevel::ok: return "ok";
    case AdvisoryLevel::note: return "note";
    case AdvisoryLevel::unknown: return "unknown";
    case AdvisoryLevel::high: return "high";
    case AdvisoryLevel::critical: return "critical";
  }
  return "";
}

Advisory judge(const Evidence& evidence) {
  Advisory out;
  ByVersion by;
  if (evidence.backup != nullptr) {
    by = judge_version(*evidence.backup);
    judge_contents(evidence, by, out);
    for (const auto& entry : evidence.backup->vault) out.vault.push_back(judge_entry(entry, by));
  } else {
    judge_names(evidence, out);
  }
  judge_envelope(evidence, by, out);
  advise(evidence, by, out);
  return out;
}

}  // namespace hwbak::audit
