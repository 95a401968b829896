// See page.h.
#include "report/page.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <string>
#include <utility>

namespace hwbak::report {
namespace {

constexpr std::size_t widest_label = 32;  // longer ones push their own value only

std::string_view verdict(Outcome outcome) noexcept {
  switch (outcome) {
    case Outcome::ok: return "OK";
    case Outcome::internal: return "INTERNAL ERROR";
    case Outcome::usage: return "WRONG COMMAND LINE";
    case Outcome::wrong_secret: return "WRONG SECRET";
    case Outcome::damaged: return "DAMAGED";
    case Outcome::unsupported: return "NOT SUPPORTED";
    case Outcome::refused: return "REFUSED";
    case Outcome::inconsistent: return "INCONSISTENT";
    case Outcome::findings: return "FINDINGS";
    case Outcome::device: return "DEVICE";
    case Outcome::partial: return "PARTLY GOOD";
    case Outcome::exhausted: return "NOT FOUND";
    case Outcome::stopped: return "STOPPED";
    case Outcome::io: return "CANNOT READ OR WRITE";
  }
  return "INTERNAL ERROR";
}

const char* colour_of(Outcome outcome) noexcept {
  switch (outcome) {
    case Outcome::ok: return "\x1b[1;32m";
    case Outcome::findings:
    case Outcome::partial:
    case Outcome::stopped:
    case Outcome::unsupported:
    case Outcome::refused: return "\x1b[1;33m";
    case Outcome::internal:
    case Outcome::usage:
    case Outcome::wrong_secret:
    case Outcome::damaged:
    case Outcome::inconsistent:
    case Outcome::device:
    case Outcome::exhausted:
    case Outcome::io: return "\x1b[1;31m";
  }
  return "";
}

const char* colour_of(Severity severity) noexcept {
  switch (severity) {
    case Severity::note: return "\x1b[36m";
    case Severity::warning: return "\x1b[33m";
    case Severity::high:
    case Severity::critical: return "\x1b[1;31m";
  }
  return "";
}

class Page final {
 public:
  Page(TextBuffer& out, const PageStyle& style) : out_(out), style_(style) {}

  void headline(const Report& report) {
    if (!report.subject.empty()) {
      put_printable(out_, report.subject);
      if (!report.format.empty()) {
        out_ << " (";
        put_printable(out_, report.format);
        out_ << ')';
      }
      out_ << '\n';
    }
    // `doctor` and `explain` judge no file: their sentence is the answer.
    if (report.format.empty() && report.outcome == Outcome::ok && no_levels(report.levels)) {
      put_wrapped(out_, report.message, 0, 0, style_.width);
      out_ << '\n';
      return;
    }
    const bool own = report.outcome == Outcome::ok && !report.headline.empty();
    const std::string_view word = own ? std::string_view(report.headline) : verdict(report.outcome);
    coloured(own ? colour_of(Severity::warning) : colour_of(report.outcome), word);
    out_ << ": ";
    put_wrapped(out_, report.message, word.size() + 2, 2, style_.width);
    out_ << '\n';
  }

  void levels(const Report& report) {
    const Levels& all = report.levels;
    if (no_levels(all)) return;
    // Only the headers were read and nothing is wrong with them: a secret would prove more.
    const bool locked = (report.outcome == Outcome::ok || report.outcome == Outcome::findings) && all.structure == Level::pass;
    std::string line = "structure: ";
    line += in_words(all.structure, false, {});
    line += "; content: ";
    const std::string_view key = report.format == "wrapped-key" ? "not checked (needs the DKEK)" : "not checked (needs the password)";
    line += in_words(all.content, locked, key);
    line += "; meaning: ";
    line += in_words(all.meaning, locked && all.content == Level::not_run, key);
    put_wrapped(out_, line, 0, 2, style_.width);
    out_ << '\n';
  }

  void listed(const Report& report) {
    const std::string_view word = verdict(report.outcome);
    coloured(colour_of(report.outcome), word);
    out_ << ": ";
    put_printable(out_, report.subject);
    columns(report, word.size() + 2);
    const bool remarks = std::ranges::any_of(report.findings, worth_listing);
    if (report.outcome == Outcome::ok) proven(report.levels);
    out_ << '\n';
    if (report.outcome == Outcome::ok && !remarks) return;
    if (report.outcome != Outcome::ok) {
      out_ << "  ";
      put_wrapped(out_, report.message, 2, 2, style_.width);
      out_ << '\n';
    }
    for (const Finding& finding : report.findings)
      if (worth_listing(finding)) this->finding(finding);
    if (report.next.empty()) return;
    out_ << "  Next: ";
    put_wrapped(out_, report.next, 8, 8, style_.width);
    out_ << '\n';
  }

  void section(const Section& section) {
    out_ << '\n';
    if (!section.title.empty()) {
      title(section.title);
    }
    std::size_t widest = 0;
    for (const Section::Row& row : section.rows) widest = std::max(widest, printable_width(row.label));
    const std::size_t column = widest == 0 ? 2 : 2 + std::min(widest, widest_label) + 2;
    for (const Section::Row& row : section.rows) this->row(row, column);
  }

  void findings(const std::vector<Finding>& findings) {
    if (std::ranges::none_of(findings, &Finding::on_page)) return;
    out_ << '\n';
    title("Findings");
    for (const Finding& finding : findings)
      if (finding.on_page) this->finding(finding);
  }

  void next(const std::string& step) {
    if (step.empty()) return;
    out_ << '\n';
    coloured("\x1b[1m", "Next:");
    out_ << ' ';
    put_wrapped(out_, step, 6, 6, style_.width);
    out_ << '\n';
  }

