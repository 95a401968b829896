// hwbak device restore: wrapped keys back into an HSM, each rehearsed against this very device before it is sent and proven
// afterwards (docs/pico-hsm.md, "Keys back into a device").
#include <algorithm>

#include "base/counted.h"
#include "base/sentence.h"
#include "base/unicode.h"
#include "device/pico_hsm/restore.h"
#include "tasks/hsm_restore_answer.h"
#include "tasks/hsm_restore_item.h"
#include "tasks/hsm_restore_proof.h"
#include "tasks/shell_quoted.h"

namespace hwbak::tasks {
namespace {

class DeviceRestore final {
 public:
  DeviceRestore(const Context& context, CardReaders& readers, const HsmDeviceOptions& device, const HsmRestoreOptions& options,
                RestoreFiles& files, std::shared_ptr<HsmShares> shares, Report& report)
      : context_(context), readers_(readers), device_(device), options_(options), files_(files), shares_(std::move(shares)), report_(report) {}

  void run(const ConfirmPlan& confirm) {
    {
      HsmSession session(context_, readers_, device_);
      session.describe(report_);
      reader_ = session.reader();
      std::optional<Error> stop;
      try {
        work(session, confirm);
      } catch (const Error& error) {
        if (!sending_) throw;
        stop = error;
      }
      stopped_ = std::move(stop);
    }
    // The card is free again for whoever looks at what it holds now.
    if (stopped_) look_again();
    tell_restore(files_, {stopped_, now_, reader_}, report_);
  }

 private:
  void work(HsmSession& session, const ConfirmPlan& confirm) {
    RestoreTarget target(session);
    report_.facts.put("device", target.kind()).put("domains", domains_fact(target.domains()));
    if (target.is_pico() && session.token().firmware() != pico_hsm::newest_pico_hsm)
      report_.findings.push_back({Severity::warning, "restore-caution",
                                  "the device has firmware " + session.token().firmware() + "; what it takes back is known of " +
                                      std::string(pico_hsm::newest_pico_hsm), "", true});
    plan(session, target);
    const auto is_work = [](const RestoreItem& item) { return item.plan == RestorePlan::send || item.plan == RestorePlan::complete; };
    const auto to_do = std::ranges::count_if(files_.items, is_work);
    for (RestoreItem& item : files_.items)
      if (item.plan == RestorePlan::nothing) {
        item.status = restore_status::present;
        item.proof_words = "the device has it already; " + item.proof_words;
      }
    if (to_do == 0) return;
    if (!confirm || !confirm(question(static_cast<std::size_t>(to_do)), plan_sections(session, target)))
      throw Error(Outcome::refused, "given up: nothing was sent, and the device is as it was", std::nullopt, "run the command again when you are ready");
    sending_ = true;
    std::size_t done = 0;
    for (RestoreItem& item : files_.items) {
      if (!is_work(item)) continue;
      if (context_.progress && !context_.progress(static_cast<double>(done++) / static_cast<double>(to_do)))
        throw Error(Outcome::stopped, "stopped before all keys were sent", std::nullopt, "run it again: it goes on");
      now_ = &item;
      put_back(session.hsm(), item);
      now_ = nullptr;
    }
  }

  void plan(HsmSession& session, RestoreTarget& target) {
    if (options_.reference && *options_.reference == 0)
      throw Error(Outcome::usage, "key references are 1 to 255", std::nullopt, "give --key-reference N");
    // Those that know their place come first; the others take what is left.
    const auto entry = [&](const RestoreItem& item) -> const ManifestKey* {
      const auto found = files_.manifest.find(item.subject.filename().native());
      return found == files_.manifest.end() ? nullptr : &found->second;
    };
    const auto knows = [&](const RestoreItem& item) { return entry(item) != nullptr || (item.beside.described && item.beside.described->key_reference); };
    std::stable_partition(files_.items.begin(), files_.items.end(), knows);
    for (RestoreItem& item : files_.items) plan_item(context_, item, entry(item), target, session, shares_, options_);
  }

