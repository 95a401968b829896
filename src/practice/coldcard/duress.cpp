// Duress wallets, which a backup names, and the trick PINs that lead to them (docs/formats/coldcard.md, "Keys" and
// "Settings"); see device.h.
#include <algorithm>

#include "base/json_spans.h"
#include "base/json_string.h"
#include "practice/coldcard/device.h"

namespace hwbak::practice::coldcard {
namespace {

constexpr std::array<std::uint32_t, 3> xprv_path = {wallet::hardened | 2147431408u, wallet::hardened, wallet::hardened};
constexpr std::string_view xprv_path_text = "m/2147431408h/0h/0h";
constexpr unsigned slots = 14;  // of the secure element, for trick PINs and the wallets behind them

struct Trick {
  SecretString pin;
  std::string_view json;  // its record as written
  unsigned flags = 0, argument = 0;
};

// -1 when there is none.
std::int64_t number_at(const JsonSpans::Ref& record, std::size_t index) {
  const auto element = record.element(index);
  return element ? element->integer().value_or(-1) : -1;
}

// Records that are none are passed over, as on a device.
std::vector<Trick> tricks_in(const JsonSpans& spans) {
  std::vector<Trick> tricks;
  for (const JsonSpans::Ref& member : spans.root().children()) {
    auto pin = member.key();
    const std::int64_t flags = number_at(member, 1), argument = number_at(member, 2);
    if (!pin || flags < 0 || flags > 0xFFFF || argument < 0 || argument > 0xFFFF) continue;
    tricks.push_back({std::move(*pin), member.raw(), static_cast<unsigned>(flags), static_cast<unsigned>(argument)});
  }
  return tricks;
}

unsigned slots_of(unsigned flags) noexcept { return (flags & word_wallet) != 0 ? 2 : (flags & xprv_wallet) != 0 ? 3 : 1; }

// A delta mode PIN has the true PIN's length and its digits but the last four.
bool fits_delta_mode(std::string_view pin, std::string_view trick) {
  const auto digits = [](std::string_view text) {
    SecretString out;
    for (const char c : text)
      if (c != '-') out.append(c);
    return out;
  };
  const SecretString right = digits(pin), fake = digits(trick);
  return right.size() == fake.size() && right.size() >= 4 &&
         right.expose().substr(0, right.size() - 4) == fake.expose().substr(0, fake.size() - 4);
}

void append_member(SecretString& object, std::string_view key, std::string_view json) {
  if (object.size() > 1) object.append(", ");
  object.append(json_string(key).expose());
  object.append(": ");
  object.append(json);
}

void add_xprv(std::vector<cc::TextParts::Block>& blocks, const Wallet& wallet, bool old_device) {
  const auto node = wallet.secret->node->derive(xprv_path);
  if (!node) return;
  const wallet::Node root = node->rerooted();
  cc::TextParts::Block block;
  block.comments = old_device ? std::vector<std::string>{"Duress Wallet (informational)"}
                              : std::vector<std::string>{"", "Duress: XPRV Wallet (informational)", "path = " + std::string(xprv_path_text)};
  block.keys.emplace_back("duress_xprv", json_string(root.xprv(wallet.chain()).expose()));
  if (old_device) block.keys.emplace_back("duress_xpub", json_string(root.xpub(wallet.chain())));
  blocks.push_back(std::move(block));
}

void add_words(std::vector<cc::TextParts::Block>& blocks, const Wallet& wallet, unsigned argument) {
  const unsigned words = argument >= 2000 ? 12 : 24;
  const auto mnemonic = wallet::bip85_words(*wallet.secret->node, words, argument);
  if (!mnemonic) return;
  cc::TextParts::Block block;
  block.comments = {"", "Duress: BIP-85 Derived wallet (informational)",
                    "BIP85(words=" + std::to_string(words) + ", index=" + std::to_string(argument) + ")"};
  block.keys.emplace_back("duress_" + std::to_string(argument) + "_words", json_string(mnemonic->expose()));
  blocks.push_back(std::move(block));
}

}  // namespace

std::vector<cc::TextParts::Block> duress_blocks(const Device& device) {
  std::vector<cc::TextParts::Block> blocks;
  const Wallet& wallet = device.state.wallet;
  if (!device.is_mk4()) {
    if (device.state.duress_pin) add_xprv(blocks, wallet, true);
    return blocks;
  }
  const SecretString* const json = wallet.setting("tp");
  const auto spans = json == nullptr ? std::nullopt : JsonSpans::parse(json->expose());
  if (!spans) return blocks;
  std::vector<std::pair<unsigned, unsigned>> done;
  for (const Trick& trick : tricks_in(*spans)) {
    const std::pair<unsigned, unsigned> kind{trick.flags & (word_wallet | xprv_wallet),
                                             (trick.flags & word_wallet) != 0 ? trick.argument : 0};
    if (kind.first == 0 || std::ranges::find(done, kind) != done.end()) continue;
    done.push_back(kind);
    if ((trick.flags & word_wallet) != 0)
      add_words(blocks, wallet, trick.argument);
    else
      add_xprv(blocks, wallet, false);
  }
  return blocks;
}

SecretString fitting_trick_pins(std::string_view json, const SecretString& pin) {
  SecretString out = SecretString::copy_of("{");
  if (const auto spans = JsonSpans::parse(json))
    for (const Trick& trick : tricks_in(*spans)) {
      if (trick.pin.equals(pin.expose())) continue;
      if ((trick.flags & delta_mode) != 0 && !fits_delta_mode(pin.expose(), trick.pin.expose())) continue;
      append_member(out, trick.pin.expose(), trick.json);
    }
  out.append('}');
  return out;
}

std::optional<SecretString> with_trick_pin(const SecretString* json, const SecretString& trick, unsigned flags, unsigned argument) {
  SecretString out = SecretString::copy_of("{");
  unsigned used = 0;
  const auto spans = json == nullptr ? std::nullopt : JsonSpans::parse(json->expose());
  if (spans)
    for (const Trick& known : tricks_in(*spans)) {
      if (known.pin.equals(trick.expose())) continue;
      used += slots_of(known.flags);
      append_member(out, known.pin.expose(), known.json);
    }
  if (used + slots_of(flags) > slots) return std::nullopt;
  const std::string record = "[" + std::to_string(used) + ", " + std::to_string(flags) + ", " + std::to_string(argument) + "]";
  append_member(out, trick.expose(), record);
  out.append('}');
  return out;
}

}  // namespace hwbak::practice::coldcard
