// Private keys of the secure element have no business in a backup: sections that claim them, and texts that look like
// private keys (docs/formats/cdc-badge.md, "What is never in a backup").
#include <algorithm>

#include "base/as_bytes.h"
#include "base/base64.h"
#include "base/hex.h"
#include "device/cdc_badge/parts.h"

namespace hwbak::cdc_badge {
namespace {

// One DER value at the front of `data`, taken off it: its content, when the tag is `tag` and the length is right.
std::optional<ByteView> take_der(ByteView& data, std::uint8_t tag) {
  if (data.size() < 2 || data[0] != tag) return std::nullopt;
  std::size_t length = data[1], head = 2;
  if (length >= 0x80) {
    const std::size_t count = length - 0x80;
    if (count < 1 || count > 3 || data.size() < 2 + count) return std::nullopt;
    length = 0;
    for (; head < 2 + count; ++head) length = length << 8 | data[head];
  }
  if (data.size() - head < length) return std::nullopt;
  const ByteView content = data.subspan(head, length);
  data = data.subspan(head + length);
  return content;
}

// PKCS#8 (RFC 5208): version, algorithm with an OID, octets. SEC1 (RFC 5915): version 1, octets.
bool is_der_private_key(ByteView data) {
  const auto whole = take_der(data, 0x30);
  if (!whole || !data.empty()) return false;
  ByteView rest = *whole;
  const auto version = take_der(rest, 0x02);
  if (!version || version->size() != 1 || (*version)[0] > 1) return false;
  if (auto algorithm = take_der(rest, 0x30)) return take_der(*algorithm, 0x06) && take_der(rest, 0x04);
  const auto key = take_der(rest, 0x04);
  return key && (*version)[0] == 1 && key->size() >= 16 && key->size() <= 66;
}

// Of either alphabet, with padding or without.
bool is_base64_private_key(std::string_view text) {
  SecretString plain;
  for (const char c : text)
    if (!is_blank(static_cast<std::uint8_t>(c)) && c != '=') plain.append(c == '-' ? '+' : c == '_' ? '/' : c);
  while (plain.size() % 4 != 0) plain.append('=');
  const auto bytes = from_base64_secret(plain.expose(), Base64Blanks::fault);
  return bytes && is_der_private_key(bytes->expose());
}

// A DER value in text begins with 30 in hex and with M in base64.
bool holds_private_key(std::string_view text) {
  if (text.find("PRIVATE KEY") != std::string_view::npos) return true;
  if (text.size() < 20) return false;
  if (is_der_private_key(as_bytes(text))) return true;
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos || (text[first] != '3' && text[first] != 'M')) return false;
  SecretString joined;  // hex is often written in groups
  for (std::string_view rest = text; !rest.empty();) {
    const std::size_t stop = std::min(rest.find_first_of(" \t\r\n:"), rest.size());
    joined.append(rest.substr(0, stop));
    rest.remove_prefix(std::min(stop + 1, rest.size()));
  }
  if (const auto bytes = from_hex_secret(joined.expose()); bytes && is_der_private_key(bytes->expose())) return true;
  return is_base64_private_key(text);
}

// The same of one word of a longer text: the value of a vCard's line, or in a note.
bool has_key_word(std::string_view text) {
  constexpr std::string_view ends = " \t\r\n:;,\"'<>()";
  constexpr std::size_t shortest = 40;   // of base64: a SEC1 key of 30 bytes is none
  while (!text.empty()) {
    const std::string_view word = text.substr(0, text.find_first_of(ends));
    text.remove_prefix(std::min(word.size() + 1, text.size()));
    if (word.size() < shortest || (word[0] != '3' && word[0] != 'M')) continue;
    if (const auto bytes = from_hex_secret(word); bytes && is_der_private_key(bytes->expose())) return true;
    if (is_base64_private_key(word)) return true;
  }
  return false;
}

}  // namespace

bool is_forbidden_section(std::string_view name) noexcept {
  for (const std::string_view forbidden : {"mod_fido2", "mod_gpg", "mod_gpg_rsa", "mod_piv", "mod_ca"})
    if (name == forbidden) return true;
  return false;
}

void look_for_private_keys(const JsonSpans& document, Notes& notes) {
  for (std::size_t i = 0; i < document.nodes().size(); ++i) {
    const JsonSpans::Ref value(document, i);
    if (value.kind() != JsonNode::Kind::string) continue;
    const std::string_view raw = value.raw(), inner = raw.substr(1, raw.size() - 2);
    const auto holds = [](std::string_view text) { return holds_private_key(text) || has_key_word(text); };
    const bool found = inner.find('\\') == std::string_view::npos ? holds(inner) : holds(value.string()->expose());
    if (!found) continue;
    if (value.has_key("notes"))
      notes.finding(Severity::warning, "private-key-in-note", "This note holds what looks like a private key. Somebody typed it; the badge did not put it there.",
                    path_of(document, i));
    else
      notes.finding(Severity::critical, "private-key", "This text looks like a private key. A badge never writes one into a backup.",
                    path_of(document, i));
  }
}

}  // namespace hwbak::cdc_badge
