// hwbak(1) in scdoc's language: a blank line between paragraphs, *bold*, _underlined_, a tab indents.
#include "cli/docgen/docgen.h"
#include "cli/explain_text.h"

namespace hwbak::docgen {
namespace {

using namespace cli;

// scdoc takes these for markup.
std::string text(std::string_view plain) {
  std::string out;
  for (const char c : plain) {
    if (c == '_' || c == '*' || c == '\\' || c == '`' || c == '#' || c == '[' || c == ']' || c == '|') out += '\\';
    out += c;
  }
  return out;
}

void put_options(std::string& out, const CommandSpec& spec) {
  for (const OptionId id : spec.options) {
    const OptionSpec& option = spec_of(id);
    out += "*";
    if (option.letter != 0) out.append("-").append(1, option.letter).append("*, *");
    out += option.name;
    out += "*";
    if (!option.value.empty()) out.append(" _").append(text(option.value)).append("_");
    out.append("\n\t").append(text(option.help)).append(".\n\n");
  }
}

void put_examples(std::string& out, const CommandSpec& spec) {
  for (const Example& example : spec.examples) out += text(example.what) + ":\n\n\t" + text(example.line) + "\n\n";
}

void put_usage(std::string& out, const CommandSpec& spec) {
  out += "*hwbak*";
  if (!spec.name.empty()) out.append(" *").append(spec.name).append("*");
  out += " \\[_option_...\\]";
  if (!spec.arguments.empty()) out.append(" ").append(text(spec.arguments));
}

}  // namespace

std::string man_page() {
  std::string out = "hwbak(1)\n\n# NAME\n\nhwbak - open, check, restore and rescue encrypted backups of hardware security devices\n\n# SYNOPSIS\n\n";
  for (const CommandSpec& spec : commands()) {
    put_usage(out, spec);
    out += "++\n";
  }
  out += "*hwbak* *--version*\n\n# DESCRIPTION\n\n";
  out += text("hwbak answers the questions of somebody who holds a backup of a device: is it good, what is in it, what does it mean, "
              "and what can be saved of a damaged one. A file is recognised by what is in it, never by its name. A folder stands for "
              "the files in it, and - for standard input. A file that is called like a command is given as ./inspect.") + "\n\n";
  out += text("Each answer begins with one outcome (see EXIT STATUS) and says how far it was proven: structure, content, meaning. "
              "It ends with one thing to do next. Data go to standard output, messages to standard error. Secrets are shown only with "
              "--reveal.") + "\n\n";
  for (const CommandSpec& spec : commands()) {
    out += "# " + (spec.name.empty() ? std::string("HWBAK FILE") : "HWBAK " + std::string(spec.name));
    // Section titles are upper case by custom.
    for (std::size_t i = out.rfind("# "); i < out.size(); ++i)
      if (out[i] >= 'a' && out[i] <= 'z') out[i] = static_cast<char>(out[i] - 'a' + 'A');
    out += "\n\n";
    put_usage(out, spec);
    out += "\n\n" + text(spec.description) + "\n\n";
    put_options(out, spec);
    put_examples(out, spec);
  }
  out += "# SECRETS\n\n" +
         text("A secret never stands on the command line, where other programs can read it. SOURCE says where it comes from:") + "\n\n"
         "*tty*\n\tThe controlling terminal, without echo. The default for the password of a single file.\n\n"
         "*stdin*\n\tStandard input.\n\n*fd:*_N_\n\tAn open file descriptor.\n\n*file:*_PATH_\n\tA file.\n\n"
         "*env:*_NAME_\n\tAn environment variable.\n\n" +
         text("One trailing newline is dropped. The twelve words of a backup may be in any case, with commas or numbers between them, and "
              "may be cut to their first four letters.") + "\n\n";
  out += "# EXIT STATUS\n\n";
  for (const OutcomeText& row : outcome_texts())
    out.append("*").append(std::to_string(exit_code(row.outcome))).append("* (").append(text(name(row.outcome))).append(")\n\t").append(text(row.means)).append("\n\n");
  out.append("*").append(std::to_string(exit_interrupted)).append("*\n\tInterrupted.\n\n");
  out += text("With several files it is the highest of theirs.") + "\n\n";
  out += "# ENVIRONMENT\n\n*NO_COLOR*\n\tWhen set and not empty, no colours are used.\n\n"
         "*TERM*\n\tWith _dumb_, no colours and no erasing of lines.\n";
  return out;
}

}  // namespace hwbak::docgen
