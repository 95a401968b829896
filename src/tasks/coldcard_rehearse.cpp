// What Coldcards with given firmware would do with a file: the device model's answers as facts; in words: coldcard_played.h
// (docs/formats/coldcard.md, "Restoring on a device").
#include <algorithm>

#include "base/unicode.h"
#include "device/coldcard/rehearsal.h"
#include "device/coldcard/words.h"
#include "tasks/coldcard_examination.h"
#include "tasks/coldcard_played.h"
#include "tasks/shell_quoted.h"

namespace hwbak::tasks {
namespace {

std::vector<coldcard::Firmware> firmware_for(std::span<const DrillTarget> targets) {
  std::vector<coldcard::Firmware> out;
  const auto add = [&](const coldcard::Firmware& firmware) {
    const auto same = [&](const auto& known) { return known.version == firmware.version; };
    if (std::none_of(out.begin(), out.end(), same)) out.push_back(firmware);
  };
  for (const auto& [device, version] : targets) {
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
  for (auto at = text.find(mark); at != std::string::npos; at = text.find(mark, at + with.size())) text.replace(at, mark.size(), with);
  return text;
}

bool are_twelve_words(ByteView typed) {
  const auto words = coldcard::normalise_words({reinterpret_cast<const char*>(typed.data()), typed.size()});
  return words.count == coldcard::password_words && words.unknown.empty();
}

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
  if (played.firmware.by_analogy || played.firmware.beyond_known) out.put("by_analogy", true);
  out.put("state", state_text(state)).put("verify", name(played.verify.verdict)).put("verify_reason", played.verify.reason);
  out.put("verify_message", played.verify.message);
  out.put("restore", name(played.restore.answer.verdict)).put("reason", played.restore.answer.reason);
  out.put("message", played.restore.answer.message).put("next", played.mend());
  out.put("dropped", as_list(played.restore.dropped)).put("changed", as_list(played.restore.changed));
  if (played.restore.fingerprint) out.put("fingerprint", played.fingerprint());
  out.put("confirm", played.restore.asks_to_confirm);
  return out;
}

}  // namespace

void check_coldcard_target(const DrillTarget& target) {
  const std::string_view version = target.version;
  if (version.empty() || version == "all") return;
  if (const auto parsed = coldcard::parse_firmware(version); parsed && coldcard::firmware(*parsed)) return;
  std::string known;
  for (const coldcard::Firmware& firmware : coldcard::firmware_history()) known += (known.empty() ? "" : ", ") + era_text(firmware);
  std::string why = "no firmware " + printable(version) + " of a Coldcard is known";
  if (const auto parsed = coldcard::parse_firmware(version)) {
    const coldcard::Release newest = coldcard::newest_release(parsed->family);
    if (parsed->release.major == newest.major && parsed->release > newest)
      why = "firmware " + printable(version) + " is newer than what is known of Coldcards here, so nobody can say what it does";
  }
  throw Error(Outcome::usage, why + "; known: " + known + ", all", std::nullopt,
              "rehearse it on a known version, for example `--target coldcard@5.6.1`; newer ones need a newer hwbak");
}

Rehearsal ColdcardExamination::rehearse(const Context& context, std::span<const DrillTarget> targets, const DrillOptions& options) const {
  if (options.onto)
    throw Error(Outcome::usage, "a present state was given with --onto, and a Coldcard takes over nothing of one", std::nullopt,
                "use --device-state empty, seeded or temporary");
  const DrillState state = options.state.value_or(DrillState::empty);
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
  for (const coldcard::Firmware& firmware : firmware_for(targets)) {
    coldcard::Presented shown = presented;
    const auto archive = bare_text_ ? std::nullopt : coldcard::search_contents(presented.file, firmware).archive;
    const bool costly = archive && archive->rounds_pow > context.max_kdf_rounds;
    if (costly) shown.typed_password.reset();
    Played played{firmware, coldcard::verify(shown, firmware), coldcard::restore(shown, firmware, device_state(state))};
    if (costly && played.restore.answer.verdict == coldcard::Verdict::unproven) {
      played.restore.answer.reason = "its key takes 2^" + std::to_string(archive->rounds_pow) + " rounds, more than the limit of 2^" +
                                     std::to_string(context.max_kdf_rounds);
      played.restore.answer.mend = archive->rounds_pow > coldcard::longest_key
                                       ? coldcard::mend_longest_key
                                       : "If you trust the file, allow so many: `hwbak drill {file} --max-kdf-rounds " +
                                             std::to_string(archive->rounds_pow) + "`.";
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
