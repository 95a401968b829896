// See hsm_backup_answer.h.
#include "tasks/hsm_backup_answer.h"

#include <algorithm>

#include "base/counted.h"
#include "base/unicode.h"
#include "tasks/dkek_proof.h"
#include "tasks/hsm_device_keys.h"
#include "tasks/hsm_device_verbs.h"
#include "tasks/shell_quoted.h"

namespace hwbak::tasks {
namespace {

using namespace backup_status;

class BackupAnswer final {
 public:
  BackupAnswer(const BackupFolder& folder, const BackupEnd& end, const std::shared_ptr<HsmShares>& shares, Report& report)
      : folder_(folder), end_(end), shares_(shares), report_(report) {}

  struct Counts {
    std::size_t written = 0, present = 0, not_exportable = 0, failed = 0;
    [[nodiscard]] std::size_t good() const { return written + present; }
  };
  void tell() {
    const Manifest& manifest = folder_.manifest();
    Counts counts;
    List keys, earlier;
    Section page{"The keys", {}};
    for (const ManifestKey& key : manifest.keys) {
      count(key, counts);
      keys.emplace_back(fact_of(key));
      page.row(std::to_string(key.reference), line_of(key));
    }
    for (const ManifestKey& key : manifest.earlier) {
      Object item;
      item.put("reference", key.reference).put("file", printable(key.file)).put("label", key.label).put("sha256", key.sha256);
      earlier.emplace_back(std::move(item));
      page.row(std::to_string(key.reference), printable(key.file) + ": an earlier file, of a key that the device had before or damaged; kept");
    }
    report_.facts.put("keys", std::move(keys)).put("earlier", std::move(earlier)).put("manifest", printable(folder_.manifest_path().native()));
    report_.page.push_back(std::move(page));
    if (counts.not_exportable != 0) tell_not_exportable(manifest);
    for (const pcsc::DomainStatus& one : end_.domains) {
      tell_dkek(one, report_.findings);
      if (counts.good() != 0 && may_be_internal(one) && keys_for(shares_, *one.kcv) == nullptr)
        report_.findings.push_back({Severity::warning, "internal-dkek",
                                    "the device says that the DKEK of key domain " + std::to_string(one.number) +
                                        " is of one share, and says the same of one that it drew itself (initialised with --dkek-shares 0). "
                                        "If nobody has that share, these backups open on this device only, until it is initialised again: "
                                        "--share shows it", ""});
    }
    judge(counts);
  }

  static void count(const ManifestKey& key, Counts& counts) {
    if (key.status == written) ++counts.written;
    else if (key.status == present) ++counts.present;
    else if (key.status == not_exportable) ++counts.not_exportable;
    else ++counts.failed;
  }

  bool is_proven(const ManifestKey& key) const { return std::ranges::find(end_.proven, key.reference) != end_.proven.end(); }

  Object fact_of(const ManifestKey& key) const {
    Object out;
    out.put("reference", key.reference).put("key_id", key.key_id).put("label", key.label).put("key_type", key.key_type);
    if (!key.curve.empty()) out.put("curve", key.curve);
    if (key.key_size) out.put("key_size", *key.key_size);
    out.put("domain", key.domain).put("status", key.status);
    const bool has_file = key.status == written || key.status == present;
    if (has_file) out.put("file", printable(key.file)).put("sha256", key.sha256).put("kcv", key.kcv).put("proven", is_proven(key));
    if (!key.public_key_pem.empty()) out.put("public_key_pem", key.public_key_pem);
    if (!key.why.empty()) out.put("why", key.why);
    return out;
  }

  static std::string line_of(const ManifestKey& key) {
    const std::string name = key.label.empty() ? std::string() : "\"" + key.label + "\" ";
    if (key.status == written) return name + "in " + printable(key.file);
    if (key.status == present) return name + "in " + printable(key.file) + ", as before";
    return name + std::string(key.status == not_exportable ? "cannot be exported: " : "NOT backed up: ") + key.why;
  }

  void tell_not_exportable(const Manifest& manifest) {
    for (const ManifestKey& key : manifest.keys)
      if (key.status == not_exportable)
        report_.findings.push_back({Severity::warning, "not-exportable",
                                    "key " + std::to_string(key.reference) + (key.label.empty() ? "" : " (\"" + key.label + "\")") +
                                        " has no backup and can have none: " + key.why, "key " + std::to_string(key.reference), false});
  }

