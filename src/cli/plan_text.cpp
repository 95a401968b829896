// See plan_text.h.
#include "cli/plan_text.h"

#include "base/unicode.h"

namespace hwbak::cli {

std::string plan_text(const std::vector<Section>& plan) {
  std::string text;
  for (const Section& section : plan) {
    text += printable(section.title) + "\r\n";
    for (const Section::Row& row : section.rows)
      if (const auto* const value = std::get_if<std::string>(&row.value.get()))
        text += "  " + (row.label.empty() ? "" : printable(row.label) + ": ") + printable(*value) + "\r\n";
    text += "\r\n";
  }
  return text;
}

}  // namespace hwbak::cli
