// What a device would do with a wrapped key (docs/formats/pico-hsm.md, "What a device takes back"): its checks in its
// order, the status word, and the mend.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "device/pico_hsm/key.h"

namespace hwbak::pico_hsm {

enum class Device { pico_hsm, smartcard_hsm };
struct Target {
  Device device = Device::pico_hsm;
  std::string version;                        // "6.6", "3.5"; as named
  [[nodiscard]] std::string text() const;     // "pico-hsm@6.6"
};
// "pico-hsm" (6.6), "pico-hsm@6.6", "smartcard-hsm" (3.x), "smartcard-hsm@3.x", "@3.0" to "@3.9": nullopt for a version
// that nothing is known of.
[[nodiscard]] std::optional<Target> parse_target(std::string_view text);
[[nodiscard]] std::vector<Target> all_targets();
inline constexpr std::string_view newest_pico_hsm = "6.6";

// `accept`: the device answers 9000 (which is no promise that the key is the same: read the reason). `reject`: it
// answers with status_word, or nothing reaches it. `unproven`: known by report only.
enum class Verdict { accept, reject, unproven };
struct Restore {
  Target target;
  Verdict verdict = Verdict::accept;
  std::string status_word;  // "9000", "6400"; empty when unproven, when not known, and when nothing reaches the device
  std::string reason;                         // a sentence
  std::vector<std::string> lost;              // what does not come back: "usage counter", "key domain", ...
  std::vector<std::string> notes;             // file-size limits of sc-hsm-tool versions, occupied references, ...
  std::string next;                           // the mend, or empty
  bool other_key = false;                     // accepted, and the device has a different key from then on
  bool bad_beside = false;  // accepted, and the certificate or description that goes with it is damaged or of another key
  // Nothing speaks against it.
  [[nodiscard]] bool good() const { return verdict == Verdict::accept && !other_key && !bad_beside; }
};
// What is known of the file: from closed (no DKEK) to read.
struct Known {
  const wrapped_key::Survey* survey = nullptr;       // nullptr: no wrapped key could be made out
  const wrapped_key::Opening* opening = nullptr;     // nullptr: no DKEK was given
  const Key* key = nullptr;                          // nullptr: closed, or its numbers are wrong (`error`)
  const Error* error = nullptr;
  const Beside* beside = nullptr;                    // of `key`
  std::optional<std::uint64_t> blob_size = std::nullopt;   // where there is no survey
};
[[nodiscard]] Restore restore(const Target& target, const Known& known);

}  // namespace hwbak::pico_hsm
