// See help.h.
#include "cli/help.h"

#include "report/page.h"

namespace hwbak::cli {
namespace {

constexpr std::size_t width = 80;

void put_row(report::TextBuffer& out, const std::string& label, std::string_view text, std::size_t column) {
  out << "  " << label;
  std::size_t at = 2 + label.size();
  if (at + 2 > column) {
    out << '\n';
    at = 0;
  }
  for (; at < column; ++at) out << ' ';
  report::put_wrapped(out, text, column, column, width);
  out << '\n';
}

std::string label_of(const OptionSpec& spec) {
  std::string label;
  if (spec.letter != 0) label.append("-").append(1, spec.letter).append(", ");
  label += spec.name;
  if (!spec.value.empty()) label.append(" ").append(spec.value);
  return label;
}

void put_commands(report::TextBuffer& out) {
  out << "\nCommands:\n";
  for (const CommandSpec& spec : commands())
    if (!spec.name.empty()) put_row(out, std::string(spec.name), spec.summary, 12);
  out << "  `hwbak COMMAND --help` says more.\n";
}

}  // namespace

std::string help_text(Command command) {
  const CommandSpec& spec = spec_of(command);
  report::TextBuffer out;
  out << "Usage: hwbak " << spec.name << (spec.name.empty() ? "" : " ") << "[OPTION...]" << (spec.arguments.empty() ? "" : " ")
      << spec.arguments << '\n';
  if (spec.name.empty()) out << "       hwbak COMMAND [OPTION...] ...\n";
  out << '\n';
  report::put_wrapped(out, spec.description, 0, 0, width);
  out << '\n';
  if (spec.name.empty()) put_commands(out);
  out << "\nOptions:\n";
  bool sources = false;
  for (const OptionId id : spec.options) {
    const OptionSpec& option = spec_of(id);
    put_row(out, label_of(option), option.help, 30);
    sources = sources || option.kind == ValueKind::source || option.kind == ValueKind::share || option.kind == ValueKind::new_share;
  }
  if (sources) out << "\nSOURCE is tty, stdin, fd:N, file:PATH or env:NAME. FILE may be a folder, or - for\nstandard input.\n";
  out << "\nExamples:\n";
  for (const Example& example : spec.examples) out << "  " << example.line << "\n      " << example.what << '\n';
  return std::string(out.view());
}

}  // namespace hwbak::cli
