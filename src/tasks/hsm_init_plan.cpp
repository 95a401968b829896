// hwbak device init-plan: what is there, what is to be done, and the question before it is done; see hsm_init.h.
#include "base/counted.h"
#include "base/unicode.h"
#include "tasks/dkek_proof.h"
#include "tasks/dkek_set.h"
#include "tasks/dkek_writing.h"
#include "tasks/family.h"
#include "tasks/hsm_init.h"
#include "tasks/hsm_session.h"
#include "tasks/shell_quoted.h"

namespace hwbak {
namespace tasks {
namespace {

constexpr const char* assumed_file = "dkek-share.pbe";

// --- the shares ---

std::string quorum_words(unsigned threshold, unsigned total) {
  return "=quorum:" + std::to_string(threshold) + "/" + std::to_string(total);
}

void plan_fresh(const WriteSharesOptions& write, InitPlan& plan) {
  plan.fresh = true;
  for (const NewShareFile& file : write.files) {
    const std::string shown = printable(file.file.native()), quoted = shell_quoted(shown);
    plan.shares.push_back({shown, file.threshold, file.total});
    plan.write_options += " --write-share " + quoted + (file.threshold != 0 ? quorum_words(file.threshold, file.total) : "");
    plan.share_options += " --share " + quoted + (file.threshold != 0 ? "=quorum:PATH" : "");
  }
  if (write.sheets) plan.write_options += " --sheets " + shell_quoted(printable(write.sheets->native()));
  if (write.quorums) plan.write_options += " --quorums " + shell_quoted(printable(write.quorums->native()));
}

List fresh_fact(const InitPlan& plan) {
  List out;
  for (std::size_t i = 0; i < plan.shares.size(); ++i) {
    Object item;
    item.put("file", plan.shares[i].shown)
        .put("id", static_cast<std::uint64_t>(i + 1))
        .put("protection", plan.shares[i].threshold != 0 ? "quorum" : "password");
    out.emplace_back(std::move(item));
  }
  return out;
}

// Nobody gave a password: then the plan is made without the KCV.
bool only_closed(const ShareSet& set) {
  const auto trouble = set.trouble();
  return trouble && trouble->outcome() == Outcome::refused;
}

void plan_existing(const ShareSet& set, InitPlan& plan) {
  for (const OpenedShare& share : set.shares) {
    plan.shares.push_back({share.shown, static_cast<unsigned>(share.custodians), 0});
    plan.share_options += " --share " + shell_quoted(share.shown) + (share.custodians != 0 ? "=quorum:PATH" : "");
  }
  if (set.all_open()) plan.kcv = dkek::kcv_of(dkek_bytes(set.dkek()));
}

ShareSet open_existing(const Context& context, const InitShares& source, bool run, Report& report) {
  ShareSet set = source.open(context);
  const auto trouble = set.trouble();
  put_set(report, set);
  report.format = "device";
  report.levels = {};
  if (trouble && (run || !only_closed(set))) throw *trouble;
  if (set.all_open()) tell_unproven(set, report);
  return set;
}

// --- the words ---

Section device_page(const InitPlan& plan, const char* title = "The device") {
  Section section{title, {}};
  const FoundDevice& device = *plan.device;
  section.row("reader", device.reader);
  section.row("serial", device.serial.empty() ? std::string("none before it is initialised") : device.serial);
  section.row("firmware", device.kind + " " + device.firmware);
  section.row("state", "it " + holds_words(device));
  if (plan.wipes())
    for (const std::string& key : device.keys) section.row("lost", key);
  if (plan.wipes() && device.keys.empty())
    section.row("lost", device.has_no_dkek() ? "nothing: it has no DKEK and no key" : "its present DKEK; it holds no key");
  if (plan.continues())
    section.row("", "It is not initialised again: the import goes on with " + plan.shares[plan.first()].shown +
                        ", for those named before it are taken to be in the device already.");
  return section;
}

Section no_device_page(const std::string& why) {
  Section section{"The device", {}};
  section.row("", "none was looked at: " + why);
  return section;
}

InitQuestion question_of(const InitPlan& plan) {
  InitQuestion out;
  const FoundDevice& device = *plan.device;
  out.serial = device.serial;
  out.wipes = plan.wipes();
  out.plan.push_back(device_page(plan));
  Section section{"What will be done", {}};
  if (plan.fresh) section.row("", "write " + counted(plan.shares.size(), "new share file"));
  if (!plan.continues())
    section.row("", "initialise the device for " + counted(plan.shares.size(), "share") +
                        (plan.wipes() ? ": everything on it is gone then" : ""));
  for (std::size_t i = plan.first(); i < plan.shares.size(); ++i) section.row("", "import " + plan.shares[i].shown);
  section.row("", "log in, and compare the device's KCV" + (plan.kcv ? " with " + dkek::to_text(*plan.kcv) : ""));
  out.plan.push_back(std::move(section));
  out.question = plan.wipes() ? "This device was initialised before, and what it holds will be gone." : "Go on?";
  return out;
}

std::string planned_words(const InitPlan& plan) {
  std::string out = counted(steps_of(plan).size(), "step") + " to a ready device with " +
                    counted(plan.shares.size(), plan.fresh ? "new DKEK share" : "DKEK share");
  if (plan.kcv) out += ", KCV " + dkek::to_text(*plan.kcv);
  if (plan.device) out += "; the device in " + plan.device->reader + " " + holds_words(*plan.device);
  return out + "; nothing was done";
}

// --- the run ---

std::vector<SecretBytes> shares_of(const ShareSet& set) {
  std::vector<SecretBytes> out;
  for (const OpenedShare& share : set.shares) out.push_back(share.share.clone());
  return out;
}

void check_dkek(const InitPlan& plan) {
  if (plan.kcv != dkek::zero_dkek_kcv) return;
  throw Error(Outcome::refused, "these shares make a DKEK of nothing but zeros, which everybody knows; nothing was sent",
              std::nullopt, "check that no share is named twice");
}

// From the options to the plan, and on to the run.
class Planner final {
 public:
  Planner(const Context& context, const InitPlanOptions& options, const InitShares& source, Report& report)
      : context_(context), options_(options), source_(source), report_(report) {
    plan_.reader = options.reader;
  }

