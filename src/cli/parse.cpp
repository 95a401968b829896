// The command line to Options. The only file that includes CLI11: it is a header-only library and
// slow to compile. The command word is found first, so that any other word is a FILE; CLI11 then
// takes the options of that one command.
#include <CLI/CLI.hpp>

#include <algorithm>
#include <charconv>
#include <map>

#include "base/hex.h"
#include "base/unicode.h"
#include "cli/option_table.h"

namespace hwbak::cli {
namespace {

bool is_option(const std::string& argument) { return argument.size() > 1 && argument[0] == '-'; }

const OptionSpec* option_in(const std::string& argument) {
  const std::string_view name = std::string_view(argument).substr(0, argument.find('='));
  for (const OptionSpec& spec : options()) {
    if (name == spec.name) return &spec;
    if (spec.letter != 0 && argument.size() >= 2 && argument[0] == '-' && argument[1] == spec.letter) return &spec;
  }
  return nullptr;
}

class Parser final {
 public:
  explicit Parser(const std::vector<std::string>& arguments) {
    const auto dashes = std::find(arguments.begin(), arguments.end(), "--");
    before_.assign(arguments.begin(), dashes);
    if (dashes != arguments.end()) after_.assign(dashes + 1, arguments.end());
    json_ = std::find(before_.begin(), before_.end(), "--json") != before_.end();
  }

  Options run() {
    take_command();
    refuse_unknown();
    run_cli11();
    result_.json = json_;
    for (const auto& [id, value] : values_) store(spec_of(id), value);
    check();
    return std::move(result_);
  }

 private:
  [[noreturn]] void fail(const std::string& sentence) const {
    throw UsageError{sentence, std::string(spec_of(result_.command).name), json_};
  }

  // The first word that is neither an option nor the value of one.
  void take_command() {
    for (std::size_t i = 0; i < before_.size(); ++i) {
      if (is_option(before_[i])) {
        const OptionSpec* const spec = option_in(before_[i]);
        const bool separate = before_[i].find('=') == std::string::npos && (before_[i][1] == '-' || before_[i].size() == 2);
        if (spec != nullptr && spec->kind != ValueKind::none && separate) ++i;
        continue;
      }
      const auto command = command_named(before_[i]);
      if (!command) return;
      result_.command = *command;
      before_.erase(before_.begin() + static_cast<std::ptrdiff_t>(i));
      return;
    }
  }

  bool allowed(const OptionSpec& spec) const {
    const auto own = spec_of(result_.command).options;
    return std::find(own.begin(), own.end(), spec.id) != own.end() || spec.id == OptionId::version;
  }

  // Says the option's name only: what stands behind `=` may be a secret given by mistake.
  void refuse_unknown() const {
    for (std::size_t i = 0; i < before_.size(); ++i) {
      if (!is_option(before_[i])) continue;
      const OptionSpec* const spec = option_in(before_[i]);
      const std::string name = printable(before_[i].substr(0, before_[i].find('=')));
      if (spec == nullptr) {
        const bool secret = name.starts_with("--pass") || name.starts_with("-p");
        fail("there is no option " + name +
             (secret ? "; a password is never given on the command line, where other programs can read it: use --password-from" : ""));
      }
      if (!allowed(*spec)) fail("the option " + name + " does not belong to " + described_command());
      const bool has_value = before_[i].find('=') != std::string::npos;
      if (spec->kind == ValueKind::none && has_value) fail("the option " + name + " takes no value");
      if (spec->kind != ValueKind::none && !has_value) ++i;
    }
  }

  std::string described_command() const {
    const std::string_view name = spec_of(result_.command).name;
    return name.empty() ? "`hwbak FILE`" : "`hwbak " + std::string(name) + "`";
  }

