// hwbak recover FILE: the search on the terminal, the words that were found, and candidates for other programs.
#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <optional>

#include "base/as_bytes.h"
#include "base/unicode.h"
#include "cli/commands.h"
#include "cli/plan_text.h"
#include "cli/session.h"
#include "io/descriptor.h"
#include "recover/count.h"
#include "recover/list_plan.h"
#include "tasks/recover_search.h"
#include "term/device_screen.h"
#include "term/quorum_entry.h"
#include "term/word_entry.h"

namespace hwbak::cli {
namespace {

constexpr term::WhenEmpty nothing_remembered{"nothing", "put the words that you remember there"};
constexpr term::WhenEmpty no_pattern{"no pattern", "write there what you remember, as in docs/recover.md, \"Patterns\""};

SecretString ask_words(const Options& options, Session& session) {
  const term::Source source = options.secrets.password.value_or(term::Source{});
  if (source.kind != term::Source::Kind::terminal)
    return term::decode_secret(term::read_source(source, term::max_secret_size).expose(), options.secrets.encoding, source, nothing_remembered);
  term::Terminal* const terminal = session.secrets().terminal();
  if (terminal == nullptr)
    throw Error(Outcome::refused, "there is no terminal to ask for the words on", std::nullopt, "give --password-from file:PATH, fd:N, env:NAME or stdin");
  auto words = term::ask_remembered(*terminal, "Password of " + printable(options.arguments.front()));
  if (!words || words->empty()) throw Error(Outcome::refused, "no words were given", std::nullopt, "run the command again");
  return std::move(*words);
}

// Of a badge or of a share nobody remembers twelve words, and for a file that is none nobody need type any.
bool wants_pattern(const Options& options, const Session& session) {
  if (options.pattern || options.secrets.password || options.arguments.front() == "-") return options.pattern.has_value();
  const Report seen = inspect(session.context(), options.arguments.front());
  if (seen.outcome == Outcome::io || seen.outcome == Outcome::unsupported) throw Error(seen.outcome, seen.message, seen.offset, seen.next);
  return seen.format == "cdcbak" || seen.format == "dkek-share";
}

SecretString ask_pattern(const Options& options, Session& session) {
  const term::Source source = options.pattern.value_or(term::Source{});
  if (source.kind != term::Source::Kind::terminal)
    return term::decode_secret(term::read_source(source, term::max_secret_size).expose(), options.secrets.encoding, source, no_pattern);
  term::Terminal* const terminal = session.secrets().terminal();
  if (terminal == nullptr)
    throw Error(Outcome::refused, "there is no terminal to ask for the pattern on", std::nullopt, "give --pattern-from file:PATH, fd:N, env:NAME or stdin, or --wordlist FILE");
  auto pattern = term::ask_password(*terminal, "Pattern for " + printable(options.arguments.front()) + ": ");
  if (!pattern || pattern->empty()) throw Error(Outcome::refused, "no pattern was given", std::nullopt, "run the command again");
  return std::move(*pattern);
}

SecretBytes read_list(const Subject& path) {
  const term::Source source = path == "-" ? *term::parse_source("stdin") : term::Source{term::Source::Kind::file, path.native()};
  try {
    return term::read_source(source, recover::ListPlan::most_bytes);
  } catch (const Error& error) {
    if (error.outcome() != Outcome::refused) throw Error(error.outcome(), error.sentence(), std::nullopt, "name the word list again: `--wordlist FILE`");
    throw recover::ListPlan::too_long();
  }
}

SecretString ask_quorum(const Options& options, Session& session) {
  const term::Source& source = *options.secrets.quorum;
  if (source.kind != term::Source::Kind::terminal)
    return term::decode_secret(term::read_source(source, term::max_secret_size).expose(), term::Encoding::text, source, nothing_remembered);
  term::Terminal* const terminal = session.secrets().terminal();
  if (terminal == nullptr)
    throw Error(Outcome::refused, "there is no terminal to ask for the custodians' shares on", std::nullopt, "give --quorum-from file:PATH, fd:N, env:NAME or stdin");
  auto lines = term::ask_quorum(*terminal, printable(options.arguments.front()), term::Digits::may_be_wrong);
  if (!lines) throw Error(Outcome::refused, "no custodians' shares were given", std::nullopt, "run the command again");
  return std::move(*lines);
}

void announce(const std::vector<Section>& plan) { report::write_all(STDERR_FILENO, as_bytes(plan_text(plan, "\n")), "standard error"); }

std::string progress_text(const SearchProgress& progress) {
  return progress.of_class + ", " + recover::Count(progress.done).grouped() + " of " + recover::Count(progress.total).grouped() + ", " +
         recover::Count(static_cast<std::uint64_t>(progress.per_second)).grouped() + " a second, " +
         tasks::in_words(static_cast<double>(progress.left.count())) + " left";
}

// Once, on a page that is gone afterwards.
void show_password(Session& session, const RecoverResult& result, bool words) {
  SecretString text = result.quorum.clone();
  unsigned number = 0;
  if (!words && result.quorum.empty()) text.append(result.password.expose());
  for (std::string_view left = words ? result.password.expose() : std::string_view(); !left.empty();) {
    const std::string_view word = left.substr(0, left.find(' '));
    text.append(std::to_string(++number) + ": ");
    text.append(word);
    text.append('\n');
    left.remove_prefix(std::min(word.size() + 1, left.size()));
  }
  for (const SecretString& line : result.corrections) {
    text.append('\n');
    text.append(line.expose());
  }
  term::DeviceScreen screen(*session.secrets().terminal());
  (void)screen.page(result.quorum.empty() ? "The password of the backup" : "The custodians' shares, put right", text.expose(), "y", true);
}

void give_result(const Options& options, Session& session, RecoverResult result, bool words) {
  const bool written = result.report.facts.find("output") != nullptr;
  if (!result.password.empty() && !written && !options.reveal) {
    // Where a file was to receive them and could not, the terminal is what is left.
    if ((!options.json || options.output) && session.secrets().terminal() != nullptr) {
      session.progress().clear();
      show_password(session, result, words);
    } else {
      result.report.next = "run it again with --output PATH, or with --reveal, to have the password";
    }
  }
  session.give(std::move(result.report));
}

// A search of days must not end without a place for what it found. A script may want to know no more than that there is a password.
void check_place_for_password(const Options& options, Session& session) {
  if (options.output || options.reveal) return;
  if (options.json) {
    report::write_all(STDERR_FILENO, as_bytes("hwbak: without --output PATH or --reveal the answer will not hold the password\n"), "standard error");
  } else if (session.secrets().terminal() == nullptr) {
    throw Error(Outcome::refused, "there is no terminal to show the password on when it is found; nothing was tried", std::nullopt,
                "give --output PATH, or --reveal to have it in the answer");
  }
}

void run_search(const Options& options, Session& session, const Remembered& remembered) {
  RecoverOptions how = options.recovery;
  how.output = options.output;
  how.overwrite = options.force;
  // Ctrl-C and a scheduler's SIGTERM end the search, not the program: what was done is kept, and the answer says how to go on. Before
  // the search there is nothing to keep.
  std::optional<term::SignalsHeld> held;
  how.announce = [&](const std::vector<Section>& plan) {
    held.emplace(false);
    if (!options.json) announce(plan);
  };
  how.progress = [&](const SearchProgress& progress) {
    const double part = progress.total == 0 ? 1 : static_cast<double>(progress.done) / static_cast<double>(progress.total);
    session.progress().show(part, progress_text(progress));
    return !held->pending();
  };
  RecoverResult result = recover_password(session.context(), options.arguments.front(), remembered, how);
  session.progress().clear();
  if (held) held->forget();
  give_result(options, session, std::move(result), remembered.words.has_value());
}

// A list may be larger than memory, so it is not written as other files are.
io::Descriptor open_list(const Options& options) {
  // An older list may be one that others can read, or hold open: it goes.
  if (options.force) (void)::unlink(options.output->c_str());
  io::Descriptor out(::open(options.output->c_str(), O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_EXCL, 0600));
  if (!out.is_open()) throw Error(Outcome::io, printable(options.output->native()) + " cannot be written", std::nullopt, "name another file with --output");
  return out;
}

bool reader_is_gone(int fd) {
  pollfd pipe{fd, POLLOUT, 0};
  return ::poll(&pipe, 1, 0) == 1 && (pipe.revents & POLLERR) != 0;
}

void run_export(const Options& options, Session& session, const Remembered& remembered) {
  if (!options.output && ::isatty(STDOUT_FILENO) == 1 && !options.reveal)
    throw Error(Outcome::refused, "each candidate may be your password, and they would be shown on this terminal", std::nullopt,
                "give --output PATH, or --reveal to show them here");
  RecoverOptions how = options.recovery;
  how.output = options.output;
  how.overwrite = options.force;
  if (!options.json) how.announce = announce;
  io::Descriptor file;  // made when the list begins: what is refused before that leaves no file, and an older list as it is
  constexpr std::size_t at_once = 64 * 1024;
  SecretBytes waiting;
  bool wanted = true;
  const auto flush = [&] {
    if (options.output && !file.is_open()) file = open_list(options);
    const int fd = options.output ? file.number() : STDOUT_FILENO;
    try {
      report::write_all(fd, waiting.expose());
    } catch (const Error&) {
      if (options.output || !reader_is_gone(fd)) throw;
      wanted = false;  // as `head` leaves when it has enough
    }
    waiting.resize(0);
  };
  // A list that was cut short must not pass for a whole one.
  std::optional<term::SignalsHeld> held;
  if (options.output) held.emplace(false);
  const auto interrupted = [&] { return held && held->pending(); };
  bool whole = false;
  const auto remove = [&] {
    if (file.is_open() && !whole) (void)::unlink(options.output->c_str());
  };
  Report report;
  try {
    report = export_candidates(session.context(), options.arguments.front(), remembered, how, [&](ByteView candidate) {
      waiting.append(candidate);
      if (waiting.size() >= at_once) flush();
      return wanted && !interrupted();
    });
    if (wanted && report.outcome == Outcome::ok) flush();
    if (file.is_open() && ::fsync(file.number()) != 0) throw Error(Outcome::io, "the list could not be written whole", std::nullopt, "look for room on the disk");
    whole = report.outcome == Outcome::ok && !interrupted();
  } catch (...) {
    remove();
    throw;
  }
  remove();
  if (interrupted()) {
    held->forget();
    report.outcome = Outcome::stopped;
    report.message = "stopped before the list was whole; it was removed";
    report.next = "run the same command again";
  }
  session.give(std::move(report));
}

}  // namespace

int run_recover(const Options& options) {
  const bool list_to_stdout = options.export_candidates && !options.output;
  Session session(options, true, list_to_stdout ? STDERR_FILENO : STDOUT_FILENO);
  try {
    Remembered remembered;
    if (!options.export_candidates) check_place_for_password(options, session);
    if (options.word_list) remembered.word_list = read_list(*options.word_list);
    remembered.threshold = options.threshold;
    if (options.secrets.quorum) remembered.quorum = ask_quorum(options, session);
    else if (options.pattern || (!options.word_list && wants_pattern(options, session))) remembered.pattern = ask_pattern(options, session);
    else if (!options.word_list) remembered.words = ask_words(options, session);
    if (options.export_candidates) run_export(options, session, remembered);
    else run_search(options, session, remembered);
  } catch (const Error& error) {
    session.give(failed("recover", options.arguments.front(), error));
  }
  return session.exit();
}

}  // namespace hwbak::cli
