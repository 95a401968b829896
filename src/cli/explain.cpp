// hwbak explain OUTCOME|FINDING: what a word of the answers means.
#include "base/unicode.h"
#include "cli/answers.h"
#include "cli/commands.h"
#include "cli/explain_text.h"

namespace hwbak::cli {
namespace {

void list_all(Report& report) {
  report.message = "These are the words of the answers; `hwbak explain WORD` says more.";
  Section outcomes{"Outcomes (exit code in brackets)", {}}, findings{"Findings", {}};
  List outcome_facts, finding_facts;
  for (const OutcomeText& text : outcome_texts()) {
    const std::string word(name(text.outcome));
    outcomes.rows.push_back({word + " [" + std::to_string(exit_code(text.outcome)) + "]", text.means});
    outcome_facts.emplace_back(word);
  }
  for (const FindingText& text : finding_texts()) {
    findings.rows.push_back({std::string(text.code), text.means});
    finding_facts.emplace_back(text.code);
  }
  report.facts.put("outcomes", std::move(outcome_facts)).put("findings", std::move(finding_facts));
  report.page.push_back(std::move(outcomes));
  report.page.push_back(std::move(findings));
}

void explain_one(Report& report, const std::string& word) {
  const OutcomeText* const outcome = explain_outcome(word);
  const FindingText* const finding = outcome == nullptr ? explain_finding(word) : nullptr;
  if (outcome == nullptr && finding == nullptr) {
    report.outcome = Outcome::unsupported;
    report.message = "\"" + word + "\" is neither an outcome nor a finding.";
    report.next = "hwbak explain";
    return;
  }
  const std::string_view action = outcome != nullptr ? outcome->action : finding->action;
  report.message = outcome != nullptr ? outcome->means : finding->means;
  report.facts.put("kind", outcome != nullptr ? "outcome" : "finding").put("word", word).put("action", action);
  if (outcome != nullptr) report.facts.put("exit", exit_code(outcome->outcome));
  Section advice{"What to do", {}};
  advice.rows.push_back({"", action});
  if (outcome != nullptr) advice.rows.push_back({"", std::string("Exit code: ") + std::to_string(exit_code(outcome->outcome))});
  report.page.push_back(std::move(advice));
}

}  // namespace

int run_explain(const Options& options) {
  Report report;
  report.command = "explain";
  if (options.arguments.empty()) {
    list_all(report);
  } else {
    report.subject = options.arguments.front();
    explain_one(report, options.arguments.front());
  }
  Answers answers(options, 1);
  answers.give(std::move(report));
  return answers.exit();
}

}  // namespace hwbak::cli