  void run_cli11() {
    CLI::App app;
    app.set_help_flag();
    app.allow_extras();
    std::map<OptionId, bool> flags;
    std::map<OptionId, std::string> texts;
    for (const OptionSpec& spec : options()) {
      if (!allowed(spec)) continue;
      std::string names(spec.name);
      if (spec.letter != 0) names = "-" + std::string(1, spec.letter) + "," + names;
      if (spec.kind == ValueKind::none) app.add_flag(names, flags[spec.id]);
      else app.add_option(names, texts[spec.id]);
    }
    try {
      std::vector<std::string> reversed(before_.rbegin(), before_.rend());
      app.parse(std::move(reversed));
    } catch (const CLI::ArgumentMismatch& error) {
      fail(named(error.what()) + " needs a value, and is given once");
    } catch (const CLI::ParseError&) {
      fail("the options cannot be understood");
    }
    for (const auto& [id, set] : flags)
      if (set) values_[id] = "";
    for (const auto& [id, text] : texts)
      if (app.count(std::string(spec_of(id).name)) != 0) values_[id] = text;
    result_.arguments = app.remaining();
    result_.arguments.insert(result_.arguments.end(), after_.begin(), after_.end());
  }

  // CLI11's message begins with the option's name; the rest of it may repeat a value.
  static std::string named(const std::string& message) {
    const std::string name = message.substr(0, message.find_first_of(": "));
    return name.starts_with("--") ? name : "an option";
  }

  std::optional<term::Source> source(const OptionSpec& spec, const std::string& text) const {
    auto parsed = term::parse_source(text);
    if (!parsed)
      fail(std::string(spec.name) + " wants tty, stdin, fd:N, file:PATH or env:NAME; the secret itself never stands on the command line");
    return parsed;
  }

  std::uint64_t number(const OptionSpec& spec, std::string_view text) const {
    std::uint64_t value = 0;
    const auto parsed = std::from_chars(text.data(), text.data() + text.size(), value);
    if (parsed.ec != std::errc() || parsed.ptr != text.data() + text.size()) fail(std::string(spec.name) + " wants a whole number");
    return value;
  }

  std::uint64_t size(const OptionSpec& spec, std::string_view text) const {
    unsigned shift = 0;
    if (text.ends_with('k') || text.ends_with('K')) shift = 10;
    if (text.ends_with('M')) shift = 20;
    if (text.ends_with('G')) shift = 30;
    if (shift != 0) text.remove_suffix(1);
    const std::uint64_t value = number(spec, text);
    constexpr std::uint64_t largest = std::uint64_t{64} << 30;
    if (value == 0 || value > largest >> shift) fail(std::string(spec.name) + " wants 1 byte to 64G");
    return value << shift;
  }

  template <typename Choice>
  Choice choice(const OptionSpec& spec, const std::string& text, std::initializer_list<Choice> values) const {
    const auto words = choices(spec.kind);
    for (std::size_t i = 0; i < words.size(); ++i)
      if (words[i] == text) return values.begin()[i];
    std::string list;
    for (const std::string_view word : words) list += (list.empty() ? "" : ", ") + std::string(word);
    fail(std::string(spec.name) + " is one of: " + list);
  }

