// See same_json.h.
#include "tasks/same_json.h"

#include <algorithm>

#include "base/as_bytes.h"
#include "base/json_spans.h"
#include "crypto/digest.h"

namespace hwbak::tasks {
namespace {

using Digest = decltype(crypto::sha256(ByteView{}));

Digest digest_of(JsonNode::Kind kind, const std::vector<Digest>& parts, std::string_view text) {
  SecretBytes bytes;
  bytes.append(static_cast<std::uint8_t>(kind));
  for (const Digest& part : parts) bytes.append(part);
  bytes.append(as_bytes(text));
  return crypto::sha256(bytes.expose());
}

// Of each value from those below it, which stand behind it in the text: from the last to the first.
std::optional<Digest> meaning_of(std::string_view json) {
  const auto spans = JsonSpans::parse(json);
  if (!spans) return std::nullopt;
  std::vector<Digest> known(spans->nodes().size());
  for (std::size_t i = known.size(); i-- > 0;) {
    const JsonSpans::Ref value(*spans, i);
    const bool object = value.kind() == JsonNode::Kind::object;
    std::vector<Digest> parts;
    for (auto child = value.first_child(); child; child = child->next_sibling()) {
      const auto key = object ? child->key() : std::nullopt;
      parts.push_back(key ? digest_of(JsonNode::Kind::string, {known[child->index()]}, key->expose()) : known[child->index()]);
    }
    if (object) std::ranges::sort(parts);
    const auto text = value.string();
    const bool list = object || value.kind() == JsonNode::Kind::array;
    known[i] = digest_of(value.kind(), parts, list ? std::string_view{} : text ? text->expose() : value.raw());
  }
  return known.front();
}

}  // namespace

bool same_json(std::string_view a, std::string_view b) {
  if (a == b) return true;
  const auto first = meaning_of(a), second = meaning_of(b);
  return first && second && *first == *second;
}

}  // namespace hwbak::tasks