  std::string question(std::size_t count) const {
    const bool replaces = std::ranges::any_of(files_.items, [](const RestoreItem& item) { return item.plan == RestorePlan::send && item.replaces; });
    return "Send " + counted(count, "key") + " to the device?" + (replaces ? " Keys of the device are REPLACED and lost." : "");
  }

  std::vector<Section> plan_sections(HsmSession& session, const RestoreTarget& target) const {
    Section device{"The device", {}};
    device.row("reader", session.reader());
    device.row("serial", session.serial());
    device.row("firmware", session.token().firmware());
    device.row("key domains", target.domains_in_words());
    Section plan{"What will be done", {}};
    for (const RestoreItem& item : files_.items) {
      plan.row(item.shown, in_plan(item));
      if (item.plan != RestorePlan::refuse)
        for (const std::string& caution : item.cautions) plan.row("", caution);
    }
    for (const std::string& name : files_.passed_over) plan.row("passed over", name);
    std::vector<Section> out;
    out.push_back(std::move(device));
    out.push_back(std::move(plan));
    return out;
  }

  static std::string in_plan(const RestoreItem& item) {
    const std::string to = "reference " + std::to_string(item.reference) + ": " + name_of(item.beside) + (item.beside.id().empty() ? "" : ", ID " + item.beside.id());
    switch (item.plan) {
      case RestorePlan::send: return "goes to " + to + (item.replaces ? "; REPLACES what is there" : "");
      case RestorePlan::complete: return to + "; the key is there, its label, ID and certificate are put back";
      case RestorePlan::nothing: return to + "; is there already";
      case RestorePlan::refuse: break;
    }
    return "NOT SENT: " + (item.trouble ? within_sentence(item.trouble->sentence()) : std::string("unknown"));
  }

  // --- one key ---

  void put_back(pcsc::HsmClient& hsm, RestoreItem& item) {
    try {
      if (item.plan == RestorePlan::send) {   // else it was proven when the plan was made
        send(hsm, item);
        const auto key = read_device_key(hsm, item.reference);
        // First of all: a certificate beside another key would vouch for it.
        prove_item(context_, item, hsm, key ? key->public_key : std::nullopt, shares_);
      }
      put_beside(hsm, item);
      item.status = restore_status::restored;
    } catch (const Error& error) {
      if (!still_there(hsm)) throw;
      item.status = restore_status::failed;
      item.trouble = error;
    }
  }

  void send(pcsc::HsmClient& hsm, const RestoreItem& item) const {
    try {
      hsm.unwrap(item.reference, item.blob());
    } catch (const Error& error) {
      if (error.outcome() != Outcome::device || !still_there(hsm)) throw;
      throw Error(Outcome::device, error.sentence() + ". " + why_refused(hsm, item), std::nullopt,
                  item.key ? error.next() : "name the shares of its DKEK, which tell what is wrong with it: `hwbak verify --share FILE " + shell_quoted(item.subject.native()) + "`");
    }
  }

  // What a bare 6400 hides, from what is known here.
  std::string why_refused(pcsc::HsmClient& hsm, const RestoreItem& item) const {
    const auto domains = hsm.domains();
    const auto home = std::ranges::find_if(domains, [&](const pcsc::DomainStatus& one) { return one.kcv == item.survey->kcv; });
    if (home == domains.end()) return "The device has no key domain of KCV " + dkek::to_text(item.survey->kcv) + " any more";
    if (!item.key)
      return "Its KCV is that of key domain " + std::to_string(home->number) +
             ", so the DKEK is the right one: the blob is damaged behind its header, or of a kind that this firmware does not take; --share tells which";
    return "All checks hold here: the DKEK of key domain " + std::to_string(home->number) +
           " opens it, and its numbers belong together; so the device is full, wants its button, or its firmware does not take " + item.beside.kind();
  }