  void judge(const Counts& counts) {
    const std::optional<Error>& stop = end_.stop;
    const std::size_t all = folder_.manifest().keys.size();
    const std::string where = printable(folder_.path().native());
    const bool all_proven = counts.good() != 0 && end_.proven.size() == counts.good();
    if (counts.good() != 0) report_.levels.structure = Level::pass;
    if (all_proven) report_.levels.content = Level::pass;
    if (all_proven) report_.levels.meaning = end_.differs ? Level::fail : Level::pass;
    std::string message = all == 0 ? "the device holds no keys"
                                   : std::to_string(counts.good()) + " of " + counted(all, "key") + " of the device " + is_or_are(counts.good()) + " in " + where;
    if (counts.present != 0) message += ", " + std::to_string(counts.present) + " of them from before";
    if (counts.not_exportable != 0) message += "; " + std::to_string(counts.not_exportable) + " cannot be exported by " + (counts.not_exportable == 1 ? "its" : "their") + " own rules";
    if (counts.failed != 0) message += "; " + std::to_string(counts.failed) + (counts.failed == 1 ? " is" : " are") + " NOT backed up: " + first_why();
    if (all_proven) message += "; each was opened with the DKEK" + std::string(end_.differs ? "" : ", and its public key compared");
    else if (counts.good() != 0 && shares_) message += "; " + std::to_string(end_.proven.size()) + " of them opened with the DKEK of these shares";
    else if (counts.good() != 0) message += "; nothing proves that the shares of the DKEK exist: --share does";
    report_.message = std::move(message);
    report_.outcome = Outcome::ok;
    if (end_.differs) report_.outcome = Outcome::inconsistent;
    if (counts.failed != 0) report_.outcome = counts.good() == 0 ? Outcome::device : Outcome::partial;
    if (stop && (stop->outcome() != Outcome::device || counts.good() == 0)) report_.outcome = stop->outcome();
    report_.next = next_step(counts, all_proven, where);
    if (stop && !stop->next().empty() && stop->outcome() != Outcome::device) report_.next = stop->next();
    if (shares_ && !shares_->set().damage().empty() && report_.outcome == Outcome::ok) blame_shares(shares_->set(), first_file(), report_);
  }

  std::string first_why() const {
    for (const ManifestKey& key : folder_.manifest().keys)
      if (key.status == failed) return key.why;
    return {};
  }
  std::string first_file() const {
    for (const ManifestKey& key : folder_.manifest().keys)
      if (is_proven(key)) return folder_.path_of(key.file).native();
    return {};
  }
  // Of the key domains whose keys failed: a second run gives nothing else.
  bool any_failed_for(pcsc::KcvNote note) const {
    return std::ranges::any_of(folder_.manifest().keys, [&](const ManifestKey& key) {
      return key.status == failed && key.domain < end_.domains.size() && end_.domains[key.domain].note == note;
    });
  }
  std::string next_step(const Counts& counts, bool proven, const std::string& where) const {
    if (any_failed_for(pcsc::KcvNote::shares_missing))
      return "load the missing shares, and run the same command again: `hwbak device init-plan --share FILE ...` with every share shows how";
    if (any_failed_for(pcsc::KcvNote::no_dkek))
      return "keys without a DKEK never leave the device: make new ones on a device that has one, and use those; `hwbak device init-plan` shows how";
    if (counts.failed != 0) return "run the same command again: it goes on with what is missing";
    if (end_.differs)
      return "see which key it is: `hwbak verify --share FILE " + shell_quoted(where) + "`; its certificate on the device is of another key";
    if (counts.good() == 0 && counts.not_exportable != 0)
      return "these keys never leave the device: make keys that may (allowed algorithms with 92), and use those";
    if (counts.good() == 0) return "make keys on it, or restore some: `hwbak device restore DIR`";
    if (!proven) return "prove the set with every share of the DKEK: `hwbak verify --share FILE " + shell_quoted(where) + "`";
    return "restore it to a second device as a test: `hwbak device restore " + shell_quoted(where) + "`";
  }

  const BackupFolder& folder_;
  const BackupEnd& end_;
  const std::shared_ptr<HsmShares>& shares_;
  Report& report_;
};

}  // namespace

void tell_backup(const BackupFolder& folder, const BackupEnd& end, const std::shared_ptr<HsmShares>& shares, Report& report) {
  BackupAnswer(folder, end, shares, report).tell();
}

}  // namespace hwbak::tasks
