// See explain_text.h. One row for each outcome of hwbak/outcome.h; findings are in explain_findings.cpp.
#include "cli/explain_text.h"

#include <array>

namespace hwbak::cli {
namespace {

constexpr std::array<OutcomeText, 14> outcomes{{
    {Outcome::ok, "What was asked was done. How much was proven is in the levels: structure, content, meaning.",
     "Look at the levels: without the password only the structure is proven."},
    {Outcome::internal, "hwbak met something that must not happen: a bug, or no memory left.",
     "Report it with the command line and the output of `hwbak --version`. Never send a backup or a password."},
    {Outcome::usage, "The command line is wrong. Nothing was read or written.", "Look at `hwbak --help` or `hwbak COMMAND --help`."},
    {Outcome::wrong_secret, "The password does not open it, and nothing shows that the file is damaged. (In a badge's file damage would look the same.)",
     "Check each word and their order; try the words of other backups with --passwords-from. If the words are certain, look for "
     "another copy of the file."},
    {Outcome::damaged, "Bytes of the file contradict each other or are missing. The answer names where.",
     "Do not write to that card. Look for another copy with `hwbak copies FOLDER`; with the password of a Coldcard's file, "
     "`hwbak open --salvage` writes what is left."},
    {Outcome::unsupported, "This is no format known here, or it uses a feature that is not handled.",
     "Check that it is the right file. 7-Zip may open archives that hwbak does not."},
    {Outcome::refused, "A limit or a rule stopped it: key derivation too expensive, file too large, empty password, or a file would "
                       "be overwritten. Nothing was written.",
     "The answer names the limit and the option that changes it."},
    {Outcome::inconsistent, "It opens, but its parts contradict each other, or it is of another wallet than expected.",
     "Do not rely on this backup. Make a new one on the device and verify that."},
    {Outcome::findings, "It did what was asked, but --fail-on met a finding, or less was proven than --require wants.",
     "Read the findings and levels; `hwbak explain CODE` says what each finding means."},
    {Outcome::device, "There is no device, or it refused.", "Plug it in, unlock it, and look for it with `hwbak device list`. The sentence says what it refused."},
    {Outcome::partial, "Some records of the file are good and some are not; the secret that matters is good.",
     "The answer names the bad lines or places. Make a new backup on the device."},
    {Outcome::exhausted, "The search tried everything it was given and found nothing.", "Widen the search."},
    {Outcome::stopped, "The search was stopped and can be resumed.", "Run the same command again."},
    {Outcome::io, "The disk, the file system or the output failed, or a file could not be read.",
     "The answer has the system's reason. Check the path, its permissions and the free space."},
}};

}  // namespace

std::span<const OutcomeText> outcome_texts() noexcept { return outcomes; }

const OutcomeText* explain_outcome(std::string_view word) noexcept {
  for (const OutcomeText& text : outcomes)
    if (name(text.outcome) == word) return &text;
  return nullptr;
}

}  // namespace hwbak::cli