  // The device makes its own when it takes a key; those of the file come back over them.
  static void put_beside(pcsc::HsmClient& hsm, const RestoreItem& item) {
    const auto put = [&](std::uint8_t prefix, const Bytes& contents, const char* what) {
      if (contents.empty()) return;
      const pcsc::FileId file = pcsc::file_id(prefix, item.reference);
      try {
        hsm.write_file(file, contents);
        const auto now = hsm.read_file(file);
        if (now && now->size() >= contents.size() && std::equal(contents.begin(), contents.end(), now->begin())) return;
      } catch (const Error& error) {
        if (error.outcome() != Outcome::device || !still_there(hsm)) throw;
        throw Error(Outcome::device, "the key is on the device, but its " + std::string(what) + " could not be put back: " + within_sentence(error.sentence()),
                    std::nullopt, error.next());
      }
      throw Error(Outcome::device, "the key is on the device, but its " + std::string(what) + " reads back otherwise than it was written", std::nullopt,
                  "run the command again");
    };
    put(pcsc::prefix_description, item.beside.description, "label and ID");
    put(pcsc::prefix_certificate, item.beside.certificate, "certificate");
  }

  // --- cut off ---

  // The card went away at `now_`: what does it hold? Without a login: that much is open, and no PIN is sent again.
  void look_again() {
    if (now_ == nullptr) return;
    RestoreItem& item = *now_;
    item.status = restore_status::failed;
    item.trouble = *stopped_;
    const std::string number = std::to_string(item.reference);
    try {
      HsmDeviceOptions open = device_;
      open.log_in = false;
      HsmSession session(context_, readers_, open);
      const auto key = read_device_key(session.hsm(), item.reference);
      if (session.serial() != told_serial()) return;
      if (!key) item.proof_words = "looked at again: reference " + number + " holds no key";
      else if (item.beside.public_key && key->public_key && !crypto::same(*item.beside.public_key, *key->public_key))
        item.proof_words = "looked at again: reference " + number + " holds another key, as before";
      else if (!beside_is_done(item, *key))
        item.proof_words = "looked at again: reference " + number + " holds a key; its label, ID and certificate are not all put back";
      else item.proof_words = "looked at again: reference " + number + " holds the key with its label, ID and certificate";
    } catch (const Error&) {
      item.proof_words = "the device cannot be asked now: whether reference " + number + " holds the key is not known";
    }
  }
  std::string told_serial() const {
    const Value* const serial = report_.facts.find("serial");
    const auto* const text = serial != nullptr ? std::get_if<std::string>(&serial->get()) : nullptr;
    return text != nullptr ? *text : std::string();
  }

  const Context& context_;
  CardReaders& readers_;
  const HsmDeviceOptions device_;
  const HsmRestoreOptions& options_;
  RestoreFiles& files_;
  std::shared_ptr<HsmShares> shares_;
  Report& report_;
  RestoreItem* now_ = nullptr;                   // the one that is being sent
  bool sending_ = false;
  std::optional<Error> stopped_;
  std::string reader_;
};

}  // namespace

Report hsm_restore_with(const Context& context, const Subject& subject, const HsmDeviceOptions& device, const HsmRestoreOptions& options,
                        const ConfirmPlan& confirm, CardReaders& readers, const SharesSource& source) {
  Report report = blank_report("device", subject);
  report.format = "device";
  guarded(report, [&] {
    RestoreFiles files = restore_files(context, subject);
    if (files.items.size() != 1 && (options.reference || options.label || options.id))
      throw Error(Outcome::usage, "a reference, a label and an ID belong to a single key", std::nullopt, "name one file");
    const auto shares = shares_for_device(readers, device, source, report);
    DeviceRestore(context, readers, {device.reader, true}, options, files, shares, report).run(confirm);
  });
  return report;
}

}  // namespace hwbak::tasks

namespace hwbak {

Report hsm_restore(const Context& context, const Subject& subject, const HsmDeviceOptions& device, const HsmRestoreOptions& options,
                   const ConfirmPlan& confirm, CardReaders& readers) {
  return tasks::hsm_restore_with(context, subject, device, options, confirm, readers, tasks::shares_of_command(context));
}

}  // namespace hwbak
