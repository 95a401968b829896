// hwbak device backup --to DIR: every key of an HSM that can be exported, as files that sc-hsm-tool takes (docs/pico-hsm.md, "A
// whole device backed up").
#include <algorithm>

#include "base/counted.h"
#include "base/hex.h"
#include "base/sentence.h"
#include "base/unicode.h"
#include "crypto/digest.h"
#include "device/pico_hsm/algorithms.h"
#include "device/pico_hsm/key.h"
#include "tasks/dkek_proof.h"
#include "tasks/hsm_backup_folder.h"
#include "tasks/hsm_device_verbs.h"
#include "tasks/shell_quoted.h"

namespace hwbak::tasks {
namespace {

constexpr std::string_view written = "written", present = "present", not_exportable = "not-exportable", failed = "failed",
                           pending = "pending";

// A blob with what goes beside it, looked at.
struct Looked {
  wrapped_key::Survey survey;
  std::optional<pico_hsm::Key> key;          // with the DKEK
  std::vector<std::string> differs;          // what stands beside it is of another key, or damaged
  bool public_key_same = true;               // the certificate's, of the key that was opened
};
// Throws Error: damaged, wrong_secret, and those of reading a key.
Looked look_at(const Context& context, Bytes file, const wrapped_key::DkekKeys* keys) {
  Looked out{wrapped_key::survey(std::move(file)), std::nullopt, {}, true};
  if (out.survey.dead_end) throw *out.survey.dead_end;
  if (keys == nullptr) return out;
  const wrapped_key::Opening opening = wrapped_key::open(out.survey, *keys);
  if (opening.fit != wrapped_key::Fit::opens)
    throw Error(Outcome::damaged, "its MAC does not hold, though the DKEK is the right one");
  out.key = pico_hsm::read_key(wrapped_key::body_of(opening.plaintext.expose(), opening.type), opening.type, context.random);
  const auto beside = pico_hsm::compare(*out.key, {out.survey.at(out.survey.description), out.survey.at(out.survey.certificate)});
  out.differs = beside.what_differs;
  out.public_key_same = beside.certificate_key != pico_hsm::Match::differs;
  return out;
}

bool same_secret(const Looked& a, const Looked& b) {
  const auto* const one = a.key ? std::get_if<crypto::SecretKey>(&a.key->key) : nullptr;
  const auto* const other = b.key ? std::get_if<crypto::SecretKey>(&b.key->key) : nullptr;
  return one != nullptr && other != nullptr && one->key.equals(other->key.expose());
}

// What stands in the folder already for a key of the device.
enum class There { nothing, same, changed, other };

class DeviceBackup final {
 public:
  DeviceBackup(const Context& context, HsmSession& session, BackupFolder& folder, std::shared_ptr<HsmShares> shares,
               const HsmBackupOptions& options, Report& report)
      : context_(context), session_(session), hsm_(session.hsm()), folder_(folder), shares_(std::move(shares)), options_(options), report_(report) {}

  void run() {
    domains_ = hsm_.domains();
    begin();
    check_shares();
    folder_.save(true);
    std::optional<Error> stop;
    try {
      fetch_all();
    } catch (const Error& error) {
      stop = error;
    }
    for (ManifestKey& key : folder_.manifest().keys)
      if (key.status == pending) fail_key(key, stop ? "not reached: " + within_sentence(stop->sentence()) : "not reached");
    try {
      folder_.save(true);
    } catch (const Error& error) {
      if (!stop) stop = error;
    }
    tell(stop);
  }

 private:
  const pcsc::DomainStatus* domain(unsigned number) const {
    const auto found = std::ranges::find(domains_, number, &pcsc::DomainStatus::number);
    return found == domains_.end() ? nullptr : &*found;
  }

  void begin() {
    Manifest now{kind_of(session_), session_.token().firmware(), session_.serial(), {}, {}, {}};
    for (const pcsc::DomainStatus& one : domains_)
      now.domains.push_back({one.number, one.shares, one.missing, one.kcv ? dkek::to_text(*one.kcv) : std::string()});
    for (const std::uint8_t reference : hsm_.keys()) {
      ManifestKey key;
      key.reference = reference;
      key.status = pending;
      now.keys.push_back(std::move(key));
    }
    folder_.begin(std::move(now));
    report_.facts.put("device", folder_.manifest().device).put("domains", domains_fact(domains_));
  }

