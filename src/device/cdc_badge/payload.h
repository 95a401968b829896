// What the JSON of a CDC Badge backup means: every record against types, ranges and the badge's limits, each with its path
// (docs/formats/cdc-badge.md, "The payload"). Bytes in; strings are decoded one by one.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/json_spans.h"
#include "hwbak/report.h"
#include "hwbak/secret.h"

namespace hwbak::cdc_badge {

// Secret characters: in the payload where they stand there as they are, which is nearly always, and else its own. They are
// good as long as the Payload they came from.
class HeldText final {
 public:
  HeldText() noexcept = default;
  HeldText(SecretString own) noexcept : own_(std::move(own)), view_(own_.expose()) {}
  // `held` stays where it is for as long.
  [[nodiscard]] static HeldText within(std::string_view held) noexcept {
    HeldText out;
    out.view_ = held;
    return out;
  }
  HeldText(HeldText&& other) noexcept : own_(std::move(other.own_)), view_(std::exchange(other.view_, {})) {}
  HeldText& operator=(HeldText&& other) noexcept {
    own_ = std::move(other.own_);
    view_ = std::exchange(other.view_, {});
    return *this;
  }

  [[nodiscard]] std::string_view expose() const noexcept { return view_; }
  [[nodiscard]] std::size_t size() const noexcept { return view_.size(); }
  [[nodiscard]] bool empty() const noexcept { return view_.empty(); }
  [[nodiscard]] SecretString clone() const { return SecretString::copy_of(view_); }
  [[nodiscard]] bool equals(std::string_view other) const noexcept { return view_ == other; }

 private:
  SecretString own_;
  std::string_view view_;
};

// A string of the payload. `bytes` as stored (escapes undone), `text` as UTF-8 for people.
struct Text {
  HeldText bytes, text;
  bool cp437 = false;      // was no UTF-8
  bool cut = false;        // ended inside a character
};

enum class OathType { totp = 0, hotp = 1, challenge_response = 2 };
enum class Hash { sha1 = 0, sha256 = 1, sha512 = 2 };

struct TwoFactor {
  std::string path;        // "modules.mod_2fa.entries[3]"
  Text name, issuer;
  OathType type = OathType::totp;
  Hash hash = Hash::sha1;
  unsigned digits = 6, period = 30;
  std::uint64_t counter = 0;
  std::uint32_t flags = 0;
  SecretBytes secret;      // decoded
  bool good = true;        // false: it has a flaw of its own
  bool room = true;        // false: behind the last one that a badge keeps
};
struct Login {
  std::string path;
  bool good = true, room = true;
  Text title, username, password, url, notes;
  std::optional<unsigned> totp_slot;   // none: absent, 255, -1
};
struct Card {
  std::string path;
  bool own = false;
  Text text;
  bool good = true, room = true;
};
struct Wifi {
  Text ssid, password;
  unsigned security = 3;
  bool dhcp = true;
  std::optional<std::uint32_t> ip, gateway, netmask;
};
struct System {
  std::optional<Text> language, badge_name, badge_info, badge_info2;
  std::optional<std::int64_t> backlight, sleep_interval, tz_offset, wifi_timeout;
  std::optional<bool> wifi_enabled;
  std::optional<Wifi> wifi;
  std::vector<std::pair<std::string, bool>> modules_enabled;
};

// A record or field that a badge, or this program, cannot take as it is.
struct Flaw {
  enum class Kind {
    value,    // what stands there is wrong: the field is not read, and mostly neither is its record
    refused,  // it is read, but a badge does not take it
    full,     // the same, because of the records in front of it
  };
  std::string path, sentence;
  Kind kind = Kind::value;
};
struct Section {
  std::string name;        // untrusted
  bool known = false;      // mod_2fa, mod_password, mod_vcard
  bool forbidden = false;  // claims keys that never leave the secure element
  std::optional<std::int64_t> schema;   // nullopt: missing or no number
  bool read = true;        // false: another schema, nothing of it is read
  std::size_t records = 0; // elements of its list; the own card is none
};

struct Payload {
  SecretBytes json;                      // what everything below was read from
  std::string host_api_level, fw_version;
  std::vector<Section> sections;         // in document order
  std::vector<TwoFactor> twofa;
  std::vector<Login> logins;
  std::vector<Card> cards;
  std::optional<System> system;
  std::vector<Flaw> flaws;               // what is not good; not empty: `partial`
  std::vector<Finding> findings;         // odd but not wrong: duplicate keys, trailing data, unknown keys, CP437 strings, ...
};

// Throws Error(damaged) when it is no JSON or has another root or `modules` type, with the offset in `json`; its sentence begins
// with "no JSON" or "JSON", for the caller to say what that is. Survives any bytes.
[[nodiscard]] Payload understand(ByteView json);

}  // namespace hwbak::cdc_badge
