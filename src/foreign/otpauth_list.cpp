// Lists of otpauth URIs, one a line (docs/exports.md, "otpauth").
#include <algorithm>

#include "base/as_bytes.h"
#include "foreign/csv.h"
#include "foreign/rows.h"

namespace hwbak::foreign {
namespace {

std::string_view trimmed(std::string_view line) {
  constexpr std::string_view blanks = " \t\r";
  line.remove_prefix(std::min(line.find_first_not_of(blanks), line.size()));
  return line.substr(0, line.find_last_not_of(blanks) + 1);
}

}  // namespace

Imported read_otpauth(ByteView file) {
  std::string_view text = text_of(file);
  Imported out;
  bool any_uri = false;
  for (std::size_t line = 1, records = 0; !text.empty(); ++line) {
    const std::string_view whole = text.substr(0, text.find('\n')), uri = trimmed(whole);
    text.remove_prefix(std::min(whole.size() + 1, text.size()));
    if (uri.empty() || uri.starts_with('#')) continue;
    check_records(++records);
    any_uri = any_uri || uri.find("://") != std::string_view::npos;
    try {
      otp::ParsedUri parsed = otp::from_uri(uri);
      for (std::string& remark : parsed.remarks) out.remarks.push_back({line_name(line), std::move(remark)});
      out.contents.accounts.push_back(std::move(parsed.account));
      out.account_lines.push_back(line_name(line));
    } catch (const Error& error) {
      out.refused.push_back({line_name(line), error.sentence() + "."});
    }
  }
  if (!any_uri)
    throw Error(Outcome::unsupported, "The file has no otpauth:// line", std::nullopt,
                "Give a text file with one otpauth URI a line, as authenticator programs export it.");
  return out;
}

SecretBytes write_otpauth(const Contents& contents) {
  SecretBytes out;
  for (const otp::Account* account : all_codes(contents)) {
    out.append(otp::to_uri(*account).expose_bytes());
    out.append('\n');
  }
  return out;
}

}  // namespace hwbak::foreign
