// Lists of logins by their header line (docs/exports.md, "CSV"): columns may stand in any order, and values are taken as they
// are, whatever a spreadsheet would make of them.
#include <algorithm>

#include "base/ascii.h"
#include "base/base32.h"
#include "base/unicode.h"
#include "foreign/csv.h"
#include "foreign/rows.h"

namespace hwbak::foreign {
namespace {

enum class Column { group, title, username, password, url, notes, totp, type, custom, quiet, unknown };
struct Known {
  std::string_view header;   // letters in either case
  Column column;
};
struct Dialect {
  std::string_view program;
  std::size_t required;      // so many of `columns` must be there to recognise it
  std::vector<Known> columns;
};

const std::vector<Dialect>& dialects() {
  using enum Column;
  static const std::vector<Dialect> all = {
      {"KeePassXC", 6, {{"group", group}, {"title", title}, {"username", username}, {"password", password}, {"url", url}, {"notes", notes},
                        {"totp", totp}, {"icon", quiet}, {"last modified", quiet}, {"created", quiet}}},
      {"Bitwarden", 5, {{"type", type}, {"name", title}, {"login_uri", url}, {"login_username", username}, {"login_password", password},
                        {"folder", group}, {"collections", group}, {"notes", notes}, {"login_totp", totp}, {"fields", custom},
                        {"favorite", quiet}, {"reprompt", quiet}}},
      {"1Password", 4, {{"title", title}, {"url", url}, {"username", username}, {"password", password}, {"otpauth", totp}, {"notes", notes},
                        {"favorite", quiet}, {"archived", quiet}}},
      {"Firefox", 4, {{"url", url}, {"username", username}, {"password", password}, {"httprealm", quiet}, {"formactionorigin", quiet},
                      {"guid", quiet}, {"timecreated", quiet}, {"timelastused", quiet}, {"timepasswordchanged", quiet}}},
      {"a browser", 4, {{"name", title}, {"url", url}, {"username", username}, {"password", password}, {"note", notes}}},
  };
  return all;
}

// Blanks around a name of a column do not count. No copy: in a list without a header these are passwords.
std::string_view header_of(std::string_view field) noexcept {
  field.remove_prefix(std::min(field.find_first_not_of(" \t"), field.size()));
  return field.substr(0, field.find_last_not_of(" \t") + 1);
}

struct Layout {
  const Dialect* dialect = nullptr;
  std::vector<Column> columns;   // of each field
};

[[noreturn]] void not_a_list() {
  throw Error(Outcome::unsupported, "The first line is not the header of KeePassXC, Bitwarden, 1Password or a browser", std::nullopt,
              "Export the logins again as CSV, with the header line.");
}

Layout layout_of(const CsvRow& row, Imported& out) {
  std::vector<std::string_view> headers;
  for (const SecretString& field : row.fields) headers.push_back(header_of(field.expose()));
  const auto has = [&](const Known& known) {
    return std::any_of(headers.begin(), headers.end(), [&](std::string_view header) { return same_word(header, known.header); });
  };
  Layout layout;
  for (const Dialect& dialect : dialects()) {
    if (!std::all_of(dialect.columns.begin(), dialect.columns.begin() + static_cast<std::ptrdiff_t>(dialect.required), has)) continue;
    layout.dialect = &dialect;
    break;
  }
  if (layout.dialect == nullptr) not_a_list();
  std::string left_out;
  for (const std::string_view header : headers) {
    const auto& columns = layout.dialect->columns;
    const auto known = std::find_if(columns.begin(), columns.end(), [&](const Known& k) { return same_word(k.header, header); });
    const Column column = known == columns.end() ? Column::unknown : known->column;
    const bool repeated = std::find(layout.columns.begin(), layout.columns.end(), column) != layout.columns.end();
    if (repeated && column < Column::quiet)
      throw Error(Outcome::damaged, "The header names the column " + printable(header) + " twice", std::nullopt, "Export the file again.");
    if (column == Column::unknown) left_out += (left_out.empty() ? "" : ", ") + printable(header.substr(0, 100));
    layout.columns.push_back(column);
  }
  if (!left_out.empty()) out.remarks.push_back({line_name(row.line), "These columns are not taken over: " + left_out + "."});
  return layout;
}

// A URI, or the bare Base32 that Bitwarden and KeePassXC take as well.
void read_totp(std::string_view text, Login& login, const std::string& where, Imported& out) {
  try {
    if (same_word(text.substr(0, 10), "otpauth://")) {
      otp::ParsedUri parsed = otp::from_uri(text);
      for (std::string& remark : parsed.remarks) out.remarks.push_back({where, std::move(remark)});
      login.totp = std::move(parsed.account);
      return;
    }
    if (same_word(text.substr(0, 8), "steam://"))
      throw Error(Outcome::unsupported, "The account is one of Steam, with an own alphabet of codes");
    auto secret = text.size() > otp::max_uri ? std::nullopt : from_base32_lenient(text);
    if (!secret || secret->empty()) throw Error(Outcome::damaged, "The TOTP is neither an otpauth URI nor a Base32 secret");
    otp::Account account;
    account.secret = std::move(*secret);
    const bool named = !login.username.empty();
    account.name = (named ? login.username : login.title).clone();
    if (named) account.issuer = login.title.clone();
    if (account.name.empty()) throw Error(Outcome::damaged, "The TOTP belongs to a row without title and user name");
    login.totp = std::move(account);
    out.remarks.push_back({where, "The TOTP is a bare secret; SHA1, 6 digits and 30 seconds are assumed."});
  } catch (const Error& error) {
    out.refused.push_back({where + ", TOTP", error.sentence() + ". The rest of the row is kept."});
  }
}

// A browser that keeps no titles: the host is what people look for.
SecretString title_from(std::string_view url) {
  if (const std::size_t scheme = url.find("://"); scheme != std::string_view::npos) url.remove_prefix(scheme + 3);
  return SecretString::copy_of(url.substr(0, url.find_first_of("/?#")));
}

void take_row(CsvRow& row, const Layout& layout, Imported& out) {
  const std::string where = line_name(row.line);
  const auto refuse = [&](std::string sentence) { out.refused.push_back({where, std::move(sentence)}); };
  if (row.fields.size() != layout.columns.size())
    return refuse("The row has " + std::to_string(row.fields.size()) + " fields where the header has " +
                  std::to_string(layout.columns.size()) + ".");
  Login login;
  SecretString totp;
  for (std::size_t i = 0; i < row.fields.size(); ++i) {
    SecretString& field = row.fields[i];
    if (layout.columns[i] < Column::quiet && !is_text(field.expose()))
      return refuse(field.expose().find('\0') != std::string_view::npos
                        ? "The row holds a NUL, which is no text. Export the file again."
                        : "The row is not UTF-8 text. Export the file again, as UTF-8.");
    switch (layout.columns[i]) {
      case Column::group: login.group = std::move(field); break;
      case Column::title: login.title = std::move(field); break;
      case Column::username: login.username = std::move(field); break;
      case Column::password: login.password = std::move(field); break;
      case Column::url: login.url = std::move(field); break;
      case Column::notes: login.notes = std::move(field); break;
      case Column::totp: totp = std::move(field); break;
      case Column::type:
        if (!same_word(field.expose(), "login"))
          return refuse("The row is a Bitwarden item of another type than login and is left out.");
        break;
      case Column::custom:
        if (!field.empty()) out.remarks.push_back({where, "The custom fields are not taken over."});
        break;
      case Column::quiet:
      case Column::unknown: break;
    }
  }
  if (std::find(layout.columns.begin(), layout.columns.end(), Column::title) == layout.columns.end())
    login.title = title_from(login.url.expose());
  if (!totp.empty()) read_totp(totp.expose(), login, where, out);
  if (is_account_alone(login)) out.contents.accounts.push_back(std::move(*login.totp));
  else out.contents.logins.push_back(std::move(login));
}

}  // namespace

Imported read_csv(ByteView file) {
  CsvTable table = read_table(file);
  if (table.rows.empty()) not_a_list();
  Imported out;
  const Layout layout = layout_of(table.rows.front(), out);
  out.refused = std::move(table.refused);
  for (std::size_t i = 1; i < table.rows.size(); ++i) take_row(table.rows[i], layout, out);
  return out;
}

}  // namespace hwbak::foreign
