// The steps from shares to a ready device, in words and as commands (docs/pico-hsm.md, "From nothing to a ready device").
#include "base/counted.h"
#include "base/unicode.h"
#include "tasks/hsm_init.h"
#include "tasks/shell_quoted.h"

namespace hwbak::tasks {
namespace {

class Steps final {
 public:
  explicit Steps(const InitPlan& plan) : plan_(plan) {}

  std::vector<InitStep> take() {
    if (plan_.fresh) make_shares();
    check_shares();
    if (plan_.wipes() && !plan_.device->keys.empty()) save_keys();
    pins();
    if (!plan_.continues()) initialise();
    for (std::size_t i = plan_.first(); i < plan_.shares.size(); ++i) import(i);
    compare();
    rehearse();
    return std::move(out_);
  }

 private:
  void add(std::string does, std::string hwbak, std::string sc_hsm_tool) {
    out_.push_back({std::move(does), std::move(hwbak), std::move(sc_hsm_tool)});
  }
  [[nodiscard]] std::string tool() const {
    return "sc-hsm-tool" + (plan_.reader.empty() ? "" : " --reader " + shell_quoted(printable(plan_.reader)));
  }
  [[nodiscard]] std::string at_reader() const {
    return plan_.reader.empty() ? "" : " --reader " + shell_quoted(printable(plan_.reader));
  }
  [[nodiscard]] std::string shares() const { return counted(plan_.shares.size(), "DKEK share"); }
  [[nodiscard]] std::string kcv() const { return plan_.kcv ? dkek::to_text(*plan_.kcv) : "the KCV that step 1 showed"; }

  void make_shares() {
    std::string commands;
    for (const PlannedShare& share : plan_.shares) {
      commands += (commands.empty() ? "" : " && ") + tool() + " --create-dkek-share " + shell_quoted(share.shown);
      if (share.threshold != 0)
        commands +=
            " --pwd-shares-threshold " + std::to_string(share.threshold) + " --pwd-shares-total " + std::to_string(share.total);
    }
    add("Make " + shares() +
            ", and note down the KCV that is shown. Two copies of each file, at two places, and never beside its password: the "
            "files are "
            "the only way to the DKEK, for no device gives it out",
        "hwbak create dkek-share" + plan_.write_options, commands);
  }

  void check_shares() {
    const bool known = plan_.kcv.has_value();
    add((plan_.fresh ? "Open the shares as a test"
         : known     ? "Open the shares (done: the KCV is " + kcv() + ")"
                     : "Open the shares, and note down the KCV that is shown") +
            std::string(": a share or a password that is wrong is found now, and not with the keys under it"),
        "hwbak dkek check" + plan_.share_options, "");
  }

  void save_keys() {
    std::string keys;
    for (const std::string& key : plan_.device->keys) keys += (keys.empty() ? "" : ", ") + key;
    if (plan_.device->has_no_dkek() || plan_.device->missing() != 0) {
      add("What the device holds has no backup and can have none, for its DKEK is " +
              std::string(plan_.device->missing() != 0 ? "not complete" : "not there") + ": " + keys +
              ". Go on only if nobody needs these keys",
          "hwbak device list" + at_reader(), "");
      return;
    }
    add("Back up what the device holds, for it will be gone: " + keys +
            ". A backup opens only with the DKEK that the device has now",
        "hwbak device backup" + at_reader() + " --to DIR --share SHARE-OF-ITS-PRESENT-DKEK",
        tool() + " --wrap-key FILE --key-reference R --pin env:OLD_PIN");
  }

  void pins() {
    const bool initialises = !plan_.continues();
    add(initialises
            ? "Think of a PIN of 6 to 16 characters and an SO-PIN of 16 hexadecimal digits. " + present_so_pin() +
                  "For sc-hsm-tool they stand in variables of the shell, where no other program reads them; hwbak asks for them"
            : "Have the PIN of the device at hand: it was initialised with it. For sc-hsm-tool it stands in a variable of the "
              "shell; hwbak asks for it",
        "",
        std::string(initialises ? "read -rs HSM_SO_PIN && " : "") + "read -rs HSM_PIN && export " +
            (initialises ? "HSM_SO_PIN " : "") + "HSM_PIN");
  }

