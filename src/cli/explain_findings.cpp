// What each finding of docs/json.md means and what to do about it, for `hwbak explain`.
#include <array>

#include "cli/explain_text.h"

namespace hwbak::cli {
namespace {

constexpr std::array findings{
    FindingText{"absurd-sizes",
                "The start header gives sizes no file can have.",
                "With the password, `hwbak open --salvage` writes what is left. Look for another copy with `hwbak copies "
                "FOLDER`."},
    FindingText{"advisory",
                "The July 2026 advisory has something to say about the contents; the level is in the fact `advisory` too.",
                "Follow the steps that `hwbak FILE` lists with the verdict."},
    FindingText{"bytes-inserted",
                "Bytes too many stand in front of the end header; `where` says between which places.",
                "With the password, `hwbak open --salvage` writes what is left. Look for another copy with `hwbak copies "
                "FOLDER`."},
    FindingText{"bytes-missing",
                "Bytes are missing in front of the end header; `where` says between which places.",
                "With the password, `hwbak open --salvage` writes what is left. Look for another copy with `hwbak copies "
                "FOLDER`."},
    FindingText{"chain-setting",
                "`setting.chain` and `chain` name different networks.",
                "Compare with another backup of the same device; if you did not edit the text, make a new backup and "
                "verify it."},
    FindingText{"cleartext",
                "The backup is not encrypted: whoever reads the file has the wallet.",
                "Make an encrypted backup on the device, verify it, and destroy this file."},
    FindingText{"clone",
                "A clone file: only the receiving device could open it, and it is no backup.",
                "Make an ordinary backup on the device; destroy the clone file when the clone works."},
    FindingText{"contradiction",
                "Two parts of the contents disagree; the outcome is `inconsistent`.",
                "Compare with another backup of the same device; if you did not edit the text, make a new backup and "
                "verify it."},
    FindingText{"crlf",
                "Lines end with CR LF: something converted the text, a device writes LF only.",
                "Compare with another backup of the same device; if you did not edit the text, make a new backup and "
                "verify it."},
    FindingText{"device-limit",
                "The text is shorter or longer than a device verifies.",
                "Compare with another backup of the same device; if you did not edit the text, make a new backup and "
                "verify it."},
    FindingText{"duress-of-another-seed",
                "A duress wallet does not derive from the main seed.",
                "Compare with another backup of the same device; if you did not edit the text, make a new backup and "
                "verify it."},
    FindingText{"end-header-crc",
                "The end header does not fit its checksum.",
                "With the password, `hwbak open --salvage` writes what is left. Look for another copy with `hwbak copies "
                "FOLDER`."},
    FindingText{"end-header-packed",
                "The end header is packed, and its packed bytes are damaged.",
                "With the password, `hwbak open --salvage` writes what is left. Look for another copy with `hwbak copies "
                "FOLDER`."},
    FindingText{"end-header-structure",
                "The end header cannot be parsed, or its parts do not fit each other.",
                "With the password, `hwbak open --salvage` writes what is left. Look for another copy with `hwbak copies "
                "FOLDER`."},
    FindingText{"fat-time",
                "The file's time is of the kind a device writes, and hints at its firmware; or it contradicts the version "
                "inside.",
                "Nothing needs to be done; keep it in mind when you share or restore the file."},
    FindingText{"hsm-policy",
                "The HSM policy is no JSON object.",
                "Compare with another backup of the same device; if you did not edit the text, make a new backup and "
                "verify it."},
    FindingText{"hsm-policy-not-restored",
                "The HSM policy is not in braces; a device would not restore it.",
                "Compare with another backup of the same device; if you did not edit the text, make a new backup and "
                "verify it."},
    FindingText{"hsm-users",
                "The file holds HSM users with their secrets.",
                "Keep the file as safe as the seed words themselves."},
    FindingText{"inner-name",
                "The inner name is not one a device writes, holds characters that could deceive, or is malformed.",
                "If a device made this file, do not rely on it: make a new backup and verify it. If another program packed "
                "it, `hwbak rekey` writes it as a device does."},
    FindingText{"junk-before",
                "The archive begins later in the file; what stands before it does not belong to it.",
                "With the password, `hwbak open --salvage` writes what is left. Look for another copy with `hwbak copies "
                "FOLDER`."},
    FindingText{"lonely",
                "Files have no identical copy in the folders named.",
                "Copy the file to a second card; two good cards with three files each are advised."},
    FindingText{"long-secret",
                "The key `long_secret` is not 832 hex digits; a device skips it without telling.",
                "Compare with another backup of the same device; if you did not edit the text, make a new backup and "
                "verify it."},
    FindingText{"missing-key",
                "A key is missing that every device writes; a restore works without it.",
                "Compare with another backup of the same device; if you did not edit the text, make a new backup and "
                "verify it."},
    FindingText{"multisig-chain",
                "A multisig wallet is for another network than this backup.",
                "Compare with another backup of the same device; if you did not edit the text, make a new backup and "
                "verify it."},
    FindingText{"multisig-path-unknown",
                "The path of the own key is not stored, so that key could not be compared.",
                "Nothing needs to be done; keep it in mind when you share or restore the file."},
    FindingText{"multisig-without-own-key",
                "A multisig wallet does not list the key of this backup, which is a passphrase wallet or an imported key.",
                "Check that this is the key you meant to back up; compare fingerprints with `hwbak open`."},
    FindingText{"never-written",
                "A setting that a device of this age does not write (`bkpw`, `ccc`, `sd2fa`, ...): mostly the sign of an "
                "edited text.",
                "Compare with another backup of the same device; if you did not edit the text, make a new backup and "
                "verify it."},
    FindingText{"newest-uncertain",
                "`backup.7z` stands beside numbered files: it is the oldest or, if it was deleted once, perhaps the "
                "newest.",
                "Compare the dates inside with `hwbak open`, or open both and keep the one you know to be newer."},
    FindingText{"no-eof-mark",
                "The closing line `# EOF` is missing; the end may have been cut off.",
                "Compare with another backup of the same device; if you did not edit the text, make a new backup and "
                "verify it."},
    FindingText{"no-first-comment",
                "The text does not begin with `#`; a device refuses it.",
                "Compare with another backup of the same device; if you did not edit the text, make a new backup and "
                "verify it."},
    FindingText{"no-last-newline",
                "The last line has no newline; a device refuses the text.",
                "Compare with another backup of the same device; if you did not edit the text, make a new backup and "
                "verify it."},
    FindingText{"no-salt",
                "The container has no salt, or a short one: not made by a device.",
                "If a device made this file, do not rely on it: make a new backup and verify it. If another program packed "
                "it, `hwbak rekey` writes it as a device does."},
    FindingText{"old-setting",
                "A setting that only old firmware wrote (`xfp`, `xpub`).",
                "Nothing needs to be done; keep it in mind when you share or restore the file."},
    FindingText{"packed-size",
                "The sizes of the encrypted part contradict each other, or are no multiple of 16.",
                "With the password, `hwbak open --salvage` writes what is left. Look for another copy with `hwbak copies "
                "FOLDER`."},
    FindingText{"padding",
                "Bytes after the text in the last block are not zero.",
                "Compare with another backup of the same device; if you did not edit the text, make a new backup and "
                "verify it."},
    FindingText{"password-short",
                "The new password is shorter than a device accepts, and easy to guess.",
                "Leave --new-password-from away and let hwbak draw twelve words."},
    FindingText{"password-word-count",
                "The password looks like words, but there are not twelve.",
                "Count the words; the device always gives twelve."},
    FindingText{"password-word-unknown",
                "A word of the password is not on the BIP-39 list.",
                "Without --password-from, hwbak asks for the words and shows the nearest ones on the list."},
    FindingText{"private-keys",
                "Single private keys are inside (`setting.wifs`).",
                "Keep the file as safe as the seed words themselves."},
    FindingText{"raw-secret-tail",
                "`raw_secret` holds bytes after its content.",
                "Compare with another backup of the same device; if you did not edit the text, make a new backup and "
                "verify it."},
    FindingText{"repeated-line",
                "A key occurs again; a device takes the last one.",
                "Compare with another backup of the same device; if you did not edit the text, make a new backup and "
                "verify it."},
    FindingText{"rounds-63",
                "The key is the password itself, without any hash.",
                "If a device made this file, do not rely on it: make a new backup and verify it. If another program packed "
                "it, `hwbak rekey` writes it as a device does."},
    FindingText{"rounds-low",
                "Fewer than 2^13 rounds: not made by a device.",
                "If a device made this file, do not rely on it: make a new backup and verify it. If another program packed "
                "it, `hwbak rekey` writes it as a device does."},
    FindingText{"salt-reused",
                "Two different files have the same salt.",
                "If a device made this file, do not rely on it: make a new backup and verify it. If another program packed "
                "it, `hwbak rekey` writes it as a device does."},
    FindingText{"secret-unproven",
                "The secret decodes, but nothing else in the file confirms it.",
                "If a device made this file, do not rely on it: make a new backup and verify it. If another program packed "
                "it, `hwbak rekey` writes it as a device does."},
    FindingText{"several-files",
                "The archive holds more than one entry; a device writes one.",
                "Nothing needs to be done; keep it in mind when you share or restore the file."},
    FindingText{"signature",
                "The first bytes are not the 7z signature, but the rest is an archive.",
                "With the password, `hwbak open --salvage` writes what is left. Look for another copy with `hwbak copies "
                "FOLDER`."},
    FindingText{"spending-policy",
                "A spending policy is inside (`setting.sssp`).",
                "Keep the file as safe as the seed words themselves."},
    FindingText{"start-header-crc",
                "The start header does not fit its checksum.",
                "With the password, `hwbak open --salvage` writes what is left. Look for another copy with `hwbak copies "
                "FOLDER`."},
    FindingText{"too-many-records",
                "More records than a device can keep; the rest was not read.",
                "Nothing needs to be done; keep it in mind when you share or restore the file."},
    FindingText{"trailing-bytes",
                "Bytes follow the end header; Verify on a device refuses the file, Restore ignores them.",
                "The backup itself can still be good: see the levels."},
    FindingText{"truncated",
                "The file ends too early.",
                "With the password, `hwbak open --salvage` writes what is left. Look for another copy with `hwbak copies "
                "FOLDER`."},
    FindingText{"unpack-size",
                "The end header claims more text than the encrypted part can hold.",
                "With the password, `hwbak open --salvage` writes what is left. Look for another copy with `hwbak copies "
                "FOLDER`."},
    FindingText{"unparsable-line",
                "A line is neither blank, comment nor `key = JSON`; a device skips it without telling.",
                "Compare with another backup of the same device; if you did not edit the text, make a new backup and "
                "verify it."},
    FindingText{"unreadable",
                "A folder or file could not be read; the outcome is `io`.",
                "Check the card, the path and its permissions, then run the command again."},
    FindingText{"version-byte",
                "The minor version is none that is known, or not the one this writer uses.",
                "If a device made this file, do not rely on it: make a new backup and verify it. If another program packed "
                "it, `hwbak rekey` writes it as a device does."},
    FindingText{"wrong-type",
                "A value has another JSON type than its key wants; it was not used.",
                "Compare with another backup of the same device; if you did not edit the text, make a new backup and "
                "verify it."},
};

}  // namespace

std::span<const FindingText> finding_texts() noexcept { return findings; }

const FindingText* explain_finding(std::string_view code) noexcept {
  for (const FindingText& text : findings)
    if (text.code == code) return &text;
  return nullptr;
}

}  // namespace hwbak::cli
