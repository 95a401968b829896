// What names and times say: inner names, file names on a card and FAT times
// (docs/formats/coldcard.md, "Names on the card").
#pragma once

#include <compare>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "hwbak/bytes.h"
#include "hwbak/random.h"

namespace hwbak::coldcard {

enum class InnerName { before_4_0_0, word_and_number, notes_json, other };
[[nodiscard]] InnerName judge_inner_name(std::string_view name) noexcept;
// A name as devices since 4.0.0 make them: a BIP-39 word, a number 0..999, ".txt".
[[nodiscard]] std::string fresh_inner_name(RandomSource& random);

// The 33-byte public key in `<66 hex>-ccbk.7z`; nullopt for other names. Takes a bare file name.
[[nodiscard]] std::optional<Bytes> clone_public_key(std::string_view file_name);

// A device counts without limit, so a number is as long as its name allows.
struct BackupNumber {
  std::string digits = "0";  // decimal, no leading zeros
  friend bool operator==(const BackupNumber&, const BackupNumber&) = default;
  friend std::strong_ordering operator<=>(const BackupNumber& a, const BackupNumber& b) {
    if (const auto longer = a.digits.size() <=> b.digits.size(); longer != 0) return longer;
    return a.digits.compare(b.digits) <=> 0;
  }
};
// The number of a name on a card by the device's own rule: `backup.7z` is 0 (the plain one),
// `backup-2.7z` 2, also `backup-2x7z...`; nullopt for other names.
[[nodiscard]] std::optional<BackupNumber> backup_number(std::string_view file_name);
// The name the device would take next on a card with these names.
[[nodiscard]] std::string next_backup_name(std::span<const std::string> names, bool cleartext = false);

// Which firmware line the constant FAT time of device-written files points to ("5.5.x"), and its
// build date; nullopt when the time is not of that kind. Local broken-down time, as mounted.
struct FatHint {
  std::string firmware;    // "5.5.x", "1.4.x (Q)"
  std::string build_date;  // "2026-06-30"
};
[[nodiscard]] std::optional<FatHint> fat_time_hint(std::int64_t modified_seconds);

}  // namespace hwbak::coldcard
