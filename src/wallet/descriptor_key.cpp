// Reading key expressions, and the keys they stand for; see descriptor_key.h.
#include "wallet/descriptor_key.h"

#include <algorithm>
#include <charconv>

#include "base/hex.h"
#include "wallet/base58.h"
#include "wallet/curve.h"
#include "wallet/slip132.h"
#include "wallet/typo.h"

namespace hwbak::wallet {
namespace {

constexpr std::size_t max_steps = 255;  // a serialised key's depth is one byte

// "44h", "44'" or "44".
std::optional<std::uint32_t> step_of(std::string_view text) {
  const bool is_hardened = text.ends_with('h') || text.ends_with('\'');
  if (is_hardened) text.remove_suffix(1);
  std::uint32_t index = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), index);
  if (text.empty() || error != std::errc() || end != text.data() + text.size() || index >= hardened) return std::nullopt;
  return is_hardened ? index | hardened : index;
}

// Splits off what stands before the next separator.
std::string_view next_part(std::string_view& rest, char separator) {
  const std::string_view part = rest.substr(0, rest.find(separator));
  rest.remove_prefix(std::min(part.size() + 1, rest.size()));
  return part;
}

class KeyReader final {
 public:
  KeyReader(KeyRule rule, std::string& fault) : rule_(rule), fault_(fault) {}

  std::optional<DescriptorKey> read(std::string_view text) {
    if (text.starts_with('[') && !read_origin(text)) return std::nullopt;
    const std::size_t slash = text.find('/');
    const std::string_view key = text.substr(0, slash);
    const bool read = is_single_key(key) ? read_hex(key) : read_base58(key);
    if (!read) return std::nullopt;
    if (slash != text.npos && !read_path(text.substr(slash + 1))) return std::nullopt;
    return std::move(out_);
  }

 private:
  bool fail(std::string why) {
    fault_ = std::move(why);
    return false;
  }

  // A single key is hex of 32, 33 or 65 bytes; no extended key or WIF is hex alone.
  static bool is_single_key(std::string_view key) {
    return (key.size() == 64 || key.size() == 66 || key.size() == 130) && is_hex(key);
  }

  bool read_origin(std::string_view& text) {
    const std::size_t end = text.find(']');
    if (end == text.npos) return fail("its origin has no closing bracket");
    std::string_view inside = text.substr(1, end - 1);
    text.remove_prefix(end + 1);
    const std::size_t slash = inside.find('/');
    const auto fingerprint = fingerprint_from_text(inside.substr(0, slash));
    if (!fingerprint) return fail("its origin does not begin with a fingerprint of 8 hexadecimal digits");
    out_.origin.emplace().fingerprint = *fingerprint;
    if (slash == inside.npos) return true;
    inside.remove_prefix(slash + 1);
    for (bool more = true; more;) {
      more = inside.find('/') != inside.npos;
      const auto step = step_of(next_part(inside, '/'));
      if (!step || out_.origin->path.size() == max_steps) return fail("the path of its origin is not valid: steps are numbers below 2147483648, with h or ' when hardened");
      out_.origin->path.push_back(*step);
    }
    return true;
  }

  bool read_hex(std::string_view hex) {
    const Bytes bytes = *from_hex(hex);
    const bool short_one = bytes.size() == 32, long_one = bytes.size() == 65;
    if (short_one && rule_ != KeyRule::x_only) return fail("a key of 32 bytes stands in tr() alone");
    if (long_one && rule_ != KeyRule::any) return fail("an uncompressed public key is not allowed there");
    const bool good = long_one    ? compressed(ByteView(bytes).first<65>()).has_value()
                      : short_one ? is_even_point(bytes)
                                  : is_point(ByteView(bytes).first<33>());
    if (!good) return fail("its public key is not a point of the curve");
    out_.fixed = bytes;
    return true;
  }

  static bool is_even_point(ByteView x) {
    Point point{0x02};
    std::ranges::copy(x, point.begin() + 1);
    return is_point(point);
  }

