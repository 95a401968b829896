// See plan_text.h.
#include "cli/plan_text.h"

#include "base/unicode.h"

namespace hwbak::cli {

std::string plan_text(const std::vector<Section>& plan, std::string_view line_end) {
  std::string text;
  for (const Section& section : plan) {
    if (!text.empty()) text += line_end;
    text.append(printable(section.title)).append(line_end);
    for (const Section::Row& row : section.rows)
      if (const auto* const value = std::get_if<std::string>(&row.value.get()))
        text.append("  " + (row.label.empty() ? "" : printable(row.label) + ": ") + printable(*value)).append(line_end);
  }
  return text;
}

std::string question_text(const std::vector<Section>& plan, const std::string& question) {
  constexpr std::string_view line_end = "\r\n";
  std::string text = plan_text(plan, line_end);
  if (!text.empty()) text += line_end;
  return text.append(printable(question)).append(line_end);
}

}  // namespace hwbak::cli
