// A JSON document as a flat list of places in its own text. Payloads hold secrets, so nothing
// is copied out: each node says where its text lies, duplicate keys and raw numbers stay, and a
// string is decoded only into a SecretString. Checked by Boost.JSON's strict parser.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "hwbak/secret.h"

namespace hwbak {

struct JsonNode {
  enum class Kind : std::uint8_t { null, boolean, number, string, array, object };
  Kind kind = Kind::null;
  std::size_t begin = 0, end = 0;          // the value's text, quotes and brackets included
  std::size_t key_begin = 0, key_end = 0;  // the member's key with quotes; equal when there is none
  std::size_t parent = 0;                  // index; the root is its own parent
  std::size_t next = 0;                    // index of the node after this one and all below it
};

class JsonSpans final {
 public:
  static constexpr unsigned max_depth = 1000;
  // `text` must outlive this object. nullopt when it is not one JSON value. White space around the value is allowed.
  [[nodiscard]] static std::optional<JsonSpans> parse(std::string_view text);
  // The value at the front of `text`, whose strings may hold bytes that are no UTF-8; `used` receives where it
  // and the white space after it end, or where it goes wrong.
  [[nodiscard]] static std::optional<JsonSpans> parse_front(std::string_view text, std::size_t& used);
  // What another reader of JSON found: nodes in the order of the text, the root first, all of them closed.
  [[nodiscard]] static JsonSpans of(std::string_view text, std::vector<JsonNode> nodes);

  class Ref;
  [[nodiscard]] Ref root() const noexcept;
  [[nodiscard]] const std::vector<JsonNode>& nodes() const noexcept { return nodes_; }
  [[nodiscard]] std::string_view text() const noexcept { return text_; }

 private:
  friend class JsonSpansBuilder;
  std::string_view text_;
  std::vector<JsonNode> nodes_;
};

// One value. Lookups that do not fit the kind answer "nothing", never throw.
class JsonSpans::Ref final {
 public:
  Ref(const JsonSpans& spans, std::size_t index) noexcept : spans_(&spans), index_(index) {}
  [[nodiscard]] JsonNode::Kind kind() const noexcept { return node().kind; }
  [[nodiscard]] std::string_view raw() const noexcept { return spans_->text_.substr(node().begin, node().end - node().begin); }
  [[nodiscard]] const JsonNode& node() const noexcept { return spans_->nodes_[index_]; }
  [[nodiscard]] std::size_t index() const noexcept { return index_; }
  [[nodiscard]] std::vector<Ref> children() const;
  // Without a list of them: the first child, and the value after this one in the same list.
  [[nodiscard]] std::optional<Ref> first_child() const;
  [[nodiscard]] std::optional<Ref> next_sibling() const;
  // Last member of that name wins, as in MicroPython's dict; count() tells repeated keys.
  [[nodiscard]] std::optional<Ref> member(std::string_view key) const;
  // First member of that name, as in cJSON.
  [[nodiscard]] std::optional<Ref> first_member(std::string_view key) const;
  [[nodiscard]] std::optional<Ref> element(std::size_t i) const;
  [[nodiscard]] std::size_t size() const noexcept;
  [[nodiscard]] std::optional<SecretString> key() const;     // decoded
  [[nodiscard]] bool has_key(std::string_view name) const;
  [[nodiscard]] std::optional<SecretString> string() const;  // decoded; nullopt when not a string
  [[nodiscard]] std::optional<std::int64_t> integer() const; // nullopt when not integral or out of range
  [[nodiscard]] std::optional<bool> boolean() const;

 private:
  const JsonSpans* spans_;
  std::size_t index_;
};

}  // namespace hwbak
