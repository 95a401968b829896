// hwbak device backup --to DIR: every key of an HSM that can be exported, as files that sc-hsm-tool takes (docs/pico-hsm.md, "A
// whole device backed up").
#include <algorithm>

#include "base/hex.h"
#include "base/sentence.h"
#include "base/unicode.h"
#include "crypto/digest.h"
#include "device/pico_hsm/algorithms.h"
#include "device/pico_hsm/key.h"
#include "tasks/hsm_backup_answer.h"
#include "tasks/hsm_device_verbs.h"

namespace hwbak::tasks {
namespace {

using namespace backup_status;

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
  out.key = pico_hsm::read_key(opening, context.random);
  const auto beside = pico_hsm::compare(*out.key, {out.survey.at(out.survey.description), out.survey.at(out.survey.certificate)});
  out.differs = beside.what_differs;
  out.public_key_same = beside.certificate_key != pico_hsm::Match::differs;
  return out;
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
    folder_.save(true);
    const auto last_words = [&](const auto& work) {
      try {
        work();
      } catch (const Error& error) {
        if (!end_.stop) end_.stop = error;
      }
    };
    last_words([&] { fetch_all(); });
    last_words([&] { folder_.flush(true); });
    for (ManifestKey& key : folder_.manifest().keys)
      if (key.status == pending) fail_key(key, end_.stop ? "not reached: " + within_sentence(end_.stop->sentence()) : "not reached");
    std::erase_if(end_.proven, [&](unsigned reference) {
      const auto key = std::ranges::find(folder_.manifest().keys, reference, &ManifestKey::reference);
      return key->status != written && key->status != present;
    });
    last_words([&] { folder_.save(true); });
    end_.domains = std::move(domains_);
    tell_backup(folder_, end_, shares_, report_);
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
    report_.facts.put("device", now.device).put("domains", domains_fact(domains_));
    check_shares();
    folder_.begin(std::move(now));
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
      folder_.flush(false);
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
    std::optional<BackupFolder::Before> before = folder_.before(fetched.key);
    const There there = before ? what_is(*before, fetched) : There::nothing;
    if (there == There::same && !options_.overwrite) {
      entry.file = before->file;
      entry.sha256 = to_hex(crypto::sha256(before->bytes));
      entry.status = present;
      note(fetched, look_at(context_, std::move(before->bytes), fetched.keys), entry, entry.file);
      return;
    }
    if (there == There::other || there == There::changed) {
      folder_.keep_as_earlier(*before, entry.reference);
      entry.file.clear();
      entry.sha256.clear();
    }
    wrap(fetched);
    const Looked looked = look_at(context_, fetched.file, fetched.keys);
    check(looked, fetched);
    const bool replace = there == There::same;   // nothing else of the folder is ever written over
    const std::string name = replace ? before->file : folder_.fresh_name(fetched.key);
    folder_.put(entry, name, std::move(fetched.file), replace);
    if (there == There::changed)
      add(Severity::high, "changed-copy", (before->link ? "it is a link, which is not followed" : "it is not as it was written: look after the medium it lies on") +
              std::string("; it stays as it is, and the key was fetched anew into ") + printable(name), before->file);
    note(fetched, looked, entry, name);
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
    if (before.link) return There::changed;
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
    if (fetched.keys == nullptr) return intact ? There::same : recorded ? There::changed : There::other;
    try {
      const Looked looked = look_at(context_, before.bytes, fetched.keys);
      const auto opened = crypto::public_of(looked.key->key);
      if (opened && fetched.key.public_key) return crypto::same(*opened, *fetched.key.public_key) ? There::same : There::other;
      wrap(fetched);   // an AES key shows nothing of itself outside: only the key itself tells
      const Looked now = look_at(context_, fetched.file, fetched.keys);
      return crypto::same(looked.key->key, now.key->key) ? There::same : There::other;
    } catch (const Error& error) {
      if (error.outcome() == Outcome::device) throw;
      return There::changed;
    }
  }

  static void describe(const DeviceKey& key, ManifestKey& entry) {
    entry.key_type = key.shape.type;
    entry.curve = key.shape.curve;
    entry.key_size = key.shape.bits;
    entry.label = key.label();
    entry.key_id = key.id();
    entry.domain = key.domain();
    if (key.public_key) entry.public_key_pem = crypto::spki_pem(*key.public_key);
  }

  void add(Severity level, std::string code, std::string message, const std::string& where) {
    report_.findings.push_back({level, std::move(code), std::move(message), printable(where), true});
  }

  // What a person should know of a key that is in the folder.
  void note(const Fetched& fetched, const Looked& looked, ManifestKey& entry, const std::string& file) {
    if (fetched.keys == nullptr) {
      if (entry.status == present && !fetched.key.public_key)
        add(Severity::warning, "key-not-compared", "whether the device still has this very key cannot be told without the shares: it shows no public key", file);
    } else {
      end_.proven.push_back(entry.reference);
      if (const auto opened = crypto::public_of(looked.key->key)) entry.public_key_pem = crypto::spki_pem(*opened);
      if (!looked.key->usual_exponent)
        add(Severity::high, "rsa-exponent", "the public exponent is not 65537: a Pico HSM holds another key once it is restored", file);
      if (looked.key->byte_order == pico_hsm::ByteOrder::big)
        add(Severity::warning, "big-endian-d", "firmware 6.6 refuses its own backup of this key with 6400; `hwbak rekey` writes one that it takes", file);
      for (const std::string& what : looked.differs) {
        add(Severity::high, "beside-differs", printable(what), file);
        end_.differs = true;
      }
    }
    if (fetched.key.metadata.counter)
      add(Severity::note, "usage-counter", "the key has a usage counter, which is in no backup: it comes back without one", file);
  }

  const Context& context_;
  HsmSession& session_;
  pcsc::HsmClient& hsm_;
  BackupFolder& folder_;
  std::shared_ptr<HsmShares> shares_;
  const HsmBackupOptions& options_;
  Report& report_;
  std::vector<pcsc::DomainStatus> domains_;
  BackupEnd end_;
};

}  // namespace

Report hsm_backup_with(const Context& context, const HsmDeviceOptions& device, const HsmBackupOptions& options, CardReaders& readers,
                       const SharesSource& source) {
  Report report = blank_report("device", options.folder);
  report.format = "device";
  guarded(report, [&] {
    BackupFolder folder(context, options.folder, options.overwrite);
    const auto shares = shares_for_device(readers, device, source, report);
    HsmSession session(context, readers, {device.reader, true});
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
