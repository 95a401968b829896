// Lines, keys and values of a backup text (docs/formats/coldcard.md, "The text"); see text.h.
#include "device/coldcard/text.h"

#include <algorithm>
#include <unordered_set>

#include "base/json_spans.h"
#include "base/unicode.h"

namespace hwbak::coldcard {
namespace {

// A device reads at most 128 KiB. These keep the tables of a hostile text small: what lies
// beyond them is one unparsable line, so that the places still tile the text.
constexpr std::size_t max_lines = 100'000;
constexpr std::size_t max_value_bytes = std::size_t{1} << 20;

constexpr std::string_view separator = " = ";

// A newline that decryption made up from damaged bytes is no newline: what follows it may be the
// rest of any line ("duress_" lost before "xprv = ").
bool starts_by_chance(const Region& place, const std::vector<Region>& damage) noexcept {
  return place.offset > 0 &&
         std::any_of(damage.begin(), damage.end(), [&](const Region& r) { return r.contains(place.offset - 1); });
}

bool overlaps_any(const Region& place, const std::vector<Region>& regions) noexcept {
  return std::any_of(regions.begin(), regions.end(), [&](const Region& r) { return r.overlaps(place); });
}

// Where bytes are missing between two others (length 0), the line around that point is not whole.
bool touches_gap(const Region& place, const std::vector<Region>& regions) noexcept {
  return std::any_of(regions.begin(), regions.end(), [&](const Region& r) {
    return r.length == 0 && place.offset <= r.offset && r.offset <= place.end();
  });
}

void classify(Line& line) {
  const auto refuse = [&](std::string_view why) {
    line.kind = LineKind::unparsable;
    line.complaint = why;
  };
  if (line.text.empty()) return;
  if (!is_utf8(line.text)) return refuse("not UTF-8");
  if (line.text.front() == '#') {
    line.kind = LineKind::comment;
    return;
  }
  const std::size_t at = line.text.find(separator);
  if (at == std::string_view::npos) return refuse("no \" = \"");
  const std::string_view value = line.text.substr(at + separator.size());
  if (value.size() > max_value_bytes) return refuse("too long");
  if (!JsonSpans::parse(value)) return refuse("not JSON");
  line.kind = LineKind::pair;
  line.key = line.text.substr(0, at);
  line.value = value;
}

// The first line, section comments and keys that other programs are unlikely to write.
constexpr std::string_view telling[] = {
    "# Coldcard backup file!", "# Private key details: ", "# Firmware version (informational)", "# Coldcard Hardware",
    "# Duress Wallet (informational)", "mnemonic = \"", "bip32_master_key = \"", "raw_secret = \"", "long_secret = \"",
    "duress_xprv = \"", "fw_version = \"", "fw_timestamp = \"", "hsm_policy = \""};
// These need company: two of them, on lines of their own.
constexpr std::string_view common[] = {"chain = \"", "xprv = \"", "xpub = \"", "fw_date = \"", "serial = \"",
                                       "hardware = \"", "setting.", "# User preferences", "# EOF"};

bool begins_with_one_of(std::string_view line, std::span<const std::string_view> list) noexcept {
  return std::any_of(list.begin(), list.end(), [&](std::string_view start) { return line.starts_with(start); });
}

}  // namespace

const Line* Text::find(std::string_view key) const noexcept {
  for (auto line = lines.rbegin(); line != lines.rend(); ++line)
    if (line->kind == LineKind::pair && !line->lost && line->key == key) return &*line;
  return nullptr;
}

Text parse_text(std::string_view text, const TextDamage& damage) {
  Text out;
  out.bytes = text;
  out.starts_with_hash = text.starts_with('#');
  out.ends_with_newline = text.ends_with('\n');
  std::unordered_set<std::string_view> seen;
  for (std::size_t at = 0; at < text.size();) {
    Line line;
    line.number = static_cast<unsigned>(out.lines.size() + 1);
    const bool full = line.number > max_lines;
    const std::size_t newline = full ? std::string_view::npos : text.find('\n', at);
    const std::size_t end = newline == std::string_view::npos ? text.size() : newline + 1;
    line.place = {at, end - at};
    line.text = text.substr(at, (newline == std::string_view::npos ? end : newline) - at);
    line.lost = overlaps_any(line.place, damage.lost) || touches_gap(line.place, damage.lost) ||
                starts_by_chance(line.place, damage.lost);
    line.suspect = overlaps_any(line.place, damage.suspect) || starts_by_chance(line.place, damage.suspect);
    if (full) {
      line.kind = LineKind::unparsable;
      line.complaint = "too many lines";
    } else {
      classify(line);
    }
    if (line.kind == LineKind::pair && !line.lost && !seen.insert(line.key).second) out.repeated.push_back(line.number);
    if (line.kind == LineKind::comment && !line.lost) out.has_eof_mark = line.text == "# EOF";
    out.lines.push_back(line);
    at = end;
  }
  return out;
}

bool is_backup_text(std::string_view text) noexcept {
  unsigned common_lines = 0;
  for (std::size_t at = 0; at < text.size();) {
    const std::string_view line = text.substr(at, text.find('\n', at) - at);
    if (begins_with_one_of(line, telling)) return true;
    if (begins_with_one_of(line, common) && ++common_lines == 2) return true;
    at += line.size() + 1;
  }
  return false;
}

bool is_notes_export(std::string_view text) noexcept {
  constexpr std::string_view white = " \t\r\n";
  const auto skip = [&](std::size_t at) { return std::min(text.find_first_not_of(white, at), text.size()); };
  const std::size_t brace = skip(0);
  if (!text.substr(brace).starts_with('{')) return false;
  return text.substr(skip(brace + 1)).starts_with("\"coldcard_notes\"");
}

}  // namespace hwbak::coldcard
