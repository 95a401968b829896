// See uri.h.
#include "otp/uri.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include "base/ascii.h"
#include "base/base32.h"
#include "base/unicode.h"

namespace hwbak::otp {
namespace {

constexpr std::string_view scheme = "otpauth://";

void append_encoded(SecretString& out, std::string_view text) {
  constexpr std::string_view unreserved = "-._~";
  constexpr std::string_view hex = "0123456789ABCDEF";
  for (const char c : text) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       unreserved.find(c) != std::string_view::npos;
    if (plain) {
      out.append(c);
    } else {
      const auto byte = static_cast<std::uint8_t>(c);
      const char escaped[] = {'%', hex[byte >> 4], hex[byte & 15]};
      out.append(std::string_view(escaped, 3));
    }
  }
}

std::string_view hash_name(Hash hash) {
  switch (hash) {
    case Hash::sha1: return "SHA1";
    case Hash::sha256: return "SHA256";
    case Hash::sha512: return "SHA512";
  }
  return "";
}

[[noreturn]] void damaged(std::string sentence) {
  throw Error(Outcome::damaged, std::move(sentence), std::nullopt, "Copy the otpauth:// line again, whole and without changes.");
}
[[noreturn]] void unsupported(std::string sentence) { throw Error(Outcome::unsupported, std::move(sentence)); }

int hex_digit(char c) noexcept {
  if (c >= '0' && c <= '9') return c - '0';
  c = ascii_lower(c);
  return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

// `+` stays a plus: RFC 3986 gives it no other meaning, and it may stand in a name.
SecretString percent_decoded(std::string_view text, std::string_view what) {
  SecretString out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out.append(text[i]);
      continue;
    }
    const int high = i + 2 < text.size() ? hex_digit(text[i + 1]) : -1;
    const int low = i + 2 < text.size() ? hex_digit(text[i + 2]) : -1;
    if (high < 0 || low < 0) damaged("The " + std::string(what) + " of the otpauth URI has a % without two hex digits");
    out.append(static_cast<char>(high << 4 | low));
    i += 2;
  }
  if (out.expose().find('\0') != std::string_view::npos)
    damaged("The " + std::string(what) + " of the otpauth URI holds a NUL character (%00), which no name or secret has");
  if (!is_utf8(out.expose())) damaged("The " + std::string(what) + " of the otpauth URI is not UTF-8 text");
  return out;
}

std::uint64_t number(std::string_view text, std::string_view what) {
  std::uint64_t value = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failed != std::errc{} || end != text.data() + text.size())
    damaged("The " + std::string(what) + " of the otpauth URI is not a number that fits");
  return value;
}

Hash hash_of(std::string_view text) {
  if (text.size() > 4 && same_word(text.substr(0, 4), "hmac")) text.remove_prefix(4);
  if (same_word(text, "SHA1") || same_word(text, "SHA-1")) return Hash::sha1;
  if (same_word(text, "SHA256") || same_word(text, "SHA-256")) return Hash::sha256;
  if (same_word(text, "SHA512") || same_word(text, "SHA-512")) return Hash::sha512;
  unsupported("The otpauth URI asks for another hash than SHA1, SHA256 or SHA512");
}

// Values as they stand in the URI, still percent-encoded.
struct Parameters {
  std::optional<std::string_view> secret, issuer, algorithm, digits, period, counter, encoder;
  std::vector<std::string> remarks;

  explicit Parameters(std::string_view query) {
    while (!query.empty()) {
      const std::string_view pair = query.substr(0, query.find('&'));
      query.remove_prefix(std::min(pair.size() + 1, query.size()));
      if (!pair.empty()) take(pair.substr(0, pair.find('=')), pair.substr(std::min(pair.find('=') + 1, pair.size())), pair);
    }
  }

 private:
  void take(std::string_view key, std::string_view value, std::string_view pair) {
    if (pair.find('=') == std::string_view::npos) value = {};
    const std::pair<std::string_view, std::optional<std::string_view>*> known[] = {
        {"secret", &secret}, {"issuer", &issuer}, {"algorithm", &algorithm}, {"digits", &digits},
        {"period", &period}, {"counter", &counter}, {"encoder", &encoder}};
    for (const auto& [name, place] : known) {
      if (!same_word(key, name)) continue;
      if (*place) damaged("The otpauth URI has the parameter " + std::string(name) + " twice");
      *place = value;
      return;
    }
    remarks.push_back("The parameter " + printable(key.substr(0, 40)) + " means nothing to a badge and is left out.");
  }
};

