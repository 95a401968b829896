// What Coldcards with given firmware would do with a file: the device model's answers as facts and as words
// (docs/formats/coldcard.md, "Restoring on a device").
#include <algorithm>

#include "base/unicode.h"
#include "device/coldcard/rehearsal.h"
#include "device/coldcard/words.h"
#include "tasks/coldcard_examination.h"
#include "tasks/shell_quoted.h"

namespace hwbak::tasks {
namespace {

constexpr std::size_t most_sections = 4;   // more targets than these are listed in a line each

std::string version_text(const coldcard::Firmware& firmware) { return text(firmware.version); }

// The last release that behaves the same, spelt like the version itself.
std::string through_text(const coldcard::Firmware& firmware) {
  coldcard::FirmwareVersion last = firmware.version;
  last.release = firmware.until;
  last.prerelease = false;
  return text(last);
}

std::string era_text(const coldcard::Firmware& firmware) {
  const std::string first = version_text(firmware), last = through_text(firmware);
  return first == last ? first : first + " to " + last;
}

std::vector<coldcard::Firmware> firmware_for(std::span<const std::string> versions) {
  std::vector<coldcard::Firmware> out;
  const auto add = [&](const coldcard::Firmware& firmware) {
    const auto same = [&](const auto& known) { return known.version == firmware.version; };
    if (std::none_of(out.begin(), out.end(), same)) out.push_back(firmware);
  };
  for (const std::string& version : versions) {
    if (version.empty()) std::ranges::for_each(coldcard::current_firmware(), add);
    else if (version == "all") std::ranges::for_each(coldcard::firmware_history(), add);
    else if (const auto parsed = coldcard::parse_firmware(version))
      if (const auto firmware = coldcard::firmware(*parsed)) add(*firmware);
  }
  return out;
}

coldcard::DeviceState device_state(DrillState state) {
  switch (state) {
    case DrillState::empty: return coldcard::DeviceState::empty;
    case DrillState::seeded: return coldcard::DeviceState::seeded;
    case DrillState::temporary: return coldcard::DeviceState::temporary;
  }
  return coldcard::DeviceState::empty;
}

std::string_view state_text(DrillState state) {
  switch (state) {
    case DrillState::empty: return "empty";
    case DrillState::seeded: return "seeded";
    case DrillState::temporary: return "temporary";
  }
  return "";
}

std::string replaced(std::string text, std::string_view mark, const std::string& with) {
  if (const auto at = text.find(mark); at != std::string::npos) text.replace(at, mark.size(), with);
  return text;
}

bool are_twelve_words(ByteView typed) {
  const auto words = coldcard::normalise_words({reinterpret_cast<const char*>(typed.data()), typed.size()});
  return words.count == coldcard::password_words && words.unknown.empty();
}

// A message of several lines, for a row of the page.
std::string in_one_line(std::string_view message) {
  std::string out;
  for (const char c : message) {
    const bool blank = c == '\n' || c == ' ';
    if (!blank) out += c;
    else if (!out.empty() && out.back() != ' ') out += ' ';
  }
  return out;
}

// One firmware and what it answers.
struct Played {
  coldcard::Firmware firmware;
  coldcard::DeviceAnswer verify;
  coldcard::Restored restore;

