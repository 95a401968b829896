// See state.h.
#include "practice/coldcard/state.h"

#include <algorithm>

#include "base/json_spans.h"
#include "base/json_string.h"
#include "base/unicode.h"
#include "device/coldcard/backup_text.h"
#include "device/coldcard/text.h"
#include "hwbak/error.h"

namespace hwbak::practice::coldcard {
namespace {

constexpr Model models[] = {Model::mk2, Model::mk3, Model::mk4, Model::q1};
constexpr std::string_view setting_prefix = "setting.";

Error damaged(const std::string& why) {
  return Error(Outcome::damaged, "the state of the practice device opens with this PIN but " + why, std::nullopt,
               "remove its file to start with an empty device");
}

void add(SecretString& out, std::string_view key, std::string_view json) {
  for (const std::string_view part : {key, std::string_view(" = "), json, std::string_view("\n")}) out.append(part);
}

// The string of a line; nullopt when there is no such line.
std::optional<SecretString> text_of(const cc::Text& text, std::string_view key) {
  const cc::Line* const line = text.find(key);
  if (line == nullptr) return std::nullopt;
  const auto spans = JsonSpans::parse(line->value);
  auto value = spans ? spans->root().string() : std::nullopt;
  if (!value) throw damaged("its line " + std::to_string(line->number) + " is no text");
  return value;
}

Model model_of(const cc::Text& text) {
  const auto found = text_of(text, "model");
  for (const Model model : models)
    if (found && found->equals(name(model))) return model;
  throw damaged("names no model known here");
}

std::string firmware_of(const cc::Text& text, Model model) {
  const auto found = text_of(text, "firmware");
  const auto version = found ? cc::parse_firmware(found->expose()) : std::nullopt;
  if (!version || !runs_on(version->family, model) || !cc::firmware(*version))
    throw damaged("names no firmware of its model");
  return std::string(found->expose());
}

Wallet wallet_of(const cc::Text& text) {
  Wallet wallet;
  if (const auto raw = text_of(text, "raw_secret")) {
    cc::SecretFault fault;
    wallet.secret = cc::decode_secret(raw->expose(), fault);
    if (!wallet.secret) throw damaged("its seed does not decode: " + fault.sentence);
  }
  wallet.long_secret = text_of(text, "long_secret");
  if (const cc::Line* const line = text.find("hsm_policy")) wallet.hsm_policy = SecretString::copy_of(line->value);
  for (const cc::Line& line : text.lines)
    if (line.kind == cc::LineKind::pair && line.key.starts_with(setting_prefix))
      wallet.set(line.key.substr(setting_prefix.size()), SecretString::copy_of(line.value));
  return wallet;
}

}  // namespace

std::string_view name(Model model) noexcept {
  switch (model) {
    case Model::mk2: return "mk2";
    case Model::mk3: return "mk3";
    case Model::mk4: return "mk4";
    case Model::q1: return "q1";
  }
  return "";
}

bool runs_on(cc::FirmwareFamily family, Model model) noexcept {
  const bool old_model = model == Model::mk2 || model == Model::mk3;
  switch (family) {
    case cc::FirmwareFamily::mk1_3:
    case cc::FirmwareFamily::mk2_3_v4: return old_model;
    case cc::FirmwareFamily::mk4_5:
    case cc::FirmwareFamily::edge: return model == Model::mk4;
    case cc::FirmwareFamily::q:
    case cc::FirmwareFamily::edge_q: return model == Model::q1;
  }
  return false;
}

std::optional<std::string> firmware_fault(std::optional<Model> model, std::string_view version) {
  const auto parsed = cc::parse_firmware(version);
  const bool known = parsed && cc::firmware(*parsed);
  if (known && std::ranges::any_of(models, [&](Model one) { return (!model || one == *model) && runs_on(parsed->family, one); }))
    return std::nullopt;
  const std::string named = "the firmware " + printable(version);
  if (!known) return named + " is not known here";
  return model ? named + " does not run on a " + std::string(name(*model)) : named + " runs on no model that can be practised on";
}

cc::Firmware firmware_for(Model model, std::string_view version) {
  if (version.empty())
    for (cc::Firmware& newest : cc::current_firmware())
      if (runs_on(newest.version.family, model)) return newest;
  const auto parsed = cc::parse_firmware(version);
  const auto known = parsed && runs_on(parsed->family, model) ? cc::firmware(*parsed) : std::nullopt;
  if (known) return *known;
  throw Error(Outcome::refused, "this firmware is not known here, or does not run on a " + std::string(name(model)), std::nullopt,
              "give a version like 5.6.1 (mk4), 1.5.1Q (q1) or 4.1.9 (mk2, mk3), or leave it out for the newest");
}

const SecretString* Wallet::setting(std::string_view key) const noexcept {
  const auto found = std::ranges::find(settings, key, &cc::TakenSetting::name);
  return found == settings.end() ? nullptr : &found->json;
}

void Wallet::set(std::string_view key, SecretString json) {
  const auto found = std::ranges::find(settings, key, &cc::TakenSetting::name);
  if (found != settings.end())
    found->json = std::move(json);
  else
    settings.push_back({std::string(key), std::move(json)});
}

void Wallet::remove(std::string_view key) {
  std::erase_if(settings, [&](const cc::TakenSetting& one) { return one.name == key; });
}

wallet::Chain Wallet::chain() const {
  const SecretString* const json = setting("chain");
  const auto spans = json == nullptr ? std::nullopt : JsonSpans::parse(json->expose());
  const auto code = spans ? spans->root().string() : std::nullopt;
  return (code ? wallet::chain_from_code(code->expose()) : std::nullopt).value_or(wallet::Chain::mainnet);
}

SecretBytes serialise(const State& state) {
  SecretString out = SecretString::copy_of("# State of a practice Coldcard of hwbak\n");
  const auto add_text = [&](std::string_view key, std::string_view value) {
    add(out, key, json_string(value).expose());
  };
  add_text("model", name(state.model));
  add_text("firmware", state.firmware);
  const Wallet& wallet = state.wallet;
  if (wallet.secret) add_text("raw_secret", cc::encode_secret(*wallet.secret).expose());
  if (wallet.long_secret) add_text("long_secret", wallet.long_secret->expose());
  if (wallet.hsm_policy) add(out, "hsm_policy", wallet.hsm_policy->expose());
  if (state.duress_pin) add_text("duress_pin", state.duress_pin->expose());
  for (const cc::TakenSetting& setting : wallet.settings)
    add(out, std::string(setting_prefix) + setting.name, setting.json.expose());
  return SecretBytes::copy_of(out.expose_bytes());
}

State parse_state(std::string_view bytes) {
  const cc::Text text = cc::parse_text(bytes);
  for (const cc::Line& line : text.lines)
    if (line.kind == cc::LineKind::unparsable) throw damaged("its line " + std::to_string(line.number) + " is damaged");
  State state;
  state.model = model_of(text);
  state.firmware = firmware_of(text, state.model);
  state.wallet = wallet_of(text);
  state.duress_pin = text_of(text, "duress_pin");
  return state;
}

}  // namespace hwbak::practice::coldcard
