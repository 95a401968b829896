// What is odd about a payload as a JSON document: keys given twice, texts with a NUL
// (docs/formats/cdc-badge.md, "The payload").
#include <algorithm>
#include <deque>

#include "base/unicode.h"
#include "device/cdc_badge/parts.h"

namespace hwbak::cdc_badge {
namespace {

std::string_view inside_quotes(const JsonSpans& document, std::size_t begin, std::size_t end) {
  return document.text().substr(begin + 1, end - begin - 2);
}

// Every key of `object` that stood there before. One sort, so that an object of a hundred thousand keys costs little.
void find_duplicates(const JsonSpans& document, JsonSpans::Ref object, Notes& notes) {
  struct Key {
    std::string_view name;
    std::size_t index;
  };
  std::vector<Key> keys;
  std::deque<SecretString> decoded;
  for (auto child = object.first_child(); child; child = child->next_sibling()) {
    std::string_view name = inside_quotes(document, child->node().key_begin, child->node().key_end);
    if (name.find('\\') != std::string_view::npos) name = decoded.emplace_back(*child->key()).expose();
    keys.push_back({name, child->index()});
  }
  std::sort(keys.begin(), keys.end(), [](const Key& a, const Key& b) { return a.name != b.name ? a.name < b.name : a.index < b.index; });
  for (std::size_t i = 1; i < keys.size() && notes.has_room("duplicate-key"); ++i)
    if (keys[i].name == keys[i - 1].name)
      notes.finding(Severity::warning, "duplicate-key", "This key stands in its object before already; a badge and hwbak take the first one.",
                    path_of(document, keys[i].index));
}

}  // namespace

std::string path_of(const JsonSpans& document, std::size_t index) {
  constexpr std::size_t longest = 240;
  std::vector<std::string> parts;
  std::size_t length = 0;
  while (index != 0 && length < longest) {
    const JsonNode& node = document.nodes()[index];
    const JsonSpans::Ref parent(document, node.parent);
    if (parent.kind() == JsonNode::Kind::array) {
      std::size_t at = 0;
      for (auto child = parent.first_child(); child && child->index() != index; child = child->next_sibling()) ++at;
      parts.push_back("[" + std::to_string(at) + "]");
    } else {
      parts.push_back((node.parent == 0 ? "" : ".") + printable(JsonSpans::Ref(document, index).key()->expose().substr(0, 60)));
    }
    length += parts.back().size();
    index = node.parent;
  }
  std::string out = index != 0 ? "..." : "";
  for (auto part = parts.rbegin(); part != parts.rend(); ++part) out += *part;
  return out;
}

void look_over_document(const JsonSpans& document, Notes& notes) {
  for (std::size_t i = 0; i < document.nodes().size(); ++i) {
    const JsonSpans::Ref value(document, i);
    if (value.kind() == JsonNode::Kind::object) find_duplicates(document, value, notes);
    if (value.kind() != JsonNode::Kind::string || value.raw().find("\\u0000") == std::string_view::npos) continue;
    if (value.string()->expose().find('\0') != std::string_view::npos && notes.has_room("embedded-nul"))
      notes.finding(Severity::warning, "embedded-nul", "The text holds a NUL character; on a badge it ends there.", path_of(document, i));
  }
}

}  // namespace hwbak::cdc_badge
