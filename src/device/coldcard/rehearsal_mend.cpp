// What mends a refusal, found by trying: a way out is named only when the rehearsal accepts it there
// (docs/formats/coldcard.md, "Restoring on a device" and "Firmware versions").
#include <algorithm>
#include <functional>

#include "container/sevenzip/survey.h"
#include "device/coldcard/rehearsal_parts.h"

namespace hwbak::coldcard {
namespace {

using Takes = std::function<bool(const Firmware&)>;

constexpr std::string_view destroy = "Back up the seed on this device, then destroy it; or use an empty device.";
constexpr std::string_view rekey = "`hwbak rekey {file} --output NEW.7z`";
constexpr Release without_mk1{3, 1, 0};  // from here on the firmware does not run on the Mk1

bool is_old(FirmwareFamily family) noexcept {
  return family == FirmwareFamily::mk1_3 || family == FirmwareFamily::mk2_3_v4;
}

bool runs_on_mk1(const Firmware& firmware) noexcept {
  return firmware.version.family == FirmwareFamily::mk1_3 && firmware.version.release < without_mk1;
}

// What the same hardware can be updated to, oldest first.
std::vector<Firmware> later_firmware(const Firmware& than) {
  std::vector<Firmware> out = firmware_history();
  const FirmwareFamily family = than.version.family;
  std::erase_if(out, [&](const Firmware& f) {
    const bool same_line = f.version.family == family && f.version.release > than.version.release;
    const bool next_line = family == FirmwareFamily::mk1_3 && f.version.family == FirmwareFamily::mk2_3_v4;
    return !same_line && !next_line;
  });
  return out;
}

// "firmware 2.1.0 or later", "firmware 5.4.2 to 5.6.0"; nullopt when none of them takes it.
std::optional<std::string> first_of(const std::vector<Firmware>& versions, const Takes& takes) {
  const auto first = std::ranges::find_if(versions, takes);
  if (first == versions.end()) return std::nullopt;
  std::string out = "firmware " + text(first->version);
  const auto end = std::find_if_not(first, versions.end(), takes);
  if (end == versions.end()) return out + " or later";
  FirmwareVersion last = std::prev(end)->version;
  last.release = std::prev(end)->until;
  return last == first->version ? out : out + " to " + text(last);
}

std::optional<std::string> newer(const Firmware& firmware, const Takes& takes) {
  const auto versions = later_firmware(firmware);
  auto out = first_of(versions, takes);
  if (out && runs_on_mk1(firmware) && !runs_on_mk1(*std::ranges::find_if(versions, takes))) *out += " (Mk2 and Mk3 only)";
  return out;
}

// Newer hardware, for what no firmware of the old can do.
std::optional<std::string> newer_hardware(const Firmware& firmware, const Takes& takes) {
  if (!is_old(firmware.version.family)) return std::nullopt;
  std::string out;
  for (const auto& [family, article] : {std::pair(FirmwareFamily::mk4_5, "a Mk4 or Mk5"), std::pair(FirmwareFamily::q, "a Q")}) {
    std::vector<Firmware> versions = firmware_history();
    std::erase_if(versions, [wanted = family](const Firmware& f) { return f.version.family != wanted; });
    if (const auto found = first_of(versions, takes)) out += (out.empty() ? "" : ", or ") + std::string(article) + " with " + *found;
  }
  return out.empty() ? std::nullopt : std::optional(std::move(out));
}

// "Use firmware 5.4.2 or later, or restore it on an empty device."
std::string sentence_of(const std::vector<std::string>& ways) {
  std::string out;
  for (const std::string& way : ways) out += (out.empty() ? "" : ", or ") + way;
  if (out.empty()) return out;
  out[0] = static_cast<char>(out[0] - 'a' + 'A');
  return out + '.';
}

// A file written anew keeps its text, and the name inside if it ends in .txt: not every firmware takes these.
std::string rewrite_mend(const Presented& presented, const Firmware& firmware) {
  std::string out = "Give it the layout of a device: " + std::string(rekey);
  if (!firmware.fixed_inner_name && firmware.size_limit >= Firmware().size_limit) return out + '.';
  std::uint64_t size = presented.file.size();
  bool old_name = false;
  try {
    const sevenzip::Survey seen = sevenzip::survey(presented.file, {});
    if (!seen.entries.empty()) {
      old_name = seen.entries[0].name == old_inner_name;
      size = std::max(size, seen.entries[0].size);
    }
  } catch (const Error&) {
    return out + '.';  // what nobody can read cannot be written anew; rekey says so
  }
  const Takes takes = [&](const Firmware& f) { return (old_name || !f.fixed_inner_name) && size <= f.size_limit; };
  if (takes(firmware)) return out + '.';
  if (const auto later = newer(firmware, takes)) return out + ", and use " + *later + '.';
  if (const auto other = newer_hardware(firmware, takes)) return out + ", and restore it on " + *other + '.';
  return out + '.';
}

// What is to be done about the file itself, where another device or firmware is no help.
std::string own_mend(const DeviceAnswer& answer, const Presented& presented, const Firmware& firmware) {
  return answer.mend == mend_rewrite ? rewrite_mend(presented, firmware) : answer.mend;
}

void add_elsewhere(std::vector<std::string>& ways, const DeviceAnswer& answer, const Firmware& firmware, const Takes& takes) {
  if (const auto other = newer_hardware(firmware, takes)) ways.push_back("take it to " + *other);
  if (answer.mend == mend_reduce && !ways.empty()) ways.emplace_back("make a smaller backup: remove notes or multisig wallets on the device first");
}

std::string mend_of_restore(const Presented& presented, const Firmware& firmware, DeviceState state, const DeviceAnswer& answer);

// A device that would have to be emptied first: not for a file that it would then refuse.
std::string mend_by_emptying(const Presented& presented, const Firmware& firmware) {
  const DeviceAnswer empty = judge_restore(presented, firmware, {DeviceState::empty}).answer;
  if (empty.verdict != Verdict::reject) return std::string(destroy);
  return "An empty device would refuse this file too: " + empty.reason + ". " +
         mend_of_restore(presented, firmware, DeviceState::empty, empty);
}

std::string mend_of_restore(const Presented& presented, const Firmware& firmware, DeviceState state, const DeviceAnswer& answer) {
  const auto takes = [&](DeviceState device, bool as_words = false) {
    return Takes([&presented, device, as_words](const Firmware& f) {
      return judge_restore(presented, f, {device, as_words}).answer.verdict != Verdict::reject;
    });
  };
  if (state == DeviceState::seeded) {
    if (!takes(DeviceState::temporary)(firmware)) return mend_by_emptying(presented, firmware);
    return "Load it as a temporary seed instead: `hwbak drill {file} --target coldcard@" + text(firmware.version) +
           " --device-state temporary`.";
  }
  std::vector<std::string> ways;
  const auto later = newer(firmware, takes(state));
  if (later) ways.push_back("use " + *later);
  if (takes(state, true)(firmware)) ways.push_back("give it twelve words as its password: " + std::string(rekey));
  if (state == DeviceState::temporary && takes(DeviceState::empty)(firmware)) ways.emplace_back("restore it on an empty device");
  if (ways.empty())
    if (const auto both = newer(firmware, takes(state, true)))
      ways.push_back("use " + *both + ", and give it twelve words as its password: " + std::string(rekey));
  if (!later) add_elsewhere(ways, answer, firmware, takes(state));
  if (!ways.empty()) return sentence_of(ways);
  if (answer.mend.empty() && state != DeviceState::empty) return mend_by_emptying(presented, firmware);
  return own_mend(answer, presented, firmware);
}

}  // namespace

DeviceAnswer verify(const Presented& presented, const Firmware& firmware) {
  DeviceAnswer answer = judge_verify(presented, firmware);
  if (answer.verdict == Verdict::accept || is_cleartext(presented)) return answer;
  const Takes takes = [&](const Firmware& f) { return judge_verify(presented, f).verdict == Verdict::accept; };
  std::vector<std::string> ways;
  if (const auto later = newer(firmware, takes))
    ways.push_back("use " + *later);
  else
    add_elsewhere(ways, answer, firmware, takes);
  answer.mend = ways.empty() ? own_mend(answer, presented, firmware) : sentence_of(ways);
  return answer;
}

Restored restore(const Presented& presented, const Firmware& firmware, DeviceState state) {
  DecryptMemo own;
  Presented shown = presented;
  if (shown.memo == nullptr) shown.memo = &own;  // for the trials
  Restored out = judge_restore(shown, firmware, {state});
  if (out.answer.verdict == Verdict::reject) out.answer.mend = mend_of_restore(shown, firmware, state, out.answer);
  return out;
}

}  // namespace hwbak::coldcard
