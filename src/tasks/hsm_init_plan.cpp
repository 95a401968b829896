// hwbak device init-plan: what is there, what is to be done, and the question before it is done; see hsm_init.h.
#include "base/counted.h"
#include "base/hex.h"
#include "base/unicode.h"
#include "tasks/dkek_proof.h"
#include "tasks/dkek_set.h"
#include "tasks/dkek_writing.h"
#include "tasks/family.h"
#include "tasks/hsm_device_keys.h"
#include "tasks/hsm_device_verbs.h"
#include "tasks/hsm_init.h"
#include "tasks/hsm_session.h"
#include "tasks/shell_quoted.h"

namespace hwbak {
namespace tasks {
namespace {

constexpr const char* assumed_file = "dkek-share.pbe";

// "key 1 \"mail\""
std::string key_name(pcsc::HsmClient& hsm, std::uint8_t reference) {
  const auto key = read_device_key(hsm, reference);
  return "key " + std::to_string(reference) + (key && !key->label().empty() ? " \"" + key->label() + "\"" : "");
}

// --- the shares ---

std::string quorum_words(unsigned threshold, unsigned total) { return "=quorum:" + std::to_string(threshold) + "/" + std::to_string(total); }

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
    item.put("file", plan.shares[i].shown).put("id", static_cast<std::uint64_t>(i + 1)).put("protection", plan.shares[i].threshold != 0 ? "quorum" : "password");
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

Section device_page(const InitPlan& plan) {
  Section section{"The device", {}};
  const FoundDevice& device = *plan.device;
  section.row("reader", device.reader);
  section.row("serial", device.serial.empty() ? std::string("none before it is initialised") : device.serial);
  section.row("firmware", device.kind + " " + device.firmware);
  section.row("state", "it " + holds_words(device));
  if (plan.wipes())
    for (const std::string& key : device.keys) section.row("lost", key);
  if (plan.wipes() && device.keys.empty()) section.row("lost", "its present DKEK; it holds no key");
  if (plan.continues())
    section.row("", "It is not initialised again: the import goes on with " + plan.shares[plan.first()].shown + ", for those named before it are taken to be in the device already.");
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
  if (!plan.continues()) section.row("", "initialise the device for " + counted(plan.shares.size(), "share") + (plan.wipes() ? ": everything on it is gone then" : ""));
  for (std::size_t i = plan.first(); i < plan.shares.size(); ++i) section.row("", "import " + plan.shares[i].shown);
  section.row("", "log in, and compare the device's KCV" + (plan.kcv ? " with " + dkek::to_text(*plan.kcv) : ""));
  out.plan.push_back(std::move(section));
  out.question = plan.wipes() ? "This device was initialised before, and what it holds will be gone." : "Go on?";
  return out;
}

std::string planned_words(const InitPlan& plan) {
  std::string out = counted(steps_of(plan).size(), "step") + " to a ready device with " + counted(plan.shares.size(), plan.fresh ? "new DKEK share" : "DKEK share");
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

std::vector<SecretBytes> write_fresh(const Context& context, const InitPlanOptions& options, const ShowPart& show, const InitShares& source, InitPlan& plan,
                                     Report& report) {
  SecretBytes dkek(dkek::share_size);
  context.random.fill(dkek.expose());
  auto shares = write_shares(context, options.write, show, dkek, source.rounds, report);
  report.format = "device";
  report.levels = {};
  plan.kcv = dkek::kcv_of(dkek_bytes(dkek));
  plan.fresh = false;   // from now on they are files like others
  return shares;
}

void check_dkek(const InitPlan& plan) {
  if (plan.kcv != dkek::zero_dkek_kcv) return;
  throw Error(Outcome::refused, "these shares make a DKEK of nothing but zeros, which everybody knows; nothing was sent", std::nullopt, "check that no share is named twice");
}

}  // namespace

FoundDevice look_at(HsmSession& session) {
  FoundDevice out;
  out.reader = session.reader();
  out.firmware = session.token().firmware();
  out.kind = kind_of(session);
  return look_at_again(session.hsm(), out);
}

FoundDevice look_at_again(pcsc::HsmClient& hsm, const FoundDevice& before) {
  FoundDevice out;
  out.reader = before.reader;
  out.firmware = before.firmware;
  out.kind = before.kind;
  out.serial = hsm.serial();
  out.pin = hsm.pin_status();
  out.initialised = out.pin.state != pcsc::PinState::not_initialised;
  if (!out.initialised) return out;
  out.domain = hsm.domain(0);
  for (const std::uint8_t reference : hsm.keys()) out.keys.push_back(key_name(hsm, reference));
  return out;
}

std::string holds_words(const FoundDevice& device) {
  if (!device.initialised) return "was never initialised and holds nothing";
  std::string out = "is initialised, holds " + (device.keys.empty() ? std::string("no key") : counted(device.keys.size(), "key"));
  if (!device.domain || !device.domain->set_up || device.domain->shares == 0) return out + " and has no DKEK";
  if (device.missing() != 0) return out + " and awaits " + std::to_string(device.missing()) + " of " + counted(device.domain->shares, "share");
  return out + " and has a DKEK of " + counted(device.domain->shares, "share");
}

Object device_fact(const FoundDevice& device) {
  Object out;
  out.put("reader", device.reader).put("kind", device.kind).put("serial", device.serial).put("firmware", device.firmware).put("initialised", device.initialised);
  out.put("shares", device.domain ? device.domain->shares : 0u).put("missing", device.missing());
  List keys;
  for (const std::string& key : device.keys) keys.emplace_back(key);
  out.put("keys", std::move(keys));
  return out;
}

Report init_plan_with(const Context& context, const InitPlanOptions& options, const ConfirmInit& confirm, const ShowPart& show, CardReaders& readers,
                      const InitShares& source) {
  Report report = blank_report("device", options.reader);
  report.format = "device";
  guarded(report, [&] {
    InitPlan plan;
    plan.reader = options.reader;
    WriteSharesOptions fresh = options.write;
    if (fresh.files.empty() && context.shares.empty()) {
      if (options.run)
        throw Error(Outcome::usage, "no share is named", std::nullopt, "name each with --share FILE, or with --write-share FILE those that are yet to be made");
      fresh.files.push_back({assumed_file, 0, 0});
    }
    if (!fresh.files.empty() && !context.shares.empty())
      throw Error(Outcome::usage, "a DKEK is made of new shares or of those that exist, not of both", std::nullopt, "leave out --share or --write-share");
    if (!fresh.files.empty()) plan_fresh(fresh, plan);
    if (options.run && plan.fresh) check_writing(context, options.write, show);

    std::string no_device;
    std::optional<HsmSession> session;
    try {
      session.emplace(context, readers, HsmDeviceOptions{options.reader, false});
      plan.device = look_at(*session);
    } catch (const Error& error) {
      if (options.run || !options.reader.empty() || error.outcome() == Outcome::internal) throw;
      no_device = error.sentence();
    }
    if (plan.device) {
      if (report.subject.empty()) report.subject = plan.device->reader;
      report.facts.put("device", device_fact(*plan.device));
    }

    std::vector<SecretBytes> shares;
    if (plan.fresh) {
      report.facts.put("shares", fresh_fact(plan));
    } else {
      const ShareSet set = open_existing(context, source, options.run, report);
      plan_existing(set, plan);
      if (options.run) shares = shares_of(set);
    }
    report.page.push_back(plan.device ? device_page(plan) : no_device_page(no_device));
    if (!options.run) {
      put_steps(plan, report);
      report.message = planned_words(plan);
      report.next = "let hwbak do it: `" + plan.run_command() + "`";
      return;
    }
    check_dkek(plan);
    const InitPins pins = ask_pins(context, plan, !plan.continues());
    if (!confirm || !confirm(question_of(plan)))
      throw Error(Outcome::refused, "given up: nothing was sent, and the device is as it was", std::nullopt, "run the command again when you are ready");
    std::vector<Section> page = std::move(report.page);
    if (plan.fresh) shares = write_fresh(context, options, show, source, plan, report);
    page.insert(page.end(), std::make_move_iterator(report.page.begin()), std::make_move_iterator(report.page.end()));
    report.page = std::move(page);
    report.next.clear();
    carry_out(session->hsm(), plan, pins, shares, report);
  });
  return report;
}

}  // namespace tasks

Report init_plan(const Context& context, const InitPlanOptions& options, const ConfirmInit& confirm, const ShowPart& show, CardReaders& readers) {
  const auto open = [](const Context& with) { return tasks::open_shares(with, with.shares, Secrets::ShareQuestion::List::shares); };
  return tasks::init_plan_with(context, options, confirm, show, readers, {open, dkek::kdf_rounds});
}

}  // namespace hwbak
