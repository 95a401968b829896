// The one tree of commands and options. The parser, --help, the completions and the man page are all
// made from it.
#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "cli/options.h"

namespace hwbak::cli {

enum class ValueKind {
  none, source, path, folder, number, size, encoding, require, severity, fingerprint, target, device_state, chain, model, firmware,
  level, fault, button, format, share, new_share, quorum, fresh, text,
};

enum class OptionId {
  help, version, json, password_from, passwords_from, no_password, password_encoding, receiver_key_from, new_password_from,
  mnemonic_from, require, expect_fingerprint, expect_kcv, fail_on, reveal, raw, salvage, output, force, target, device_state, host_api_level, onto,
  payload, from_json, otpauth, csv, vcf, skip_misfits, as, challenge_response, link_totp, with_secrets, vault, multisig, purpose, against, gap,
  require_accept, text, chain, to, copies, state, card, model, firmware, max_kdf_rounds, max_size,
  port, reader, pin_from, so_pin_from, run, confirm_serial, yes, link, fault, delay, quirks, button,
  share, quorum_from, new_share, write_share, quorum, dkek_from, sheets, quorums, threshold,
  generate_key, export_key, import_key, wrap, unwrap, wrapping_key, key_type, output_file, input_file, shares, login, pin, so_pin, module, slot, token_label,
  pattern_from, wordlist, max_time, shard, stop_file, classes, threads, export_candidates,
  key_reference, key, fresh, label, id, algorithms, no_export, certificate, no_encryption, without_certificate, without_description,
};

struct OptionSpec {
  OptionId id;
  std::string_view name;         // "--json"
  char letter;                   // 'h' for -h; 0 when there is none
  ValueKind kind;
  std::string_view value;        // "SOURCE"; empty when it takes none
  std::string_view help;         // a sentence without a full stop
  bool repeatable = false;       // each one adds a value
};

enum class Takes { nothing, one_file, two_files, files, folders, word, kind, verb };  // verb: of `device`, `dkek` and `wallet`; some take files too

struct Example {
  std::string_view line;
  std::string_view what;
};

struct CommandSpec {
  Command command;
  std::string_view name;         // empty: a bare FILE
  Takes takes;
  std::string_view arguments;    // "FILE..."
  std::string_view summary;      // one line
  std::string_view description;  // a paragraph
  std::span<const OptionId> options;
  std::span<const Example> examples;
  std::span<const std::string_view> kinds = {};  // what KIND can be
};

[[nodiscard]] std::span<const CommandSpec> commands() noexcept;
[[nodiscard]] const CommandSpec& spec_of(Command command) noexcept;
[[nodiscard]] std::optional<Command> command_named(std::string_view name) noexcept;
[[nodiscard]] std::span<const OptionSpec> options() noexcept;
[[nodiscard]] const OptionSpec& spec_of(OptionId id) noexcept;
// The words a value can be, for completion; empty when it is free. A source and a target are more than their words.
[[nodiscard]] std::span<const std::string_view> choices(ValueKind kind) noexcept;

}  // namespace hwbak::cli
