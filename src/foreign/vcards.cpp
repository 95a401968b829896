// vCard files (RFC 6350): many cards in one file, or one file a card (docs/exports.md, "vCard").
#include <algorithm>

#include "base/ascii.h"
#include "base/as_bytes.h"
#include "foreign/csv.h"
#include "foreign/file_names.h"

namespace hwbak::foreign {
namespace {

// The next line of `text` with its end, taken off its front.
std::string_view take_line(std::string_view& text) noexcept {
  const std::string_view line = text.substr(0, std::min(text.find('\n'), text.size() - 1) + 1);
  text.remove_prefix(line.size());
  return line;
}
std::string_view without_end(std::string_view line) noexcept {
  if (line.ends_with('\n')) line.remove_suffix(1);
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}
bool is_continuation(std::string_view text) noexcept { return text.starts_with(' ') || text.starts_with('\t'); }

// The value of the first property of that name; its lines unfolded, its escapes as they are.
std::optional<SecretString> property(std::string_view card, std::string_view wanted) {
  while (!card.empty()) {
    const std::string_view line = without_end(take_line(card));
    std::string_view name = line.substr(0, line.find_first_of(":;"));
    name.remove_prefix(std::min(name.find('.') + 1, name.size()));  // "item1.FN"
    const std::size_t colon = line.find(':');
    if (!same_word(name, wanted) || colon == std::string_view::npos) continue;
    SecretString value = SecretString::copy_of(line.substr(colon + 1));
    while (is_continuation(card)) value.append(without_end(take_line(card)).substr(1));
    return value;
  }
  return std::nullopt;
}

SecretString unescaped(std::string_view value) {
  SecretString out;
  for (std::size_t i = 0; i < value.size(); ++i) {
    const bool escape = value[i] == '\\' && i + 1 < value.size();
    if (escape) ++i;
    out.append(escape && (value[i] == 'n' || value[i] == 'N') ? ' ' : value[i]);
  }
  return out;
}

void take_card(std::string_view card, const std::string& where, Imported& out) {
  const auto refuse = [&](std::string sentence) { out.refused.push_back({where, std::move(sentence)}); };
  if (!is_text(card)) return refuse("The vCard is not UTF-8 text.");
  const auto version = property(card, "VERSION");
  if (!version) return refuse("The vCard names no version; 4.0 is needed.");
  if (!version->equals("4.0"))
    return refuse("The vCard is not of version 4.0. It is not converted, since that could change it; export it again as 4.0.");
  out.contents.cards.push_back(SecretString::copy_of(card));
}

constexpr std::size_t longest_line = 75;  // in bytes, without its end

// Folded between characters, never inside one.
void put_line(SecretBytes& out, std::string_view line) {
  std::size_t room = longest_line;
  while (line.size() > room) {
    std::size_t length = room;
    while (length > room - 4 && (static_cast<std::uint8_t>(line[length]) & 0xC0) == 0x80) --length;
    out.append(as_bytes(line.substr(0, length)));
    out.append(as_bytes("\r\n "));
    line.remove_prefix(length);
    room = longest_line - 1;
  }
  out.append(as_bytes(line));
  out.append(as_bytes("\r\n"));
}

void put_card(SecretBytes& out, std::string_view card) {
  while (!card.empty()) put_line(out, without_end(take_line(card)));
}

}  // namespace

Imported read_vcards(ByteView file) {
  std::string_view text = text_of(file);
  Imported out;
  std::size_t records = 0, line = 0, begin_line = 0;
  const char* begin = nullptr;   // of the card that is open
  bool any = false, junk = false;
  const auto close = [&](const char* end) { return std::string_view(begin, static_cast<std::size_t>(end - begin)); };
  while (!text.empty()) {
    const std::string_view whole = take_line(text), content = without_end(whole);
    ++line;
    if (same_word(content, "BEGIN:VCARD")) {
      if (begin != nullptr) out.refused.push_back({line_name(begin_line), "The vCard has no END:VCARD before the next one begins."});
      check_records(++records);
      any = true;
      junk = false;
      begin = whole.data();
      begin_line = line;
    } else if (begin == nullptr) {
      if (content.find_first_not_of(" \t") != std::string_view::npos && !std::exchange(junk, true)) {
        check_records(++records);
        out.refused.push_back({line_name(line), "The text is outside of a vCard, so it is left out."});
      }
    } else if (same_word(content, "END:VCARD")) {
      take_card(close(whole.data() + whole.size()), line_name(begin_line), out);
      begin = nullptr;
    }
  }
  if (begin != nullptr) out.refused.push_back({line_name(begin_line), "The vCard has no END:VCARD: the file is cut."});
  if (!any)
    throw Error(Outcome::unsupported, "The file has no BEGIN:VCARD line", std::nullopt, "Export the contacts as vCard 4.0.");
  return out;
}

SecretBytes write_vcards(const Contents& contents) {
  SecretBytes out;
  for (const SecretString& card : contents.cards) put_card(out, card.expose());
  return out;
}

std::vector<NamedFile> vcard_files(const Contents& contents) {
  std::vector<NamedFile> out;
  FileNames names;
  for (const SecretString& card : contents.cards) {
    const auto name = property(card.expose(), "FN");
    NamedFile& file = out.emplace_back();
    file.name = names.name_for(name ? unescaped(name->expose()).expose() : std::string_view(), ".vcf");
    put_card(file.bytes, card.expose());
  }
  return out;
}

}  // namespace hwbak::foreign
