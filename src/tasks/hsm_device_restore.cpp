// hwbak device restore: wrapped keys back into an HSM, each rehearsed against this very device before it is sent and proven
// afterwards (docs/pico-hsm.md, "Keys back into a device").
#include <algorithm>

#include "base/counted.h"
#include "base/sentence.h"
#include "base/unicode.h"
#include "device/pico_hsm/restore.h"
#include "tasks/hsm_restore_item.h"
#include "tasks/hsm_restore_proof.h"
#include "tasks/shell_quoted.h"

namespace hwbak::tasks {
namespace {

constexpr const char *restored = "restored", *present = "present", *failed = "failed";

class DeviceRestore final {
 public:
  DeviceRestore(const Context& context, CardReaders& readers, const HsmDeviceOptions& device, const HsmRestoreOptions& options,
                RestoreFiles& files, std::shared_ptr<HsmShares> shares, Report& report)
      : context_(context), readers_(readers), device_(device), options_(options), files_(files), shares_(std::move(shares)), report_(report) {}

  void run(const ConfirmPlan& confirm) {
    {
      HsmSession session(context_, readers_, device_);
      session.describe(report_);
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
    tell();
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
        item.status = present;
        item.proof = item.beside.public_key ? "public-key" : "rewrapped";
        item.proof_words = "the device has it already";
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
      std::optional<crypto::PublicKey> made;
      if (item.plan == RestorePlan::send) {
        send(hsm, item);
        if (const auto key = read_device_key(hsm, item.reference)) made = key->public_key;
      } else {
        made = item.beside.public_key;   // compared when the plan was made
      }
      put_beside(hsm, item);
      prove_item(context_, item, hsm, made, shares_);
      item.status = restored;
    } catch (const Error& error) {
      if (!still_there(hsm)) throw;
      item.status = failed;
      item.trouble = error;
    }
  }

  void send(pcsc::HsmClient& hsm, const RestoreItem& item) const {
    try {
      hsm.unwrap(item.reference, item.blob());
    } catch (const Error& error) {
      if (error.outcome() != Outcome::device || !still_there(hsm)) throw;
      throw Error(Outcome::device, error.sentence() + ". " + why_refused(hsm, item), std::nullopt, error.next());
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
    item.status = failed;
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

  // --- the answer ---

  struct Counts {
    std::size_t restored = 0, present = 0, other = 0, proven = 0, opened = 0;
    [[nodiscard]] std::size_t good() const { return restored + present; }
  };

  void tell() {
    Counts counts;
    List keys, passed;
    Section page{"The keys", {}};
    for (const RestoreItem& item : files_.items) {
      if (item.status == restored) ++counts.restored;
      else if (item.status == present) ++counts.present;
      else ++counts.other;
      if (item.status == restored && item.proof != "none") ++counts.proven;
      if ((item.status == restored || item.status == present) && item.key) ++counts.opened;
      keys.emplace_back(fact_of(item));
      page.row(item.shown, line_of(item));
      caution(item);
    }
    for (const std::string& name : files_.passed_over) {
      passed.emplace_back(name);
      page.row("passed over", name);
    }
    report_.facts.put("keys", std::move(keys)).put("passed_over", std::move(passed));
    report_.page.push_back(std::move(page));
    judge(counts);
  }

  void caution(const RestoreItem& item) {
    if (item.status == "refused") return;
    for (const std::string& sentence : item.cautions) report_.findings.push_back({Severity::warning, "restore-caution", sentence, item.shown, true});
    if (item.status == restored && item.proof == "none")
      report_.findings.push_back({Severity::warning, "not-proven", "the device took the key; " + item.proof_words, item.shown, true});
  }

  static Object fact_of(const RestoreItem& item) {
    Object out;
    out.put("file", item.shown).put("status", item.status).put("label", item.beside.label()).put("key_id", item.beside.id()).put("key_type", item.beside.type);
    if (!item.beside.curve.empty()) out.put("curve", item.beside.curve);
    if (item.beside.bits) out.put("key_size", *item.beside.bits);
    if (item.reference != 0) out.put("reference", item.reference);
    if (item.survey) out.put("kcv", dkek::to_text(item.survey->kcv));
    out.put("proof", item.proof);
    if (const std::string why = why_of(item); !why.empty()) out.put("why", why);
    if (item.trouble && !item.trouble->next().empty()) out.put("next", item.trouble->next());
    return out;
  }
  static std::string why_of(const RestoreItem& item) {
    std::string out = item.trouble ? item.trouble->sentence() : std::string();
    if (!item.proof_words.empty()) out += (out.empty() ? "" : "; ") + item.proof_words;
    return out;
  }
  static std::string line_of(const RestoreItem& item) {
    const std::string at = item.reference != 0 ? " at reference " + std::to_string(item.reference) : "";
    const std::string why = why_of(item);
    if (item.status == restored || item.status == present) return item.status + at + ": " + name_of(item.beside) + (why.empty() ? "" : "; " + why);
    return "NOT restored: " + (why.empty() ? std::string("not reached") : why);
  }

  const RestoreItem* first_bad() const {
    for (const RestoreItem& item : files_.items)
      if (item.status != restored && item.status != present && item.trouble) return &item;
    return nullptr;
  }

  void judge(const Counts& counts) {
    const std::size_t all = files_.items.size();
    const RestoreItem* const bad = first_bad();
    if (counts.good() != 0) report_.levels.structure = Level::pass;
    if (counts.good() != 0 && counts.opened == counts.good()) report_.levels.content = Level::pass;
    if (counts.good() != 0 && counts.opened == counts.good() && counts.proven == counts.restored) report_.levels.meaning = Level::pass;
    if (counts.other == 0) {
      report_.outcome = Outcome::ok;
      const std::string count = all == 1 ? "the key is" : "all " + std::to_string(all) + " keys are";
      report_.message = count + " on the device";
      if (counts.restored == 0) report_.message += (all == 1 ? ": it was there already" : ": they were there already");
      else if (counts.proven == counts.restored) report_.message += ", and proven to be " + std::string(all == 1 ? "that of the file" : "those of the files");
      else report_.message += "; " + std::to_string(counts.restored - counts.proven) + " could not be proven";
      report_.next = "use a key in a test, and keep the backup: `hwbak device list --pin-from tty` shows them";
      return;
    }
    report_.outcome = counts.good() != 0 ? Outcome::partial : stopped_ ? stopped_->outcome() : bad != nullptr ? bad->trouble->outcome() : Outcome::device;
    const std::string why = stopped_ ? stopped_->sentence() : bad != nullptr ? bad->trouble->sentence() : std::string("not reached");
    report_.message = all == 1 ? "the key is NOT restored: " + within_sentence(why)
                               : std::to_string(counts.good()) + " of " + counted(all, "key") + " " + is_or_are(counts.good()) + " on the device; " +
                                     std::to_string(counts.other) + " NOT restored: " + within_sentence(why);
    if (now_ != nullptr && !now_->proof_words.empty()) report_.message += ". " + now_->proof_words;
    report_.next = stopped_ ? "put the device back and run the same command again: it goes on with what is missing"
                   : bad != nullptr && !bad->trouble->next().empty() ? bad->trouble->next()
                                                                     : "run the same command again";
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
    const auto shares = source ? source(report) : nullptr;
    report.format = "device";
    HsmDeviceOptions logged_in = device;
    logged_in.log_in = true;
    DeviceRestore(context, readers, logged_in, options, files, shares, report).run(confirm);
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
