// What a practice Coldcard keeps, and how it is written down: lines `key = JSON` as in a backup text
// (docs/formats/coldcard.md, "The text"), which are then sealed (practice/sealed_state.h).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "device/coldcard/rehearsal.h"
#include "practice/coldcard/practice.h"

namespace hwbak::practice::coldcard {

namespace cc = hwbak::coldcard;

[[nodiscard]] std::string_view name(Model model) noexcept;  // "mk4"
[[nodiscard]] bool runs_on(cc::FirmwareFamily family, Model model) noexcept;
// Throws Error(refused) when the firmware is unknown or for another model; empty text: the newest of the model.
[[nodiscard]] cc::Firmware firmware_for(Model model, std::string_view version);

// A seed and what belongs to it. A device has one, and may hold another in RAM.
struct Wallet {
  std::optional<cc::WalletSecret> secret;  // empty: no seed yet
  std::vector<cc::TakenSetting> settings;
  std::optional<SecretString> long_secret, hsm_policy;  // 832 hex digits; JSON

  [[nodiscard]] const SecretString* setting(std::string_view key) const noexcept;  // JSON; nullptr when it is not set
  void set(std::string_view key, SecretString json);
  void remove(std::string_view key);
  [[nodiscard]] wallet::Chain chain() const;  // setting.chain, or Bitcoin
};

struct State {
  Model model = Model::mk4;
  std::string firmware;                    // "5.6.1"
  Wallet wallet;
  std::optional<SecretString> duress_pin;  // Mk2 and Mk3
};

[[nodiscard]] SecretBytes serialise(const State& state);
// Throws Error(damaged) for what this program does not write.
[[nodiscard]] State parse_state(std::string_view text);

}  // namespace hwbak::practice::coldcard
