// See json_writer.h.
#include "device/cdc_badge/json_writer.h"

#include <array>
#include <cmath>
#include <cstdio>
#include <cstdlib>

#include "base/as_bytes.h"
#include "base/base32.h"

namespace hwbak::cdc_badge {
namespace {

// Numbers of a payload can be counters of a secret account.
struct Digits {
  std::array<char, 40> text{};
  ~Digits() { wipe(text.data(), text.size()); }
};

void put_text(JsonWriter& out, std::string_view key, std::string_view bytes) {
  out.key(key);
  out.text(bytes);
}

void put_number(JsonWriter& out, std::string_view key, double value) {
  out.key(key);
  out.number(value);
}

}  // namespace

void append_json_text(SecretBytes& out, std::string_view bytes) {
  constexpr std::string_view hex = "0123456789abcdef", escaped = "\"\\\b\f\n\r\t", letters = "\"\\bfnrt";
  out.append('"');
  std::size_t plain = 0;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    const auto byte = static_cast<std::uint8_t>(bytes[i]);
    const std::size_t known = escaped.find(bytes[i]);
    if (byte >= 0x20 && known == std::string_view::npos) continue;
    out.append(as_bytes(bytes.substr(plain, i - plain)));
    plain = i + 1;
    out.append('\\');
    if (known != std::string_view::npos) {
      out.append(static_cast<std::uint8_t>(letters[known]));
    } else {
      out.append(as_bytes("u00"));
      out.append(static_cast<std::uint8_t>(hex[byte >> 4]));
      out.append(static_cast<std::uint8_t>(hex[byte & 15]));
    }
  }
  out.append(as_bytes(bytes.substr(plain)));
  out.append('"');
}

void append_json_number(SecretBytes& out, double value) {
  Digits digits;
  int length = 0;
  if (!std::isfinite(value)) return out.append(as_bytes("null"));
  // 15 digits where they say the same number, else 17.
  for (const int precision : {15, 17}) {
    length = std::snprintf(digits.text.data(), digits.text.size(), "%1.*g", precision, value);
    if (std::strtod(digits.text.data(), nullptr) == value) break;
  }
  out.append(as_bytes({digits.text.data(), static_cast<std::size_t>(length)}));
}

void JsonWriter::put(std::string_view part) { out_.append(as_bytes(part)); }

void JsonWriter::before_value() {
  if (!first_) put(",");
  first_ = false;
}

void JsonWriter::begin(char bracket) {
  before_value();
  put({&bracket, 1});
  first_ = true;
}

void JsonWriter::end(char bracket) {
  put({&bracket, 1});
  first_ = false;
}

void JsonWriter::key(std::string_view name) {
  before_value();
  append_json_text(out_, name);
  put(":");
  first_ = true;  // no comma between a key and its value
}

void JsonWriter::text(std::string_view bytes) {
  before_value();
  append_json_text(out_, bytes);
}

void JsonWriter::number(double value) {
  before_value();
  append_json_number(out_, value);
}

void JsonWriter::raw(std::string_view json) {
  before_value();
  put(json);
}

void put_twofa(JsonWriter& out, const TwoFactorFields& fields) {
  out.begin_object();
  put_text(out, "name", fields.name);
  put_text(out, "issuer", fields.issuer);
  put_number(out, "type", fields.type);
  put_number(out, "algorithm", fields.hash);
  put_number(out, "digits", fields.digits);
  put_number(out, "period", fields.period);
  put_number(out, "counter", static_cast<double>(fields.counter));
  put_number(out, "flags", fields.flags);
  put_text(out, "secret", to_base32(fields.secret).expose());
  out.end_object();
}

void put_login(JsonWriter& out, const LoginFields& fields) {
  out.begin_object();
  put_text(out, "title", fields.title);
  put_text(out, "username", fields.username);
  put_text(out, "password", fields.password);
  put_text(out, "url", fields.url);
  put_text(out, "notes", fields.notes);
  put_number(out, "totp_slot", fields.totp_slot);
  out.end_object();
}

}  // namespace hwbak::cdc_badge
