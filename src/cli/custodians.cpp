// See custodians.h.
#include "cli/custodians.h"

#include "base/unicode.h"
#include "tasks/custodian_sheets.h"
#include "term/device_screen.h"

namespace hwbak::cli {
namespace {

constexpr std::string_view go_on_or_give_up{"yx"};

SecretString text_of(const CustodianPart& part) {
  SecretString text;
  const std::string id = std::to_string(part.id), threshold = std::to_string(part.threshold);
  text.append("Prime       : ");
  text.append(part.prime.expose());
  text.append("\nShare ID    : " + id + "\nShare value : ");
  text.append(part.value.expose());
  text.append("\n\nWrite down all three, and " + printable(part.share_file) + ", KCV " + part.kcv + ". Any " +
              threshold + " of " + std::to_string(part.total) +
              " custodians together open this share; losing more than " + std::to_string(part.total - part.threshold) +
              " parts is losing it, and with it the DKEK.\n");
  if (part.id >= 10)
    text.append("sc-hsm-tool reads the ID as hexadecimal: type " + tasks::typed_in_sc_hsm_tool(part.id) +
                " there for " + id + "; hwbak takes " + id + ".\n");
  text.append(
      "Compare what you wrote, character by character. Enter erases this screen; it is not shown again. x gives up: "
      "then nothing is written.\n");
  return text;
}

}  // namespace

ShowPart show_on_terminal(Session& session) {
  if (session.secrets().terminal() == nullptr) return {};
  return [&session](const CustodianPart& part) {
    term::DeviceScreen screen(*session.secrets().terminal());
    const std::string who = "Custodian " + std::to_string(part.id) + " of " + std::to_string(part.total) + ", share " +
                            std::to_string(part.share) + " of " + std::to_string(part.shares) + " (" +
                            printable(part.share_file) + ")";
    const std::string alone =
        "The next screen shows the part of this custodian. Nobody else may see it. Press Enter when you are alone.\n";
    if (screen.page(who, alone, go_on_or_give_up, true) != coldcard::key_ok) return false;
    return screen.page(who, text_of(part).expose(), go_on_or_give_up, true) == coldcard::key_ok;
  };
}

}  // namespace hwbak::cli
