// JSON as the badge's own writer (cJSON) prints it: one line, no white space, bytes above 0x7F as they are
// (docs/formats/cdc-badge.md, "The payload"). Everything written is a secret.
#pragma once

#include <cstdint>
#include <string_view>

#include "hwbak/secret.h"

namespace hwbak::cdc_badge {

class JsonWriter final {
 public:
  // Commas are set by themselves. A key stands in front of every value inside an object.
  void begin_object() { begin('{'); }
  void end_object() { end('}'); }
  void begin_list() { begin('['); }
  void end_list() { end(']'); }
  void key(std::string_view name);
  void text(std::string_view bytes);     // quotes, backslashes and control characters are escaped, nothing else
  void number(double value);
  void boolean(bool value) { raw(value ? "true" : "false"); }
  void raw(std::string_view json);       // a value that is JSON already
  [[nodiscard]] SecretBytes take() noexcept { return std::move(out_); }

 private:
  void put(std::string_view part);
  void before_value();
  void begin(char bracket);
  void end(char bracket);

  SecretBytes out_;
  bool first_ = true;
};

// `bytes` in quotes, as text() writes them.
void append_json_text(SecretBytes& out, std::string_view bytes);
// Whole numbers without a point; large ones may have an exponent, as "1.8446744073709552e+19".
void append_json_number(SecretBytes& out, double value);

// The fields of one element of `entries`, all of them, in the badge's order.
struct TwoFactorFields {
  std::string_view name, issuer;
  unsigned type = 0, hash = 0, digits = 6, period = 30;
  std::uint64_t counter = 0;
  std::uint32_t flags = 0;
  ByteView secret;                       // decoded; written as Base32 without padding
};
void put_twofa(JsonWriter& out, const TwoFactorFields& fields);

struct LoginFields {
  std::string_view title, username, password, url, notes;
  unsigned totp_slot = 255;
};
void put_login(JsonWriter& out, const LoginFields& fields);

}  // namespace hwbak::cdc_badge
