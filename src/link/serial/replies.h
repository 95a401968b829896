// Every reply of the badge's console, from a stripped line to a value (docs/formats/cdc-badge.md, "The serial line").
// nullopt for a line that is none: an echo, a log line, another command's answer.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "hwbak/secret.h"

namespace hwbak::serial {

// Numbers that do not fit are the largest, which in_words() says as "at least" that many. "1 second", "2 seconds".
[[nodiscard]] std::string in_words(std::uint64_t number, std::string_view unit);

struct AuthReply {
  enum class Kind { authenticated, not_needed, wrong_pin, locked, locked_for_ever };
  Kind kind = Kind::authenticated;
  bool just_now = false;                  // locked: by this try
  std::uint64_t retries = 0, seconds = 0; // of wrong_pin; of locked
};
[[nodiscard]] std::optional<AuthReply> read_auth(std::string_view line);

// What a badge answers to any command instead of its reply.
struct Refusal {
  enum class Kind { not_authenticated, unknown_command, locked, locked_for_ever };
  Kind kind = Kind::not_authenticated;
  std::uint64_t seconds = 0;
};
[[nodiscard]] std::optional<Refusal> read_refusal(std::string_view line);

[[nodiscard]] bool is_pong(std::string_view line) noexcept;
// "Firmware: x", "API level: y": one of them.
struct VersionPart {
  enum class Kind { firmware, level };
  Kind kind = Kind::firmware;
  std::string text;                       // untrusted
};
[[nodiscard]] std::optional<VersionPart> read_version(std::string_view line);

enum class ExportReply { written, failed, usage };
[[nodiscard]] std::optional<ExportReply> read_export(std::string_view line) noexcept;

struct ImportReply {
  enum class Kind { note, done, no_backup, failed, usage };  // note: signing keys are not restored; `done` follows
  Kind kind = Kind::done;
  unsigned imported = 0, failed = 0, modules = 0, skipped = 0;
  bool system = false;
};
[[nodiscard]] std::optional<ImportReply> read_import(std::string_view line);

enum class DeleteReply { deleted, nothing_there, failed, usage };
[[nodiscard]] std::optional<DeleteReply> read_delete(std::string_view line) noexcept;

// By its first word an answer, whichever: "OK: ...", "ERROR: ...", "ERR ...".
[[nodiscard]] bool is_reply(std::string_view line) noexcept;

// Neither nothing, nor a line of the badge's log ("I (7) wifi: idle"), nor the note in front of the answer to an import.
[[nodiscard]] bool is_words(std::string_view line) noexcept;

// What the badge said, cut to 200 bytes and made printable; not when it may hold a part of the secret it was sent.
[[nodiscard]] std::string quotable(std::string_view line, const SecretString& sent);

// Anything that begins with ERR, as the badge says it; cut to 200 bytes and made printable.
[[nodiscard]] std::optional<std::string> read_error(std::string_view line);

struct ListEntry {
  bool folder = false;
  std::uint64_t size = 0;                 // bytes
  std::string name;                       // untrusted
};
[[nodiscard]] std::optional<ListEntry> read_entry(std::string_view line);
// KB free of "Total: n KB, Used: n KB, Free: n KB".
[[nodiscard]] std::optional<std::uint64_t> read_free(std::string_view line);

struct ReceiveReply {
  enum class Kind {
    ready, done,                                                        // done: `got` bytes
    usage, bad_path, in_progress, cannot_open, mass_storage,            // before READY
    crc_mismatch, size_mismatch, rename_failed, timed_out, other_error  // after it
  };
  Kind kind = Kind::ready;
  std::uint64_t got = 0;
  std::string text;                       // of an error, printable
};
[[nodiscard]] std::optional<ReceiveReply> read_receive(std::string_view line);

}  // namespace hwbak::serial
