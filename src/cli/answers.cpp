// See answers.h.
#include "cli/answers.h"

#include <algorithm>

#include "report/json_lines.h"

namespace hwbak::cli {

Answers::Answers(const Options& options, int fd) : options_(options), fd_(fd), style_(report::style_for(fd)) {}

void Answers::apply_fail_on(Report& report) const {
  if (!options_.fail_on || report.outcome != Outcome::ok) return;
  const auto count = std::count_if(report.findings.begin(), report.findings.end(),
                                   [&](const Finding& finding) { return finding.level >= *options_.fail_on; });
  if (count == 0) return;
  report.outcome = Outcome::findings;
  report.message += (count == 1 ? " There is a finding" : " There are " + std::to_string(count) + " findings") + " of level " +
                    std::string(name(*options_.fail_on)) + " or above.";
}

void Answers::give(Report report) {
  apply_fail_on(report);
  worst_ = worst(worst_, report.outcome);
  text_.reset();
  if (options_.json) {
    report::put_json_line(text_, report);
  } else {
    if (!first_) text_ << '\n';
    report::put_page(text_, report, style_);
  }
  first_ = false;
  report::write_all(fd_, text_.bytes(), fd_ == 2 ? "standard error" : "standard output");
  text_.reset();
}

}  // namespace hwbak::cli
