// See badge_client.h.
#include "link/serial/badge_client.h"

#include <algorithm>
#include <array>

#include "base/counted.h"
#include "base/unicode.h"
#include "hwbak/error.h"

namespace hwbak::serial {
namespace {

using namespace std::chrono_literals;

constexpr auto short_patience = 10s;
constexpr auto login_patience = 30s;
constexpr auto slow_patience = 120s;        // EXPORT and IMPORT
constexpr double usual_work = 20;           // seconds of them, for the progress
constexpr auto slice = 200ms;               // between two signs of progress
constexpr auto first_quiet = 200ms, quiet_before_command = 30ms, longest_settling = 1000ms;
constexpr auto quiet_after_error = 500ms, quiet_after_words = 2000ms;
constexpr auto quiet_after_answer = 100ms, quiet_after_prompt = 500ms, quiet_without_prompt = 3000ms, longest_gathering = 15000ms;
constexpr std::size_t max_answer = 4 * 1024 * 1024;  // bytes with all the noise

Error refused_by_device(std::string sentence, std::string next) {
  return Error(Outcome::device, std::move(sentence), std::nullopt, std::move(next));
}

Error silent(std::string_view command) {
  return refused_by_device("the badge did not answer `" + std::string(command) + "`",
                           "look at its screen: it must be unlocked and not busy; then run the command again");
}

Error from(const Refusal& refusal, std::string_view command) {
  switch (refusal.kind) {
    case Refusal::Kind::not_authenticated:
      return refused_by_device("this badge wants its PIN first, and took no command without it",
                               "add --pin-from tty, and type the badge's PIN");
    case Refusal::Kind::unknown_command:
      return refused_by_device("this badge does not know `" + std::string(command) + "`",
                               "check that it is a CDC Badge whose firmware can make backups");
    case Refusal::Kind::locked:
      return refused_by_device("the badge's PIN is locked for " + in_words(refusal.seconds, "second"),
                               "wait, and then give the right PIN");
    case Refusal::Kind::locked_for_ever:
      return refused_by_device("the badge's PIN is permanently locked",
                               "nothing can be read from this badge any more; use an older backup");
  }
  return silent(command);
}

}  // namespace

// --- lines ---

void BadgeClient::settle(std::chrono::milliseconds quiet) {
  std::array<std::uint8_t, 1024> chunk;
  const auto end = line_.now() + longest_settling;
  while (line_.read(chunk, std::min(line_.now() + quiet, end)) != 0 && line_.now() < end) {
  }
  wipe(chunk.data(), chunk.size());
  reader_.forget();
}

void BadgeClient::send(std::string_view command, const SecretString* argument) {
  if (transfer_open_)
    throw Error(Outcome::io, "the badge has not ended the transfer that failed, and would take this command for its data",
                std::nullopt, "wait half a minute, or plug the badge in again");
  settle(quiet_before_command);
  command_ = command;
  secret_sent_ = argument != nullptr ? argument->clone() : SecretString();
  SecretString text = SecretString::copy_of(command);
  if (argument != nullptr) {
    text.append(' ');
    text.append(argument->expose());
  }
  text.append('\n');  // alone: a CR would end the line, and the LF then be the first byte of an upload
  received_ = 0;
  line_.write(text.expose_bytes(), line_.now() + short_patience);
}

bool BadgeClient::read_lines(Clock::time_point deadline, const Take& take) {
  std::array<std::uint8_t, 1024> chunk;
  const std::size_t got = line_.read(chunk, deadline);
  reader_.feed(ByteView(chunk).first(got));
  wipe(chunk.data(), chunk.size());
  received_ += got;
  if (received_ > max_answer)
    throw refused_by_device("the device does not stop talking", "check that it is a CDC Badge and no other serial device");
  std::string_view line;
  while (reader_.next(line))
    if (take(line)) return true;
  return false;
}

bool BadgeClient::await(Seconds patience, const Take& take, bool refusals_too) {
  const auto start = line_.now(), end = start + patience;
  auto last = start;
  refusal_.reset();
  unknown_reply_.reset();
  looks_like_reply_ = false;
  const auto taken_or_refused = [&](std::string_view line) {
    if (take(line)) return true;
    if (!refusals_too) return false;
    refusal_ = read_refusal(line);
    if (refusal_) return true;
    if (!is_reply(line) && line.find(command_) != std::string_view::npos) {   // the echo; what came before it is of another command
      unknown_reply_.reset();
      looks_like_reply_ = false;
      reader_.forget_prompt();
    } else if (is_reply(line) || (!looks_like_reply_ && is_words(line))) {
      looks_like_reply_ = is_reply(line);
      unknown_reply_ = quotable(line, secret_sent_);
      reader_.forget_prompt();
    }
    return false;
  };
  while (line_.now() < end) {
    const std::size_t before = received_;
    if (read_lines(std::min(line_.now() + slice, end), taken_or_refused)) return true;
    if (received_ != before) last = line_.now();
    // The badge has ended the command with words that are not known: its prompt stands there, and nothing follows.
    if (unknown_reply_ && reader_.prompt_seen() && line_.now() >= last + (looks_like_reply_ ? quiet_after_error : quiet_after_words)) return false;
    if (waiting_) waiting_(std::min(0.95, std::chrono::duration<double>(line_.now() - start).count() / usual_work));
  }
  return false;
}

void BadgeClient::await_or_throw(std::string_view command, Seconds patience, const Take& take) {
  const bool answered = await(patience, take, true);
  if (!answered && unknown_reply_)
    throw refused_by_device("the badge answered `" + std::string(command) + "` with words that hwbak does not know: " + *unknown_reply_,
                            "look at the badge's screen, and check that its firmware is one of those in the manual");
  if (!answered) throw silent(command);
  if (refusal_) throw from(*refusal_, command);
}

// An answer without an end of its own: it ends with the prompt and silence. A prompt that stands in front of the echo, or
// comes where there is no echo, may be that of an earlier command, so the silence must be longer.
void BadgeClient::gather(std::string_view command, const Take& take) {
  const auto end = line_.now() + longest_gathering;
  auto last = line_.now();
  bool echoed = false;
  refusal_.reset();
  while (line_.now() < end) {
    const auto quiet = !reader_.prompt_seen() ? quiet_without_prompt : echoed ? quiet_after_answer : quiet_after_prompt;
    const std::size_t before = received_;
    const bool done = read_lines(std::min(last + quiet, end), [&](std::string_view line) {
      if (line == command) {
        echoed = true;
        reader_.forget_prompt();
      }
      refusal_ = read_refusal(line);
      return refusal_ || take(line);
    });
    if (refusal_) throw from(*refusal_, command);
    if (done) return;
    if (received_ != before) last = line_.now();
    else if (line_.now() >= last + quiet) break;
  }
  if (received_ == 0) throw silent(command);
}

// --- login ---

Greeting BadgeClient::greet(Seconds patience) {
  settle(first_quiet);
  for (int turn = 0; turn < 3; ++turn) {
    send("PING");
    bool again = false;
    const bool answered = await(turn == 0 ? patience : short_patience, [&](std::string_view line) {
      // The end of an old upload, or a command whose front was left on the line by another program.
      again = line.starts_with("ERR ") || line.starts_with("ERROR: Unknown command");
      return again || is_pong(line) || read_refusal(line).has_value();
    });
    if (!answered) return Greeting::silent;
    if (!again) return Greeting::ready;
  }
  return Greeting::ready;  // it answers, although it does not know PING
}

AuthReply BadgeClient::authenticate(const SecretString& pin) {
  std::optional<AuthReply> reply;
  send("AUTH", &pin);
  await_or_throw("AUTH", login_patience, [&](std::string_view line) {
    reply = read_auth(line);
    return reply.has_value();
  });
  return *reply;
}

void BadgeClient::log_out() {
  send("LOGOUT");
  (void)await(2s, [](std::string_view line) { return line.starts_with("OK") || line.starts_with("ERROR"); });
}

std::optional<Version> BadgeClient::version() {
  Version version;
  bool firmware = false, level = false, unknown = false;
  send("VERSION");
  await_or_throw("VERSION", short_patience, [&](std::string_view line) {
    const auto refusal = read_refusal(line);
    unknown = refusal && refusal->kind == Refusal::Kind::unknown_command;
    if (const auto part = read_version(line)) {
      const bool is_level = part->kind == VersionPart::Kind::level;
      (is_level ? version.level : version.firmware) = printable(part->text);
      (is_level ? level : firmware) = true;
    }
    return unknown || (firmware && level);
  });
  if (unknown) return std::nullopt;
  return version;
}

// --- backup ---

ExportReply BadgeClient::export_backup(const SecretString& passphrase) {
  std::optional<ExportReply> reply;
  send(export_command, &passphrase);
  await_or_throw(export_command, slow_patience, [&](std::string_view line) {
    reply = read_export(line);
    return reply.has_value();
  });
  return *reply;
}

ImportReply BadgeClient::import_backup(const SecretString& passphrase) {
  std::optional<ImportReply> reply;
  send(import_command, &passphrase);
  await_or_throw(import_command, slow_patience, [&](std::string_view line) {
    reply = read_import(line);
    return reply && reply->kind != ImportReply::Kind::note;
  });
  return *reply;
}

DeleteReply BadgeClient::delete_backup() {
  std::optional<DeleteReply> reply;
  send("BACKUP DELETE");
  await_or_throw("BACKUP DELETE", short_patience, [&](std::string_view line) {
    reply = read_delete(line);
    return reply.has_value();
  });
  return *reply;
}

}  // namespace hwbak::serial
