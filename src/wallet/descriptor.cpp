// Reading descriptors, and the output scripts they stand for; see descriptor.h.
#include "wallet/descriptor.h"

#include <algorithm>
#include <charconv>

#include "base/hex.h"
#include "wallet/base58.h"
#include "wallet/descriptor_key.h"
#include "wallet/typo.h"

namespace hwbak::wallet {
namespace {

using Form = Descriptor::Form;

constexpr std::size_t max_tree_depth = 128;  // BIP-341

struct Named {
  std::string_view name;
  Form form;
};
constexpr Named named_forms[] = {{"pk", Form::pk}, {"pkh", Form::pkh}, {"wpkh", Form::wpkh}, {"tr", Form::tr}, {"multi", Form::multi},
                                 {"sortedmulti", Form::sortedmulti}, {"raw", Form::raw}, {"addr", Form::raw}};

class Reader final {
 public:
  Reader(std::string_view text, DescriptorFault& fault) : rest_(text), fault_(fault) {}

  std::optional<Descriptor> read() {
    if (!read_script()) return std::nullopt;
    for (const bool wrapper : {out_.wsh, out_.sh})
      if (wrapper && !take(")")) return missing(")"), std::nullopt;
    if (!rest_.empty()) return fail("something stands behind its last bracket"), std::nullopt;
    if (!steps_agree()) return std::nullopt;
    return std::move(out_);
  }

 private:
  bool fail(std::string sentence, bool unknown = false) {
    fault_ = {std::move(sentence), unknown};
    return false;
  }
  bool missing(std::string_view what) { return fail("a " + std::string(what) + " is missing"); }

  bool take(std::string_view what) {
    if (!rest_.starts_with(what)) return false;
    rest_.remove_prefix(what.size());
    return true;
  }

  // Wrappers in a loop, then the one thing inside.
  bool read_script() {
    for (;;) {
      const std::size_t open = rest_.find_first_of("(),");
      if (open == rest_.npos || rest_[open] != '(') return fail("a script such as wpkh(...) is missing");
      const std::string_view name = rest_.substr(0, open);
      rest_.remove_prefix(open + 1);
      if (name == "sh" || name == "wsh") {
        bool& wrapper = name == "sh" ? out_.sh : out_.wsh;
        if (wrapper || (name == "sh" && out_.wsh)) return fail(std::string(name) + "() stands where it cannot stand");
        wrapper = true;
        continue;
      }
      const auto* const found = std::ranges::find(named_forms, name, &Named::name);
      if (found == std::end(named_forms))
        return fail("it is of a kind that is not handled here (pk, pkh, wpkh, sh, wsh, multi, sortedmulti, tr, addr and raw are)", true);
      out_.form = found->form;
      return read_form(name);
    }
  }

  bool read_form(std::string_view name) {
    const bool wrapped = out_.sh || out_.wsh;
    if (((out_.form == Form::tr || out_.form == Form::raw) && wrapped) || (out_.form == Form::wpkh && out_.wsh))
      return fail(std::string(name) + "() cannot stand inside of another script");
    const KeyRule rule = out_.form == Form::tr ? KeyRule::x_only : out_.wsh || out_.form == Form::wpkh ? KeyRule::compressed : KeyRule::any;
    switch (out_.form) {
      case Form::raw: return read_fixed(name == "addr");
      case Form::multi:
      case Form::sortedmulti: return read_multi(rule);
      case Form::tr:
        if (!read_key(rule) || (take(",") && !read_tree())) return false;
        break;
      case Form::pk:
      case Form::pkh:
      case Form::wpkh:
        if (!read_key(rule)) return false;
        break;
    }
    return take(")") || missing("closing bracket");
  }

  bool read_fixed(bool address) {
    const std::string_view text = rest_.substr(0, rest_.find(')'));
    rest_.remove_prefix(text.size());
    if (address) {
      std::string why;
      auto read = read_address(text, why);
      if (!read) return fail("its address is not valid: " + why);
      out_.script = std::move(read->script);
    } else {
      auto bytes = from_hex(text);
      if (!bytes || bytes->empty()) return fail("raw() wants hexadecimal digits");
      out_.script = std::move(*bytes);
    }
    return take(")") || missing("closing bracket");
  }

  bool read_key(KeyRule rule) {
    const std::string_view text = rest_.substr(0, rest_.find_first_of("(),{}"));
    rest_.remove_prefix(text.size());
    const std::string which = "key " + std::to_string(out_.keys.size() + 1) + ": ";
    if (rest_.starts_with('(')) return fail(which + "a key was expected, not a script");
    std::string why;
    auto key = parse_descriptor_key(text, rule, why);
    if (!key) return fail(which + why);
    out_.keys.push_back(std::move(*key));
    return true;
  }

  bool read_multi(KeyRule rule) {
    const std::string_view number = rest_.substr(0, rest_.find_first_of(",)"));
    rest_.remove_prefix(number.size());
    const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), out_.threshold);
    if (error != std::errc() || end != number.data() + number.size()) return fail("the number of signatures is no number");
    // BIP-383; more do not fit a P2SH script of 520 bytes
    const std::size_t most = out_.wsh ? 20 : out_.sh ? 15 : 3;
    while (take(",")) {
      if (out_.keys.size() == most) return fail("it has more than " + std::to_string(most) + " keys, which is the most there");
      if (!read_key(rule)) return false;
    }
    if (out_.threshold < 1 || out_.threshold > out_.keys.size()) return fail("it wants no signature, or more than it has keys");
    constexpr std::size_t max_p2sh = 520, per_key = 34, frame = 3;
    const auto longer = static_cast<std::size_t>(std::ranges::count_if(out_.keys, [](const auto& key) { return key.fixed.size() == 65; }));
    if (out_.sh && !out_.wsh && frame + out_.keys.size() * per_key + longer * 32 > max_p2sh) return fail("its keys do not fit into sh()");
    return take(")") || missing("closing bracket");
  }

