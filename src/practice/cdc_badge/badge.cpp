// The badge's lines and its session; see badge.h.
#include "practice/cdc_badge/badge.h"

#include <algorithm>

#include "base/as_bytes.h"
#include "hwbak/error.h"

namespace hwbak::practice::cdc_badge {
namespace {

constexpr std::string_view blanks = " \t";

State opened(SealedState& sealed, const SecretString& pin) {
  const auto plain = sealed.load(pin);
  if (!plain)
    throw Error(Outcome::wrong_secret, "that is not the PIN of this practice badge, or its state is damaged", std::nullopt,
                "give its PIN, or another folder with --state for a new badge");
  return parse_state(plain->expose());
}

}  // namespace

std::string_view take_word(std::string_view& text) noexcept {
  const std::size_t end = std::min(text.find_first_of(blanks), text.size());
  const std::string_view word = text.substr(0, end);
  text.remove_prefix(std::min(text.find_first_not_of(blanks, end), text.size()));
  return word;
}

bool is_word(std::string_view typed, std::string_view upper) noexcept {
  return std::equal(typed.begin(), typed.end(), upper.begin(), upper.end(),
                    [](char c, char u) { return (c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c) == u; });
}

Badge::Badge(World world, const Setup& setup, const SecretString& pin)
    : world_(std::move(world)),
      setup_(setup),
      sealed_(world_.files, setup.state / "badge.state", world_.rounds_pow),
      pin_(pin.clone()),
      console_([this](std::string_view bytes) {
        if (!setup_.has(Fault::no_echo)) send(bytes);
      }) {
  if (sealed_.exists()) {
    state_ = opened(sealed_, pin_);
  } else {
    if (!is_pin(pin.expose()))
      throw Error(Outcome::refused, "the PIN of a badge has 4 to 8 digits", std::nullopt, "choose another PIN");
    world_.files.make_folder(setup_.state);
    save();
  }
  world_.files.make_folder(setup_.state / "plugins");
  constexpr std::int64_t lockout = 30;
  if (setup_.has(Fault::lockout)) state_.locked_until = seconds_now() + lockout;
}

void Badge::save() { sealed_.save(pin_, serialise(state_).expose(), world_.random); }

void Badge::plug_in() {
  unplugged_ = authenticated_ = false;
  upload_.reset();
  console_.clear();
  prompt();
}

void Badge::send(std::string_view text) {
  if (!unplugged_) world_.send(as_bytes(text));
}

void Badge::prompt() {
  send("> ");
  noise();
}

void Badge::reply(std::string_view line) {
  noise();
  send(line);
  send("\r\n");
}

// As a talkative build writes it, in the middle of everything.
void Badge::noise() {
  if (!setup_.has(Fault::log_noise)) return;
  constexpr std::string_view said[] = {"wifi: state: run -> init (fc0)", "vfat: sync 3 sectors", "sched: OK after 12 ms",
                                       "usb: > resume"};
  send("I (" + std::to_string(1000 + 37 * log_lines_) + ") " + std::string(said[log_lines_ % std::size(said)]) + "\r\n");
  ++log_lines_;
}

void Badge::receive(ByteView bytes) {
  while (!bytes.empty() && !unplugged_) {
    if (upload_) {
      take_data(bytes);
      continue;
    }
    const bool ended = console_.feed(bytes.front());
    bytes = bytes.subspan(1);
    if (!ended) continue;
    const SecretString line = console_.take();
    if (!line.empty()) run(line.expose());
    // The data of an upload follow the prompt; at their end none comes.
    prompt();
  }
}

void Badge::run(std::string_view line) {
  std::string_view arguments = line;
  const std::string_view command = take_word(arguments);
  if (!may_run(command)) return;
  last_command_ = world_.now();
  const bool secure = setup_.has(Fault::secure_serial);
  if (is_word(command, "PING")) return reply("PONG");
  if (is_word(command, "AUTH") && secure) return authenticate(arguments);
  if (is_word(command, "LOGOUT") && secure) return log_out();
  if (is_word(command, "BACKUP")) return backup(arguments);
  if (is_word(command, "VFAT")) return volume(arguments);
  if (is_word(command, "VERSION") && !setup_.has(Fault::no_version)) {
    reply("Firmware: " + std::string(badge_firmware));
    return reply("API level: " + cb::text(badge_level));
  }
  // The word as it was typed; the rest may be a secret.
  reply("ERROR: Unknown command '" + std::string(command) + "'");
}

void Badge::tick() {
  constexpr auto upload_patience = std::chrono::seconds(15);
  if (!upload_ || world_.now() - upload_->last < upload_patience) return;
  upload_.reset();
  reply("ERR upload_timeout");
}

}  // namespace hwbak::practice::cdc_badge
