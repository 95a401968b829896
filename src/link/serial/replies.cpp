// See replies.h.
#include "link/serial/replies.h"

#include <algorithm>
#include <charconv>
#include <limits>

#include "base/counted.h"
#include "base/cp437.h"
#include "base/unicode.h"

namespace hwbak::serial {
namespace {

// Takes words and numbers off the front of a line.
class Words final {
 public:
  explicit Words(std::string_view line) : left_(line) {}
  bool word(std::string_view expected) noexcept {
    if (!left_.starts_with(expected)) return false;
    left_.remove_prefix(expected.size());
    return true;
  }
  bool blanks() noexcept {
    const std::size_t end = std::min(left_.find_first_not_of(' '), left_.size());
    left_.remove_prefix(end);
    return end != 0;
  }
  bool number(std::uint64_t& value) noexcept {
    const auto read = std::from_chars(left_.data(), left_.data() + left_.size(), value);
    if (read.ec == std::errc::result_out_of_range) value = std::numeric_limits<std::uint64_t>::max();
    else if (read.ec != std::errc()) return false;
    left_.remove_prefix(static_cast<std::size_t>(read.ptr - left_.data()));
    return true;
  }
  bool number(unsigned& value) noexcept {
    std::uint64_t wide = 0;
    if (!number(wide)) return false;
    value = static_cast<unsigned>(std::min<std::uint64_t>(wide, std::numeric_limits<unsigned>::max()));
    return true;
  }
  [[nodiscard]] std::string_view left() const noexcept { return left_; }

