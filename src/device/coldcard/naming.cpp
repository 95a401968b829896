// Names and times of device-written files (docs/formats/coldcard.md, "Names on the card"); see naming.h.
#include "device/coldcard/naming.h"

#include <algorithm>
#include <ctime>

#include "base/hex.h"
#include "device/coldcard/draw.h"
#include "wallet/bip39.h"

namespace hwbak::coldcard {
namespace {

constexpr bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }

// The device's pattern is `backup-<digits>.7z` with the dot unescaped and the end not anchored, so
// the dot is any one character and the digits give some back when that makes the rest fit.
std::optional<BackupNumber> number_in(std::string_view file_name, std::string_view extension) {
  constexpr std::string_view prefix = "backup-";
  if (!file_name.starts_with(prefix)) return std::nullopt;
  const std::string_view rest = file_name.substr(prefix.size());
  std::size_t digits = 0;
  while (digits < rest.size() && is_digit(rest[digits])) ++digits;
  for (; digits > 0; --digits) {
    if (digits >= rest.size() || !rest.substr(digits + 1).starts_with(extension)) continue;
    const std::size_t zeros = std::min(rest.find_first_not_of('0'), digits - 1);
    return BackupNumber{std::string(rest.substr(zeros, digits - zeros))};
  }
  return std::nullopt;
}

BackupNumber one_more(BackupNumber number) {
  for (auto digit = number.digits.rbegin(); digit != number.digits.rend(); ++digit) {
    if (*digit != '9') return ++*digit, number;
    *digit = '0';
  }
  number.digits.insert(number.digits.begin(), '1');
  return number;
}

// Firmware lines that were released with the constant time (since 3.2.1); hour and minute name them.
struct FirmwareLine {
  int major, first_minor, last_minor;
  int since_year;  // no build of the line is older
  std::string_view suffix;
};
constexpr FirmwareLine firmware_lines[] = {
    {3, 2, 2, 2021, ""}, {4, 0, 2, 2021, ""}, {5, 0, 6, 2022, ""}, {6, 0, 6, 2022, " (Edge)"}, {1, 0, 5, 2023, " (Q)"},
};

}  // namespace

InnerName judge_inner_name(std::string_view name) noexcept {
  constexpr std::string_view text = ".txt";
  if (name == "ckcc-backup.txt") return InnerName::before_4_0_0;
  if (name.ends_with(".json")) return InnerName::notes_json;
  if (!name.ends_with(text)) return InnerName::other;
  name.remove_suffix(text.size());
  std::size_t letters = name.size();
  while (letters > 0 && is_digit(name[letters - 1])) --letters;
  const std::string_view number = name.substr(letters);
  const bool plain_number = !number.empty() && number.size() <= 3 && (number.size() == 1 || number.front() != '0');
  return plain_number && wallet::word_index(name.substr(0, letters)) ? InnerName::word_and_number : InnerName::other;
}

std::string fresh_inner_name(RandomSource& random) {
  const unsigned word = draw(random, static_cast<unsigned>(wallet::word_count));
  return std::string(wallet::english_words()[word]) + std::to_string(draw(random, 1000)) + ".txt";
}

std::optional<Bytes> clone_public_key(std::string_view file_name) {
  constexpr std::size_t digits = 66;
  if (file_name.size() < digits || file_name.substr(digits) != "-ccbk.7z") return std::nullopt;
  return from_hex(file_name.substr(0, digits));
}

std::optional<BackupNumber> backup_number(std::string_view file_name) {
  if (file_name == "backup.7z") return BackupNumber{};
  return number_in(file_name, "7z");
}

std::string next_backup_name(std::span<const std::string> names, bool cleartext) {
  const std::string extension = cleartext ? "txt" : "7z";
  const std::string plain = "backup." + extension;
  if (std::find(names.begin(), names.end(), plain) == names.end()) return plain;
  BackupNumber largest{"1"};
  for (const auto& name : names)
    if (const auto number = number_in(name, extension)) largest = std::max(largest, *number);
  return "backup-" + one_more(largest).digits + "." + extension;
}

std::optional<FatHint> fat_time_hint(std::int64_t modified_seconds) {
  const auto seconds = static_cast<std::time_t>(modified_seconds);
  std::tm local{};
  if (::localtime_r(&seconds, &local) == nullptr || local.tm_sec != 0) return std::nullopt;
  const int year = local.tm_year + 1900;
  for (const auto& line : firmware_lines) {
    if (local.tm_hour != line.major || local.tm_min < line.first_minor || local.tm_min > line.last_minor) continue;
    if (year < line.since_year || year > 9999) return std::nullopt;
    char date[16];
    if (std::strftime(date, sizeof date, "%Y-%m-%d", &local) == 0) return std::nullopt;
    return FatHint{std::to_string(line.major) + "." + std::to_string(local.tm_min) + ".x" + std::string(line.suffix),
                   date};
  }
  return std::nullopt;
}

}  // namespace hwbak::coldcard
