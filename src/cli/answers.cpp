// See answers.h.
#include "cli/answers.h"

#include <unistd.h>

#include <algorithm>
#include <utility>

#include "hwbak/error.h"
#include "report/json_lines.h"

namespace hwbak::cli {
namespace {

constexpr std::size_t most_held_back = 32 * 1024;  // bytes; a write for every short answer would cost more than the answer

}  // namespace

Answers::Answers(const Options& options, int fd, bool listed)
    : options_(options), fd_(fd), listed_(listed), terminal_(::isatty(fd) == 1), style_(report::style_for(fd)) {}

Answers::~Answers() {
  try {
    flush();
  } catch (const Error&) {  // the exception under way is the one to be told
  }
}

void Answers::apply_fail_on(Report& report) const {
  if (!options_.fail_on || report.outcome != Outcome::ok) return;
  const auto count = std::count_if(report.findings.begin(), report.findings.end(),
                                   [&](const Finding& finding) { return finding.level >= *options_.fail_on; });
  if (count == 0) return;
  report.outcome = Outcome::findings;
  if (!report.message.ends_with('.')) report.message += '.';
  report.message += (count == 1 ? " There is a finding" : " There are " + std::to_string(count) + " findings") + " of level " +
                    std::string(name(*options_.fail_on)) + " or above.";
}

void Answers::give(Report report) {
  apply_fail_on(report);
  worst_ = worst(worst_, report.outcome);
  if (options_.json) {
    report::put_json_line(text_, report);
  } else if (listed_ && report.format != "dkek-set") {  // the set in front of the keys that it is compared with gets its page
    report::put_listed(text_, report, style_);
  } else {
    if (!first_) text_ << '\n';
    report::put_page(text_, report, style_);
  }
  first_ = false;
  if (terminal_ || text_.bytes().size() >= most_held_back) flush();
}

void Answers::flush() {
  const report::TextBuffer text = std::exchange(text_, {});  // not printed again when this fails
  report::write_all(fd_, text.bytes(), fd_ == STDERR_FILENO ? "standard error" : "standard output");
}

int Answers::exit() {
  flush();
  return exit_code(worst_);
}

}  // namespace hwbak::cli