 private:
  std::string_view left_;
};

// "<words><n><words>"
std::optional<std::uint64_t> number_between(std::string_view line, std::string_view before, std::string_view after) {
  Words words(line);
  std::uint64_t value = 0;
  if (words.word(before) && words.number(value) && words.word(after)) return value;
  return std::nullopt;
}

bool is_usage(std::string_view line) noexcept { return line.starts_with("Usage:"); }

// The part behind "ERR:", "ERR" or "ERROR:".
std::optional<std::string_view> error_text(std::string_view line) noexcept {
  Words words(line);
  if (!words.word("ERROR:") && !words.word("ERR:") && !words.word("ERR ")) return std::nullopt;
  words.blanks();
  return words.left();
}

// Any three bytes of `secret` on end, or all of a shorter one.
bool repeats(std::string_view line, std::string_view secret) noexcept {
  constexpr std::size_t piece = 3;
  for (std::size_t at = 0; at < secret.size(); ++at) {
    if (line.find(secret.substr(at, piece)) != std::string_view::npos) return true;
    if (at + piece >= secret.size()) return false;
  }
  return false;
}

}  // namespace

std::string in_words(std::uint64_t number, std::string_view unit) {
  return (number == std::numeric_limits<std::uint64_t>::max() ? "at least " : "") + counted(number, unit);
}

std::optional<AuthReply> read_auth(std::string_view line) {
  using Kind = AuthReply::Kind;
  AuthReply reply;
  if (line == "OK: Authenticated") return reply;
  if (line.starts_with("ERROR: Unknown command")) return AuthReply{Kind::not_needed};
  if (const auto retries = number_between(line, "ERROR: Wrong PIN. ", " retries remaining."))
    return AuthReply{Kind::wrong_pin, false, *retries};
  if (const auto seconds = number_between(line, "ERROR: Wrong PIN. Locked for ", " seconds."))
    return AuthReply{Kind::locked, true, 0, *seconds};
  if (line == "ERROR: Wrong PIN. Permanently locked.") return AuthReply{Kind::locked_for_ever, true};
  const auto refusal = read_refusal(line);
  if (refusal && refusal->kind == Refusal::Kind::locked) return AuthReply{Kind::locked, false, 0, refusal->seconds};
  if (refusal && refusal->kind == Refusal::Kind::locked_for_ever) return AuthReply{Kind::locked_for_ever};
  return std::nullopt;
}

std::optional<Refusal> read_refusal(std::string_view line) {
  using Kind = Refusal::Kind;
  if (line.starts_with("ERROR: Not authenticated")) return Refusal{Kind::not_authenticated};
  if (line.starts_with("ERROR: Unknown command")) return Refusal{Kind::unknown_command};
  if (const auto seconds = number_between(line, "ERROR: PIN locked. Wait ", " seconds.")) return Refusal{Kind::locked, *seconds};
  if (line == "ERROR: PIN permanently locked.") return Refusal{Kind::locked_for_ever};
  return std::nullopt;
}

bool is_pong(std::string_view line) noexcept { return line == "PONG"; }

std::optional<VersionPart> read_version(std::string_view line) {
  using Kind = VersionPart::Kind;
  constexpr std::size_t longest = 100;
  for (const auto& [label, kind] :
       {std::pair{std::string_view("Firmware:"), Kind::firmware}, std::pair{std::string_view("API level:"), Kind::level}}) {
    Words words(line);
    if (!words.word(label)) continue;
    words.blanks();
    return VersionPart{kind, std::string(words.left().substr(0, longest))};
  }
  return std::nullopt;
}

std::optional<ExportReply> read_export(std::string_view line) noexcept {
  if (line == "OK: Backup written") return ExportReply::written;
  if (line.starts_with("ERROR: Backup export failed")) return ExportReply::failed;
  if (is_usage(line)) return ExportReply::usage;
  return std::nullopt;
}

std::optional<ImportReply> read_import(std::string_view line) {
  using Kind = ImportReply::Kind;
  ImportReply reply;
  const auto of = [&](Kind kind) {
    reply.kind = kind;
    return reply;
  };
  if (line.starts_with("NOTE:")) return of(Kind::note);
  if (line.starts_with("ERROR: No backup present")) return of(Kind::no_backup);
  if (line.starts_with("ERROR: Import failed")) return of(Kind::failed);
  if (is_usage(line)) return of(Kind::usage);
  Words words(line);
  unsigned system = 0;
  if (!words.word("OK: imported=") || !words.number(reply.imported) || !words.word(" failed=") || !words.number(reply.failed) ||
      !words.word(" modules=") || !words.number(reply.modules) || !words.word(" skipped=") || !words.number(reply.skipped) ||
      !words.word(" system=") || !words.number(system))
    return std::nullopt;
  reply.system = system != 0;
  return of(Kind::done);
}

std::optional<DeleteReply> read_delete(std::string_view line) noexcept {
  if (line == "OK: Backup deleted") return DeleteReply::deleted;
  if (line == "OK: No backup present") return DeleteReply::nothing_there;
  if (line.starts_with("ERROR: Delete failed")) return DeleteReply::failed;
  if (is_usage(line)) return DeleteReply::usage;
  return std::nullopt;
}

bool is_reply(std::string_view line) noexcept { return line.starts_with("OK:") || error_text(line).has_value(); }

bool is_words(std::string_view line) noexcept {
  const bool coloured = line.starts_with('\x1b');
  const bool log = line.size() > 3 && std::string_view("EWIDV").find(line[0]) != std::string_view::npos && line.substr(1, 2) == " (";
  return !line.empty() && !coloured && !log && !line.starts_with("NOTE:");
}

std::string quotable(std::string_view line, const SecretString& sent) {
  constexpr std::size_t longest = 200;
  line = line.substr(0, longest);
  const auto as_held = utf8_to_cp437_dropping(sent.expose());
  const std::string_view held = as_held ? std::string_view(reinterpret_cast<const char*>(as_held->expose().data()), as_held->size()) : "";
  if (repeats(line, sent.expose()) || repeats(line, held)) return "(not shown: it repeats what was sent)";
  return printable(line);
}

std::optional<std::string> read_error(std::string_view line) {
  constexpr std::size_t longest = 200;
  const auto text = error_text(line);
  if (!text) return std::nullopt;
  return printable(text->substr(0, longest));
}

std::optional<ListEntry> read_entry(std::string_view line) {
  ListEntry entry;
  Words words(line);
  if (words.word("[DIR]")) entry.folder = true;
  else if (!words.number(entry.size)) return std::nullopt;
  if (!words.blanks() || words.left().empty()) return std::nullopt;
  entry.name = words.left().substr(0, 255);
  return entry;
}

std::optional<std::uint64_t> read_free(std::string_view line) {
  Words words(line);
  std::uint64_t total = 0, used = 0, free = 0;
  if (words.word("Total: ") && words.number(total) && words.word(" KB, Used: ") && words.number(used) &&
      words.word(" KB, Free: ") && words.number(free) && words.word(" KB"))
    return free;
  return std::nullopt;
}

std::optional<ReceiveReply> read_receive(std::string_view line) {
  using Kind = ReceiveReply::Kind;
  ReceiveReply reply;
  if (line == "READY") return reply;
  Words words(line);
  if (words.word("OK ") && words.number(reply.got) && words.left().empty()) {
    reply.kind = Kind::done;
    return reply;
  }
  auto text = read_error(line);
  if (!text) return std::nullopt;
  reply.kind = Kind::other_error;
  constexpr std::pair<std::string_view, Kind> known[] = {
      {"usage", Kind::usage},           {"bad path", Kind::bad_path},           {"upload_in_progress", Kind::in_progress},
      {"cannot_open", Kind::cannot_open}, {"msc_active", Kind::mass_storage},   {"crc_mismatch", Kind::crc_mismatch},
      {"size_mismatch", Kind::size_mismatch}, {"rename_failed", Kind::rename_failed}, {"upload_timeout", Kind::timed_out}};
  for (const auto& [front, kind] : known)
    if (text->starts_with(front)) reply.kind = kind;
  reply.text = std::move(*text);
  return reply;
}

}  // namespace hwbak::serial
