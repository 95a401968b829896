// See json_spans.h. Boost.JSON checks the grammar and tells the kind of each token; this file
// walks a cursor beside it to learn where the token lies, because the parser hands out decoded
// pieces, not places.
#include "base/json_spans.h"

#include <boost/json/basic_parser_impl.hpp>
#include <charconv>

#include "base/unicode.h"

namespace hwbak {

class JsonSpansBuilder final {
 public:
  static constexpr std::size_t max_object_size = std::size_t(-1);
  static constexpr std::size_t max_array_size = std::size_t(-1);
  static constexpr std::size_t max_key_size = std::size_t(-1);
  static constexpr std::size_t max_string_size = std::size_t(-1);
  using error_code = boost::json::error_code;
  using view = boost::json::string_view;

  explicit JsonSpansBuilder(std::string_view text) : text_(text) {}

  bool on_document_begin(error_code&) { return true; }
  bool on_document_end(error_code&) { return true; }
  bool on_object_begin(error_code&) { return open(JsonNode::Kind::object); }
  bool on_object_end(std::size_t, error_code&) { return close(); }
  bool on_array_begin(error_code&) { return open(JsonNode::Kind::array); }
  bool on_array_end(std::size_t, error_code&) { return close(); }
  bool on_key_part(view, std::size_t, error_code&) { return true; }
  bool on_key(view, std::size_t, error_code&) {
    skip_separators();
    key_begin_ = cursor_;
    skip_string();
    key_end_ = cursor_;
    return true;
  }
  bool on_string_part(view, std::size_t, error_code&) { return true; }
  bool on_string(view, std::size_t, error_code&) {
    const std::size_t index = begin(JsonNode::Kind::string);
    skip_string();
    return finish(index);
  }
  bool on_number_part(view, error_code&) { return true; }
  bool on_int64(std::int64_t, view, error_code&) { return scalar(JsonNode::Kind::number); }
  bool on_uint64(std::uint64_t, view, error_code&) { return scalar(JsonNode::Kind::number); }
  bool on_double(double, view, error_code&) { return scalar(JsonNode::Kind::number); }
  bool on_bool(bool, error_code&) { return scalar(JsonNode::Kind::boolean); }
  bool on_null(error_code&) { return scalar(JsonNode::Kind::null); }
  bool on_comment_part(view, error_code&) { return true; }
  bool on_comment(view, error_code&) { return true; }

  [[nodiscard]] std::vector<JsonNode> take() { return std::move(nodes_); }

 private:
  void skip_separators() {
    while (cursor_ < text_.size() && std::string_view(" \t\r\n,:").find(text_[cursor_]) != std::string_view::npos) ++cursor_;
  }
  void skip_string() {  // the parser has checked it: a quote, then up to the first quote not escaped
    for (++cursor_; cursor_ < text_.size() && text_[cursor_] != '"'; ++cursor_)
      if (text_[cursor_] == '\\') ++cursor_;
    ++cursor_;
  }
  std::size_t begin(JsonNode::Kind kind) {
    skip_separators();
    JsonNode node;
    node.kind = kind;
    node.begin = cursor_;
    node.key_begin = std::exchange(key_begin_, 0);
    node.key_end = std::exchange(key_end_, 0);
    node.parent = open_.empty() ? 0 : open_.back();
    nodes_.push_back(node);
    return nodes_.size() - 1;
  }
  bool finish(std::size_t index) {
    nodes_[index].end = cursor_;
    nodes_[index].next = nodes_.size();
    return true;
  }
  bool scalar(JsonNode::Kind kind) {
    const std::size_t index = begin(kind);
    while (cursor_ < text_.size() && std::string_view(" \t\r\n,:]}").find(text_[cursor_]) == std::string_view::npos) ++cursor_;
    return finish(index);
  }
  bool open(JsonNode::Kind kind) {
    open_.push_back(begin(kind));
    ++cursor_;
    return true;
  }
  bool close() {
    skip_separators();
    ++cursor_;
    const std::size_t index = open_.back();
    open_.pop_back();
    return finish(index);
  }

