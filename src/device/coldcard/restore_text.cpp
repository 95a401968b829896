// Restore from the decrypted text on: the secret, and what of the settings the device keeps
// (docs/formats/coldcard.md, "Restoring on a device").
#include <algorithm>
#include <unordered_map>

#include "base/hex.h"
#include "base/json_spans.h"
#include "base/unicode.h"
#include "device/coldcard/parts.h"
#include "device/coldcard/rehearsal_parts.h"

namespace hwbak::coldcard {
namespace {

constexpr std::size_t long_secret_digits = 832;
constexpr std::string_view setting_prefix = "setting.";

// The device's dictionary: for a repeated key the last line counts, and lines that do not parse do not.
class Pairs final {
 public:
  explicit Pairs(std::string_view text) : text_(parse_text(text)) {
    for (const Line& line : text_.lines)
      if (line.kind == LineKind::pair) last_[line.key] = &line;
  }
  [[nodiscard]] const Line* find(std::string_view key) const {
    const auto found = last_.find(key);
    return found == last_.end() ? nullptr : found->second;
  }
  [[nodiscard]] std::optional<SecretString> string(std::string_view key) const {
    const Line* const line = find(key);
    return line == nullptr ? std::nullopt : string_value(line->value);
  }
  // Each key once, in the order of the lines that count.
  template <typename Visit>
  void each(Visit visit) const {
    for (const Line& line : text_.lines)
      if (line.kind == LineKind::pair && find(line.key) == &line) visit(line);
  }

