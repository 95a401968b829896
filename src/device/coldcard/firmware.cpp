// The table behind firmware.h (docs/formats/coldcard.md, "Firmware versions"). Each line of firmware is a list of
// changes: what a release did first, and the last release known before the next change.
#include "device/coldcard/firmware.h"

#include <algorithm>
#include <span>

namespace hwbak::coldcard {
namespace {

struct Change {
  Release since, until;
  void (*apply)(Firmware&);
};

// What all lines began with.
Firmware first_firmware() {
  Firmware f;
  f.size_limit = f.verify_text_limit = 10000;
  f.verify_checks_signature = f.gives_reasons = false;
  f.confirms_fingerprint = f.confirms_clone = f.loads_temporary = f.takes_custom_password = f.stores_password = false;
  f.drops_bkpw = f.drops_sd2fa = f.drops_ccc = f.drops_notes = f.forces_switches_off = false;
  return f;
}

void large_texts(Firmware& f) {
  f.size_limit = f.verify_text_limit = 131072;
  f.forces_switches_off = f.drops_notes = true;
}
void custom_passwords(Firmware& f) { f.takes_custom_password = f.drops_ccc = true; }
void confirmation(Firmware& f) { f.confirms_fingerprint = true; }
void better_messages(Firmware& f) { f.verify_checks_signature = f.gives_reasons = f.drops_bkpw = true; }
void rounds_limit(Firmware& f) {
  f.max_rounds_pow = 19;
  f.confirms_clone = true;
}

constexpr Change mk1_3[] = {
    {{1, 0, 0}, {2, 0, 4}, [](Firmware& f) {
       f.size_limit = f.verify_text_limit = 2000;
       f.fixed_inner_name = true;
       f.reads_odd_digits = f.has_long_secret = f.has_hsm_policy = f.has_trick_pins = f.clones = false;
     }},
    {{2, 1, 0}, {2, 1, 2}, [](Firmware& f) { f.size_limit = 6000; }},
    {{2, 1, 3}, {3, 0, 4}, [](Firmware& f) { f.reads_odd_digits = true; }},
    {{3, 0, 5}, {3, 0, 6}, [](Firmware& f) {
       f.size_limit = f.verify_text_limit = 10000;
       f.has_long_secret = true;
     }},
    {{3, 1, 0}, {3, 2, 2}, [](Firmware& f) { f.has_hsm_policy = true; }},
};
constexpr Change mk2_3_v4[] = {{{4, 0, 0}, {4, 2, 0}, [](Firmware& f) { f.has_trick_pins = false; }}};
constexpr Change mk4_5[] = {
    {{5, 0, 0}, {5, 0, 7}, [](Firmware&) {}},
    {{5, 1, 0}, {5, 1, 2}, [](Firmware& f) { f.stores_password = true; }},
    {{5, 1, 3}, {5, 2, 0}, [](Firmware& f) { f.drops_sd2fa = true; }},
    {{5, 2, 1}, {5, 2, 2}, [](Firmware& f) { f.loads_temporary = true; }},
    {{5, 3, 0}, {5, 4, 1}, large_texts},
    {{5, 4, 2}, {5, 4, 4}, custom_passwords},
    {{5, 4, 5}, {5, 5, 0}, confirmation},
    {{5, 5, 1}, {5, 6, 0}, better_messages},
    {{5, 6, 1}, {5, 6, 1}, rounds_limit},
};
constexpr Change q[] = {
    {{0, 0, 0}, {1, 0, 1}, [](Firmware& f) {
       f.loads_temporary = f.stores_password = f.drops_sd2fa = f.has_keyboard = true;
       f.has_hsm_policy = false;
     }},
    {{1, 0, 2}, {1, 3, 1}, large_texts},
    {{1, 3, 2}, {1, 3, 4}, custom_passwords},
    {{1, 3, 5}, {1, 4, 0}, confirmation},
    {{1, 4, 1}, {1, 5, 0}, [](Firmware& f) {
       better_messages(f);
       f.imports_notes = true;
     }},
    {{1, 5, 1}, {1, 5, 1}, rounds_limit},
};
// Edge releases follow the main line by their dates.
constexpr Change edge[] = {
    {{6, 0, 0}, {6, 1, 0}, [](Firmware& f) { f.stores_password = f.drops_sd2fa = f.by_analogy = true; }},
    {{6, 2, 1}, {6, 2, 2}, [](Firmware& f) { f.loads_temporary = true; }},
    {{6, 3, 0}, {6, 3, 5}, large_texts},
    {{6, 4, 0}, {6, 5, 0}, [](Firmware& f) {
       custom_passwords(f);
       confirmation(f);
     }},
    {{6, 6, 0}, {6, 6, 0}, better_messages},
};
constexpr Change edge_q[] = {
    {{6, 3, 0}, {6, 3, 5}, [](Firmware& f) {
       large_texts(f);
       f.loads_temporary = f.stores_password = f.drops_sd2fa = f.has_keyboard = f.by_analogy = true;
       f.has_hsm_policy = false;
     }},
    {{6, 4, 0}, {6, 5, 0}, [](Firmware& f) {
       custom_passwords(f);
       confirmation(f);
     }},
    {{6, 6, 0}, {6, 6, 0}, [](Firmware& f) {
       better_messages(f);
       f.imports_notes = true;
     }},
};

constexpr FirmwareFamily families[] = {FirmwareFamily::mk1_3, FirmwareFamily::mk2_3_v4, FirmwareFamily::mk4_5,
                                       FirmwareFamily::q,     FirmwareFamily::edge,     FirmwareFamily::edge_q};

std::span<const Change> changes_of(FirmwareFamily family) noexcept {
  switch (family) {
    case FirmwareFamily::mk1_3: return mk1_3;
    case FirmwareFamily::mk2_3_v4: return mk2_3_v4;
    case FirmwareFamily::mk4_5: return mk4_5;
    case FirmwareFamily::q: return q;
    case FirmwareFamily::edge: return edge;
    case FirmwareFamily::edge_q: return edge_q;
  }
  return {};
}

}  // namespace

std::optional<Firmware> firmware(const FirmwareVersion& version) {
  const auto changes = changes_of(version.family);
  const Release asked = version.release;
  if (changes.empty() || asked < changes.front().since) return std::nullopt;
  const Release newest = changes.back().until;
  const bool beyond = asked > newest;
  if (beyond && (asked.major != newest.major || asked.minor != newest.minor)) return std::nullopt;
  Firmware out = first_firmware();
  for (const Change& change : changes) {
    if (asked < change.since) break;
    change.apply(out);
    // A number between two releases behaves as the one before it.
    out.until = std::max(asked, change.until);
  }
  out.version = version;
  out.beyond_known = beyond;
  return out;
}

Release newest_release(FirmwareFamily family) noexcept { return changes_of(family).back().until; }

std::vector<Firmware> current_firmware() {
  std::vector<Firmware> out;
  for (const FirmwareFamily family : {FirmwareFamily::mk4_5, FirmwareFamily::q, FirmwareFamily::mk2_3_v4})
    out.push_back(*firmware({newest_release(family), family, false}));
  return out;
}

std::vector<Firmware> firmware_history() {
  std::vector<Firmware> out;
  for (const FirmwareFamily family : families)
    for (const Change& change : changes_of(family)) out.push_back(*firmware({change.since, family, false}));
  return out;
}

std::string_view hardware_of(FirmwareFamily family) noexcept {
  switch (family) {
    case FirmwareFamily::mk1_3: return "Mk1, Mk2, Mk3";
    case FirmwareFamily::mk2_3_v4: return "Mk2, Mk3";
    case FirmwareFamily::mk4_5:
    case FirmwareFamily::edge: return "Mk4, Mk5";
    case FirmwareFamily::q:
    case FirmwareFamily::edge_q: return "Q";
  }
  return "";
}

}  // namespace hwbak::coldcard