  [[nodiscard]] bool verifies() const { return verify.verdict == coldcard::Verdict::accept; }
  [[nodiscard]] bool restores() const { return restore.answer.verdict == coldcard::Verdict::accept; }
  [[nodiscard]] std::string fingerprint() const { return restore.fingerprint ? wallet::to_text(*restore.fingerprint) : ""; }
  [[nodiscard]] bool accepts(bool container) const { return restores() && (!container || verifies()); }
  [[nodiscard]] const std::string& mend() const { return restores() && restore.answer.mend.empty() ? verify.mend : restore.answer.mend; }
};

List as_list(const std::vector<std::string>& names) {
  List out;
  for (const std::string& name : names) out.emplace_back(printable(name));
  return out;
}

Object facts_of(const Played& played, DrillState state) {
  Object out;
  const std::string first = version_text(played.firmware), last = through_text(played.firmware);
  out.put("target", "coldcard@" + first).put("hardware", coldcard::hardware_of(played.firmware.version.family));
  if (first != last) out.put("through", last);
  if (played.firmware.by_analogy) out.put("by_analogy", true);
  out.put("state", state_text(state)).put("verify", name(played.verify.verdict)).put("verify_reason", played.verify.reason);
  out.put("verify_message", played.verify.message);
  out.put("restore", name(played.restore.answer.verdict)).put("reason", played.restore.answer.reason);
  out.put("message", played.restore.answer.message).put("next", played.mend());
  out.put("dropped", as_list(played.restore.dropped)).put("changed", as_list(played.restore.changed));
  if (played.restore.fingerprint) out.put("fingerprint", played.fingerprint());
  out.put("confirm", played.restore.asks_to_confirm);
  return out;
}

std::string joined(const std::vector<std::string>& names) {
  std::string out;
  for (const std::string& name : names) out += (out.empty() ? "" : ", ") + printable(name);
  return out;
}

std::string verdict_words(const coldcard::DeviceAnswer& answer) {
  return std::string(name(answer.verdict)) + (answer.reason.empty() ? "" : ": " + answer.reason);
}

Section section_of(const Played& played) {
  Section section{"Coldcard with firmware " + version_text(played.firmware) + " (" +
                      std::string(coldcard::hardware_of(played.firmware.version.family)) + ")", {}};
  const auto row = [&](const char* label, const std::string& text) {
    if (!text.empty()) section.row(label, text);
  };
  if (version_text(played.firmware) != through_text(played.firmware)) row("the same through", through_text(played.firmware));
  if (played.firmware.by_analogy) row("how known", "by analogy with the main line of firmware");
  row("Verify", verdict_words(played.verify));
  row("it shows", in_one_line(played.verify.message));
  row("Restore", verdict_words(played.restore.answer));
  row("it shows", in_one_line(played.restore.answer.message));
  row(played.restore.asks_to_confirm ? "asks to confirm" : "fingerprint", played.fingerprint());
  row("not taken over", joined(played.restore.dropped));
  row("changed", joined(played.restore.changed));
  row("what to do", played.mend());
  return section;
}

std::vector<Section> page_of(const std::vector<Played>& all) {
  std::vector<Section> page;
  if (all.size() <= most_sections) {
    for (const Played& played : all) page.push_back(section_of(played));
    return page;
  }
  Section table{"Verify and Restore, by firmware", {}};
  for (const Played& played : all)
    table.row(era_text(played.firmware) + " (" + std::string(coldcard::hardware_of(played.firmware.version.family)) + ")",
              std::string(name(played.verify.verdict)) + ", " + std::string(name(played.restore.answer.verdict)) +
                  (played.restore.answer.reason.empty() ? "" : ": " + played.restore.answer.reason));
  page.push_back(std::move(table));
  return page;
}

std::string one_message(const Played& played, DrillState state) {
  const std::string device = "a Coldcard with firmware " + version_text(played.firmware);
  const std::string how = state == DrillState::temporary ? " as a temporary seed" : "";
  switch (played.restore.answer.verdict) {
    case coldcard::Verdict::reject: return device + " would refuse to restore this backup" + how + ": " + played.restore.answer.reason;
    case coldcard::Verdict::unproven:
      return "whether " + device + " would restore this backup" + how + " was not proven: " + played.restore.answer.reason;
    case coldcard::Verdict::accept: break;
  }
  return device + " would take this backup" + how +
         (played.restore.asks_to_confirm ? " and ask you to confirm fingerprint " : "; its fingerprint is ") + played.fingerprint();
}

std::size_t count_of(const std::vector<Played>& all, coldcard::Verdict verdict) {
  return static_cast<std::size_t>(
      std::count_if(all.begin(), all.end(), [&](const Played& p) { return p.restore.answer.verdict == verdict; }));
}

const Played* first_with(const std::vector<Played>& all, coldcard::Verdict verdict) {
  const auto found = std::find_if(all.begin(), all.end(), [&](const Played& p) { return p.restore.answer.verdict == verdict; });
  return found == all.end() ? nullptr : &*found;
}

// Several versions: as one where all say the same, else counted by verdict, with the first of each that does not take it.
std::string counted_message(const std::vector<Played>& all, DrillState state) {
  using coldcard::Verdict;
  const std::string total = std::to_string(all.size());
  const coldcard::DeviceAnswer& first = all.front().restore.answer;
  const bool same = std::all_of(all.begin(), all.end(), [&](const Played& p) {
    return p.restore.answer.verdict == first.verdict && p.restore.answer.reason == first.reason;
  });
  if (same && first.verdict != Verdict::accept)
    return one_message(all.front(), state) + "; so it is with all " + total + " versions of firmware that were rehearsed";
  const Played* const taker = first_with(all, Verdict::accept);
  std::string out = std::to_string(count_of(all, Verdict::accept)) + " of " + total + " versions of Coldcard firmware would take this backup" +
                    (state == DrillState::temporary ? " as a temporary seed" : "");
  if (taker != nullptr) out += ", fingerprint " + taker->fingerprint();
  if (const auto refuse = count_of(all, Verdict::reject); refuse != 0) out += ", " + std::to_string(refuse) + " would refuse it";
  if (const auto open = count_of(all, Verdict::unproven); open != 0) out += ", with " + std::to_string(open) + " it was not proven";
  for (const Verdict verdict : {Verdict::reject, Verdict::unproven})
    if (const Played* const one = first_with(all, verdict)) out += "; " + one_message(*one, state);
  return out;
}

std::string message_of(const std::vector<Played>& all, DrillState state, bool container) {
  const auto unverified = std::find_if(all.begin(), all.end(), [](const Played& p) { return !p.verifies(); });
  std::string out = all.size() == 1 ? one_message(all.front(), state) : counted_message(all, state);
  if (container && unverified != all.end())
    out += ". Verify on firmware " + version_text(unverified->firmware) + " would refuse the file: " + unverified->verify.reason;
  return out;
}

}  // namespace

void check_coldcard_version(std::string_view version) {
  if (version.empty() || version == "all") return;
  if (const auto parsed = coldcard::parse_firmware(version); parsed && coldcard::firmware(*parsed)) return;
  std::string known;
  for (const coldcard::Firmware& firmware : coldcard::firmware_history()) known += (known.empty() ? "" : ", ") + era_text(firmware);
  throw Error(Outcome::usage, "no firmware " + printable(version) + " of a Coldcard is known; known: " + known + ", all", std::nullopt,
              "hwbak drill --help");
}

Rehearsal ColdcardExamination::rehearse(const Context& context, std::span<const std::string> versions, DrillState state) const {
  const std::string bare_name = file_.subject == "-" ? (bare_text_ ? "backup.txt" : "backup.7z") : file_.subject.filename().native();
  coldcard::DecryptMemo memo;
  coldcard::Presented presented;
  presented.file = bare_text_ ? text_.expose() : ByteView(file_.bytes);
  presented.name = bare_name;
  presented.memo = &memo;
  if (!typed_.empty()) presented.typed_password = typed_.expose();
  presented.way = clone_key_                                                    ? coldcard::Way::clone
                  : bare_text_ || (!typed_.empty() && !are_twelve_words(typed_.expose())) ? coldcard::Way::developer
                                                                                : coldcard::Way::menu;
  const std::string quoted = shell_quoted(file_.shown);
  const auto spell = [&](coldcard::DeviceAnswer& answer) {
    answer.message = replaced(std::move(answer.message), "{password}", "(the password you typed)");
    answer.mend = replaced(std::move(answer.mend), "{file}", quoted);
  };
  Rehearsal out;
  std::vector<Played> all;
  for (const coldcard::Firmware& firmware : firmware_for(versions)) {
    coldcard::Presented shown = presented;
    const auto archive = bare_text_ ? std::nullopt : coldcard::search_contents(presented.file, firmware).archive;
    const bool costly = archive && archive->rounds_pow > context.max_kdf_rounds;
    if (costly) shown.typed_password.reset();
    Played played{firmware, coldcard::verify(shown, firmware), coldcard::restore(shown, firmware, device_state(state))};
    if (costly && played.restore.answer.verdict == coldcard::Verdict::unproven) {
      played.restore.answer.reason = "its key takes 2^" + std::to_string(archive->rounds_pow) + " rounds, more than the limit of 2^" +
                                     std::to_string(context.max_kdf_rounds);
      played.restore.answer.mend = "raise the limit with --max-kdf-rounds if you trust the file";
    }
    spell(played.verify);
    spell(played.restore.answer);
    out.all_accept &= played.accepts(!bare_text_);
    out.drill.push_back(facts_of(played, state));
    all.push_back(std::move(played));
  }
  // The mend of a refusal goes before the hint of a device that accepts.
  const auto refused = std::find_if(all.begin(), all.end(), [&](const Played& p) { return !p.accepts(!bare_text_); });
  out.next = (refused != all.end() ? *refused : all.front()).mend();
  out.message = message_of(all, state, !bare_text_);
  out.page = page_of(all);
  return out;
}

}  // namespace hwbak::tasks