  bool read_base58(std::string_view text) {
    if (auto parsed = Node::parse(text)) {
      out_.is_private = parsed->node.is_private();
      out_.testnet = parsed->testnet;
      out_.node = std::move(parsed->node);
      return true;
    }
    const auto payload = from_base58check(text);
    if (!payload) {
      const bool extended = text.size() > 100 && text.size() < 120;
      return fail(!extended ? "it is no public key, extended key or private key" : "the checksum of its extended key does not hold: a character is missing, wrong or too much" +
                  where_words(lone_typo(std::string(text), base58_alphabet, 0, [](std::string_view t) { return from_base58check(t).has_value(); })) +
                      (out_.origin ? ", counted from the first letter of the extended key" : ""));
    }
    if (read_used_key(text)) return fail("its extended key has a form of SLIP-132 (ypub, zpub and so on), which descriptors do not use: write it as xpub or tpub");
    return read_wif(payload->expose());
  }

  bool read_wif(ByteView payload) {
    constexpr std::uint8_t main_version = 0x80, test_version = 0xEF;
    const bool is_compressed = payload.size() == 34 && payload[33] == 1;
    if ((payload.size() != 33 && !is_compressed) || (payload[0] != main_version && payload[0] != test_version))
      return fail("it is no public key, extended key or private key");
    const auto point = point_of(payload.subspan<1, 32>());
    if (!point) return fail("its private key is outside the range of the curve");
    if (!is_compressed && rule_ != KeyRule::any) return fail("an uncompressed key is not allowed there");
    out_.is_private = true;
    out_.testnet = payload[0] == test_version;
    if (is_compressed) {
      out_.fixed.assign(point->begin(), point->end());
    } else {
      const auto both = uncompressed(*point);
      out_.fixed.assign(both->begin(), both->end());
    }
    return true;
  }

  bool read_path(std::string_view path) {
    if (!out_.node) return fail("only an extended key can have a path behind it");
    bool several = false;
    for (bool more = true; more;) {
      more = path.find('/') != path.npos;
      const std::string_view part = next_part(path, '/');
      if (part == "*" || part == "*h" || part == "*'") {
        if (more) return fail("/* stands at the end of a path alone");
        out_.last = part == "*" ? DescriptorKey::Last::children : DescriptorKey::Last::hardened_children;
        return true;
      }
      std::vector<std::uint32_t> values;
      if (part.starts_with('<') && part.ends_with('>') && part.size() > 2) {
        if (std::exchange(several, true)) return fail("two steps of its path have several values");
        std::string_view list = part.substr(1, part.size() - 2);
        for (bool further = true; further;) {
          further = list.find(';') != list.npos;
          const auto value = step_of(next_part(list, ';'));
          if (!value || std::ranges::find(values, *value) != values.end()) return fail("the values of a step in <> are not valid");
          values.push_back(*value);
        }
        if (values.size() < 2) return fail("a step in <> has two values or more");
      } else {
        const auto step = step_of(part);
        if (!step) return fail("its path is not valid: steps are numbers below 2147483648, with h or ' when hardened");
        values.push_back(*step);
      }
      if (out_.path.size() == max_steps) return fail("its path is too long");
      out_.path.push_back(std::move(values));
    }
    return true;
  }

  KeyRule rule_;
  std::string& fault_;
  DescriptorKey out_;
};

std::string step_words(std::uint32_t step) { return std::to_string(step & ~hardened) + (step >= hardened ? "h" : ""); }

}  // namespace

std::optional<DescriptorKey> parse_descriptor_key(std::string_view text, KeyRule rule, std::string& fault) {
  return KeyReader(rule, fault).read(text);
}

std::size_t DescriptorKey::choices() const {
  std::size_t most = 1;
  for (const auto& values : path) most = std::max(most, values.size());
  return most;
}

std::optional<Node> DescriptorKey::derived(std::size_t choice) const {
  std::vector<std::uint32_t> steps;
  for (const auto& values : path) steps.push_back(values[values.size() == 1 ? 0 : choice]);
  return node->derive(steps);
}

std::string DescriptorKey::path_words() const {
  std::string out;
  const auto add = [&](const std::string& part) { out += (out.empty() ? "" : "/") + part; };
  for (const auto& values : path) {
    std::string list;
    for (const std::uint32_t value : values) list += (list.empty() ? "" : ";") + step_words(value);
    add(values.size() == 1 ? list : "<" + list + ">");
  }
  if (last != Last::none) add(last == Last::children ? "*" : "*h");
  return out;
}

}  // namespace hwbak::wallet