  [[nodiscard]] std::string present_so_pin() const {
    const std::string kind = plan_.device ? plan_.device->kind : std::string();
    if (kind == "pico-hsm" || (plan_.device && !plan_.device->initialised)) return {};
    if (kind == "smartcard-hsm") return "The SO-PIN is the one that this device has now. ";
    return "A SmartCard-HSM that was initialised before wants its present SO-PIN; a Pico HSM asks nobody for it. ";
  }

  void initialise() {
    std::string loss;
    if (plan_.wipes()) {
      const std::size_t keys = plan_.device->keys.size();
      const bool dkek = !plan_.device->has_no_dkek();
      if (keys != 0) loss = counted(keys, "key") + (dkek ? " and the DKEK that it has now are" : std::string(" ") + is_or_are(keys));
      else if (dkek) loss = "The DKEK that it has now is";
      if (!loss.empty()) loss = ". " + loss + " gone then";
    }
    add("Initialise the device for " + shares() + loss, plan_.run_command(),
        tool() + " --initialize --so-pin env:HSM_SO_PIN --pin env:HSM_PIN --dkek-shares " + std::to_string(plan_.shares.size()));
  }

  void import(std::size_t index) {
    const PlannedShare& share = plan_.shares[index];
    std::string command = tool() + " --import-dkek-share " + shell_quoted(share.shown);
    std::string typed = "its password is asked for";
    if (share.threshold != 0) {
      command += " --pwd-shares-total " + std::to_string(share.threshold);
      typed = counted(share.threshold, "custodian types", "custodians type") +
              " their parts (sc-hsm-tool wants the number of those who type, not of all, and IDs from 10 on as hexadecimal)";
    }
    add("Import share " + std::to_string(index + 1) + " of " + std::to_string(plan_.shares.size()) + ", " + share.shown + "; " +
            typed,
        plan_.run_command(), command);
  }

  void compare() {
    add("Log in, and compare the device's KCV with " + kcv() +
            " in the same session: only when both are equal is the device ready",
        "hwbak device list" + at_reader() + " --pin-from tty", tool());
  }

  void rehearse() {
    add("Make a key, back it up and restore it, before you rely on the device",
        "hwbak device backup" + at_reader() + " --to DIR" + plan_.share_options,
        tool() + " --wrap-key FILE --key-reference R --pin env:HSM_PIN");
  }

  const InitPlan& plan_;
  std::vector<InitStep> out_;
};

Section of_sc_hsm_tool(const InitPlan& plan) {
  Section section{"With sc-hsm-tool", {}};
  if (!plan.continues())
    section.row("tries",
                "it gives a PIN of 6 characters at most 3 tries, of 7 characters 5, of more 10 (--pin-retry, 3 if it is left "
                "out). hwbak sets 3");
  section.row("KCV",
              "on a Pico HSM it shows 0000000000000000, since it does not log in: no error, and no proof either. hwbak logs in "
              "and reads it");
  if (!plan.continues())
    section.row("--label", "leave it out: firmware 6.6 of the Pico HSM stops at what sc-hsm-tool writes then");
  if (!plan.continues())
    section.row(
        "--dkek-shares",
        "is never left out, and never 0: without it no key can be backed up, with 0 the device draws a DKEK that nobody has");
  return section;
}

}  // namespace

std::string InitPlan::run_command() const {
  return "hwbak device init-plan" + (reader.empty() ? "" : " --reader " + shell_quoted(printable(reader))) +
         (fresh ? write_options : share_options) + " --run";
}

std::vector<InitStep> steps_of(const InitPlan& plan) { return Steps(plan).take(); }

void put_steps(const InitPlan& plan, Report& report) {
  const std::vector<InitStep> steps = steps_of(plan);
  List list;
  Section section{"The steps", {}};
  for (std::size_t i = 0; i < steps.size(); ++i) {
    const InitStep& step = steps[i];
    Object item;
    item.put("step", static_cast<std::uint64_t>(i + 1))
        .put("does", step.does)
        .put("hwbak", step.hwbak)
        .put("sc_hsm_tool", step.sc_hsm_tool);
    list.emplace_back(std::move(item));
    section.row("step " + std::to_string(i + 1), step.does);
    if (!step.hwbak.empty()) section.row("  hwbak", step.hwbak);
    if (!step.sc_hsm_tool.empty()) section.row("  OpenSC", step.sc_hsm_tool);
  }
  report.page.push_back(std::move(section));
  report.facts.put("steps", std::move(list));
  report.page.push_back(of_sc_hsm_tool(plan));
}

}  // namespace hwbak::tasks
