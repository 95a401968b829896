// See notes.h.
#include "device/cdc_badge/notes.h"

#include <algorithm>

#include "base/counted.h"
#include "base/unicode.h"
#include "device/cdc_badge/text.h"

namespace hwbak::cdc_badge {

void Notes::flaw(std::string path, std::string sentence, Flaw::Kind kind) {
  if (payload_.flaws.size() < max_flaws) payload_.flaws.push_back({std::move(path), std::move(sentence), kind});
  else ++flaws_left_out_;
}

bool Notes::has_room(std::string_view code) const {
  const auto found = counts_.find(code);
  return found == counts_.end() || found->second < max_findings;
}

void Notes::finding(Severity level, std::string_view code, std::string message, std::string where) {
  const std::size_t count = ++counts_.try_emplace(std::string(code), 0).first->second;
  if (count > max_findings) return;
  if (count == max_findings) message += " This is the last finding of its kind that is listed.";
  payload_.findings.push_back({level, std::string(code), std::move(message), std::move(where)});
}

void Notes::text(const Text& text, const std::string& path) {
  if (text.cp437 && cp437_++ == 0) first_cp437_ = path;
  if (text.cut)
    finding(Severity::warning, "text-cut-in-character",
            "The text ends inside a character: a badge cut it once, by bytes. Its last character is lost.", path);
}

void Notes::close() {
  if (cp437_ != 0)
    finding(Severity::note, "cp437-text",
            std::to_string(cp437_) + (cp437_ == 1 ? " text is" : " texts are") +
                " not UTF-8 and read as CP437, the badge's own character set: typed on the badge or over its console.",
            first_cp437_);
  if (flaws_left_out_ != 0)
    payload_.flaws.push_back({"", counted(flaws_left_out_, "more place") + " " + is_or_are(flaws_left_out_) + " not good and not listed"});
}

std::string_view name_of(JsonNode::Kind kind) noexcept {
  switch (kind) {
    case JsonNode::Kind::null: return "null";
    case JsonNode::Kind::boolean: return "true or false";
    case JsonNode::Kind::number: return "a number";
    case JsonNode::Kind::string: return "a text";
    case JsonNode::Kind::array: return "a list";
    case JsonNode::Kind::object: return "an object";
  }
  return "";
}

std::optional<JsonSpans::Ref> Fields::of_kind(std::string_view key, JsonNode::Kind kind, Need need) {
  const auto member = object_.first_member(key);
  if (member && member->kind() == kind) return member;
  if (member) flaw(key, "is " + std::string(name_of(member->kind())) + ", not " + std::string(name_of(kind)));
  else if (need == Need::required) flaw(key, "is missing");
  if (need == Need::required) good_ = false;
  return std::nullopt;
}

std::optional<Text> Fields::text(std::string_view key, Need need) {
  const auto member = of_kind(key, JsonNode::Kind::string, need);
  if (!member) return std::nullopt;
  Text text = read_text(held_text(*member));
  if (need == Need::required && text.bytes.empty()) {
    flaw(key, "is empty");
    good_ = false;
    return std::nullopt;
  }
  if (need == Need::required && text.bytes.expose().front() == '\0')
    flaw(key, "begins with a NUL, where it ends on a badge: a badge refuses the record", Flaw::Kind::refused);
  if (text.cp437 || text.cut) notes_.text(text, path(key));
  return text;
}

std::optional<WholeNumber> Fields::whole(std::string_view key, Need need) {
  const auto member = of_kind(key, JsonNode::Kind::number, need);
  if (!member) return std::nullopt;
  WholeNumber value;
  const NumberKind kind = read_number(member->raw(), value);
  if (kind == NumberKind::whole) return value;
  flaw(key, kind == NumberKind::fraction ? "is not a whole number" : "is too large a number");
  good_ = false;
  return std::nullopt;
}

std::optional<std::int64_t> Fields::number(std::string_view key, std::int64_t low, std::int64_t high, Need need) {
  const auto value = whole(key, need);
  if (!value) return std::nullopt;
  const auto found = value->within(low, high);
  if (!found) {
    flaw(key, "is not between " + std::to_string(low) + " and " + std::to_string(high));
    good_ = false;
  }
  return found;
}

std::optional<bool> Fields::boolean(std::string_view key) {
  const auto member = of_kind(key, JsonNode::Kind::boolean, Need::optional);
  return member ? member->boolean() : std::nullopt;
}

void Fields::only(std::initializer_list<std::string_view> known) {
  for (auto child = object_.first_child(); child; child = child->next_sibling()) {
    if (std::any_of(known.begin(), known.end(), [&](std::string_view name) { return child->has_key(name); })) continue;
    if (!notes_.has_room("unknown-key")) return;
    notes_.finding(Severity::warning, "unknown-key", "No badge known here writes this key; it would ignore it.",
                   path(printable(child->key()->expose().substr(0, 60))));
  }
}

void Fields::stored_bytes(std::string_view key, const Text& text, std::size_t limit) {
  if (text.bytes.size() <= limit) return;
  notes_.finding(Severity::warning, "device-cuts",
                 "A badge keeps " + std::to_string(limit) + " of these " + counted(text.bytes.size(), "byte") +
                     " and does not say so when it restores them.",
                 path(key));
}

}  // namespace hwbak::cdc_badge
