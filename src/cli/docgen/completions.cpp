// Completion scripts for bash, zsh and fish.
#include "cli/docgen/docgen.h"
#include "cli/explain_text.h"

namespace hwbak::docgen {
namespace {

using namespace cli;

// FILE, and perhaps a SOURCE behind it.
bool is_share(ValueKind kind) { return kind == ValueKind::share || kind == ValueKind::new_share; }

std::string joined(std::span<const std::string_view> words) {
  std::string out;
  for (const std::string_view word : words) {
    if (!out.empty()) out += ' ';
    out += word;
  }
  return out;
}

std::string command_words() {
  std::string out;
  for (const CommandSpec& spec : commands()) {
    if (spec.name.empty()) continue;
    if (!out.empty()) out += ' ';
    out += spec.name;
  }
  return out;
}

std::string explain_words() {
  std::string out;
  for (const OutcomeText& text : outcome_texts()) out.append(name(text.outcome)).append(" ");
  for (const FindingText& text : finding_texts()) out.append(text.code).append(" ");
  out.pop_back();
  return out;
}

std::string option_words(const CommandSpec& spec) {
  std::string out;
  for (const OptionId id : spec.options) {
    if (!out.empty()) out += ' ';
    out += spec_of(id).name;
  }
  return out;
}

// '…' in a shell: the help texts hold an apostrophe here and there.
std::string in_quotes(std::string_view text) {
  std::string out = "'";
  for (const char c : text) {
    if (c == '\'') out += "'\\''";
    else out += c;
  }
  return out += '\'';
}

}  // namespace

std::string bash_completion() {
  std::string out = "# bash completion for hwbak, made from its option table by hwbak-docgen\n\n_hwbak() {\n"
                    "  local cur=\"${COMP_WORDS[COMP_CWORD]}\" prev=\"${COMP_WORDS[COMP_CWORD-1]}\" command='' i\n"
                    "  COMPREPLY=()\n"
                    "  for ((i = 1; i < COMP_CWORD; i++)); do\n"
                    "    case \"${COMP_WORDS[i]}\" in\n      ";
  std::string alternatives = command_words();
  for (char& c : alternatives)
    if (c == ' ') c = '|';
  out += alternatives + ") command=\"${COMP_WORDS[i]}\"; break ;;\n    esac\n  done\n  case \"$prev\" in\n";
  for (const OptionSpec& spec : options()) {
    const auto words = choices(spec.kind);
    std::string names(spec.name);
    if (spec.letter != 0) names.append("|-").append(1, spec.letter);
    if (spec.kind == ValueKind::source) {
      // A path behind `file:`; the colon is a word break of its own in bash.
      out += "    " + names + ") compopt -o nospace; COMPREPLY=($(compgen -W '" + joined(words) + "' -- \"$cur\")); return ;;\n";
    } else if (!words.empty()) {
      out += "    " + names + ") COMPREPLY=($(compgen -W '" + joined(words) + "' -- \"$cur\")); return ;;\n";
    } else if (spec.kind == ValueKind::path || spec.kind == ValueKind::folder || is_share(spec.kind)) {
      out += "    " + names + ") compopt -o filenames; COMPREPLY=($(compgen " + (spec.kind == ValueKind::folder ? "-d" : "-f") +
             " -- \"$cur\")); return ;;\n";
    } else if (spec.kind != ValueKind::none) {
      out += "    " + names + ") return ;;\n";
    }
  }
  out += "  esac\n  if [[ $cur == -* ]]; then\n    case \"$command\" in\n";
  for (const CommandSpec& spec : commands())
    out += "      " + (spec.name.empty() ? std::string("''") : std::string(spec.name)) + ") COMPREPLY=($(compgen -W '" +
           option_words(spec) + "' -- \"$cur\")) ;;\n";
  out += "    esac\n    return\n  fi\n  case \"$command\" in\n"
         "    '') compopt -o filenames; COMPREPLY=($(compgen -W '" + command_words() +
         "' -- \"$cur\") $(compgen -f -- \"$cur\")) ;;\n";
  for (const CommandSpec& spec : commands()) {
    if (spec.name.empty()) continue;
    const std::string name(spec.name);
    switch (spec.takes) {
      case Takes::nothing: out += "    " + name + ") ;;\n"; break;
      case Takes::word: out += "    " + name + ") COMPREPLY=($(compgen -W '" + explain_words() + "' -- \"$cur\")) ;;\n"; break;
      case Takes::verb:
        out += "    " + name + ") compopt -o filenames; COMPREPLY=($(compgen -f -W '" + joined(spec.kinds) + "' -- \"$cur\")) ;;\n";
        break;
      case Takes::kind:
        out += "    " + name + ") COMPREPLY=($(compgen -W '" + joined(spec.kinds) + "' -- \"$cur\")) ;;\n";
        break;
      case Takes::folders: out += "    " + name + ") compopt -o filenames; COMPREPLY=($(compgen -d -- \"$cur\")) ;;\n"; break;
      case Takes::one_file:
      case Takes::two_files:
      case Takes::files: out += "    " + name + ") compopt -o filenames; COMPREPLY=($(compgen -f -- \"$cur\")) ;;\n"; break;
    }
  }
  return out + "  esac\n}\n\ncomplete -F _hwbak hwbak\n";
}

std::string zsh_completion() {
  const auto escaped = [](std::string_view text) {  // inside _arguments: no bare colon or bracket
    std::string out;
    for (const char c : text) {
      if (c == ':' || c == '[' || c == ']') out += '\\';
      out += c;
    }
    return out;
  };
  const auto argument = [&](const OptionSpec& spec) {
    std::string line = spec.repeatable ? "*" : "";
    line += spec.name;
    line.append("[").append(escaped(spec.help)).append("]");
    const auto words = choices(spec.kind);
    if (spec.kind == ValueKind::source) {
      line.append(":").append(spec.value).append(":_hwbak_source");
    } else if (!words.empty()) {
      line.append(":").append(spec.value).append(":(").append(joined(words)).append(")");
    } else if (spec.kind == ValueKind::path || is_share(spec.kind)) {
      line.append(":").append(spec.value).append(":_files");
    } else if (spec.kind == ValueKind::folder) {
      line.append(":").append(spec.value).append(":_files -/");
    } else if (spec.kind != ValueKind::none) {
      line.append(":").append(spec.value).append(": ");
    }
    return in_quotes(line);
  };
  std::string out = "#compdef hwbak\n# zsh completion for hwbak, made from its option table by hwbak-docgen\n\n"
                    "_hwbak_source() {\n"
                    "  if compset -P 'file:'; then\n    _files\n  else\n    compadd -S '' -- file: env: fd:\n    compadd -- tty stdin\n  fi\n}\n\n"
                    "_hwbak() {\n  local -a commands\n  commands=(\n";
  for (const CommandSpec& spec : commands())
    if (!spec.name.empty()) out += "    " + in_quotes(std::string(spec.name) + ":" + std::string(spec.summary)) + "\n";
  out += "  )\n  local command=''\n  local word\n  for word in \"${(@)words[2,CURRENT-1]}\"; do\n    case \"$word\" in\n      ";
  std::string alternatives = command_words();
  for (char& c : alternatives)
    if (c == ' ') c = '|';
  out += alternatives + ") command=\"$word\"; break ;;\n    esac\n  done\n  case \"$command\" in\n";
  for (const CommandSpec& spec : commands()) {
    out += "    " + (spec.name.empty() ? std::string("''") : std::string(spec.name)) + ")\n      _arguments -s -S";
    for (const OptionId id : spec.options) out += " \\\n        " + argument(spec_of(id));
    // The command itself is one of the words.
    if (!spec.name.empty()) out += " \\\n        '1:command:'";
    switch (spec.takes) {
      case Takes::nothing: break;
      case Takes::word: out += " \\\n        '2:word:(" + explain_words() + ")'"; break;
      case Takes::verb: out += " \\\n        '2:verb:(" + joined(spec.kinds) + ")' '3:file:_files'"; break;
      case Takes::kind: out += " \\\n        '2:kind:(" + joined(spec.kinds) + ")'"; break;
      case Takes::folders: out += " \\\n        '*:folder:_files -/'"; break;
      case Takes::one_file: out += " \\\n        '2:file:_files'"; break;
      case Takes::two_files: out += " \\\n        '2:file:_files' '3:file:_files'"; break;
      case Takes::files:
        out += spec.name.empty() ? " \\\n        '1:command or file:{ _describe command commands; _files }' \\\n        '*:file:_files'"
                                 : " \\\n        '*:file:_files'";
        break;
    }
    out += "\n      ;;\n";
  }
  return out + "  esac\n}\n\n_hwbak \"$@\"\n";
}

std::string fish_completion() {
  std::string out = "# fish completion for hwbak, made from its option table by hwbak-docgen\n\n";
  const std::string none = "not __fish_seen_subcommand_from " + command_words();
  for (const CommandSpec& spec : commands()) {
    const std::string condition =
        in_quotes(spec.name.empty() ? none : "__fish_seen_subcommand_from " + std::string(spec.name));
    if (!spec.name.empty())
      out += "complete -c hwbak -n " + in_quotes(none) + " -a " + std::string(spec.name) + " -d " + in_quotes(spec.summary) + "\n";
    if (spec.takes == Takes::nothing) out += "complete -c hwbak -n " + condition + " -f\n";
    if (spec.takes == Takes::word) out += "complete -c hwbak -n " + condition + " -f -a " + in_quotes(explain_words()) + "\n";
    if (spec.takes == Takes::kind) out += "complete -c hwbak -n " + condition + " -f -a " + in_quotes(joined(spec.kinds)) + "\n";
    if (spec.takes == Takes::verb) out += "complete -c hwbak -n " + condition + " -a " + in_quotes(joined(spec.kinds)) + "\n";
    if (spec.takes == Takes::folders) out += "complete -c hwbak -n " + condition + " -f -a '(__fish_complete_directories)'\n";
    for (const OptionId id : spec.options) {
      const OptionSpec& option = spec_of(id);
      out += "complete -c hwbak -n " + condition + " -l " + std::string(option.name.substr(2));
      if (option.letter != 0) out.append(" -s ").append(1, option.letter);
      const auto words = choices(option.kind);
      if (!words.empty()) out += " -x -a " + in_quotes(joined(words));
      else if (option.kind == ValueKind::path || is_share(option.kind)) out += " -r -F";
      else if (option.kind == ValueKind::folder) out += " -x -a '(__fish_complete_directories)'";
      else if (option.kind != ValueKind::none) out += " -x";
      out += " -d " + in_quotes(option.help) + "\n";
    }
  }
  return out;
}

}  // namespace hwbak::docgen