  void name_shares(const ShowPart& show) {
    const bool fresh = !options_.write.files.empty(), existing = !context_.shares.empty();
    if (options_.run && !fresh && !existing)
      throw Error(Outcome::usage, "no share is named", std::nullopt,
                  "name each with --share FILE, or with --write-share FILE those that are yet to be made");
    if (fresh && existing)
      throw Error(Outcome::usage, "a DKEK is made of new shares or of those that exist, not of both", std::nullopt,
                  "leave out --share or --write-share");
    if (existing) return;
    WriteSharesOptions write = options_.write;
    if (!fresh) write.files.push_back({assumed_file, 0, 0});
    plan_fresh(write, plan_);
    if (options_.run) check_writing(context_, options_.write, show);
  }

  // Without a device there is a plan all the same, unless one was named or is to be changed.
  void look(CardReaders& readers) {
    try {
      session_.emplace(context_, readers, HsmDeviceOptions{options_.reader, false});
      plan_.device = look_at(*session_);
    } catch (const Error& error) {
      if (options_.run || !options_.reader.empty() || error.outcome() == Outcome::internal) throw;
      report_.page.push_back(no_device_page(error.sentence()));
      return;
    }
    if (report_.subject.empty()) report_.subject = plan_.device->reader;
    report_.facts.put("device", device_fact(*plan_.device));
  }

  void open_shares() {
    if (plan_.fresh) {
      report_.facts.put("shares", fresh_fact(plan_));
    } else {
      const ShareSet set = open_existing(context_, source_, options_.run, report_);
      plan_existing(set, plan_);
      if (options_.run) shares_ = shares_of(set);
    }
    if (plan_.device) report_.page.push_back(device_page(plan_, options_.run ? "The device before" : "The device"));
  }

  void say() {
    check_dkek(plan_);
    put_steps(plan_, report_);
    report_.message = planned_words(plan_);
    report_.next = "let hwbak do it: `" + plan_.run_command() + "`";
  }

  void run(const ConfirmInit& confirm, const ShowPart& show) {
    check_dkek(plan_);
    const InitPins pins = ask_pins(context_, plan_, !plan_.continues());
    if (!confirm || !confirm(question_of(plan_)))
      throw Error(Outcome::refused, "given up: nothing was sent, and the device is as it was", std::nullopt,
                  "run the command again when you are ready");
    if (plan_.fresh) write_fresh(show);
    report_.next.clear();
    carry_out(session_->hsm(), plan_, pins, shares_, report_);
  }

 private:
  void write_fresh(const ShowPart& show) {
    std::vector<Section> page = std::move(report_.page);
    SecretBytes dkek(dkek::share_size);
    context_.random.fill(dkek.expose());
    shares_ = write_shares(context_, options_.write, show, dkek, source_.rounds, report_);
    page.insert(page.end(), std::make_move_iterator(report_.page.begin()), std::make_move_iterator(report_.page.end()));
    report_.page = std::move(page);
    report_.format = "device";
    report_.levels = {};
    plan_.kcv = dkek::kcv_of(dkek_bytes(dkek));
    plan_.fresh = false;  // from now on they are files like others
  }

  const Context& context_;
  const InitPlanOptions& options_;
  const InitShares& source_;
  Report& report_;
  InitPlan plan_;
  std::optional<HsmSession> session_;
  std::vector<SecretBytes> shares_;   // of --run
};

}  // namespace

Report init_plan_with(const Context& context, const InitPlanOptions& options, const ConfirmInit& confirm, const ShowPart& show,
                      CardReaders& readers, const InitShares& source) {
  Report report = blank_report("device", options.reader);
  report.format = "device";
  guarded(report, [&] {
    Planner planner(context, options, source, report);
    planner.name_shares(show);
    planner.look(readers);
    planner.open_shares();
    if (options.run) planner.run(confirm, show);
    else planner.say();
  });
  return report;
}

}  // namespace tasks

Report init_plan(const Context& context, const InitPlanOptions& options, const ConfirmInit& confirm, const ShowPart& show,
                 CardReaders& readers) {
  const auto open = [](const Context& with) {
    return tasks::open_shares(with, with.shares, Secrets::ShareQuestion::List::shares);
  };
  return tasks::init_plan_with(context, options, confirm, show, readers, {open, dkek::kdf_rounds});
}

}  // namespace hwbak
