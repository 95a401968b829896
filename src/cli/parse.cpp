// The command line to Options. The only file that includes CLI11: it is a header-only library and
// slow to compile. The command word is found first, so that any other word is a FILE; CLI11 then
// takes the options of that one command.
#include <CLI/CLI.hpp>

#include <algorithm>
#include <bit>
#include <charconv>
#include <map>

#include "base/hex.h"
#include "base/unicode.h"
#include "cli/option_table.h"
#include "cli/pkcs11_line.h"
#include "device/coldcard/card.h"
#include "device/pico_hsm/algorithms.h"

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
    take_json_files();
    if (result_.command == Command::pkcs11_tool) {
      spell_out(before_, result_.pkcs11);
      if (!result_.pkcs11.refused.empty()) {
        result_.json = json_;
        return std::move(result_);
      }
    }
    refuse_unknown();
    run_cli11();
    result_.json = json_;
    for (const auto& [id, given] : values_)
      for (const std::string& value : given) store(spec_of(id), value);
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

  // `create cdc-badge --json FILE` names a source; elsewhere --json stands alone and asks for JSON lines.
  void take_json_files() {
    if (result_.command != Command::create) return;
    const auto kinds = spec_of(result_.command).kinds;
    constexpr std::string_view flag = "--json", source = "--from-json";
    for (std::size_t i = 0; i < before_.size(); ++i) {
      if (before_[i].starts_with("--json=")) before_[i].replace(0, flag.size(), source);
      if (before_[i] != flag || i + 1 == before_.size() || is_option(before_[i + 1])) continue;
      if (std::find(kinds.begin(), kinds.end(), before_[i + 1]) == kinds.end()) before_[i] = source;
    }
    json_ = std::find(before_.begin(), before_.end(), flag) != before_.end();
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
    std::map<OptionId, std::vector<std::string>> texts;
    for (const OptionSpec& spec : options()) {
      if (!allowed(spec)) continue;
      std::string names(spec.name);
      if (spec.letter != 0) names = "-" + std::string(1, spec.letter) + "," + names;
      if (spec.kind == ValueKind::none) app.add_flag(names, flags[spec.id]);
      else app.add_option(names, texts[spec.id])->expected(1)->allow_extra_args(false)->multi_option_policy(
               spec.repeatable ? CLI::MultiOptionPolicy::TakeAll : CLI::MultiOptionPolicy::Throw);
    }
    try {
      std::vector<std::string> reversed(before_.rbegin(), before_.rend());
      app.parse(std::move(reversed));
    } catch (const CLI::ArgumentMismatch& error) {
      const std::string name = named(error.what());
      const OptionSpec* const spec = option_in(name);
      fail(name + (spec != nullptr && spec->repeatable ? " needs a value" : " needs a value, and is given once"));
    } catch (const CLI::ParseError&) {
      fail("the options cannot be understood");
    }
    for (const auto& [id, set] : flags)
      if (set) values_[id] = {""};
    for (const auto& [id, given] : texts)
      if (app.count(std::string(spec_of(id).name)) != 0) values_[id] = given;
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

  // FILE, or FILE=SOURCE, split at the first `=` behind which a SOURCE stands.
  term::ShareSource share(const OptionSpec& spec, const std::string& text) const {
    constexpr std::string_view quorum = "quorum:";
    term::ShareSource out;
    for (std::size_t at = text.find('='); at != std::string::npos; at = text.find('=', at + 1)) {
      const std::string_view behind = std::string_view(text).substr(at + 1);
      out.quorum = behind.starts_with(quorum) && behind.size() > quorum.size();
      const auto parsed = term::parse_source(out.quorum ? "file:" + std::string(behind.substr(quorum.size())) : std::string(behind));
      if (!parsed) continue;
      out.file = text.substr(0, at);
      out.source = *parsed;
      break;
    }
    // What stands behind another `=` may be a password: it is not to be taken for a name that is printed.
    if (out.file.empty() && text.find('=') != std::string::npos)
      fail(std::string(spec.name) + " wants FILE or FILE=SOURCE; SOURCE is tty, stdin, fd:N, file:PATH, env:NAME or quorum:PATH, never the password itself");
    if (out.file.empty()) out.file = place(spec, text);
    return out;
  }

  // "3/5": any 3 of 5.
  void quorum(const OptionSpec& spec, std::string_view text, NewShareFile& file) const {
    const std::size_t slash = text.find('/');
    constexpr std::uint64_t most = 255;
    if (slash == std::string_view::npos) fail(std::string(spec.name) + " wants K/N, such as 3/5: any 3 of 5 custodians");
    const std::uint64_t threshold = number(spec, text.substr(0, slash)), total = number(spec, text.substr(slash + 1));
    if (threshold < 2 || total < 3 || threshold > total || total > most)
      fail(std::string(spec.name) + " wants K/N with at least 3 custodians, of whom 2 or more open it, such as 3/5");
    file.threshold = static_cast<unsigned>(threshold);
    file.total = static_cast<unsigned>(total);
  }

  // FILE, FILE=SOURCE or FILE=quorum:K/N; the two lists keep in step.
  void write_share(const OptionSpec& spec, const std::string& text) {
    constexpr std::string_view mark = "=quorum:";
    NewShareFile file;
    term::ShareSource source;
    if (const std::size_t at = text.rfind(mark); at != std::string::npos) {
      file.file = source.file = place(spec, text.substr(0, at));
      quorum(spec, std::string_view(text).substr(at + mark.size()), file);
    } else {
      source = share(spec, text);
      file.file = source.file;
    }
    result_.write_shares.files.push_back(std::move(file));
    result_.secrets.written.push_back(std::move(source));
  }

  Bytes algorithms(const OptionSpec& spec, std::string_view text) const {
    Bytes out;
    while (!text.empty()) {
      const std::string_view one = text.substr(0, text.find(','));
      const auto id = pico_hsm::algorithm_named(one);
      if (!id) fail(std::string(spec.name) + " wants a list such as 73,74: two hexadecimal digits each, and commas");
      out.push_back(*id);
      text.remove_prefix(std::min(one.size() + 1, text.size()));
    }
    if (out.empty()) fail(std::string(spec.name) + " wants a list such as 73,74");
    return out;
  }

  Bytes hex(const OptionSpec& spec, std::string_view text) const {
    // As the real pkcs11-tool takes a single digit.
    const bool single = result_.command == Command::pkcs11_tool && text.size() == 1;
    auto bytes = from_hex(single ? "0" + std::string(text) : std::string(text));
    if (!bytes || bytes->empty()) fail(std::string(spec.name) + " wants hexadecimal digits, two for each byte");
    return std::move(*bytes);
  }

  std::uint64_t number(const OptionSpec& spec, std::string_view text) const {
    std::uint64_t value = 0;
    const auto parsed = std::from_chars(text.data(), text.data() + text.size(), value);
    if (parsed.ec != std::errc() || parsed.ptr != text.data() + text.size()) fail(std::string(spec.name) + " wants a whole number");
    return value;
  }

  // Seconds, with at most three digits behind a point.
  std::chrono::milliseconds delay(const std::string& text) const {
    constexpr std::uint64_t longest = 3600;
    const std::size_t point = std::min(text.find('.'), text.size());
    std::string digits = text.substr(0, point), fraction = point < text.size() ? text.substr(point + 1) : "0";
    const bool plain = !digits.empty() && digits.size() <= 4 && !fraction.empty() && fraction.size() <= 3 &&
                       (digits + fraction).find_first_not_of("0123456789") == std::string::npos;
    fraction.resize(3, '0');
    const std::uint64_t all = plain ? std::stoull(digits + fraction) : longest * 1000 + 1;
    if (all > longest * 1000) fail("--delay wants 0 to 3600 seconds, such as 18 or 0.005");
    return std::chrono::milliseconds(all);
  }

  // "90s", "30m", "12h", "7d"; a bare number is seconds.
  std::chrono::seconds time(const OptionSpec& spec, std::string_view text) const {
    std::uint64_t unit = 1;
    if (text.ends_with('m')) unit = 60;
    if (text.ends_with('h')) unit = 3600;
    if (text.ends_with('d')) unit = 86400;
    if (unit != 1 || text.ends_with('s')) text.remove_suffix(1);
    constexpr std::uint64_t longest = std::uint64_t{1} << 40;
    const bool digits = !text.empty() && text.find_first_not_of("0123456789") == text.npos;
    const std::uint64_t count = digits ? number(spec, text) : 0;
    if (count == 0 || count > longest / unit) fail(std::string(spec.name) + " wants a time such as 90s, 30m, 12h or 7d");
    return std::chrono::seconds(count * unit);
  }

  void shard(const OptionSpec& spec, std::string_view text) {
    constexpr std::uint64_t most = 1'000'000;
    const std::size_t slash = text.find('/');
    if (slash == std::string_view::npos) fail("--shard wants K/N, such as 3/40: part 3 of 40");
    result_.recovery.part = number(spec, text.substr(0, slash));
    result_.recovery.parts = number(spec, text.substr(slash + 1));
    if (result_.recovery.part == 0 || result_.recovery.part > result_.recovery.parts || result_.recovery.parts > most)
      fail("--shard wants K/N with K from 1 to N, and at most a million parts");
  }

  std::vector<std::string> names(const OptionSpec& spec, std::string_view text) const {
    std::vector<std::string> out;
    while (!text.empty()) {
      std::string_view one = text.substr(0, text.find(','));
      text.remove_prefix(std::min(one.size() + 1, text.size()));
      while (one.starts_with(' ')) one.remove_prefix(1);
      while (one.ends_with(' ')) one.remove_suffix(1);
      if (!one.empty()) out.emplace_back(one);
    }
    if (out.empty()) fail(std::string(spec.name) + " wants names with commas between them");
    return out;
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

  practice::cdc_badge::Fault fault(const OptionSpec& spec, const std::string& text) const {
    const auto names = choices(spec.kind);
    const auto found = std::find(names.begin(), names.end(), text);
    std::string list;
    for (const std::string_view name : names) list += (list.empty() ? "" : ", ") + std::string(name);
    if (found == names.end()) fail(std::string(spec.name) + " is one of: " + list);
    return static_cast<practice::cdc_badge::Fault>(found - names.begin());
  }

  std::filesystem::path place(const OptionSpec& spec, const std::string& text) const {
    if (text.empty()) fail(std::string(spec.name) + " wants a name");
    return text;
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
      case OptionId::mnemonic_from: result_.secrets.mnemonic = source(spec, text); break;
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
      case OptionId::expect_kcv: {
        const auto bytes = from_hex(text);
        if (!bytes || bytes->size() != result_.expect_kcv.emplace().size()) fail("--expect-kcv wants 16 hexadecimal digits, such as 2952B3021B693783");
        std::copy(bytes->begin(), bytes->end(), result_.expect_kcv->begin());
        break;
      }
      case OptionId::output:
        if (text.empty() || text == "-") fail("--output wants a file; without it the contents go to standard output");
        result_.output = text;
        break;
      case OptionId::target: result_.drill.targets.push_back(text); break;
      case OptionId::device_state:
        result_.drill.state = choice(spec, text, {DrillState::empty, DrillState::seeded, DrillState::temporary});
        break;
      case OptionId::host_api_level:
        result_.drill.targets.push_back("cdc-badge@" + text);
        result_.create_badge.host_api_level = text;
        break;
      case OptionId::payload: result_.create_badge.payload = place(spec, text); break;
      case OptionId::from_json: result_.create_badge.json.push_back(place(spec, text)); break;
      case OptionId::otpauth: result_.create_badge.otpauth.push_back(place(spec, text)); break;
      case OptionId::csv: result_.create_badge.csv.push_back(place(spec, text)); break;
      case OptionId::vcf: result_.create_badge.vcf.push_back(place(spec, text)); break;
      case OptionId::skip_misfits: result_.create_badge.skip_misfits = true; break;
      case OptionId::as:
        if (const auto words = choices(spec.kind); std::find(words.begin(), words.end(), text) == words.end()) fail("--as wants one of: " + std::string(spec.help));
        result_.exporting.format = text;
        break;
      case OptionId::with_secrets: result_.wallet_export.with_secrets = true; break;
      case OptionId::vault: result_.wallet_export.vault = text; break;
      case OptionId::multisig: result_.wallet_export.multisig = text; break;
      case OptionId::purpose: {
        const std::uint64_t purpose = number(spec, text);
        if (purpose != 44 && purpose != 49 && purpose != 84) fail("--purpose wants 44, 49 or 84");
        result_.wallet_export.purpose = static_cast<unsigned>(purpose);
        break;
      }
      case OptionId::against: result_.wallet_check.against = text; break;
      case OptionId::gap: {
        const std::uint64_t gap = number(spec, text);
        if (gap == 0 || gap > 10'000) fail("--gap wants 1 to 10000");
        result_.wallet_check.gap = static_cast<unsigned>(gap);
        break;
      }
      case OptionId::challenge_response: result_.exporting.challenge_response = true; break;
      case OptionId::link_totp: result_.exporting.link_totp = true; break;
      case OptionId::onto: result_.drill.onto = place(spec, text); break;
      case OptionId::require_accept: result_.drill.require_accept = true; break;
      case OptionId::text: result_.create.text = place(spec, text); break;
      case OptionId::chain: result_.create.chain = choice(spec, text, {"BTC", "XTN", "XRT"}); break;
      case OptionId::to: result_.create.cards.push_back(place(spec, text)); break;
      case OptionId::copies: {
        const std::uint64_t copies = number(spec, text);
        if (copies == 0 || copies > coldcard::max_write_attempts) fail("--copies wants 1 to 25");
        result_.create.copies = static_cast<unsigned>(copies);
        break;
      }
      case OptionId::state:
        result_.recovery.state = place(spec, text);
        result_.practice.state = result_.practice_badge.state = result_.practice_hsm.state = place(spec, text);
        break;
      case OptionId::card:
        if (result_.practice.card.empty()) result_.practice.card = place(spec, text);
        else result_.practice.further_cards.push_back(place(spec, text));
        break;
      case OptionId::model: {
        using enum practice::coldcard::Model;
        result_.practice.model = choice(spec, text, {mk2, mk3, mk4, q1});
        break;
      }
      case OptionId::firmware: result_.practice.firmware = text; break;
      case OptionId::max_kdf_rounds: {
        // One number for two formats: a 7z archive counts in powers of two, a badge's file in single iterations.
        const std::uint64_t rounds = number(spec, text);
        constexpr std::uint64_t highest_power = 62;
        if (rounds > 0xFFFFFFFF) fail("--max-kdf-rounds wants 0 to 4294967295");
        result_.max_kdf_iterations = rounds;
        result_.max_kdf_rounds = rounds <= highest_power ? static_cast<unsigned>(rounds) : static_cast<unsigned>(std::bit_width(rounds) - 1);
        break;
      }
      case OptionId::max_size: result_.max_size = size(spec, text); break;
      case OptionId::port: {
        result_.port = place(spec, text);
        if (result_.command != Command::practice) break;
        const std::uint64_t port = number(spec, text);
        if (port == 0 || port > 65535) fail("--port wants a number from 1 to 65535");
        result_.practice_hsm.port = static_cast<std::uint16_t>(port);
        break;
      }
      case OptionId::reader:
        if (text.empty()) fail("--reader wants the name of a reader; `hwbak device list` shows them");
        result_.reader = text;
        break;
      case OptionId::pin_from: result_.secrets.pin = source(spec, text); break;
      case OptionId::so_pin_from: result_.secrets.so_pin = source(spec, text); break;
      case OptionId::run: result_.run = true; break;
      case OptionId::confirm_serial: result_.confirm_serial = text; break;
      case OptionId::share: result_.secrets.shares.push_back(share(spec, text)); break;
      case OptionId::quorum_from: result_.secrets.quorum = source(spec, text); break;
      case OptionId::new_share: result_.secrets.new_shares.push_back(share(spec, text)); break;
      case OptionId::write_share: write_share(spec, text); break;
      case OptionId::quorum: quorum(spec, text, single_share_); break;
      case OptionId::dkek_from: result_.secrets.dkek = source(spec, text); break;
      case OptionId::sheets: result_.write_shares.sheets = place(spec, text); break;
      case OptionId::quorums: result_.write_shares.quorums = place(spec, text); break;
      case OptionId::threshold: {
        const std::uint64_t count = number(spec, text);
        if (count < 2 || count > 255) fail("--threshold wants 2 to 255");
        result_.threshold = static_cast<unsigned>(count);
        break;
      }
      case OptionId::pattern_from: result_.pattern = source(spec, text); break;
      case OptionId::wordlist: result_.word_list = place(spec, text); break;
      case OptionId::max_time: result_.recovery.max_time = time(spec, text); break;
      case OptionId::shard: shard(spec, text); break;
      case OptionId::stop_file: result_.recovery.stop_file = place(spec, text); break;
      case OptionId::classes: result_.recovery.classes = names(spec, text); break;
      case OptionId::threads: {
        constexpr std::uint64_t most = 1024;
        const std::uint64_t count = number(spec, text);
        if (count == 0 || count > most) fail("--threads wants 1 to 1024");
        result_.recovery.threads = static_cast<unsigned>(count);
        break;
      }
      case OptionId::export_candidates: result_.export_candidates = true; break;
      case OptionId::key: result_.wrapped_key.key = place(spec, text); break;
      case OptionId::fresh: result_.wrapped_key.fresh = text; break;
      case OptionId::label:
        result_.wrapped_key.label = text;
        result_.hsm_restore.label = text;
        break;
      case OptionId::key_reference: {
        const std::uint64_t place = number(spec, text);
        if (place < 1 || place > 255) fail("--key-reference wants a number from 1 to 255");
        result_.hsm_restore.reference = static_cast<std::uint8_t>(place);
        break;
      }
      case OptionId::id:
        result_.wrapped_key.id = hex(spec, text);
        result_.hsm_restore.id = result_.wrapped_key.id;
        break;
      case OptionId::generate_key: result_.pkcs11.generate = true; break;
      case OptionId::export_key: result_.pkcs11.exports = true; break;
      case OptionId::import_key: result_.pkcs11.imports = true; break;
      case OptionId::wrap: result_.pkcs11.wraps = true; break;
      case OptionId::unwrap: result_.pkcs11.unwraps = true; break;
      case OptionId::wrapping_key: result_.pkcs11.wrapping_key = hex(spec, text); break;
      case OptionId::key_type: result_.pkcs11.key_type = text; break;
      case OptionId::output_file: result_.output = place(spec, text); break;
      case OptionId::input_file: result_.pkcs11.input = place(spec, text); break;
      case OptionId::shares: {
        const std::uint64_t count = number(spec, text);
        if (count < 3 || count > 255) fail("--shares wants 3 to 255 custodians");
        result_.pkcs11.shares = static_cast<unsigned>(count);
        break;
      }
      case OptionId::login: result_.pkcs11.login = true; break;
      case OptionId::pin: result_.pkcs11.pin = std::make_shared<const SecretString>(SecretString::copy_of(text)); break;
      case OptionId::so_pin: result_.pkcs11.so_pin = true; break;
      case OptionId::module:
      case OptionId::slot:
      case OptionId::token_label: break;
      case OptionId::algorithms: result_.wrapped_key.algorithms = algorithms(spec, text); break;
      case OptionId::no_export: result_.wrapped_key.no_export = true; break;
      case OptionId::certificate: result_.wrapped_key.certificate = place(spec, text); break;
      case OptionId::no_encryption: result_.exporting.no_encryption = true; break;
      case OptionId::without_certificate: result_.exporting.parts.without_certificate = true; break;
      case OptionId::without_description: result_.exporting.parts.without_description = true; break;
      case OptionId::yes: result_.yes = true; break;
      case OptionId::link: result_.practice_badge.link = place(spec, text); break;
      case OptionId::fault: result_.practice_badge.faults.push_back(fault(spec, text)); break;
      case OptionId::delay: {
        result_.practice_badge.delay = result_.practice_hsm.delay = delay(text);
        break;
      }
      case OptionId::quirks: result_.practice_hsm.behaviour.quirks = true; break;
      case OptionId::button: result_.practice_hsm.behaviour.button = choice(spec, text, {true, false}); break;
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
    if (result_.force && !result_.output && result_.write_shares.files.empty() && result_.secrets.new_shares.empty() && !forces_of_itself())
      fail("--force goes with --output");
    if (result_.command == Command::rekey) check_rekey();
    if (result_.command == Command::create) check_create();
    if (result_.command == Command::export_as) check_export();
    if (result_.command == Command::merge && (!result_.output || result_.arguments.size() < 2))
      fail("merge needs two or more FILEs, the newest last, and --output PATH for the new one");
    if (result_.command == Command::practice) check_practice();
    if (result_.command == Command::device) check_device();
    if (result_.command == Command::dkek) check_dkek();
    if (result_.command == Command::wallet && result_.wallet_check.against.empty()) fail("wallet check needs --against WHAT: an xpub, a descriptor, an address or a fingerprint");
    if (result_.command == Command::pkcs11_tool)
      if (const std::string wrong = complaint(result_); !wrong.empty()) fail(wrong);
    if (result_.command == Command::recover) check_recover();
  }

  void refuse_of_other_kind(std::initializer_list<OptionId> ids, const std::string& kind) const {
    for (const OptionId id : ids)
      if (values_.contains(id)) fail("the option " + std::string(spec_of(id).name) + " does not belong to `hwbak create " + kind + "`");
  }

  void check_create() {
    const std::string& kind = result_.arguments[0];
    if (kind == "coldcard") check_create_coldcard();
    if (kind == "cdc-badge") check_create_badge();
    if (kind == "dkek-share") check_create_share();
    if (kind == "wrapped-key") check_create_wrapped_key();
  }

  void check_create_share() {
    using enum OptionId;
    if (result_.expect_kcv && result_.secrets.shares.empty()) fail("--expect-kcv goes with --share");
    refuse_of_other_kind({text, mnemonic_from, chain, to, copies, payload, from_json, otpauth, csv, vcf, skip_misfits, host_api_level, key, fresh, label, id,
                          algorithms, no_export, certificate, password_from},
                         "dkek-share");
    auto& files = result_.write_shares.files;
    if (files.empty() == !result_.output) fail("create dkek-share needs --output FILE for one share, or --write-share FILE=SOURCE for each of several");
    if (!files.empty() && (result_.secrets.new_password || single_share_.total != 0)) fail("--new-password-from and --quorum go with --output; --write-share FILE=SOURCE names its own");
    if (single_share_.total != 0 && result_.secrets.new_password) fail("--quorum draws its own password, so --new-password-from does not go with it");
    if (result_.secrets.dkek && !result_.secrets.shares.empty()) fail("--dkek-from and --share both give the DKEK; leave one of them out");
    if (!result_.output) return;
    single_share_.file = *result_.output;
    files.push_back(single_share_);
  }

  void check_create_wrapped_key() const {
    using enum OptionId;
    refuse_of_other_kind({text, mnemonic_from, chain, to, copies, payload, from_json, otpauth, csv, vcf, skip_misfits, host_api_level, write_share, quorum,
                          dkek_from, sheets, quorums, new_password_from},
                         "wrapped-key");
    const CreateWrappedKeyOptions& create = result_.wrapped_key;
    if (!result_.output) fail("create wrapped-key needs --output PATH for the file");
    if (result_.secrets.shares.empty()) fail("create wrapped-key needs --share FILE[=SOURCE] for each share of the DKEK");
    if (create.key.has_value() == !create.fresh.empty()) fail("create wrapped-key needs --key FILE or --fresh KIND");
    if (result_.secrets.password && !create.key) fail("--password-from goes with --key");
  }

  void check_rekey() const {
    const bool wrapped = !result_.secrets.new_shares.empty();
    if (!wrapped && !result_.create.cards.empty()) fail("--to goes with wrapped keys, which need --new-share FILE[=SOURCE] too; a single file goes to --output PATH");
    const PartsChoice& parts = result_.exporting.parts;
    if (!wrapped && (parts.without_certificate || parts.without_description))
      fail("--without-certificate and --without-description go with wrapped keys, which need --new-share FILE[=SOURCE] too");
    if (!wrapped && result_.arguments.size() != 1) fail("rekey takes one FILE; several only of wrapped keys, with --new-share FILE[=SOURCE]");
    if (!wrapped && !result_.output) fail("rekey needs --output PATH for the new file");
    if (!wrapped) return;
    if (result_.secrets.shares.empty()) fail("rekey of wrapped keys needs --share FILE[=SOURCE] for each share of their present DKEK");
    if (result_.create.cards.size() > 1 || result_.output.has_value() == !result_.create.cards.empty())
      fail("rekey of wrapped keys needs --output PATH for one file, or --to DIR for several");
    if (result_.output && result_.arguments.size() != 1) fail("rekey of several wrapped keys needs --to DIR");
  }

  void check_create_badge() const {
    using enum OptionId;
    refuse_of_other_kind({text, mnemonic_from, chain, to, copies, share, expect_kcv, write_share, quorum, dkek_from, sheets, quorums, key, fresh, label, id, algorithms,
                          no_export, certificate, password_from},
                         "cdc-badge");
    const CreateBadgeOptions& create = result_.create_badge;
    if (!result_.output) fail("create cdc-badge needs --output PATH for the file");
    const bool records = !create.json.empty() || !create.otpauth.empty() || !create.csv.empty() || !create.vcf.empty();
    if (!create.payload && !records) fail("create cdc-badge needs --payload, or --json, --otpauth, --csv and --vcf in any mix");
    if (create.payload && records) fail("--payload takes the exact bytes, so nothing can be added to it");
    if (values_.contains(host_api_level) && values_.at(host_api_level).size() > 1) fail("--host-api-level is given once for create");
  }

  void check_export() const {
    if (result_.exporting.format.empty()) fail("export needs --as FORMAT");
    if (result_.json && !result_.output) fail("with --json the contents need a place of their own: give --output PATH");
    const bool wallet = wallet_format_named(result_.exporting.format).has_value();
    for (const OptionId id : {OptionId::with_secrets, OptionId::vault, OptionId::multisig, OptionId::purpose})
      if (values_.contains(id) && !wallet) fail(std::string(spec_of(id).name) + " goes with the formats of a Coldcard backup: descriptors, bitcoin-core, electrum, bip39, xprv");
    if (values_.contains(OptionId::purpose) && result_.exporting.format != "electrum") fail("--purpose goes with --as electrum");
    if (result_.exporting.challenge_response && !result_.reveal) fail("--challenge-response shows keys, so it wants --reveal");
  }

  void check_create_coldcard() const {
    using enum OptionId;
    refuse_of_other_kind({output, force, payload, from_json, otpauth, csv, vcf, skip_misfits, host_api_level, share, expect_kcv, write_share, quorum, dkek_from, sheets,
                          quorums, key, fresh, label, id, algorithms, no_export, certificate, password_from},
                         "coldcard");
    const CreateColdcardOptions& create = result_.create;
    if (create.cards.empty()) fail("create needs --to DIR: the card or folder to write to");
    if (create.text && result_.secrets.mnemonic) fail("--text and --mnemonic-from exclude each other");
    if (create.text && !create.chain.empty()) fail("--chain goes with seed words or an xprv; a text names its own network");
  }

  void check_practice() const {
    const bool badge = result_.arguments[0] == "cdc-badge", hsm = result_.arguments[0] == "pico-hsm";
    const practice::cdc_badge::Setup& setup = result_.practice_badge;
    if (result_.practice.state.empty()) fail("practice needs --state DIR for the device");
    if (!badge && !hsm && result_.practice.card.empty()) fail("practice coldcard needs --card DIR for the card of the device");
    if (hsm && !result_.practice.card.empty()) fail("--card goes with coldcard");
    if (!hsm && !result_.port.empty()) fail("practice wants --port with pico-hsm alone");
    if (badge && !result_.practice.card.empty()) fail("--card goes with coldcard; the disk of a practice badge is in its --state folder");
    if (!badge && (setup.link || !setup.faults.empty() || result_.secrets.pin)) fail("--link, --fault and --pin-from go with cdc-badge");
    if (!badge && !hsm && setup.delay.count() != 0) fail("--delay goes with cdc-badge and pico-hsm");
    if (!hsm && (result_.practice_hsm.behaviour.quirks || !result_.practice_hsm.behaviour.button))
      fail("--quirks and --button go with pico-hsm");
    const practice::coldcard::Setup& coldcard = result_.practice;
    if (coldcard.firmware.empty()) return;
    if (const auto fault = practice::coldcard::firmware_fault(coldcard.model, coldcard.firmware))
      fail(*fault + "; --firmware wants a version like 5.6.1 (mk4), 1.5.1Q (q1) or 4.1.9 (mk2, mk3)");
  }

  void check_device() const {
    using enum OptionId;
    const std::string& verb = result_.arguments[0];
    if (!result_.port.empty() && result_.names_hsm()) fail("--port names a badge, --reader and --to go with an HSM; give one of them");
    if (verb == "list" && !result_.port.empty() && result_.secrets.pin) fail("device list sends no PIN to a badge");
    if (verb != "init-plan") refuse_of_verb({write_share, sheets, quorums, confirm_serial}, verb);
    if (verb == "list") refuse_of_verb({so_pin_from, share, expect_kcv, output, to, run}, verb);
    else if (verb == "init-plan") check_init_plan();
    else if (result_.names_hsm() || (verb == "restore" && result_.port.empty())) check_hsm(verb);
    else check_badge(verb);
  }

  // A badge on a serial port.
  void check_badge(const std::string& verb) const {
    using enum OptionId;
    if (result_.port.empty()) fail("device " + verb + " needs --port PATH; `hwbak device list` shows the ports");
    if (verb == "backup" && !result_.output) fail("device backup needs --output PATH for the file");
    if (verb != "backup" && result_.output) fail("--output goes with device backup");
    refuse_of_verb({so_pin_from, share, expect_kcv, run, key_reference, label, id}, verb);
  }

  // An HSM in a reader.
  // Without --output: what is written lies in a device or a folder.
  bool forces_of_itself() const {
    if (result_.command == Command::pkcs11_tool) return true;
    if (result_.command != Command::device || values_.contains(OptionId::port)) return false;
    return result_.arguments[0] == "backup" || result_.arguments[0] == "restore";
  }
  void check_hsm(const std::string& verb) const {
    using enum OptionId;
    const bool backup = verb == "backup", restore = verb == "restore";
    if (!backup && !restore) fail("device " + verb + " needs --port PATH; `hwbak device list` shows the ports");
    if (backup && result_.create.cards.size() != 1) fail("device backup of an HSM needs one --to DIR for the files");
    if (restore && !result_.create.cards.empty()) fail("--to goes with device backup");
    refuse_of_verb({so_pin_from, password_from, output, run}, verb);
    if (backup) refuse_of_verb({yes, key_reference, label, id}, verb);
    if (result_.hsm_restore.label && (result_.hsm_restore.label->size() > 256 || !is_utf8(*result_.hsm_restore.label))) fail("--label wants UTF-8 of at most 256 bytes");
    if (result_.hsm_restore.id && result_.hsm_restore.id->size() > 64) fail("--id wants at most 64 bytes");
    if (result_.expect_kcv && result_.secrets.shares.empty()) fail("--expect-kcv goes with --share");
  }
  void check_init_plan() const {
    using enum OptionId;
    refuse_of_verb({port, password_from, output, to, max_kdf_rounds, key_reference, label, id}, "init-plan");
    const WriteSharesOptions& write = result_.write_shares;
    if (!write.files.empty() && !result_.secrets.shares.empty()) fail("init-plan takes --share for shares that exist or --write-share for new ones, not both");
    if (write.files.empty() && (write.sheets || write.quorums || result_.force)) fail("--sheets, --quorums and --force go with --write-share");
    if (result_.run && write.files.empty() && result_.secrets.shares.empty()) fail("init-plan --run needs --share FILE[=SOURCE] for each share, or --write-share for new ones");
    if (!result_.run && !result_.confirm_serial.empty()) fail("--confirm-serial goes with --run");
    if (result_.expect_kcv && result_.secrets.shares.empty()) fail("--expect-kcv goes with --share");
  }

  void refuse_of_verb(std::initializer_list<OptionId> ids, const std::string& verb) const {
    for (const OptionId id : ids)
      if (values_.contains(id)) fail("the option " + std::string(spec_of(id).name) + " does not belong to `hwbak device " + verb + "` of this device");
  }

  void check_recover() const {
    const RecoverOptions& recovery = result_.recovery;
    const bool quorum = result_.secrets.quorum.has_value();
    if (result_.pattern && quorum) fail("give --quorum-from for custodians' shares, or --pattern-from for a password");
    if (!quorum && (!result_.secrets.shares.empty() || result_.threshold != 0)) fail("--share and --threshold go with --quorum-from, for a DKEK share");
    if (result_.pattern && result_.secrets.password) fail("give --password-from for the twelve words, or --pattern-from for any other password");
    if (result_.word_list && (result_.secrets.password || quorum)) fail("--wordlist goes with --pattern-from, or alone");
    if (result_.expect_kcv && !result_.pattern && !result_.word_list && !quorum)
      fail("--expect-kcv goes with --pattern-from, --wordlist or --quorum-from, for a DKEK share");
    if (!result_.export_candidates) return;
    if (recovery.state || recovery.stop_file || recovery.max_time || recovery.threads != 0)
      fail("--export-candidates tries nothing, so --state, --stop-file, --max-time and --threads do not go with it");
    if (!result_.secrets.shares.empty() || (quorum && result_.expect_kcv)) fail("--export-candidates opens nothing, so --share and --expect-kcv do not go with it");
    if (result_.json && !result_.output) fail("with --json the candidates need a place of their own: give --output PATH");
  }

  void check_dkek() const {
    const std::string& verb = result_.arguments[0];
    if (result_.secrets.shares.empty()) fail("dkek " + verb + " needs --share FILE[=SOURCE] for each share of the DKEK");
    if (verb == "reshare" && result_.write_shares.files.empty()) fail("dkek reshare needs --write-share FILE[=SOURCE] for each new share");
    if (verb != "reshare" && (!result_.write_shares.files.empty() || result_.write_shares.sheets || result_.write_shares.quorums))
      fail("--write-share, --sheets and --quorums go with dkek reshare");
    if (verb != "combine" && (result_.output || result_.reveal)) fail("--output and --reveal go with dkek combine");
    if (verb != "rehearse" && result_.threshold != 0) fail("--threshold goes with dkek rehearse");
    if (verb == "rehearse" && result_.arguments.size() != 1) fail("dkek rehearse takes no FILE; the shares are named with --share");
    if (verb == "rehearse" && result_.expect_kcv) fail("--expect-kcv goes with dkek check, combine and reshare");
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
      case Takes::kind: {
        std::string kinds;
        for (const std::string_view kind : spec.kinds) kinds += (kinds.empty() ? "" : ", ") + std::string(kind);
        if (count != 1) fail(described_command() + " takes one KIND: " + kinds);
        if (std::find(spec.kinds.begin(), spec.kinds.end(), result_.arguments[0]) == spec.kinds.end())
          fail(described_command() + " does not know this KIND; there is: " + kinds);
        break;
      }
      case Takes::verb: {
        std::string verbs;
        for (const std::string_view verb : spec.kinds) verbs += (verbs.empty() ? "" : ", ") + std::string(verb);
        if (count == 0 || std::find(spec.kinds.begin(), spec.kinds.end(), result_.arguments[0]) == spec.kinds.end())
          fail(described_command() + " wants to be told what to do: " + verbs);
        if (result_.command == Command::dkek) break;
        if (result_.command == Command::wallet) {
          if (count != 2) fail("wallet check takes one FILE");
          break;
        }
        const bool restore = result_.arguments[0] == "restore";
        if (count != (restore ? 2u : 1u)) fail(restore ? "device restore takes one FILE" : "device " + result_.arguments[0] + " takes no FILE");
        break;
      }
      case Takes::one_file:
        if (count != 1) fail(described_command() + " takes one FILE");
        break;
      case Takes::two_files:
        if (count != 2) fail(described_command() + " takes two FILEs");
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
    if (secrets.no_password && (secrets.password || secrets.passwords || secrets.receiver_key || secrets.quorum || !secrets.shares.empty()))
      fail("--no-password excludes the options that give one");
    if (secrets.quorum && (secrets.password || secrets.passwords)) fail("--quorum-from gives the password, so --password-from does not go with it");
    if (secrets.passwords && secrets.passwords->kind == term::Source::Kind::terminal)
      fail("--passwords-from reads a file, a descriptor, a variable or standard input, not the terminal");
    std::vector<int> read;
    const auto once = [&](const std::optional<term::Source>& source) {
      if (!source || source->descriptor < 0) return;
      if (std::find(read.begin(), read.end(), source->descriptor) != read.end())
        fail("two things are to be read from " + term::describe(*source) + "; give each its own source");
      read.push_back(source->descriptor);
    };
    const auto subjects = result_.subjects();
    const auto inputs = std::count(subjects.begin(), subjects.end(), "-");
    if (inputs > 1) fail("standard input can be read once only");
    if (inputs == 1) once(term::parse_source("stdin"));
    once(secrets.password);
    once(secrets.passwords);
    once(secrets.new_password);
    once(secrets.receiver_key);
    once(secrets.mnemonic);
    once(secrets.pin);
    once(secrets.so_pin);
    once(secrets.quorum);
    once(secrets.dkek);
    once(result_.pattern);
    if (result_.word_list == "-") once(term::parse_source("stdin"));
    for (const auto* const list : {&secrets.shares, &secrets.new_shares, &secrets.written})
      for (const term::ShareSource& one : *list) {
        if (one.file == "-") once(term::parse_source("stdin"));
        once(one.source);
      }
  }

  std::vector<std::string> before_, after_;
  bool json_ = false;
  NewShareFile single_share_;   // of create dkek-share with --output
  std::map<OptionId, std::vector<std::string>> values_;
  Options result_;
};

}  // namespace

std::vector<Subject> Options::subjects() const {
  if (spec_of(command).takes == Takes::verb) return {arguments.begin() + (arguments.empty() ? 0 : 1), arguments.end()};
  if (spec_of(command).takes != Takes::kind) return {arguments.begin(), arguments.end()};
  std::vector<Subject> out;
  if (create.text) out.push_back(*create.text);
  if (create_badge.payload) out.push_back(*create_badge.payload);
  for (const auto& input : {wrapped_key.key, wrapped_key.certificate})
    if (input) out.push_back(*input);
  for (const auto* list : {&create_badge.json, &create_badge.otpauth, &create_badge.csv, &create_badge.vcf}) out.insert(out.end(), list->begin(), list->end());
  return out;
}

Options parse(const std::vector<std::string>& arguments) { return Parser(arguments).run(); }

}  // namespace hwbak::cli
