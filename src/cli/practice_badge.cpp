// hwbak practice cdc-badge: a virtual badge on a pseudo terminal, until it is stopped.
#include "base/as_bytes.h"
#include "base/unicode.h"
#include "cli/commands.h"
#include "cli/session.h"
#include "harden/harden.h"
#include "report/json_lines.h"
#include "term/terminal.h"
#include "term/word_entry.h"

namespace hwbak::cli {
namespace {

// A new badge's PIN is typed twice: nobody could open a badge whose PIN has a slip.
SecretString choose_pin(term::ProgramSecrets& secrets) {
  term::Terminal* const terminal = secrets.terminal();
  if (terminal == nullptr)
    throw Error(Outcome::refused, "there is no terminal to choose a PIN on", std::nullopt,
                "give --pin-from file:PATH, fd:N, env:NAME or stdin");
  terminal->write("A new practice badge. It needs a PIN of 4 to 8 digits; do not use that of a real badge.\r\n");
  auto first = term::ask_password(*terminal, "PIN (not shown): ");
  auto second = first ? term::ask_password(*terminal, "The same again: ") : std::nullopt;
  if (!second || !first->equals(second->expose()))
    throw Error(Outcome::refused, first && second ? "the two PINs differ" : "no PIN was given", std::nullopt,
                "run the command again");
  return std::move(*first);
}

SecretString pin_for(const Options& options, term::ProgramSecrets& secrets) {
  const bool typed = !options.secrets.pin || options.secrets.pin->kind == term::Source::Kind::terminal;
  if (typed && !practice::cdc_badge::exists(options.practice_badge, steady_files())) return choose_pin(secrets);
  Secrets::Question question;
  question.kind = Secrets::Kind::pin;
  question.subject = "the practice badge";
  const auto pins = secrets.ask(question);
  if (pins.empty()) throw Error(Outcome::refused, "no PIN was given", std::nullopt, "run the command again");
  return pins[0].clone();
}

// The path alone on standard output, for scripts; the rest for people.
void announce_port(const std::filesystem::path& path) {
  report::write_all(1, as_bytes(path.native() + "\n"));
  report::write_all(2,
                    as_bytes("hwbak: the practice badge listens at " + printable(path.native()) + "; Ctrl-C switches it off\n"),
                    "standard error");
}

}  // namespace

int run_practice_badge(const Options& options) {
  harden::lock_all_memory();
  Answers answers(options, 1);
  const Subject& state = options.practice_badge.state;
  try {
    term::SecretOptions wanted = options.secrets;
    if (!wanted.pin) wanted.pin = term::Source{};
    term::ProgramSecrets secrets(std::move(wanted));
    const SecretString pin = pin_for(options, secrets);
    const auto ready = [&](const std::filesystem::path& path) {
      if (options.practice_badge.link) term::remove_link_at_end(*options.practice_badge.link, path);
      announce_port(path);
    };
    practice::cdc_badge::practice(options.practice_badge, pin, steady_files(), system_random(), ready);
  } catch (const Error& error) {
    answers.give(failed("practice", state, error));
  }
  return answers.exit();
}

}  // namespace hwbak::cli
