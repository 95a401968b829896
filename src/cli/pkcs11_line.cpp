// See pkcs11_line.h.
#include "cli/pkcs11_line.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "base/ascii.h"
#include "cli/option_table.h"

namespace hwbak::cli {
namespace {

struct Letter {
  char letter;
  std::string_view name;
  bool value;
};
constexpr std::array letters{Letter{'l', "--login", false},     Letter{'p', "--pin", true}, Letter{'o', "--output-file", true},
                             Letter{'i', "--input-file", true}, Letter{'d', "--id", true},  Letter{'a', "--label", true}};

// What the real program does itself, with its letters.
struct Real {
  std::string_view name;
  char letter;
};
constexpr std::array real_actions{
    Real{"--keypairgen", 'k'}, Real{"--sign", 's'}, Real{"--verify", 0}, Real{"--decrypt", 0}, Real{"--encrypt", 0},
    Real{"--derive", 0}, Real{"--list-objects", 'O'}, Real{"--list-slots", 'L'}, Real{"--list-token-slots", 'T'},
    Real{"--list-mechanisms", 'M'}, Real{"--show-info", 'I'}, Real{"--delete-object", 'b'},
    Real{"--read-object", 'r'}, Real{"--write-object", 'w'}, Real{"--init-pin", 0}, Real{"--change-pin", 'c'},
    Real{"--unlock-pin", 0}, Real{"--set-id", 'e'}, Real{"--test", 't'}, Real{"--generate-random", 0},
    Real{"--mechanism", 'm'}};

constexpr std::string_view init_token = "--init-token", keygen = "--keygen";
constexpr const char* initialise = "see the steps: `hwbak device init-plan`";
constexpr const char* how_to_generate =
    "a DKEK: `hwbak pkcs11-tool --generate-key --key-type aes:32 --label dkek --id 01`; an AES key: `hwbak create wrapped-key "
    "--fresh aes:256`, then "
    "`hwbak device restore FILE`";

std::string lower(std::string text) {
  std::ranges::transform(text, text.begin(), ascii_lower);
  return text;
}

std::string_view name_of(const std::string& argument) { return std::string_view(argument).substr(0, argument.find('=')); }

bool is_letter(const std::string& argument) { return argument.size() >= 2 && argument[0] == '-' && argument[1] != '-'; }

bool refuse_real(const std::string& argument, Pkcs11Line& line) {
  for (const Real& real : real_actions)
    if (name_of(argument) == real.name || (real.letter != 0 && is_letter(argument) && argument[1] == real.letter)) {
      line.refused = std::string(real.name) +
                     " is none of the manual's lines that need hwbak: the real pkcs11-tool does that with this device";
      line.instead = "run `pkcs11-tool` of OpenSC with these options";
      return true;
    }
  if (name_of(argument) == init_token) {
    line.refused =
        "a DKEK must be set up while the device is initialised, which --init-token does not do; and hwbak never initialises a "
        "device in passing";
    line.instead = initialise;
    return true;
  }
  if (name_of(argument) != keygen) return false;
  line.refused = "OpenSC makes no AES key on this device, so --keygen helps nobody here";
  line.instead = how_to_generate;
  return true;
}

std::string refuse(Pkcs11Line& line, std::string sentence, std::string instead) {
  line.refused = std::move(sentence);
  line.instead = std::move(instead);
  return {};
}

std::string judge_generate(Options& options) {
  Pkcs11Line& line = options.pkcs11;
  if (!line.key_type.empty() && !same_word(line.key_type, "aes:32")) {
    if (lower(line.key_type).starts_with("aes") || lower(line.key_type).starts_with("generic"))
      return refuse(line, "a DKEK is a key of type aes:32, and other AES keys OpenSC cannot make on this device", how_to_generate);
    return refuse(line, "key pairs are made by the real pkcs11-tool, with --keypairgen",
                  "run `pkcs11-tool --login --keypairgen --key-type TYPE --id ID --label LABEL`");
  }
  const std::string& label = options.wrapped_key.label;
  if (!label.empty() && lower(label).find("dkek") == std::string::npos)
    return refuse(line,
                  "this line makes the DKEK, which the manual labels dkek; other AES keys OpenSC cannot make on this device",
                  how_to_generate);
  if ((line.shares == 0) != (options.threshold == 0))
    return "--shares N and --threshold K go together: any K of N custodians open the share file";
  if (options.threshold > line.shares) return "--threshold is at most --shares";
  if (line.shares != 0 && options.secrets.password)
    return "--shares draws its own password, so --password-from does not go with it";
  return options.output ? "--output-file goes with --export-key" : "";
}

std::string judge_export(Options& options) {
  if (!options.output) return "--export-key needs --output-file PATH";
  if (options.pkcs11.wraps && options.wrapped_key.id.empty())
    return "--export-key --wrap needs --id HEX of the key in the device";
  if (!options.pkcs11.wraps && !options.pkcs11.wrapping_key.empty()) return "--wrapping-key goes with --wrap";
  return {};
}

std::string judge_import(Options& options) {
  Pkcs11Line& line = options.pkcs11;
  if (!line.unwraps)
    return refuse(line, "a key in the clear does not go into this device as it is",
                  "wrap it first: `hwbak create wrapped-key --key FILE --output WRAPPED`, then --import-key --unwrap");
  return line.input ? "" : "--import-key --unwrap needs --input-file PATH";
}

}  // namespace

void spell_out(std::vector<std::string>& arguments, Pkcs11Line& line) {
  std::vector<std::string> out;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    std::string& argument = arguments[i];
    const auto letter = std::find_if(letters.begin(), letters.end(),
                                     [&](const Letter& one) { return is_letter(argument) && argument[1] == one.letter; });
    if (letter != letters.end()) {
      // It may be a PIN: only in the vector's memory, which is wiped when it is freed, and never on the stack.
      const std::string_view here(argument);
      std::string& spelt = out.emplace_back(letter->name);
      if (letter->value && here.size() > 2)
        spelt.append("=").append(here.substr(2));
      else if (letter->value && i + 1 < arguments.size())
        spelt.append("=").append(arguments[++i]);
      continue;
    }
    if (refuse_real(argument, line)) return;
    const auto known =
        std::find_if(cli::options().begin(), cli::options().end(), [&](const OptionSpec& spec) { return spec.name == argument; });
    const bool has_value = known != cli::options().end() && known->kind != ValueKind::none;
    out.push_back(std::move(argument));
    if (has_value && i + 1 < arguments.size()) out.push_back(std::move(arguments[++i]));
  }
  arguments = std::move(out);
}

