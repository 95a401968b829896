// Verify: what a device can say of a backup without its password (docs/formats/coldcard.md, "What a device can read
// back"); and what it shares with Restore.
#include "base/unicode.h"
#include "device/coldcard/rehearsal_parts.h"

namespace hwbak::coldcard {
namespace {

constexpr std::uint64_t longest_refused_text = 400;  // Verify wants more

constexpr std::string_view headers_sentence = "Unable to read backup file headers. Might be truncated.";
constexpr std::string_view contents_sentence = "Unable to verify backup file contents.";

DeviceAnswer contents(std::string reason, std::string_view shown, std::string mend) {
  return refuse(std::move(reason), sentence(contents_sentence, shown), std::move(mend));
}

DeviceAnswer judge_contents(ByteView file, const DeviceArchive& archive, const Firmware& firmware) {
  const std::uint64_t trailing = file.size() - archive.end;
  if (trailing != 0)
    return contents(std::to_string(trailing) + " bytes follow the end header", {}, std::string(mend_rewrite));
  if (firmware.fixed_inner_name && archive.inner_name != "ckcc-backup.txt")
    return contents("the file inside is named " + printable(archive.inner_name) +
                        "; firmware before 4.0.0 takes ckcc-backup.txt alone",
                    {}, "Use firmware 4.0.0 or later.");
  if (!archive.inner_name.ends_with(".txt"))
    return contents("the name of the file inside, " + printable(archive.inner_name) + ", does not end in .txt", {},
                    std::string(archive.inner_name.ends_with(".json") ? mend_look : mend_rewrite));
  if (archive.text_size <= longest_refused_text)
    return contents("the text has " + std::to_string(archive.text_size) + " bytes; Verify wants more than 400", "size",
                    "Make a new backup on the device.");
  if (archive.text_size >= firmware.verify_text_limit)
    return contents("the text has " + std::to_string(archive.text_size) + " bytes; Verify of this firmware wants less than " +
                        std::to_string(firmware.verify_text_limit),
                    "size", mend_of(Cure::reduce, firmware));
  return {Verdict::accept, {}, "Backup file CRC checks out okay.", {}};
}

char lower(char c) noexcept { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

}  // namespace

std::string_view name(Verdict verdict) noexcept {
  switch (verdict) {
    case Verdict::accept: return "accept";
    case Verdict::reject: return "reject";
    case Verdict::unproven: return "unproven";
  }
  return "";
}

DeviceAnswer refuse(std::string reason, std::string message, std::string mend) {
  return {Verdict::reject, std::move(reason), std::move(message), std::move(mend)};
}

std::string sentence(std::string_view sentence, std::string_view shown) {
  return std::string(sentence) + "\n\nError: " + std::string(shown);
}

std::string mend_of(Cure cure, const Firmware& firmware) {
  constexpr std::uint64_t largest = 131072;
  switch (cure) {
    case Cure::none: return {};
    case Cure::other_copy: return "Try another copy of this backup; hwbak verify {file} tells what is damaged.";
    case Cure::rewrite: return std::string(mend_rewrite);
    case Cure::reduce:
      if (firmware.size_limit < largest) return "Use newer firmware: 5.3.0 and 1.0.2Q or later read up to 131072 bytes.";
      return "Make a smaller backup: remove notes or multisig wallets on the device first.";
  }
  return {};
}

bool ends_as(std::string_view name, std::string_view extension) noexcept {
  if (name.size() < extension.size()) return false;
  name.remove_prefix(name.size() - extension.size());
  for (std::size_t i = 0; i < name.size(); ++i)
    if (lower(name[i]) != extension[i]) return false;
  return true;
}

std::optional<DeviceAnswer> not_offered(const Presented& presented, const Firmware& firmware, std::string_view extension) {
  constexpr std::string_view nothing = "No suitable files found";
  if (!ends_as(presented.name, extension))
    return refuse("the file picker offers only names that end in " + std::string(extension), std::string(nothing),
                  "Rename the file on the card so that its name ends in " + std::string(extension) + ".");
  if (presented.file.size() > firmware.size_limit)
    return refuse("the file has " + std::to_string(presented.file.size()) + " bytes; the file picker offers at most " +
                      std::to_string(firmware.size_limit),
                  std::string(nothing), mend_of(Cure::reduce, firmware));
  return std::nullopt;
}

DeviceAnswer verify(const Presented& presented, const Firmware& firmware) {
  if (const auto answer = not_offered(presented, firmware, ".7z")) return *answer;
  const DeviceReading headers = check_headers(presented.file, firmware);
  if (headers.refusal != Refusal::none)
    return refuse(headers.reason, sentence(headers_sentence, headers.shown), mend_of(headers.cure, firmware));
  const DeviceReading inside = search_contents(presented.file, firmware);
  if (!inside.archive) return contents(inside.reason, inside.shown, mend_of(inside.cure, firmware));
  return judge_contents(presented.file, *inside.archive, firmware);
}

}  // namespace hwbak::coldcard