  void store(const OptionSpec& spec, const std::string& text) {
    switch (spec.id) {
      case OptionId::help: result_.help = true; break;
      case OptionId::version: result_.version = true; break;
      case OptionId::json: break;
      case OptionId::reveal: result_.reveal = true; break;
      case OptionId::raw: result_.raw = true; break;
      case OptionId::salvage: result_.salvage = true; break;
      case OptionId::force: result_.force = true; break;
      case OptionId::no_password: result_.secrets.no_password = true; break;
      case OptionId::password_from: result_.secrets.password = source(spec, text); break;
      case OptionId::passwords_from: result_.secrets.passwords = source(spec, text); break;
      case OptionId::receiver_key_from: result_.secrets.receiver_key = source(spec, text); break;
      case OptionId::new_password_from: result_.secrets.new_password = source(spec, text); break;
      case OptionId::password_encoding:
        result_.secrets.encoding = choice(spec, text, {term::Encoding::text, term::Encoding::hex, term::Encoding::raw});
        break;
      case OptionId::require:
        result_.verify.require = choice(spec, text, {Require::structure, Require::content, Require::meaning});
        break;
      case OptionId::fail_on:
        result_.fail_on = choice(spec, text, {Severity::note, Severity::warning, Severity::high, Severity::critical});
        break;
      case OptionId::expect_fingerprint:
        if (text.size() != 8 || !from_hex(text)) fail("--expect-fingerprint wants 8 hexadecimal digits");
        result_.verify.expect_fingerprint = text;
        break;
      case OptionId::output:
        if (text.empty() || text == "-") fail("--output wants a file; without it the contents go to standard output");
        result_.output = text;
        break;
      case OptionId::max_kdf_rounds: {
        const std::uint64_t rounds = number(spec, text);
        if (rounds > 62) fail("--max-kdf-rounds wants 0 to 62, a power of two");
        result_.max_kdf_rounds = static_cast<unsigned>(rounds);
        break;
      }
      case OptionId::max_size: result_.max_size = size(spec, text); break;
    }
  }

  void check() {
    if (result_.help || result_.version) return;
    check_arguments();
    check_secrets();
    if (result_.raw && result_.salvage) fail("--raw and --salvage exclude each other");
    const bool data = result_.raw || result_.salvage;
    if (result_.command == Command::open && result_.output && !data) fail("--output goes with --raw or --salvage");
    if (data && result_.json && !result_.output) fail("with --json the contents need a place of their own: give --output PATH");
    if (result_.force && !result_.output) fail("--force goes with --output");
    if (result_.command == Command::rekey && !result_.output) fail("rekey needs --output PATH for the new file");
  }

  void check_arguments() const {
    const CommandSpec& spec = spec_of(result_.command);
    const std::size_t count = result_.arguments.size();
    switch (spec.takes) {
      case Takes::nothing:
        if (count != 0) fail(described_command() + " takes no argument");
        break;
      case Takes::word:
        if (count > 1) fail(described_command() + " takes one word");
        break;
      case Takes::one_file:
        if (count != 1) fail(described_command() + " takes one FILE");
        break;
      case Takes::files:
        if (count == 0) fail(spec.name.empty() ? "no FILE and no command is given" : described_command() + " needs a FILE");
        break;
      case Takes::folders:
        if (count == 0) fail(described_command() + " needs a folder");
        break;
    }
    for (const std::string& argument : result_.arguments)
      if (argument.empty()) fail("a FILE is an empty name");
  }

  void check_secrets() const {
    const term::SecretOptions& secrets = result_.secrets;
    if (secrets.no_password && (secrets.password || secrets.passwords || secrets.receiver_key))
      fail("--no-password excludes the options that give one");
    if (secrets.passwords && secrets.passwords->kind == term::Source::Kind::terminal)
      fail("--passwords-from reads a file, a descriptor, a variable or standard input, not the terminal");
    std::vector<int> read;
    const auto once = [&](const std::optional<term::Source>& source) {
      if (!source || source->descriptor < 0) return;
      if (std::find(read.begin(), read.end(), source->descriptor) != read.end())
        fail("two things are to be read from " + term::describe(*source) + "; give each its own source");
      read.push_back(source->descriptor);
    };
    if (std::count(result_.arguments.begin(), result_.arguments.end(), "-") > 1) fail("standard input can be read once only");
    if (std::find(result_.arguments.begin(), result_.arguments.end(), "-") != result_.arguments.end())
      once(term::parse_source("stdin"));
    once(secrets.password);
    once(secrets.passwords);
    once(secrets.new_password);
    once(secrets.receiver_key);
  }

  std::vector<std::string> before_, after_;
  bool json_ = false;
  std::map<OptionId, std::string> values_;
  Options result_;
};

}  // namespace

Options parse(const std::vector<std::string>& arguments) { return Parser(arguments).run(); }

}  // namespace hwbak::cli