 private:
  static bool worth_listing(const Finding& finding) noexcept { return finding.level >= Severity::warning; }

  // What it is, below what stands in the line before: a list of keys reads as a table.
  void columns(const Report& report, std::size_t before) {
    constexpr std::size_t first_column = 32, column = 20;
    if (report.kind.empty()) return;
    std::size_t wide = before + printable_width(report.subject), wanted = first_column;
    for (const std::string& text : report.kind) {
      out_ << "  ";
      pad(wide, wanted);
      put_printable(out_, text);
      wide = printable_width(text);
      wanted = column;
    }
  }

  // ": structure proven; content, meaning not checked"
  void proven(const Levels& all) {
    const std::pair<std::string_view, Level> levels[] = {
        {"structure", all.structure}, {"content", all.content}, {"meaning", all.meaning}};
    std::string_view between = ": ";
    for (const auto& [level, word] : {std::pair{Level::pass, " proven"}, std::pair{Level::not_run, " not checked"}}) {
      const std::string_view before = between;
      for (const auto& [name, found] : levels)
        if (found == level) {
          out_ << between << name;
          between = ", ";
        }
      if (between == before) continue;
      out_ << word;
      between = "; ";
    }
  }

  void finding(const Finding& finding) {
    out_ << "  ";
    const std::string_view word = name(finding.level);
    coloured(colour_of(finding.level), word);
    out_ << ": ";
    std::string text = finding.message;
    text += finding.where.empty() ? " [" : " [" + finding.where + "; ";
    text += finding.code + "]";
    put_wrapped(out_, text, word.size() + 4, 4, style_.width);
    out_ << '\n';
  }

  static bool no_levels(const Levels& all) noexcept {
    return all.structure == Level::not_run && all.content == Level::not_run && all.meaning == Level::not_run;
  }

  static std::string_view in_words(Level level, bool locked, std::string_view when_locked) noexcept {
    switch (level) {
      case Level::not_run: return locked ? when_locked : "not checked";
      case Level::pass: return "proven";
      case Level::fail: return "failed";
    }
    return "failed";
  }

  void coloured(const char* colour, std::string_view text) {
    if (style_.colour) out_ << colour;
    out_ << text;
    if (style_.colour) out_ << "\x1b[0m";
  }

  void title(std::string_view text) {
    if (style_.colour) out_ << "\x1b[1m";
    put_printable(out_, text);
    if (style_.colour) out_ << "\x1b[0m";
    out_ << '\n';
  }

  void pad(std::size_t from, std::size_t to) {
    for (; from < to; ++from) out_ << ' ';
  }

  void row(const Section::Row& row, std::size_t column) {
    out_ << "  ";
    put_printable(out_, row.label);
    const std::size_t used = 2 + printable_width(row.label);
    std::size_t at = used;
    if (const auto* const list = std::get_if<List>(&row.value.get())) {
      if (list->empty()) out_ << '\n';
      for (const Value& item : *list) {
        value(item, at, row.label.empty() ? 2 : column);
        at = 0;
      }
      return;
    }
    value(row.value, at, row.label.empty() ? 2 : column);
  }

  // One value on lines of its own from `column` on; `at` columns of the first line are used.
  void value(const Value& value, std::size_t at, std::size_t column) {
    if (std::holds_alternative<std::nullptr_t>(value.get())) {
      out_ << '\n';
      return;
    }
    if (at != 0 && at + 2 > column && at > 2) {
      out_ << "  ";
      at += 2;
    }
    pad(at, column);
    at = std::max(at, column);
    const auto text = [&](std::string_view words) { put_wrapped(out_, words, at, column, style_.width); };
    if (const auto* const words = std::get_if<std::string>(&value.get())) text(*words);
    else if (const auto* const secret = std::get_if<SecretString>(&value.get())) text(secret->expose());
    else if (const auto* const number = std::get_if<std::int64_t>(&value.get())) text(std::to_string(*number));
    else if (const auto* const flag = std::get_if<bool>(&value.get())) text(*flag ? "yes" : "no");
    out_ << '\n';
  }

  TextBuffer& out_;
  const PageStyle& style_;
};

}  // namespace

PageStyle style_for(int fd) {
  PageStyle style;
  if (::isatty(fd) != 1) return style;
  const char* const no_colour = std::getenv("NO_COLOR");
  const char* const terminal = std::getenv("TERM");
  const bool dumb = terminal == nullptr || std::string_view(terminal) == "dumb";
  style.colour = (no_colour == nullptr || *no_colour == '\0') && !dumb;
  winsize size{};
  if (::ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col != 0)
    style.width = std::clamp<std::size_t>(size.ws_col, 40, 100);
  return style;
}

void put_wrapped(TextBuffer& out, std::string_view text, std::size_t column, std::size_t indent, std::size_t width) {
  bool first = true;
  while (!text.empty()) {
    const std::size_t blank = text.find(' ');
    const std::string_view word = text.substr(0, blank);
    const std::size_t wide = printable_width(word);
    if (!first && column + 1 + wide > width) {
      out << '\n';
      for (column = 0; column < indent; ++column) out << ' ';
    } else if (!first) {
      out << ' ';
      ++column;
    }
    put_printable(out, word);
    column += wide;
    first = false;
    if (blank == std::string_view::npos) return;
    text.remove_prefix(blank + 1);
  }
}

void put_page(TextBuffer& out, const Report& report, const PageStyle& style) {
  Page page(out, style);
  page.headline(report);
  page.levels(report);
  for (const Section& section : report.page) page.section(section);
  page.findings(report.findings);
  page.next(report.next);
}

void put_listed(TextBuffer& out, const Report& report, const PageStyle& style) { Page(out, style).listed(report); }

}  // namespace hwbak::report