  std::string_view text_;
  std::size_t cursor_ = 0;
  std::size_t key_begin_ = 0, key_end_ = 0;
  std::vector<std::size_t> open_;
  std::vector<JsonNode> nodes_;
};

namespace {

std::optional<std::vector<JsonNode>> nodes_of(std::string_view text, bool any_bytes, std::size_t& used) {
  boost::json::parse_options options;
  options.max_depth = JsonSpans::max_depth;
  options.allow_invalid_utf8 = any_bytes;
  boost::json::basic_parser<JsonSpansBuilder> parser(options, text);
  boost::json::error_code failed;
  used = parser.write_some(false, text.data(), text.size(), failed);
  if (failed) return std::nullopt;
  return parser.handler().take();
}

}  // namespace

JsonSpans JsonSpans::of(std::string_view text, std::vector<JsonNode> nodes) {
  JsonSpans spans;
  spans.text_ = text;
  spans.nodes_ = std::move(nodes);
  return spans;
}

std::optional<JsonSpans> JsonSpans::parse(std::string_view text) {
  std::size_t used = 0;
  auto nodes = nodes_of(text, false, used);
  if (!nodes || used != text.size()) return std::nullopt;
  return of(text, std::move(*nodes));
}

std::optional<JsonSpans> JsonSpans::parse_front(std::string_view text, std::size_t& used) {
  auto nodes = nodes_of(text, true, used);
  if (!nodes) return std::nullopt;
  return of(text, std::move(*nodes));
}

JsonSpans::Ref JsonSpans::root() const noexcept { return Ref(*this, 0); }

namespace {

std::optional<unsigned> hex4(std::string_view digits) {
  unsigned value = 0;
  const auto [end, failed] = std::from_chars(digits.data(), digits.data() + digits.size(), value, 16);
  if (failed != std::errc{} || end != digits.data() + digits.size() || digits.size() != 4) return std::nullopt;
  return value;
}

// `quoted` passed a parser, so its escapes are whole. A lone surrogate becomes U+FFFD. Digits that are not hexadecimal,
// which only a lenient parser lets through, read as U+0000.
SecretString decode(std::string_view quoted) {
  SecretString out;
  const std::string_view body = quoted.substr(1, quoted.size() - 2);
  for (std::size_t i = 0; i < body.size(); ++i) {
    if (body[i] != '\\') {
      const std::size_t stop = std::min(body.find('\\', i), body.size());
      out.append(body.substr(i, stop - i));
      i = stop - 1;
      continue;
    }
    switch (body[++i]) {
      case 'b': out.append('\b'); break;
      case 'f': out.append('\f'); break;
      case 'n': out.append('\n'); break;
      case 'r': out.append('\r'); break;
      case 't': out.append('\t'); break;
      case 'u': {
        char32_t code = hex4(body.substr(i + 1, 4)).value_or(0);
        i += 4;
        if (code >= 0xD800 && code <= 0xDBFF && body.substr(i + 1, 2) == "\\u") {
          const unsigned low = hex4(body.substr(i + 3, 4)).value_or(0);
          if (low >= 0xDC00 && low <= 0xDFFF) {
            code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
            i += 6;
          }
        }
        if (code >= 0xD800 && code <= 0xDFFF) code = 0xFFFD;
        std::string one;
        append_utf8(one, code);
        out.append(one);
        wipe(one.data(), one.size());
        break;
      }
      default: out.append(body[i]);
    }
  }
  return out;
}

}  // namespace

std::vector<JsonSpans::Ref> JsonSpans::Ref::children() const {
  std::vector<Ref> out;
  for (std::size_t i = index_ + 1; i < node().next; i = spans_->nodes_[i].next) out.emplace_back(*spans_, i);
  return out;
}

std::optional<JsonSpans::Ref> JsonSpans::Ref::first_child() const {
  if (index_ + 1 >= node().next) return std::nullopt;
  return Ref(*spans_, index_ + 1);
}

std::optional<JsonSpans::Ref> JsonSpans::Ref::next_sibling() const {
  const std::size_t next = node().next;
  if (index_ == node().parent || next >= spans_->nodes_[node().parent].next) return std::nullopt;
  return Ref(*spans_, next);
}

std::optional<JsonSpans::Ref> JsonSpans::Ref::member(std::string_view key) const {
  if (kind() != JsonNode::Kind::object) return std::nullopt;
  std::optional<Ref> found;
  for (auto child = first_child(); child; child = child->next_sibling())
    if (child->has_key(key)) found = child;
  return found;
}

std::optional<JsonSpans::Ref> JsonSpans::Ref::first_member(std::string_view key) const {
  if (kind() != JsonNode::Kind::object) return std::nullopt;
  for (auto child = first_child(); child; child = child->next_sibling())
    if (child->has_key(key)) return child;
  return std::nullopt;
}

std::optional<JsonSpans::Ref> JsonSpans::Ref::element(std::size_t i) const {
  if (kind() != JsonNode::Kind::array) return std::nullopt;
  for (std::size_t at = index_ + 1; at < node().next; at = spans_->nodes_[at].next)
    if (i-- == 0) return Ref(*spans_, at);
  return std::nullopt;
}

std::size_t JsonSpans::Ref::size() const noexcept {
  std::size_t count = 0;
  for (std::size_t at = index_ + 1; at < node().next; at = spans_->nodes_[at].next) ++count;
  return count;
}

std::optional<SecretString> JsonSpans::Ref::key() const {
  if (node().key_begin == node().key_end) return std::nullopt;
  return decode(spans_->text_.substr(node().key_begin, node().key_end - node().key_begin));
}

bool JsonSpans::Ref::has_key(std::string_view name) const {
  if (node().key_begin == node().key_end) return false;
  const std::string_view body = spans_->text_.substr(node().key_begin + 1, node().key_end - node().key_begin - 2);
  if (body.find('\\') == std::string_view::npos) return body == name;
  return key()->expose() == name;
}

std::optional<SecretString> JsonSpans::Ref::string() const {
  if (kind() != JsonNode::Kind::string) return std::nullopt;
  return decode(raw());
}

std::optional<std::int64_t> JsonSpans::Ref::integer() const {
  if (kind() != JsonNode::Kind::number) return std::nullopt;
  std::int64_t value = 0;
  const auto text = raw();
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failed != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::optional<bool> JsonSpans::Ref::boolean() const {
  if (kind() != JsonNode::Kind::boolean) return std::nullopt;
  return raw() == "true";
}

}  // namespace hwbak