  // Shares that make the DKEK of no domain are those of another device.
  void check_shares() {
    if (!shares_) return;
    std::string theirs;
    for (const pcsc::DomainStatus& one : domains_) {
      if (!one.kcv) continue;
      if (keys_for(shares_, *one.kcv) != nullptr) return;
      theirs += (theirs.empty() ? "" : ", ") + dkek::to_text(*one.kcv);
    }
    if (theirs.empty()) return;
    throw Error(Outcome::wrong_secret,
                "the shares are those of another DKEK: " + (shares_->keys() != nullptr ? "its KCV is " + dkek::to_text(shares_->keys()->kcv) + ", " : std::string()) +
                    "that of the device is " + theirs + "; nothing was fetched",
                std::nullopt, "gather the shares of the device's DKEK, or leave out --share: then nothing is proven");
  }

  void fetch_all() {
    auto& keys = folder_.manifest().keys;
    for (std::size_t i = 0; i < keys.size(); ++i) {
      if (context_.progress && !context_.progress(static_cast<double>(i) / static_cast<double>(keys.size())))
        throw Error(Outcome::stopped, "stopped before all keys were fetched", std::nullopt, "run it again: it goes on");
      try {
        fetch(keys[i]);
      } catch (const Error& error) {
        // A file that cannot be written stops everything; so does a card that is gone.
        if (error.outcome() == Outcome::io || !still_there(hsm_)) throw;
        fail_key(keys[i], error.sentence());
      }
      folder_.save(false);
    }
  }

  static void fail_key(ManifestKey& key, std::string why) {
    key.status = failed;
    key.why = std::move(why);
  }

  void fetch(ManifestKey& entry) {
    const auto key = read_device_key(hsm_, static_cast<std::uint8_t>(entry.reference));
    if (!key) return fail_key(entry, "the device lists this key, and has none of that reference");
    describe(*key, entry);
    if (const std::string why = why_not_exportable(*key, domains_); !why.empty()) {
      const bool by_its_rules = key->metadata.algorithms && !pico_hsm::exportable(*key->metadata.algorithms);
      entry.status = by_its_rules ? not_exportable : failed;
      entry.why = why + (by_its_rules ? " (6985)" : " (6A88)");
      return;
    }
    const pcsc::DomainStatus* const home = domain(key->domain());
    if (home == nullptr || !home->kcv) return fail_key(entry, "the KCV of its key domain " + std::to_string(key->domain()) + " cannot be read");
    entry.kcv = dkek::to_text(*home->kcv);
    Fetched fetched{*key, *home, keys_for(shares_, *home->kcv), {}};
    fetch_from(fetched, entry);
  }

  struct Fetched {
    const DeviceKey& key;
    const pcsc::DomainStatus& home;
    const wrapped_key::DkekKeys* keys;
    Bytes file;                              // empty: not wrapped so far
  };

  void fetch_from(Fetched& fetched, ManifestKey& entry) {
    std::optional<BackupFolder::Before> before;
    if (!options_.overwrite) before = folder_.before(fetched.key);
    const There there = before ? what_is(*before, fetched) : There::nothing;
    if (there == There::same) {
      entry.file = before->file;
      entry.sha256 = to_hex(crypto::sha256(before->bytes));
      entry.status = present;
      note(fetched, look_at(context_, std::move(before->bytes), fetched.keys), entry);
      return;
    }
    if (there == There::other) {
      folder_.keep_as_earlier(*before, entry.reference);
      entry.file.clear();
      entry.sha256.clear();
    }
    wrap(fetched);
    const Looked looked = look_at(context_, fetched.file, fetched.keys);
    check(looked, fetched);
    const bool replace = there == There::changed || options_.overwrite;
    const bool named = options_.overwrite && !entry.file.empty();
    const std::string name = there == There::changed ? before->file : named ? entry.file : folder_.fresh_name(fetched.key, options_.overwrite);
    entry.sha256 = folder_.write(name, fetched.file, replace);
    entry.file = name;
    entry.status = written;
    note(fetched, looked, entry);
  }

  void wrap(Fetched& fetched) {
    if (!fetched.file.empty()) return;
    const Bytes blob = hsm_.wrap(fetched.key.metadata.reference);
    fetched.file = wrapped_key::write_file(blob, fetched.key.description, fetched.key.certificate);
  }