 private:
  Text text_;
  std::unordered_map<std::string_view, const Line*> last_;
};

// What MicroPython takes for false: null, false, zero and what is empty.
bool is_false(std::string_view json) {
  const auto spans = JsonSpans::parse(json);
  if (!spans) return false;
  const auto root = spans->root();
  switch (root.kind()) {
    case JsonNode::Kind::null: return true;
    case JsonNode::Kind::boolean: return root.boolean() == false;
    case JsonNode::Kind::number: {
      const std::string_view raw = root.raw();
      const std::string_view digits = raw.substr(0, raw.find_first_of("eE"));
      return digits.find_first_of("123456789") == std::string_view::npos;
    }
    case JsonNode::Kind::string: return root.raw() == "\"\"";
    case JsonNode::Kind::array:
    case JsonNode::Kind::object: return root.size() == 0;
  }
  return false;
}

DeviceAnswer no_secret(std::string reason, std::string_view shown, std::string mend) {
  constexpr std::string_view sentence = "Unable to decode raw_secret and restore the seed value!";
  std::string message(sentence);
  if (!shown.empty()) message.append("\n\n\n").append(shown);
  return refuse(std::move(reason), std::move(message), std::move(mend));
}

// The secret and the chain, or why the device refuses.
std::optional<DeviceAnswer> take_secret(const Pairs& pairs, const Firmware& firmware, Restored& out) {
  const std::string look(mend_look);
  if (pairs.find("raw_secret") == nullptr) return no_secret("the text has no raw_secret", {}, look);
  const auto digits = pairs.string("raw_secret");
  if (!digits) return no_secret("raw_secret is no text", {}, look);
  if (digits->size() % 2 != 0 && !firmware.reads_odd_digits)
    return no_secret("raw_secret has an odd number of digits, which firmware before 2.1.3 cannot read", {},
                     look);
  SecretFault fault;
  auto secret = decode_secret(digits->expose(), fault);
  if (!secret) return no_secret("raw_secret does not decode: " + fault.sentence, {}, look);

  std::optional<wallet::Chain> chain = wallet::Chain::mainnet;
  if (const Line* const line = pairs.find("chain")) {
    const auto code = string_value(line->value);
    chain = code ? wallet::chain_from_code(code->expose()) : std::nullopt;
    if (!chain) return no_secret("chain names no chain a Coldcard knows (BTC, XTN, XRT)", {}, look);
    out.chain_code = wallet::coldcard_code(*chain);
  }
  if (pairs.find("xprv") != nullptr) {
    const auto xprv = pairs.string("xprv");
    if (!xprv || !secret->node->xprv(*chain).equals(xprv->expose()))
      return no_secret("xprv belongs to another wallet than raw_secret, or to another chain", "xprv mismatch", look);
  }
  out.secret = std::move(secret);
  return std::nullopt;
}

// Why a device does not take a setting over at all.
bool is_dropped(std::string_view name, const Firmware& firmware) noexcept {
  return (name == "bkpw" && firmware.drops_bkpw) || (name == "sd2fa" && firmware.drops_sd2fa) ||
         (name == "ccc" && firmware.drops_ccc) || (name == "notes" && firmware.drops_notes && !firmware.has_keyboard);
}

// USB, NFC and virtual disk: the value that switches them off, when another was given.
std::optional<std::string_view> forced_value(std::string_view name, std::string_view json) {
  if (name == "du" && is_false(json)) return "1";  // "disable USB"
  if ((name == "nfc" || name == "vidsk") && !is_false(json)) return "0";
  return std::nullopt;
}

// Taken over, but not for long: trick PINs are made anew in the secure element, what follows from the secret at login.
bool is_made_anew(std::string_view name, const Firmware& firmware) noexcept {
  return (name == "tp" && firmware.has_trick_pins) || name == "xfp" || name == "xpub" || name == "words";
}

void take_settings(const Pairs& pairs, const Firmware& firmware, Restored& out) {
  pairs.each([&](const Line& line) {
    if (!line.key.starts_with(setting_prefix)) return;
    const std::string_view name = line.key.substr(setting_prefix.size());
    if (is_dropped(name, firmware)) return out.dropped.emplace_back(line.key), void();
    const auto forced = firmware.forces_switches_off ? forced_value(name, line.value) : std::nullopt;
    if (forced || is_made_anew(name, firmware)) out.changed.emplace_back(line.key);
    out.settings.push_back({std::string(name), SecretString::copy_of(forced ? *forced : line.value)});
  });
  // NFC and virtual disk are off when nothing is said of them; USB is on.
  if (firmware.forces_switches_off && pairs.find("setting.du") == nullptr) {
    out.changed.emplace_back("setting.du");
    out.settings.push_back({"du", SecretString::copy_of("1")});
  }
}

void take_extras(const Pairs& pairs, const Firmware& firmware, Restored& out) {
  if (pairs.find("long_secret") != nullptr) {
    auto digits = pairs.string("long_secret");
    if (firmware.has_long_secret && digits && digits->size() == long_secret_digits && is_hex(digits->expose()))
      out.long_secret = std::move(digits);
    else
      out.dropped.emplace_back("long_secret");
  }
  if (const Line* const line = pairs.find("hsm_policy")) {
    const auto policy = string_value(line->value);
    if (firmware.has_hsm_policy && policy && policy->expose().starts_with('{') && policy->expose().ends_with('}'))
      out.hsm_policy = SecretString::copy_of(line->value);
    else
      out.dropped.emplace_back("hsm_policy");
  }
}

// A temporary seed comes with its multisig wallets and nothing else.
void take_temporary(const Pairs& pairs, Restored& out) {
  pairs.each([&](const Line& line) {
    if (line.key == "setting.multisig")
      out.settings.push_back({"multisig", SecretString::copy_of(line.value)});
    else if (line.key.starts_with(setting_prefix) || line.key == "long_secret" || line.key == "hsm_policy")
      out.dropped.emplace_back(line.key);
  });
}

}  // namespace

Restored restore_text(std::string_view text, const Firmware& firmware, DeviceState state) {
  Restored out;
  if (!is_utf8(text)) {
    out.answer = refuse("the text is not UTF-8", "Invalid backup file.", std::string(mend_look));
    return out;
  }
  const Pairs pairs(text);
  if (const auto refused = take_secret(pairs, firmware, out)) {
    out.answer = *refused;
    return out;
  }
  out.fingerprint = out.secret->node->fingerprint();
  out.asks_to_confirm = firmware.confirms_fingerprint;
  if (state == DeviceState::temporary) {
    take_temporary(pairs, out);
    out.answer.message = "New temporary master key is in effect now.";
  } else {
    take_settings(pairs, firmware, out);
    take_extras(pairs, firmware, out);
    out.answer.message = "Everything has been successfully restored.";
  }
  return out;
}

}  // namespace hwbak::coldcard
