// See device_session.h.
#include "tasks/device_session.h"

#include <algorithm>

#include "base/counted.h"
#include "base/unicode.h"

namespace hwbak::tasks {
namespace {

using serial::AuthReply;

constexpr const char* never_again = "hwbak never tries a PIN twice; look at the badge, and give the right PIN";

Error refused_pin(const AuthReply& reply) {
  const std::string now = reply.just_now ? "the badge refused the PIN and is now " : "the badge's PIN is ";
  switch (reply.kind) {
    case AuthReply::Kind::wrong_pin:
      return Error(Outcome::device,
                   "the badge refused the PIN; " + (reply.retries == 1 ? "1 try is" : serial::in_words(reply.retries, "trie") + " are") + " left",
                   std::nullopt, never_again);
    case AuthReply::Kind::locked:
      return Error(Outcome::device, now + "locked for " + serial::in_words(reply.seconds, "second"), std::nullopt,
                   std::string("wait that long; ") + never_again);
    case AuthReply::Kind::locked_for_ever:
      return Error(Outcome::device, now + "permanently locked", std::nullopt,
                   "nothing can be read from this badge any more; use a backup that was made before");
    case AuthReply::Kind::authenticated:
    case AuthReply::Kind::not_needed: break;
  }
  return Error(Outcome::internal, "a login that worked was taken for a refusal");
}

std::string keeps(const std::string& sent) {
  return "It keeps the last ten lines that it was sent in its memory, " + sent + " among them, until it is switched off.";
}

bool is_badge_pin(std::string_view pin) noexcept {
  return pin.size() >= 4 && pin.size() <= 8 && pin.find_first_not_of("0123456789") == std::string_view::npos;
}

}  // namespace

DeviceSession::DeviceSession(const Context& context, const DeviceOptions& options, serial::ByteLine& line)
    : client_(line, [&context, highest = 0.0](double part) mutable {   // each command counts from 0; what is shown never goes back
        highest = std::max(highest, part);
        if (context.progress) (void)context.progress(highest);
      }) {
  const std::string shown = printable(options.port.native());
  if (client_.greet() == serial::Greeting::silent)
    throw Error(Outcome::device, "no badge answers at " + shown, std::nullopt,
                "unlock the badge and plug it in again; `hwbak device list` shows the ports");
  if (options.log_in) log_in(context, options.port);
  version_ = client_.version();
}

DeviceSession::~DeviceSession() {
  if (!logged_in_) return;
  try {
    client_.log_out();
  } catch (const Error&) {  // it ends by itself after five minutes
  }
}

void DeviceSession::log_in(const Context& context, const std::filesystem::path& port) {
  Secrets::Question question;
  question.kind = Secrets::Kind::pin;
  question.subject = printable(port.native());
  const auto pins = context.secrets != nullptr ? context.secrets->ask(question) : std::span<const SecretString>{};
  if (pins.empty()) throw Error(Outcome::refused, "no PIN was given; nothing was sent", std::nullopt, "run the command again");
  // A slip is caught before it costs a try.
  if (!is_badge_pin(pins[0].expose()))
    throw Error(Outcome::refused, "the PIN of a badge has 4 to 8 digits; nothing was sent", std::nullopt,
                "give the badge's own PIN");
  const AuthReply reply = client_.authenticate(pins[0]);
  no_login_needed_ = reply.kind == AuthReply::Kind::not_needed;
  logged_in_ = reply.kind == AuthReply::Kind::authenticated;
  if (!logged_in_ && !no_login_needed_) throw refused_pin(reply);
}

void DeviceSession::describe(Report& report) {
  report.facts.put("logged_in", logged_in_);
  Section badge{"The badge", {}};
  if (version_) {
    report.facts.put("badge_firmware", version_->firmware).put("badge_level", version_->level);
    badge.row("firmware", version_->firmware);
    badge.row("level", version_->level);
  }
  if (no_login_needed_) badge.row("", "It wanted no PIN: whoever holds this badge unlocked can read its backup.");
  if (pin_sent()) badge.row("", keeps("the PIN"));
  described_at_ = report.page.size();
  report.page.push_back(std::move(badge));
}

void DeviceSession::passphrase_goes(Report& report) {
  Section& badge = report.page.at(described_at_);
  if (pin_sent()) badge.rows.pop_back();
  badge.row("", keeps(pin_sent() ? "the PIN and the passphrase" : "the passphrase"));
}

}  // namespace hwbak::tasks