// "issuer:name" or "name". A literal colon separates; %3A only where the parameter `issuer` says so, because it may
// also stand inside a name.
void read_label(std::string_view label, const Parameters& parameters, ParsedUri& out) {
  Account& account = out.account;
  if (parameters.issuer) account.issuer = percent_decoded(*parameters.issuer, "issuer");
  const std::size_t colon = label.find(':');
  SecretString prefix;
  bool split = colon != std::string_view::npos;
  if (split) {
    prefix = percent_decoded(label.substr(0, colon), "label");
    account.name = percent_decoded(label.substr(colon + 1), "label");
  } else {
    account.name = percent_decoded(label, "label");
    const std::string_view whole = account.name.expose(), issuer = account.issuer.expose();
    split = !issuer.empty() && whole.size() > issuer.size() && whole.starts_with(issuer) && whole[issuer.size()] == ':';
    if (split) {
      prefix = account.issuer.clone();
      account.name = SecretString::copy_of(whole.substr(issuer.size() + 1));
    }
  }
  // Programs put blanks after the colon that belong to no name; a name of blanks alone is one.
  const std::size_t begin = account.name.expose().find_first_not_of(' ');
  if (split && begin != 0 && begin != std::string_view::npos) account.name = SecretString::copy_of(account.name.expose().substr(begin));
  if (!parameters.issuer) account.issuer = std::move(prefix);
  else if (!prefix.empty() && !prefix.equals(account.issuer.expose()))
    out.remarks.push_back("The label and the parameter issuer name different issuers; the parameter is taken.");
  if (account.name.empty()) damaged("The otpauth URI has no account name");
}

}  // namespace

SecretString to_uri(const Account& account) {
  SecretString out = SecretString::copy_of(scheme);
  out.append(account.kind == Kind::totp ? "totp/" : "hotp/");
  if (!account.issuer.empty()) {
    append_encoded(out, account.issuer.expose());
    out.append(':');
  }
  append_encoded(out, account.name.expose());
  out.append("?secret=");
  out.append(to_base32(account.secret.expose()).expose());
  if (!account.issuer.empty()) {
    out.append("&issuer=");
    append_encoded(out, account.issuer.expose());
  }
  out.append("&algorithm=");
  out.append(hash_name(account.hash));
  out.append("&digits=" + std::to_string(account.digits));
  if (account.kind == Kind::totp) {
    out.append("&period=" + std::to_string(account.period));
  } else {
    out.append("&counter=" + std::to_string(account.counter));
  }
  return out;
}

ParsedUri from_uri(std::string_view uri) {
  if (uri.size() > max_uri) throw Error(Outcome::refused, "The otpauth URI is longer than " + std::to_string(max_uri) + " bytes");
  if (same_word(uri.substr(0, 20), "otpauth-migration://"))
    unsupported("This is a transfer code of Google Authenticator, which packs several accounts in a form of its own; take them into a "
                "program that exports otpauth:// lines");
  if (uri.size() < scheme.size() || !same_word(uri.substr(0, scheme.size()), scheme)) damaged("This is no otpauth:// URI");
  uri.remove_prefix(scheme.size());
  uri = uri.substr(0, uri.find('#'));
  const std::size_t slash = uri.find('/'), question = std::min(uri.find('?'), uri.size());
  if (slash == std::string_view::npos || slash > question) damaged("The otpauth URI has no label");
  const std::string_view type = uri.substr(0, slash), label = uri.substr(slash + 1, question - slash - 1);
  Parameters parameters(uri.substr(std::min(question + 1, uri.size())));

  ParsedUri out;
  out.remarks = std::move(parameters.remarks);
  Account& account = out.account;
  if (same_word(type, "totp")) account.kind = Kind::totp;
  else if (same_word(type, "hotp")) account.kind = Kind::hotp;
  else unsupported("The otpauth URI is of another type than totp and hotp; a badge has no such codes (Steam, for one)");
  if (parameters.encoder) unsupported("The otpauth URI asks for an own alphabet of codes (Steam); a badge has none");
  read_label(label, parameters, out);

  if (!parameters.secret) damaged("The otpauth URI has no secret");
  auto secret = from_base32_lenient(percent_decoded(*parameters.secret, "secret").expose());
  if (!secret || secret->empty()) damaged("The secret of the otpauth URI is not Base32");
  account.secret = std::move(*secret);
  if (parameters.algorithm) account.hash = hash_of(*parameters.algorithm);
  if (parameters.digits) {
    const std::uint64_t digits = number(*parameters.digits, "digits");
    if (digits < 6 || digits > 8) unsupported("The otpauth URI asks for codes of another length than 6, 7 or 8 digits");
    account.digits = static_cast<unsigned>(digits);
  }
  if (parameters.period && account.kind == Kind::totp) {
    const std::uint64_t period = number(*parameters.period, "period");
    if (period == 0 || period > 86400) unsupported("The period of the otpauth URI is not between a second and a day");
    account.period = static_cast<unsigned>(period);
  }
  if (account.kind == Kind::hotp) {
    if (parameters.counter) account.counter = number(*parameters.counter, "counter");
    else out.remarks.push_back("The URI has no counter; 0 is taken.");
  }
  return out;
}

}  // namespace hwbak::otp