  // What the device gave is what was asked for.
  void check(const Looked& looked, const Fetched& fetched) const {
    if (looked.survey.kcv != *fetched.home.kcv)
      throw Error(Outcome::device, "the device wrapped it under another DKEK than that of its key domain: KCV " +
                                       dkek::to_text(looked.survey.kcv) + ", and the domain has " + dkek::to_text(*fetched.home.kcv));
  }

  There what_is(const BackupFolder::Before& before, Fetched& fetched) {
    const bool recorded = !before.sha256.empty();
    const bool intact = recorded && before.sha256 == to_hex(crypto::sha256(before.bytes));
    std::optional<wrapped_key::Survey> survey;
    try {
      survey = wrapped_key::survey(before.bytes);
    } catch (const Error&) {
      return recorded ? There::changed : There::other;
    }
    if (survey->kcv != *fetched.home.kcv) return There::other;
    const ByteView certificate = survey->at(survey->certificate);
    const auto theirs = key_beside({}, Bytes(certificate.begin(), certificate.end())).public_key;
    if (theirs && fetched.key.public_key && !crypto::same(*theirs, *fetched.key.public_key)) return There::other;
    if (fetched.keys == nullptr) return intact ? There::same : There::changed;
    try {
      const Looked looked = look_at(context_, before.bytes, fetched.keys);
      const auto opened = crypto::public_of(looked.key->key);
      if (opened && fetched.key.public_key) return crypto::same(*opened, *fetched.key.public_key) ? There::same : There::other;
      wrap(fetched);   // an AES key shows nothing of itself outside: only the key itself tells
      const Looked now = look_at(context_, fetched.file, fetched.keys);
      const auto device = crypto::public_of(now.key->key);
      const bool same = opened && device ? crypto::same(*opened, *device) : same_secret(looked, now);
      return same ? There::same : There::other;
    } catch (const Error& error) {
      if (error.outcome() == Outcome::device) throw;
      return There::changed;
    }
  }

  static void describe(const DeviceKey& key, ManifestKey& entry) {
    entry.key_type = key.type;
    entry.curve = key.curve;
    entry.key_size = key.bits;
    entry.label = key.label();
    entry.key_id = key.id();
    entry.domain = key.domain();
    if (key.public_key) entry.public_key_pem = crypto::spki_pem(*key.public_key);
  }

  void add(Severity level, std::string code, std::string message, const ManifestKey& entry) {
    report_.findings.push_back({level, std::move(code), std::move(message), entry.file, true});
  }

  // What a person should know of a key that is in the folder.
  void note(const Fetched& fetched, const Looked& looked, ManifestKey& entry) {
    if (fetched.keys == nullptr) {
      if (entry.status == present && !fetched.key.public_key)
        add(Severity::warning, "key-not-compared", "whether the device still has this very key cannot be told without the shares: it shows no public key", entry);
    } else {
      proven_.push_back(entry.reference);
      if (const auto opened = crypto::public_of(looked.key->key)) entry.public_key_pem = crypto::spki_pem(*opened);
      if (!looked.key->usual_exponent)
        add(Severity::high, "rsa-exponent", "the public exponent is not 65537: a Pico HSM holds another key once it is restored", entry);
      if (looked.key->byte_order == pico_hsm::ByteOrder::big)
        add(Severity::warning, "big-endian-d", "firmware 6.6 refuses its own backup of this key with 6400; `hwbak rekey` writes one that it takes", entry);
      for (const std::string& what : looked.differs) {
        add(Severity::high, "beside-differs", printable(what), entry);
        differs_ = true;
      }
    }
    if (fetched.key.metadata.counter)
      add(Severity::note, "usage-counter", "the key has a usage counter, which is in no backup: it comes back without one", entry);
  }

  // --- the answer ---

  struct Counts {
    std::size_t written = 0, present = 0, not_exportable = 0, failed = 0;
    [[nodiscard]] std::size_t good() const { return written + present; }
  };
  void tell(const std::optional<Error>& stop) {
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
      page.row(std::to_string(key.reference), printable(key.file) + ": of a key that the device had before; kept");
    }
    report_.facts.put("keys", std::move(keys)).put("earlier", std::move(earlier)).put("manifest", printable(folder_.manifest_path().native()));
    report_.page.push_back(std::move(page));
    if (counts.not_exportable != 0) tell_not_exportable(manifest);
    for (const pcsc::DomainStatus& one : domains_)
      if (one.kcv && one.shares == 0)
        report_.findings.push_back({Severity::high, "internal-dkek",
                                    "the device drew the DKEK of key domain " + std::to_string(one.number) +
                                        " itself and nobody has shares of it: these backups open on this device only, until it is initialised again", "", true});
    judge(counts, stop);
  }

