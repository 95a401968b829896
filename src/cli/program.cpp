// See program.h.
#include "cli/program.h"

#include <unistd.h>

#include <cstring>
#include <exception>
#include <new>
#include <string_view>
#include <typeinfo>

#include "cli/answers.h"
#include "cli/commands.h"
#include "cli/help.h"
#include "cli/session.h"
#include "cli/version.h"
#include "report/json_lines.h"
#include "term/terminal.h"

namespace hwbak::cli {
namespace {

constexpr const char* report_bug =
    "This is a bug in hwbak. Please report it with the command line and the output of `hwbak --version`; never send a backup or a "
    "password.";

void put(int fd, std::string_view text) {
  report::write_all(fd, ByteView(reinterpret_cast<const std::uint8_t*>(text.data()), text.size()));
}

// The last resort has no memory to ask for.
void put_plainly(std::string_view text) noexcept { (void)!::write(STDERR_FILENO, text.data(), text.size()); }

int dispatch(const Options& options) {
  switch (options.command) {
    case Command::glance: return run_glance(options);
    case Command::inspect: return run_inspect(options);
    case Command::verify: return run_verify(options);
    case Command::open: return run_open(options);
    case Command::drill: return run_drill(options);
    case Command::create: return run_create(options);
    case Command::rekey: return run_rekey(options);
    case Command::export_as: return run_export(options);
    case Command::diff: return run_diff(options);
    case Command::merge: return run_merge(options);
    case Command::copies: return run_copies(options);
    case Command::recover: return run_recover(options);
    case Command::dkek: return run_dkek(options);
    case Command::device: return run_device(options);
    case Command::practice: return run_practice(options);
    case Command::doctor: return run_doctor(options);
    case Command::explain: return run_explain(options);
  }
  return exit_code(Outcome::internal);
}

// An answer that belongs to no file: a JSON line for a script, a sentence on standard error for people.
int answer(const Report& report, bool json) {
  report::TextBuffer text;
  if (json) {
    report::put_json_line(text, report);
    report::write_all(STDOUT_FILENO, text.bytes());
    return exit_code(report.outcome);
  }
  text << "hwbak: ";
  report::put_printable(text, report.message);
  text << '\n';
  if (!report.next.empty()) {
    text << "Next: ";
    report::put_printable(text, report.next);
    text << '\n';
  }
  report::write_all(STDERR_FILENO, text.bytes(), "standard error");
  return exit_code(report.outcome);
}

int usage(const UsageError& error) {
  Report report;
  report.command = error.command.empty() ? "hwbak" : error.command;
  report.outcome = Outcome::usage;
  report.message = error.sentence;
  report.next = "hwbak " + (error.command.empty() ? "" : error.command + " ") + "--help";
  return answer(report, error.json);
}

int run_guarded(const std::vector<std::string>& arguments, bool& json, std::string& command) {
  const Options options = parse(arguments);
  json = options.json;
  command = spec_of(options.command).name;
  if (command.empty()) command = "hwbak";
  if (options.help) {
    put(STDOUT_FILENO, help_text(options.command));
    return 0;
  }
  if (options.version) {
    put(STDOUT_FILENO, version_text);
    return 0;
  }
  term::install_signal_handlers();
  return dispatch(options);
}

[[noreturn]] void give_up() noexcept {
  put_plainly("hwbak: something went wrong that must not happen.\n");
  put_plainly(report_bug);
  put_plainly("\n");
  ::_exit(exit_code(Outcome::internal));
}

}  // namespace

int run(const std::vector<std::string>& arguments) noexcept {
  std::set_terminate(give_up);  // no abort: it would ask for a core dump
  bool json = false;
  std::string command;
  try {
    try {
      return run_guarded(arguments, json, command);
    } catch (const UsageError& error) {
      return usage(error);
    } catch (const term::Interrupted&) {
      put_plainly("\n");
      return exit_interrupted;
    } catch (const Error& error) {
      return answer(failed(command, {}, error), json && error.outcome() != Outcome::io);
    } catch (const std::bad_alloc&) {
      return answer(failed(command, {}, Error(Outcome::internal, "there is not enough memory", std::nullopt,
                                              "close other programs, or give a smaller --max-size")), json);
    } catch (const std::exception& error) {
      // Not its what(): that text was made by others and may quote what they were given.
      return answer(failed(command, {}, Error(Outcome::internal, std::string("an unexpected exception: ") + typeid(error).name(),
                                              std::nullopt, report_bug)), json);
    }
  } catch (const Error& error) {
    put_plainly("hwbak: an answer could not be written\n");
    return exit_code(error.outcome());
  } catch (...) {
    put_plainly("hwbak: something went wrong that must not happen\n");
    return exit_code(Outcome::internal);
  }
}

}  // namespace hwbak::cli
