// See json_lines.h; the schema is docs/json.md.
#include "report/json_lines.h"

#include <algorithm>
#include <charconv>
#include <cstdio>

#include "base/hex.h"
#include "base/unicode.h"

namespace hwbak::report {
namespace {

void put_number(TextBuffer& out, std::int64_t number) {
  char digits[24];
  const auto end = std::to_chars(digits, digits + sizeof digits, number).ptr;
  out << std::string_view(digits, static_cast<std::size_t>(end - digits));
}

// A JSON string of exactly these characters. What a terminal must not see is written as \uXXXX, so
// the line is safe to print and still says the same; a byte that is not UTF-8 becomes the text \xXX.
void put_exact(TextBuffer& out, std::string_view text) {
  const auto goes_as_it_is = [](char c) { return is_plain(c) && c != '"' && c != '\\'; };
  out << '"';
  while (true) {
    const auto plain = static_cast<std::size_t>(std::find_if_not(text.begin(), text.end(), goes_as_it_is) - text.begin());
    out << text.substr(0, plain);
    text.remove_prefix(plain);
    if (text.empty()) break;
    char32_t code = 0;
    const std::size_t length = utf8_front(text, code);
    char escape[16] = {};
    if (length == 0) {
      std::snprintf(escape, sizeof escape, "\\\\x%02X", static_cast<unsigned>(static_cast<std::uint8_t>(text[0])));
    } else if (code == '"' || code == '\\') {
      std::snprintf(escape, sizeof escape, "\\%c", static_cast<char>(code));
    } else if (code >= 0x10000 && !is_printable(code)) {
      const char32_t rest = code - 0x10000;
      std::snprintf(escape, sizeof escape, "\\u%04X\\u%04X", static_cast<unsigned>(0xD800 + (rest >> 10)),
                    static_cast<unsigned>(0xDC00 + (rest & 0x3FF)));
    } else if (!is_printable(code)) {
      std::snprintf(escape, sizeof escape, "\\u%04X", static_cast<unsigned>(code));
    }
    const std::size_t taken = length == 0 ? 1 : length;
    out << (escape[0] != '\0' ? std::string_view(escape) : text.substr(0, taken));
    text.remove_prefix(taken);
  }
  out << '"';
}

// Lines stay lines: what a device shows has several.
void put_text(TextBuffer& out, std::string_view text) {
  std::string shown;
  while (true) {
    const std::size_t line = text.find('\n');
    shown += printable(text.substr(0, line));
    if (line == std::string_view::npos) break;
    shown += '\n';
    text.remove_prefix(line + 1);
  }
  put_exact(out, shown);
}

void put_value(TextBuffer& out, const Value& value);

struct Putter {
  TextBuffer& out;
  void operator()(std::nullptr_t) const { out << "null"; }
  void operator()(bool value) const { out << (value ? "true" : "false"); }
  void operator()(std::int64_t value) const { put_number(out, value); }
  void operator()(const std::string& value) const { put_text(out, value); }
  void operator()(const SecretString& value) const { put_exact(out, value.expose()); }
  void operator()(const List& list) const {
    out << '[';
    const char* comma = "";
    for (const Value& value : list) {
      out << comma;
      put_value(out, value);
      comma = ",";
    }
    out << ']';
  }
  void operator()(const Object& object) const {
    out << '{';
    put_members(object, "");
    out << '}';
  }
  void put_members(const Object& object, const char* comma) const {
    for (const auto& [key, value] : object.members()) {
      out << comma;
      put_text(out, key);
      out << ':';
      put_value(out, value);
      comma = ",";
    }
  }
};

// Facts are made by the tasks, so their depth is ours, not the file's.
void put_value(TextBuffer& out, const Value& value) { std::visit(Putter{out}, value.get()); }

void put_facts(TextBuffer& out, const Report& report) {
  out << "\"facts\":{";
  Putter{out}.put_members(report.facts, "");
  if (!report.next.empty() && report.facts.find("next") == nullptr) {
    out << (report.facts.empty() ? "\"next\":" : ",\"next\":");
    put_text(out, report.next);
  }
  out << '}';
}

void put_findings(TextBuffer& out, const std::vector<Finding>& findings) {
  out << "\"findings\":[";
  const char* comma = "";
  for (const Finding& finding : findings) {
    out << comma << "{\"level\":";
    put_text(out, name(finding.level));
    out << ",\"code\":";
    put_text(out, finding.code);
    out << ",\"message\":";
    put_text(out, finding.message);
    out << ",\"where\":";
    put_text(out, finding.where);
    out << '}';
    comma = ",";
  }
  out << ']';
}

}  // namespace

void put_json_line(TextBuffer& out, const Report& report) {
  out << "{\"schema\":\"hwbak/1\",\"version\":\"" HWBAK_VERSION "\",\"command\":";
  put_text(out, report.command);
  out << ",\"subject\":";
  put_exact(out, printable(report.subject));  // a name is one line, whatever it holds
  if (printable(report.subject) != report.subject) {
    const auto* const bytes = reinterpret_cast<const std::uint8_t*>(report.subject.data());
    out << ",\"subject_bytes\":\"" << to_hex(ByteView(bytes, report.subject.size())) << '"';
  }
  out << ",\"format\":";
  if (report.format.empty()) out << "null";
  else put_text(out, report.format);
  out << ",\"outcome\":\"" << name(report.outcome) << "\",\"exit\":";
  put_number(out, exit_code(report.outcome));
  out << ",\"message\":";
  put_text(out, report.message);
  out << ",\"offset\":";
  if (report.offset) put_number(out, static_cast<std::int64_t>(*report.offset));
  else out << "null";
  out << ",\"levels\":{\"structure\":\"" << name(report.levels.structure) << "\",\"content\":\"" << name(report.levels.content)
      << "\",\"meaning\":\"" << name(report.levels.meaning) << "\"},";
  put_facts(out, report);
  out << ',';
  put_findings(out, report.findings);
  out << "}\n";
}

}  // namespace hwbak::report