  // {A,B} with leaves of pk(KEY): `second` says for each open brace whether its comma was seen.
  bool read_tree() {
    std::vector<bool> second;
    for (;;) {
      while (take("{")) {
        second.push_back(false);
        if (second.size() > max_tree_depth) return fail("its tree is deeper than 128");
      }
      if (!take("pk(")) return fail("a leaf of its tree is not pk(KEY); others are not handled here", true);
      if (!read_key(KeyRule::x_only)) return false;
      if (!take(")")) return missing("closing bracket");
      out_.depths.push_back(static_cast<unsigned>(second.size()));
      while (!second.empty() && second.back()) {
        if (!take("}")) return missing("}");
        second.pop_back();
      }
      if (second.empty()) return true;
      if (!take(",")) return missing("comma in its tree");
      second.back() = true;
    }
  }

  bool steps_agree() {
    const std::size_t all = out_.choices();
    for (const DescriptorKey& key : out_.keys)
      if (key.choices() != 1 && key.choices() != all) return fail("its keys have steps in <> with different numbers of values");
    return true;
  }

  std::string_view rest_;
  DescriptorFault& fault_;
  Descriptor out_;
};

// Where the text is wrong is found only in one of ordinary length.
std::string typo_words(std::string_view script, std::string_view checksum) {
  constexpr std::size_t longest = 700;
  if (script.size() > longest) return {};
  constexpr std::string_view typed = "0123456789()[],'/*abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ<;>_";
  const auto place = lone_typo(std::string(script), typed, 0, [&](std::string_view text) { return descriptor_checksum(text) == checksum; });
  if (place) return where_words(place);
  const auto in_sum = lone_typo(std::string(checksum), bech32_alphabet, 0, [&](std::string_view sum) { return descriptor_checksum(script) == sum; });
  return in_sum ? where_words(*in_sum + script.size() + 1) : "";
}

XOnly x_only(const Bytes& key) {
  XOnly out;
  std::copy(key.end() - static_cast<std::ptrdiff_t>(out.size()), key.end(), out.begin());
  return out;
}

// Leaves come in the order of the text: two neighbours of one depth are the two halves of a branch.
XOnly tree_root(const std::vector<Bytes>& keys, const std::vector<unsigned>& depths) {
  std::vector<std::pair<unsigned, XOnly>> open;
  for (std::size_t leaf = 0; leaf < depths.size(); ++leaf) {
    open.emplace_back(depths[leaf], tap_leaf(x_only(keys[leaf + 1])));
    while (open.size() > 1 && open.back().first == open[open.size() - 2].first) {
      const XOnly right = open.back().second;
      open.pop_back();
      open.back() = {open.back().first - 1, tap_branch(open.back().second, right)};
    }
  }
  return open.front().second;
}

}  // namespace

bool Descriptor::has_private() const { return std::ranges::any_of(keys, &DescriptorKey::is_private); }

bool Descriptor::ranged() const {
  return std::ranges::any_of(keys, [](const DescriptorKey& key) { return key.last != DescriptorKey::Last::none; });
}

std::size_t Descriptor::choices() const {
  std::size_t most = 1;
  for (const DescriptorKey& key : keys) most = std::max(most, key.choices());
  return most;
}

std::optional<Bytes> Descriptor::script_at(std::size_t choice, std::uint32_t index) const {
  std::vector<Bytes> public_keys;
  for (const DescriptorKey& key : keys) {
    if (!key.node) {
      public_keys.push_back(key.fixed);
      continue;
    }
    auto node = key.derived(choice);
    if (node && key.last != DescriptorKey::Last::none) node = node->child(key.last == DescriptorKey::Last::children ? index : index | hardened);
    if (!node) return std::nullopt;
    public_keys.emplace_back(node->public_key().begin(), node->public_key().end());
  }
  Bytes inside;
  switch (form) {
    case Form::pk: inside = p2pk(public_keys[0]); break;
    case Form::pkh: inside = p2pkh(public_keys[0]); break;
    case Form::wpkh: inside = p2wpkh(public_keys[0]); break;
    case Form::tr: return p2tr(x_only(public_keys[0]), depths.empty() ? std::nullopt : std::optional(tree_root(public_keys, depths)));
    case Form::sortedmulti: std::sort(public_keys.begin(), public_keys.end()); [[fallthrough]];
    case Form::multi: inside = multisig_script(threshold, public_keys); break;
    case Form::raw: return script;
  }
  if (wsh) inside = p2wsh(inside);
  return sh ? p2sh(inside) : inside;
}

std::optional<Descriptor> parse_descriptor(std::string_view text, DescriptorFault& fault) {
  constexpr std::size_t checksum_length = 8;
  fault = {};
  if (text.size() > max_descriptor) return fault.sentence = "it is longer than 16384 characters", std::nullopt;
  const std::size_t hash = text.find('#');
  const std::string_view script = text.substr(0, hash);
  const auto wanted = descriptor_checksum(script);
  if (!wanted) return fault.sentence = "it holds a character that no descriptor may have", std::nullopt;
  if (hash != text.npos) {
    const std::string_view given = text.substr(hash + 1);
    if (given.size() != checksum_length) return fault.sentence = "its checksum (behind the #) does not have 8 characters", std::nullopt;
    if (given != *wanted) return fault.sentence = "its checksum does not hold: a character is missing, wrong or too much" + typo_words(script, given), std::nullopt;
  }
  auto out = Reader(script, fault).read();
  if (out) out->checksum_given = hash != text.npos;
  return out;
}

}  // namespace hwbak::wallet
