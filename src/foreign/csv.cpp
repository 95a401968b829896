// See csv.h.
#include "foreign/csv.h"

#include <algorithm>

#include "base/as_bytes.h"
#include "base/unicode.h"

namespace hwbak::foreign {
namespace {

class TableReader final {
 public:
  explicit TableReader(std::string_view text) : text_(text) {}

  CsvTable read() {
    CsvTable table;
    while (at_ < text_.size()) {
      if (skip_line_end()) continue;
      const std::size_t begin = at_;
      CsvRow row;
      row.line = line_;
      const Fault fault = read_row(row.fields);
      if (fault.sentence == nullptr) {
        table.rows.push_back(std::move(row));
      } else {
        table.refused.push_back({line_name(row.line), fault.sentence});
        recover(begin, row.line, fault.within_quotes);
      }
      check_records(table.rows.size() + table.refused.size());
    }
    return table;
  }

 private:
  struct Fault {
    const char* sentence = nullptr;
    bool within_quotes = false;
  };

  bool skip_line_end() {
    const std::string_view rest = text_.substr(at_, 2);
    const std::size_t length = rest == "\r\n" ? 2 : rest.starts_with('\n') ? 1 : 0;
    at_ += length;
    if (length != 0) ++line_;
    return length != 0;
  }
  bool at_row_end() const { return at_ == text_.size() || text_[at_] == '\n' || text_.substr(at_, 2) == "\r\n"; }

  Fault read_row(std::vector<SecretString>& fields) {
    while (true) {
      if (fields.size() == max_columns) return {"The row has more columns than any list of logins."};
      SecretString& field = fields.emplace_back();
      const Fault fault = at_ < text_.size() && text_[at_] == '"' ? read_quoted(field) : read_bare(field);
      if (fault.sentence != nullptr) return fault;
      if (at_row_end()) return skip_line_end(), Fault{};
      if (text_[at_] != ',') return {"The row has something between a closing quotation mark and the next comma."};
      ++at_;
    }
  }

  Fault read_bare(SecretString& out) {
    const std::size_t end = std::min(text_.find_first_of(",\"\r\n", at_), text_.size());
    if (end - at_ > max_field) return {"The row has a field that is too long."};
    out.append(text_.substr(at_, end - at_));
    at_ = end;
    if (end == text_.size() || text_[end] == ',' || at_row_end()) return {};
    if (text_[end] == '"') return {"The row has a quotation mark inside a field that does not begin with one."};
    return {"The row has a carriage return without a line feed outside of quotation marks."};
  }

  Fault read_quoted(SecretString& out) {
    const std::string_view window = text_.substr(0, at_ + 2 * max_field + 2);  // nothing is looked for further off
    std::size_t from = at_ + 1;
    while (true) {
      const std::size_t close = window.find('"', from);
      if (close == std::string_view::npos)
        return {window.size() == text_.size() ? "The row opens a quotation mark that is never closed."
                                              : "The row has a field that is too long.",
                true};
      out.append(window.substr(from, close - from));
      if (out.size() > max_field) return {"The row has a field that is too long.", true};
      from = close + 2;
      if (text_.substr(close + 1, 1) != "\"") {
        line_ += static_cast<std::size_t>(std::count(text_.begin() + static_cast<std::ptrdiff_t>(at_),
                                                     text_.begin() + static_cast<std::ptrdiff_t>(close), '\n'));
        at_ = close + 1;
        return {};
      }
      out.append('"');
    }
  }

  // To the next line. Where quotes do not end, what was taken for the inside of a field may be good rows, so these are
  // looked at again.
  void recover(std::size_t begin, std::size_t line, bool within_quotes) {
    if (within_quotes) {
      at_ = begin;
      line_ = line;
    }
    at_ = std::min(text_.find('\n', at_), text_.size());
    skip_line_end();
  }

  std::string_view text_;
  std::size_t at_ = 0, line_ = 1;
};

bool wants_quotes(std::string_view field) {
  const auto is_blank = [](char c) { return c == ' ' || c == '\t'; };
  return field.find_first_of(",\"\r\n") != std::string_view::npos || field.starts_with('#') ||
         (!field.empty() && (is_blank(field.front()) || is_blank(field.back())));
}

void put_quoted(SecretBytes& out, std::string_view field) {
  out.append('"');
  while (true) {
    const std::size_t quote = field.find('"');
    out.append(as_bytes(field.substr(0, quote)));
    if (quote == std::string_view::npos) break;
    out.append(as_bytes("\"\""));
    field.remove_prefix(quote + 1);
  }
  out.append('"');
}

}  // namespace

CsvTable read_table(ByteView file) { return TableReader(text_of(file)).read(); }

void put_row(SecretBytes& out, std::span<const std::string_view> fields) {
  bool first = true;
  for (const std::string_view field : fields) {
    if (!first) out.append(',');
    first = false;
    if (wants_quotes(field) || (field.empty() && fields.size() == 1)) put_quoted(out, field);
    else out.append(as_bytes(field));
  }
  out.append(as_bytes("\r\n"));
}

std::string line_name(std::size_t line) { return "line " + std::to_string(line); }

std::string_view text_of(ByteView file) {
  if (file.size() > max_file)
    throw Error(Outcome::refused, "The file is larger than " + std::to_string(max_file >> 20) + " MiB", std::nullopt,
                "Split it and take in the parts one after the other.");
  std::string_view text(reinterpret_cast<const char*>(file.data()), file.size());
  if (text.starts_with("\xFF\xFE") || text.starts_with("\xFE\xFF"))
    throw Error(Outcome::unsupported, "The file is in UTF-16, not in UTF-8", std::nullopt, "Export it again, as UTF-8.");
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  if (text.empty()) throw Error(Outcome::damaged, "The file is empty", std::nullopt, "Export it again.");
  return text;
}

void check_records(std::size_t records) {
  if (records > max_records)
    throw Error(Outcome::refused, "The file has more than " + std::to_string(max_records) + " records", std::nullopt,
                "Split it and take in the parts one after the other.");
}

bool is_text(std::string_view text) noexcept { return text.find('\0') == std::string_view::npos && is_utf8(text); }

}  // namespace hwbak::foreign