  static void count(const ManifestKey& key, Counts& counts) {
    if (key.status == written) ++counts.written;
    else if (key.status == present) ++counts.present;
    else if (key.status == not_exportable) ++counts.not_exportable;
    else ++counts.failed;
  }

  bool is_proven(const ManifestKey& key) const { return std::ranges::find(proven_, key.reference) != proven_.end(); }

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

  void judge(const Counts& counts, const std::optional<Error>& stop) {
    const std::size_t all = folder_.manifest().keys.size();
    const std::string where = printable(options_.folder.native());
    const bool all_proven = counts.good() != 0 && proven_.size() == counts.good();
    if (counts.good() != 0) report_.levels.structure = Level::pass;
    if (all_proven) report_.levels.content = Level::pass;
    if (all_proven) report_.levels.meaning = differs_ ? Level::fail : Level::pass;
    std::string message = all == 0 ? "the device holds no keys"
                                   : std::to_string(counts.good()) + " of " + counted(all, "key") + " of the device " + is_or_are(counts.good()) + " in " + where;
    if (counts.present != 0) message += ", " + std::to_string(counts.present) + " of them from before";
    if (counts.not_exportable != 0) message += "; " + std::to_string(counts.not_exportable) + " cannot be exported by " + (counts.not_exportable == 1 ? "its" : "their") + " own rules";
    if (counts.failed != 0) message += "; " + std::to_string(counts.failed) + (counts.failed == 1 ? " is" : " are") + " NOT backed up: " + first_why();
    if (all_proven) message += "; each was opened with the DKEK" + std::string(differs_ ? "" : ", and its public key compared");
    else if (counts.good() != 0 && shares_) message += "; " + std::to_string(proven_.size()) + " of them opened with the DKEK of these shares";
    else if (counts.good() != 0) message += "; nothing proves that the shares of the DKEK exist: --share does";
    report_.message = std::move(message);
    report_.outcome = Outcome::ok;
    if (differs_) report_.outcome = Outcome::inconsistent;
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
  static std::string next_step(const Counts& counts, bool proven, const std::string& where) {
    if (counts.failed != 0) return "run the same command again: it goes on with what is missing";
    if (counts.good() == 0) return "make keys on it, or restore some: `hwbak device restore DIR`";
    if (!proven) return "prove the set with every share of the DKEK: `hwbak verify --share FILE " + shell_quoted(where) + "`";
    return "restore it to a second device as a test: `hwbak device restore " + shell_quoted(where) + "`";
  }

  const Context& context_;
  HsmSession& session_;
  pcsc::HsmClient& hsm_;
  BackupFolder& folder_;
  std::shared_ptr<HsmShares> shares_;
  const HsmBackupOptions& options_;
  Report& report_;
  std::vector<pcsc::DomainStatus> domains_;
  std::vector<unsigned> proven_;                         // references of keys that were opened with the DKEK
  bool differs_ = false;
};

}  // namespace

Report hsm_backup_with(const Context& context, const HsmDeviceOptions& device, const HsmBackupOptions& options, CardReaders& readers,
                       const SharesSource& source) {
  Report report = blank_report("device", options.folder);
  report.format = "device";
  guarded(report, [&] {
    BackupFolder folder(context, options.folder, options.overwrite);
    const auto shares = source ? source(report) : nullptr;
    report.format = "device";
    HsmDeviceOptions logged_in = device;
    logged_in.log_in = true;
    HsmSession session(context, readers, logged_in);
    session.describe(report);
    DeviceBackup(context, session, folder, shares, options, report).run();
  });
  return report;
}

}  // namespace hwbak::tasks

namespace hwbak {

Report hsm_backup(const Context& context, const HsmDeviceOptions& device, const HsmBackupOptions& options, CardReaders& readers) {
  return tasks::hsm_backup_with(context, device, options, readers, tasks::shares_of_command(context));
}

}  // namespace hwbak