std::string complaint(Options& options) {
  Pkcs11Line& line = options.pkcs11;
  const int actions = line.generate + line.exports + line.imports;
  if (actions == 0 && (line.wraps || line.unwraps))
    return refuse(line,
                  "the driver of OpenSC offers no mechanism to wrap or unwrap keys on this device, so --wrap and --unwrap alone "
                  "do nothing there",
                  line.wraps ? "`sc-hsm-tool --wrap-key FILE --key-reference R`, or here --export-key --wrap"
                             : "`sc-hsm-tool --unwrap-key FILE --key-reference R`, or here --import-key --unwrap");
  if (actions != 1) return "pkcs11-tool wants one of --generate-key, --export-key and --import-key";
  if (line.wraps && !line.exports) return "--wrap goes with --export-key";
  if (line.unwraps && !line.imports) return "--unwrap goes with --import-key";
  if (line.pin && options.secrets.pin) return "--pin and --pin-from both give the PIN; --pin-from is the better one";
  constexpr std::size_t longest_id = 32;
  if (options.wrapped_key.id.size() > longest_id || line.wrapping_key.size() > longest_id) return "an ID has at most 32 bytes";
  if (!line.generate &&
      (line.shares != 0 || options.threshold != 0 || options.write_shares.sheets || options.write_shares.quorums))
    return "--shares, --threshold, --sheets and --quorums go with --generate-key";
  if (line.generate) return judge_generate(options);
  return line.exports ? judge_export(options) : judge_import(options);
}

void hide_pins(std::span<char* const> argv) noexcept {
  const auto cover = [](char* text) { std::memset(text, '*', std::strlen(text)); };
  for (std::size_t i = 1; i < argv.size(); ++i) {
    for (const std::string_view name : {"--pin", "--so-pin"}) {
      const std::string_view argument(argv[i]);
      if (argument == name && i + 1 < argv.size()) cover(argv[i + 1]);
      if (argument.starts_with(name) && argument.size() > name.size() && argument[name.size()] == '=')
        cover(argv[i] + name.size() + 1);
    }
    if (std::strncmp(argv[i], "-p", 2) != 0) continue;
    if (argv[i][2] != 0)
      cover(argv[i] + 2);
    else if (i + 1 < argv.size())
      cover(argv[i + 1]);
  }
}

}  // namespace hwbak::cli
