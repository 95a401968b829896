// The badge's console, command by command (docs/formats/cdc-badge.md, "The serial line"). One try of every command that
// changes something or counts tries: a PIN is never sent twice. All waiting ends.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "link/serial/byte_line.h"
#include "link/serial/line_reader.h"
#include "link/serial/replies.h"

namespace hwbak::serial {

inline constexpr std::string_view backup_file = "backup.cdcbak";
inline constexpr std::string_view export_command = "BACKUP EXPORT", import_command = "BACKUP IMPORT";
inline constexpr std::uint64_t serial_read_limit =
    8192;  // characters of a file that GET prints; the rest it leaves out without a word

struct Version {
  std::string firmware, level;                             // untrusted, escaped
};

// What a badge answers to the first word it is sent.
enum class Greeting { ready, silent };

class BadgeClient final {
 public:
  // Called while the badge works, with the part of its usual time that has gone by.
  using Waiting = std::function<void(double part)>;
  explicit BadgeClient(ByteLine& line, Waiting waiting = {}) : line_(line), waiting_(std::move(waiting)) {}

  // Every function below throws Error(device) when the badge does not answer in time, wants to be logged in to, is locked,
  // or does not know the command; and what the line throws.

  // Finds out whether a badge listens. An upload that an earlier run left open is waited for: it would swallow the first
  // bytes as its data, and ends by itself after 15 seconds. Throws no Error(device).
  [[nodiscard]] Greeting greet(std::chrono::seconds patience = std::chrono::seconds(20));
  // `pin` once, and never again.
  [[nodiscard]] AuthReply authenticate(const SecretString& pin);
  void log_out();
  // nullopt for a build without VERSION.
  [[nodiscard]] std::optional<Version> version();

  // `passphrase` as passphrase.h gives it. A badge needs some 18 seconds; two minutes are waited.
  [[nodiscard]] ExportReply export_backup(const SecretString& passphrase);
  [[nodiscard]] ImportReply import_backup(const SecretString& passphrase);
  [[nodiscard]] DeleteReply delete_backup();

  void change_to_root();
  [[nodiscard]] std::vector<ListEntry> list();
  // Of the backup file in the root; nullopt when there is none.
  [[nodiscard]] std::optional<std::uint64_t> backup_size();
  // Bytes; nullopt when the badge does not tell.
  [[nodiscard]] std::optional<std::uint64_t> free_space();
  // The whole backup file of `size` characters, as list() gives it. Throws Error(refused) above serial_read_limit, and asks
  // for nothing then; Error(damaged) when what came over the line is not all of it.
  [[nodiscard]] Bytes read_backup(std::uint64_t size);
  // Writes the backup file: its old version stays until the badge has the new one whole. Throws Error(device) when it
  // refuses, Error(io) when the transfer failed; nothing more is sent then until the badge has said so.
  void write_backup(ByteView contents);

 private:
  using Seconds = std::chrono::seconds;
  // A line of the answer: true when the answer is complete.
  using Take = std::function<bool(std::string_view line)>;

  void settle(std::chrono::milliseconds quiet);
  void send(std::string_view command, const SecretString* argument = nullptr);
  [[nodiscard]] bool read_lines(Clock::time_point deadline, const Take& take);
  [[nodiscard]] bool await(Seconds patience, const Take& take, bool refusals_too = false);
  void await_or_throw(std::string_view command, Seconds patience, const Take& take);
  void gather(std::string_view command, const Take& take);
  void send_data(ByteView contents);

  ByteLine& line_;
  Waiting waiting_;
  LineReader reader_;
  std::optional<Refusal> refusal_;
  std::optional<std::string> unknown_reply_;   // a line that is no answer that is known
  bool looks_like_reply_ = false;  // ... but one by its first word
  std::string command_;            // the last one
  SecretString secret_sent_;       // with the last command
  std::size_t received_ = 0;       // bytes since the last command
  bool transfer_open_ = false;
};

}  // namespace hwbak::serial
