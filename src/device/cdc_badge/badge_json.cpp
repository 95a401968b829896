// See badge_json.h. No recursion: the open brackets are a list, so depth costs no stack.
#include "device/cdc_badge/badge_json.h"

#include <charconv>
#include <cmath>
#include <limits>

namespace hwbak::cdc_badge {
namespace {

class Scanner final {
 public:
  explicit Scanner(std::string_view text) : text_(text) {}
  std::optional<std::vector<JsonNode>> run() {
    do {
      if (!value()) return std::nullopt;
    } while (!open_.empty());
    return std::move(nodes_);
  }

 private:
  [[nodiscard]] char peek() const noexcept { return at_ < text_.size() ? text_[at_] : '\0'; }
  void skip_blanks() noexcept {  // every control character counts as one
    while (at_ < text_.size() && static_cast<std::uint8_t>(text_[at_]) <= 0x20) ++at_;
  }
  bool take(std::string_view word) noexcept {
    if (!text_.substr(at_).starts_with(word)) return false;
    at_ += word.size();
    return true;
  }

  // Begins one value; what it completes is closed, up to the place of the next value.
  bool value() {
    skip_blanks();
    JsonNode node;
    node.begin = at_;
    node.key_begin = std::exchange(key_begin_, 0);
    node.key_end = std::exchange(key_end_, 0);
    node.parent = open_.empty() ? 0 : open_.back();
    const char c = peek();
    if (c == '{' || c == '[') return begin_container(node, c == '{' ? JsonNode::Kind::object : JsonNode::Kind::array);
    if (c == '"') {
      node.kind = JsonNode::Kind::string;
      if (!string()) return false;
    } else if (c == '-' || (c >= '0' && c <= '9')) {
      node.kind = JsonNode::Kind::number;
      if (!number()) return false;
    } else if (take("true") || take("false")) {
      node.kind = JsonNode::Kind::boolean;
    } else if (!take("null")) {
      return false;
    }
    node.end = at_;
    node.next = nodes_.size() + 1;
    nodes_.push_back(node);
    return after_value();
  }

  bool begin_container(JsonNode node, JsonNode::Kind kind) {
    if (open_.size() >= JsonSpans::max_depth) return false;
    node.kind = kind;
    open_.push_back(nodes_.size());
    nodes_.push_back(node);
    ++at_;
    skip_blanks();
    if (peek() == (kind == JsonNode::Kind::object ? '}' : ']')) return after_value();
    return kind == JsonNode::Kind::array || key();
  }

  bool key() {
    skip_blanks();
    key_begin_ = at_;
    if (peek() != '"' || !string()) return false;
    key_end_ = at_;
    skip_blanks();
    if (peek() != ':') return false;
    ++at_;
    return true;
  }

  bool after_value() {
    while (!open_.empty()) {
      JsonNode& parent = nodes_[open_.back()];
      const bool object = parent.kind == JsonNode::Kind::object;
      skip_blanks();
      if (peek() == ',') {
        ++at_;
        return !object || key();
      }
      if (peek() != (object ? '}' : ']')) return false;
      parent.end = ++at_;
      parent.next = nodes_.size();
      open_.pop_back();
    }
    return true;
  }

  // Four digits after "\u"; wrong ones read as 0, which ends the text.
  unsigned code_unit(std::size_t at) const noexcept {
    unsigned value = 0;
    const std::string_view digits = text_.substr(at, 4);
    const auto [end, failed] = std::from_chars(digits.data(), digits.data() + digits.size(), value, 16);
    return failed == std::errc{} && end == digits.data() + 4 ? value : 0;
  }

  bool string() {
    const std::size_t quote = at_;
    for (++at_; at_ < text_.size() && text_[at_] != '"'; ++at_)
      if (text_[at_] == '\\') ++at_;
    if (at_ >= text_.size()) return false;
    const std::size_t end = at_++;
    for (std::size_t i = text_.substr(0, end).find('\\', quote); i < end; i = text_.substr(0, end).find('\\', i)) {
      if (std::string_view("\"\\/bfnrt").find(text_[i + 1]) != std::string_view::npos) {
        i += 2;
        continue;
      }
      if (text_[i + 1] != 'u' || end - i < 6) return false;
      const unsigned unit = code_unit(i + 2);
      i += 6;
      if (unit >= 0xDC00 && unit <= 0xDFFF) return false;
      if (unit < 0xD800 || unit > 0xDBFF) continue;
      const unsigned low = end - i >= 6 && text_.substr(i, 2) == "\\u" ? code_unit(i + 2) : 0;
      if (low < 0xDC00 || low > 0xDFFF) return false;
      i += 6;
    }
    return true;
  }

  bool number() {
    double ignored = 0;
    const auto [end, failed] = std::from_chars(text_.data() + at_, text_.data() + text_.size(), ignored);
    if (failed == std::errc::invalid_argument) return false;
    // "-inf" and "-nan" are no characters of a number.
    const std::string_view token = text_.substr(at_, static_cast<std::size_t>(end - text_.data()) - at_);
    if (token.find_first_not_of("0123456789+-eE.") != std::string_view::npos) return false;
    at_ += token.size();
    return true;
  }

  std::string_view text_;
  std::size_t at_ = 0, key_begin_ = 0, key_end_ = 0;
  std::vector<std::size_t> open_;
  std::vector<JsonNode> nodes_;
};

}  // namespace

std::optional<JsonSpans> read_as_badge(std::string_view json) {
  if (json.starts_with("\xEF\xBB\xBF")) json.remove_prefix(3);
  json = json.substr(0, json.find('\0'));
  auto nodes = Scanner(json).run();
  if (!nodes) return std::nullopt;
  return JsonSpans::of(json, std::move(*nodes));
}

std::optional<SecretString> badge_text(JsonSpans::Ref value) {
  auto text = value.string();
  if (!text) return std::nullopt;
  const std::size_t nul = text->expose().find('\0');
  if (nul == std::string_view::npos) return text;
  return SecretString::copy_of(text->expose().substr(0, nul));
}

double reads_as_double(JsonSpans::Ref number) {
  const std::string_view raw = number.raw();
  double value = 0;
  if (std::from_chars(raw.data(), raw.data() + raw.size(), value).ec == std::errc::result_out_of_range) {
    const bool tiny = raw.find("e-") != std::string_view::npos || raw.find("E-") != std::string_view::npos;
    value = tiny ? 0 : std::numeric_limits<double>::infinity();
    return raw.starts_with('-') ? -value : value;
  }
  return value;
}

int reads_as_int(JsonSpans::Ref number) {
  const double value = reads_as_double(number);
  if (value >= std::numeric_limits<int>::max()) return std::numeric_limits<int>::max();
  if (value <= std::numeric_limits<int>::min()) return std::numeric_limits<int>::min();
  return static_cast<int>(value);
}

}  // namespace hwbak::cdc_badge
