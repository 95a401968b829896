// The advisory's version table as data (docs/formats/coldcard.md, "The July 2026 advisory"). A new
// release or a corrected figure changes this file alone.
#pragma once

#include <array>
#include <string_view>

#include "audit/coldcard_rng.h"

namespace hwbak::audit {

// Firmware of `family`, from `first` up to but without `below`.
struct VersionRule {
  FirmwareFamily family;
  Release first, below;
  AdvisoryLevel level;
  bool fixed;                 // the generator is repaired: its clone keys are sound
  std::string_view says;      // of the wallet, when nothing else decides
};

inline constexpr Release no_end{~0u, 0, 0};
inline constexpr std::string_view before_the_fault =
    "The backup was made by firmware from before the faulty code, so the wallet already existed by then. It is not "
    "weakened, unless it was made on another device that is affected.";
inline constexpr std::string_view about_40_bits =
    "The wallet is possibly affected: if its seed was generated on a Mk2 or Mk3 with firmware 4.0.0 to 4.1.9, and "
    "not with at least 50 private dice rolls, only about 40 bits protect it. Move the funds now.";
inline constexpr std::string_view about_72_bits =
    "The wallet is possibly affected: if its seed was generated on a device with unrepaired firmware of this line, "
    "and not with at least 50 private dice rolls, only about 72 bits or less protect it. Move the funds.";
inline constexpr std::string_view fixed_but_old_seed =
    "The firmware that made this backup is repaired, but that says nothing about the seed, which may be older. Ask: "
    "when was it made, on which firmware version, with dice?";

inline constexpr std::array<VersionRule, 11> version_rules = {{
    {FirmwareFamily::mk1_3, {0, 0, 0}, {4, 0, 0}, AdvisoryLevel::ok, true, before_the_fault},
    {FirmwareFamily::mk2_3_v4, {4, 0, 0}, {4, 2, 0}, AdvisoryLevel::critical, false, about_40_bits},
    {FirmwareFamily::mk2_3_v4, {4, 2, 0}, no_end, AdvisoryLevel::unknown, true, fixed_but_old_seed},
    {FirmwareFamily::mk4_5, {5, 0, 0}, {5, 6, 0}, AdvisoryLevel::high, false, about_72_bits},
    {FirmwareFamily::mk4_5, {5, 6, 0}, no_end, AdvisoryLevel::unknown, true, fixed_but_old_seed},
    {FirmwareFamily::q, {0, 0, 0}, {1, 5, 0}, AdvisoryLevel::high, false, about_72_bits},
    {FirmwareFamily::q, {1, 5, 0}, no_end, AdvisoryLevel::unknown, true, fixed_but_old_seed},
    {FirmwareFamily::edge, {0, 0, 0}, {6, 6, 0}, AdvisoryLevel::high, false, about_72_bits},
    {FirmwareFamily::edge, {6, 6, 0}, no_end, AdvisoryLevel::unknown, true, fixed_but_old_seed},
    {FirmwareFamily::edge_q, {0, 0, 0}, {6, 6, 0}, AdvisoryLevel::high, false, about_72_bits},
    {FirmwareFamily::edge_q, {6, 6, 0}, no_end, AdvisoryLevel::unknown, true, fixed_but_old_seed},
}};

// The first repaired release of each family, for the first step of the advice.
[[nodiscard]] constexpr std::string_view first_fixed(FirmwareFamily family) noexcept {
  switch (family) {
    case FirmwareFamily::mk1_3:
    case FirmwareFamily::mk2_3_v4: return "4.2.0";
    case FirmwareFamily::mk4_5: return "5.6.0";
    case FirmwareFamily::q: return "1.5.0Q";
    case FirmwareFamily::edge: return "6.6.0X";
    case FirmwareFamily::edge_q: return "6.6.0QX";
  }
  return "";
}

// Where a Seed Vault entry came from, by the start of its stored origin.
enum class Origin { generated, derived, dice, elsewhere };
struct OriginRule {
  std::string_view begins;
  Origin origin;
};
inline constexpr std::array<OriginRule, 5> origin_rules = {{
    {"Generated Words", Origin::generated},
    {"TRNG Words", Origin::generated},
    {"Dice", Origin::dice},
    {"BIP85 Derived", Origin::derived},
    {"BIP-39 Passphrase", Origin::derived},
}};

}  // namespace hwbak::audit
