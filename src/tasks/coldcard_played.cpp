// See coldcard_played.h.
#include "tasks/coldcard_played.h"

#include <algorithm>
#include <span>

#include "base/unicode.h"

namespace hwbak::tasks {
namespace {

constexpr std::size_t most_sections = 4;   // of more targets than these, neighbours that answer alike share a section

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

std::string verdict_words(const coldcard::DeviceAnswer& answer) {
  return std::string(name(answer.verdict)) + (answer.reason.empty() ? "" : ": " + answer.reason);
}

std::string hardware_text(const Played& played) {
  return " (" + std::string(coldcard::hardware_of(played.firmware.version.family)) + ")";
}

std::string how_known(const coldcard::Firmware& firmware) {
  if (firmware.beyond_known) {
    coldcard::FirmwareVersion newest = firmware.version;
    newest.release = coldcard::newest_release(newest.family);
    return "newer than " + text(newest) + ", the newest known here: taken to do the same";
  }
  return firmware.by_analogy ? "by analogy with the main line of firmware" : "";
}

// The names of settings that are changed, with what becomes of them.
std::string changed_words(const std::vector<std::string>& names) {
  std::vector<std::string> out;
  for (const std::string& name : names)
    out.push_back(name + (name == "setting.du"      ? " (USB off)"
                          : name == "setting.nfc"   ? " (NFC off)"
                          : name == "setting.vidsk" ? " (virtual disk off)"
                          : name == "setting.tp"    ? " (made anew, one by one; what does not fit the new PIN is left out)"
                                                    : " (computed anew at the next login)"));
  return printable_list(out);
}

// What one version answers; or all of a group, which answer alike.
Section section_of(std::string title, const Played& played) {
  Section section{"Coldcard with firmware " + std::move(title), {}};
  const auto row = [&](const char* label, const std::string& text) {
    if (!text.empty()) section.row(label, text);
  };
  row("how known", how_known(played.firmware));
  row("Verify", verdict_words(played.verify));
  row("it shows", in_one_line(played.verify.message));
  row("Restore", verdict_words(played.restore.answer));
  row("it shows", in_one_line(played.restore.answer.message));
  row(played.restore.asks_to_confirm ? "asks to confirm" : "fingerprint", played.fingerprint());
  row("not taken over", printable_list(played.restore.dropped));
  row("changed", changed_words(played.restore.changed));
  row("what to do", played.mend());
  return section;
}

bool answer_alike(const Played& a, const Played& b) {
  const auto alike = [](const coldcard::DeviceAnswer& x, const coldcard::DeviceAnswer& y) {
    return x.verdict == y.verdict && x.reason == y.reason && x.message == y.message;
  };
  return alike(a.verify, b.verify) && alike(a.restore.answer, b.restore.answer) && a.mend() == b.mend() &&
         a.fingerprint() == b.fingerprint() && a.restore.asks_to_confirm == b.restore.asks_to_confirm &&
         a.restore.dropped == b.restore.dropped && a.restore.changed == b.restore.changed &&
         how_known(a.firmware) == how_known(b.firmware);
}

// "1.0.0 to 2.0.4 (Mk1, Mk2, Mk3), 4.0.0 to 4.2.0 (Mk2, Mk3)"
std::string eras_of(std::span<const Played> group) {
  std::string out;
  for (std::size_t i = 0; i < group.size();) {
    std::size_t last = i;
    while (last + 1 < group.size() && group[last + 1].firmware.version.family == group[i].firmware.version.family) ++last;
    const std::string from = version_text(group[i].firmware), to = through_text(group[last].firmware);
    out += (out.empty() ? "" : ", ") + (from == to ? from : from + " to " + to) + hardware_text(group[i]);
    i = last + 1;
  }
  return out;
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

}  // namespace

std::string version_text(const coldcard::Firmware& firmware) { return text(firmware.version); }

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

std::vector<Section> page_of(const std::vector<Played>& all) {
  std::vector<Section> page;
  if (all.size() <= most_sections) {
    for (const Played& played : all) {
      const std::string through = through_text(played.firmware);
      page.push_back(section_of(version_text(played.firmware) + hardware_text(played), played));
      auto& rows = page.back().rows;
      if (version_text(played.firmware) != through) rows.insert(rows.begin(), Section::Row{"the same through", through});
    }
    return page;
  }
  const std::span<const Played> rest(all);
  for (std::size_t i = 0; i < all.size();) {
    std::size_t end = i + 1;
    while (end < all.size() && answer_alike(all[i], all[end])) ++end;
    page.push_back(section_of(eras_of(rest.subspan(i, end - i)), all[i]));
    i = end;
  }
  return page;
}

std::string message_of(const std::vector<Played>& all, DrillState state, bool container) {
  const auto unverified = std::find_if(all.begin(), all.end(), [](const Played& p) { return !p.verifies(); });
  std::string out = all.size() == 1 ? one_message(all.front(), state) : counted_message(all, state);
  if (container && unverified != all.end())
    out += ". Verify on firmware " + version_text(unverified->firmware) + " would refuse the file: " + unverified->verify.reason;
  return out;
}

}  // namespace hwbak::tasks
