// Verify: what a device can say of a backup without its password (docs/formats/coldcard.md, "What a device can read
// back"); and what it shares with Restore.
#include "base/counted.h"
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
    return contents(counted(trailing, "byte") + " " + verb_of(trailing, "follow") + " the end header", {}, std::string(mend_rewrite));
  if (const auto fault = name_fault(archive.inner_name, firmware)) return contents(fault->reason, {}, fault->mend);
  if (archive.text_size <= longest_refused_text)
    return contents("the text has " + counted(archive.text_size, "byte") + "; Verify wants more than 400", "size",
                    "Make a new backup on the device.");
  if (archive.text_size >= firmware.verify_text_limit)
    return contents("the text has " + counted(archive.text_size, "byte") + "; Verify of this firmware wants less than " +
                        std::to_string(firmware.verify_text_limit),
                    "size", mend_of(Cure::reduce));
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

std::string mend_of(Cure cure) {
  switch (cure) {
    case Cure::none: return {};
    case Cure::other_copy: return "Try another copy of this backup; `hwbak verify {file}` tells what is damaged.";
    case Cure::rewrite: return std::string(mend_rewrite);
    case Cure::reduce: return std::string(mend_reduce);
  }
  return {};
}

std::optional<NameFault> name_fault(std::string_view inner_name, const Firmware& firmware) {
  if (inner_name.ends_with(".json"))
    return NameFault{"the file inside is a notes export (.json), not a backup, whose name ends in .txt",
                     "Import it on a Q with firmware 1.4.1Q or later, under Secure Notes & Passwords."};
  if (firmware.fixed_inner_name && inner_name != old_inner_name)
    return NameFault{"the file inside is named " + printable(inner_name) + "; firmware before 4.0.0 takes ckcc-backup.txt alone",
                     std::string(mend_rewrite)};
  if (!inner_name.ends_with(".txt"))
    return NameFault{"the name of the file inside, " + printable(inner_name) + ", does not end in .txt", std::string(mend_rewrite)};
  return std::nullopt;
}

bool picker_shows(std::string_view name, std::string_view extension) noexcept {
  if (name.size() < extension.size()) return false;
  name.remove_prefix(name.size() - extension.size());
  for (std::size_t i = 0; i < name.size(); ++i)
    if (lower(name[i]) != extension[i]) return false;
  return true;
}

std::optional<DeviceAnswer> not_offered(const Presented& presented, const Firmware& firmware, std::string_view extension) {
  constexpr std::string_view nothing = "No suitable files found";
  if (!picker_shows(presented.name, extension))
    return refuse("the file picker offers only names that end in " + std::string(extension), std::string(nothing),
                  "Rename the file on the card so that its name ends in " + std::string(extension) + ".");
  if (presented.file.size() > firmware.size_limit)
    return refuse("the file has " + counted(presented.file.size(), "byte") + "; the file picker offers at most " +
                      std::to_string(firmware.size_limit),
                  std::string(nothing), mend_of(Cure::reduce));
  return std::nullopt;
}

DeviceAnswer judge_verify(const Presented& presented, const Firmware& firmware) {
  if (auto answer = not_offered(presented, firmware, ".7z")) {
    if (is_cleartext(presented)) answer->mend.clear();  // Verify is for archives alone
    return *answer;
  }
  const DeviceReading headers = check_headers(presented.file, firmware);
  if (headers.refusal != Refusal::none)
    return refuse(headers.reason, sentence(headers_sentence, headers.shown), mend_of(headers.cure));
  const DeviceReading inside = search_contents(presented.file, firmware);
  if (!inside.archive) return contents(inside.reason, inside.shown, mend_of(inside.cure));
  return judge_contents(presented.file, *inside.archive, firmware);
}

}  // namespace hwbak::coldcard
