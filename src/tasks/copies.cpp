// hwbak copies: the backups on these cards and folders. Which is newest (the device's numbering
// rule and its exception, docs/formats/coldcard.md "Names on the card"), which are identical,
// which stand alone, which are damaged, and with passwords which hold the same wallet.
#include <algorithm>
#include <map>
#include <set>

#include "base/hex.h"
#include "base/unicode.h"
#include "audit/coldcard_rng.h"
#include "crypto/digest.h"
#include "device/coldcard/naming.h"
#include "tasks/family.h"

namespace hwbak {
namespace {

struct Copy {
  Subject path;
  std::size_t card = 0;                  // which of the named folders it lies in
  std::string folder, name;              // printable
  std::optional<coldcard::BackupNumber> number;  // 0 is the plain backup.7z
  std::uint64_t size = 0;
  std::string sha256;
  Report report;                         // of verify
  [[nodiscard]] bool damaged() const { return report.outcome == Outcome::damaged; }
  [[nodiscard]] std::string fact(std::string_view key) const {
    const Value* const value = report.facts.find(key);
    const auto* const text = value != nullptr ? std::get_if<std::string>(&value->get()) : nullptr;
    return text != nullptr ? *text : std::string();
  }
};

struct Search {
  std::vector<Subject> files;
  std::map<Subject, std::size_t> card;   // of each file
  std::vector<std::pair<Subject, std::string>> unreadable;  // and why
};

// Files below the given folders; cards are small, but a whole disk may be named by mistake.
Search search(const Context& context, const std::vector<Subject>& folders) {
  constexpr std::size_t most_folders = 4096;
  Search found;
  std::set<std::pair<std::uint64_t, std::uint64_t>> seen;
  const auto add = [&](const Subject& file, std::size_t card) {
    found.files.push_back(file);
    found.card.emplace(file, card);
  };
  for (std::size_t card = 0; card < folders.size(); ++card) {
    std::vector<Subject> waiting{folders[card]};
    while (!waiting.empty() && seen.size() < most_folders) {
      const Subject at = waiting.back();
      waiting.pop_back();
      try {
        const auto info = context.files.info(at);
        if (info && info->kind == FileInfo::Kind::folder && !seen.insert({info->device, info->inode}).second) continue;
        if (info && info->kind == FileInfo::Kind::file) {
          add(at, card);
          continue;
        }
        for (const FileInfo& entry : context.files.list(at)) {
          if (entry.kind == FileInfo::Kind::file) add(entry.path, card);
          if (entry.kind == FileInfo::Kind::folder) waiting.push_back(entry.path);
        }
      } catch (const Error& error) {
        found.unreadable.emplace_back(at, error.sentence());
      }
    }
  }
  return found;
}

// A file that is named like a backup counts even when its contents are beyond recognition.
bool named_like_backup(const std::string& name) {
  return coldcard::backup_number(name).has_value() || coldcard::clone_public_key(name).has_value() || name.ends_with(".cdcbak");
}

std::vector<Copy> verified(const Context& context, const Search& found) {
  std::vector<Copy> copies;
  verify(context, found.files, {}, [&](Report report) {
    const Subject path(report.subject);
    const std::string name = path.filename().native();
    if (report.format.empty() && !named_like_backup(name)) return;
    Copy copy;
    copy.path = path;
    copy.card = found.card.at(path);
    copy.folder = printable(path.parent_path().native());
    copy.name = printable(name);
    copy.number = coldcard::backup_number(name);
    report.page.clear();
    copy.report = std::move(report);
    copies.push_back(std::move(copy));
  });
  for (Copy& copy : copies) try {
      const Bytes bytes = context.files.read(copy.path, context.max_size);
      copy.size = bytes.size();
      copy.sha256 = to_hex(crypto::sha256(bytes));
    } catch (const Error&) {
      copy.sha256.clear();  // its report already says that it cannot be read
    }
  return copies;
}

// Highest number of a folder among those not damaged (of all, when all are). `doubt` when a plain backup.7z stands beside numbers.
struct Newest {
  const Copy* copy = nullptr;
  bool doubt = false;
};

Newest newest(const std::vector<const Copy*>& folder) {
  Newest best;
  const Copy* plain = nullptr;
  bool numbered = false;
  for (const Copy* copy : folder) {
    if (!copy->number) continue;
    if (copy->name == "backup.7z") plain = copy;
    else numbered = true;
    const bool sounder = best.copy != nullptr && best.copy->damaged() && !copy->damaged();
    const bool worse = best.copy != nullptr && !best.copy->damaged() && copy->damaged();
    if (best.copy == nullptr || sounder || (!worse && *copy->number > *best.copy->number)) best.copy = copy;
  }
  best.doubt = plain != nullptr && numbered;
  if (best.doubt && best.copy != plain) {
    // The contents, where they are open, say it better than the names.
    const std::string of_plain = plain->fact("fw_timestamp"), of_best = best.copy->fact("fw_timestamp");
    if (!of_plain.empty() && !of_best.empty() && of_plain > of_best) best.copy = plain;
  }
  return best;
}

// As text where no JSON number is exact any more.
Value number_fact(const coldcard::BackupNumber& number) {
  constexpr std::size_t exact_digits = 15;
  if (number.digits.size() > exact_digits) return number.digits;
  return std::int64_t{std::stoll(number.digits)};
}

Object describe(const Copy& copy, std::size_t identical, bool is_newest) {
  Object item;
  item.put("file", printable(copy.path.native())).put("size", copy.size).put("sha256", copy.sha256);
  item.put("number", copy.number ? number_fact(*copy.number) : Value());
  item.put("format", copy.report.format).put("outcome", std::string(name(copy.report.outcome)));
  item.put("message", copy.report.message);
  item.put("newest", is_newest).put("identical", static_cast<std::uint64_t>(identical));
  for (const char* key : {"fingerprint", "fw_version", "fw_date", "host_api_level"})
    if (const std::string text = copy.fact(key); !text.empty()) item.put(key, text);
  return item;
}

// Identical files on one card fail together: what counts is another card, where several were named.
bool is_lonely(const Copy& copy, const std::vector<const Copy*>& identical, std::size_t cards) {
  if (cards < 2) return identical.size() < 2;
  return std::ranges::none_of(identical, [&](const Copy* other) { return other->card != copy.card; });
}

std::string row_text(const Copy& copy, std::size_t identical, bool is_newest, bool lonely) {
  const bool headers_only = copy.report.outcome == Outcome::ok && copy.report.levels.content == Level::not_run;
  std::string text = copy.damaged() ? "DAMAGED: " + copy.report.message
                     : headers_only ? "headers whole, contents not checked"
                                    : std::string(name(copy.report.outcome));
  if (const std::string xfp = copy.fact("fingerprint"); !xfp.empty()) text += ", wallet " + xfp;
  if (const std::string version = copy.fact("fw_version"); !version.empty()) text += ", firmware " + version;
  if (is_newest) text += ", newest here";
  text += identical > 1 ? ", " + std::to_string(identical) + " identical copies" : ", no identical copy";
  if (lonely && identical > 1) text += ", all on one card";
  return text;
}

// An older backup of the same fingerprint can clear a seed that a later one leaves in doubt.
void judge_over_all(const std::string& xfp, const std::vector<const Copy*>& members, Section& seeds, std::vector<Finding>& findings) {
  const Copy* oldest = nullptr;
  for (const Copy* copy : members)
    if (const auto version = coldcard::parse_firmware(copy->fact("fw_version")); version && audit::predates_fault(*version)) oldest = copy;
  std::string worst_level = "ok";
  for (const Copy* copy : members) {
    const Value* const advisory = copy->report.facts.find("advisory");
    const auto* const object = advisory != nullptr ? std::get_if<Object>(&advisory->get()) : nullptr;
    const Value* const level = object != nullptr ? object->find("level") : nullptr;
    const auto* const word = level != nullptr ? std::get_if<std::string>(&level->get()) : nullptr;
    if (word != nullptr && *word != "ok" && (worst_level == "ok" || *word == "critical")) worst_level = *word;
  }
  if (oldest == nullptr) return seeds.row(xfp, worst_level + ": no backup from before the faulty code is among these");
  const std::string sentence = printable(oldest->path.native()) + " was made by firmware " + printable(oldest->fact("fw_version")) +
                               ", from before the faulty code: this wallet existed by then. It is not weakened, unless it was made on "
                               "another device that is affected";
  seeds.row(xfp, "ok: " + sentence);
  if (worst_level != "ok") findings.push_back({Severity::note, "cleared-by-older", sentence, "wallet " + xfp});
}

}  // namespace

Report copies(const Context& context, const std::vector<Subject>& folders) {
  Report report = tasks::blank_report("copies", folders.empty() ? Subject() : folders[0]);
  for (std::size_t i = 1; i < folders.size(); ++i) report.subject += ", " + folders[i].native();
  tasks::guarded(report, [&] {
    const Search found = search(context, folders);
    const std::vector<Copy> all = verified(context, found);
    std::map<std::string, std::vector<const Copy*>> by_folder, by_hash, by_wallet;
    for (const Copy& copy : all) {
      by_folder[copy.folder].push_back(&copy);
      if (!copy.sha256.empty()) by_hash[copy.sha256].push_back(&copy);
      if (const std::string xfp = copy.fact("fingerprint"); !xfp.empty()) by_wallet[xfp].push_back(&copy);
    }
    List files, lonely, damaged;
    for (const auto& [folder, members] : by_folder) {
      const Newest best = newest(members);
      Section section{folder.empty() ? "." : folder, {}};
      for (const Copy* copy : members) {
        const auto& same = copy->sha256.empty() ? std::vector<const Copy*>{copy} : by_hash[copy->sha256];
        const std::size_t identical = same.size();
        const bool alone = is_lonely(*copy, same, folders.size());
        const std::string path = printable(copy->path.native());
        files.push_back(describe(*copy, identical, copy == best.copy));
        if (alone) lonely.emplace_back(path);
        if (copy->damaged()) damaged.emplace_back(path);
        section.row(copy->name, row_text(*copy, identical, copy == best.copy, alone));
        report.outcome = worst(report.outcome, copy->report.outcome);
      }
      if (best.doubt)
        report.findings.push_back({Severity::note, "newest-uncertain",
                                   "a plain backup.7z stands beside numbered ones. By the names it is the oldest, unless it was deleted once and the device "
                                   "took the name again, then it may be the newest",
                                   folder});
      report.page.push_back(std::move(section));
    }
    for (const auto& [path, why] : found.unreadable) {
      report.outcome = worst(report.outcome, Outcome::io);
      report.findings.push_back({Severity::high, "unreadable", why, printable(path.native())});
    }
    if (!lonely.empty())
      report.findings.push_back({Severity::warning, "lonely",
                                 std::to_string(lonely.size()) + " of " + std::to_string(all.size()) +
                                     " files have no identical copy on another card named here. Cards fail without warning: keep at least two good cards "
                                     "with three files each",
                                 ""});
    Object wallets;
    Section seeds{"Wallets, and the advisory seen over all their backups", {}};
    for (const auto& [xfp, members] : by_wallet) {
      judge_over_all(xfp, members, seeds, report.findings);
      List paths;
      for (const Copy* copy : members) paths.emplace_back(printable(copy->path.native()));
      wallets.put(xfp, std::move(paths));
    }
    if (!seeds.rows.empty()) report.page.push_back(std::move(seeds));
    report.message = all.empty() ? "no backups were found here"
                                 : std::to_string(all.size()) + (all.size() == 1 ? " backup: " : " backups: ") + std::to_string(by_hash.size()) +
                                       " different, " + std::to_string(lonely.size()) + " without an identical copy, " +
                                       std::to_string(damaged.size()) + " damaged";
    report.next = all.empty() ? "name the folder where the card is mounted"
                  : !damaged.empty() ? "copy a whole file over each damaged one; of a Coldcard's file `hwbak open FILE --salvage` saves what it still holds"
                  : !lonely.empty() ? "make further copies of the files without one, on another card"
                                    : "prove the contents with the password: `hwbak verify FILE`";
    report.facts.put("files", std::move(files)).put("lonely", std::move(lonely)).put("damaged", std::move(damaged));
    report.facts.put("wallets_by_fingerprint", std::move(wallets));
  });
  return report;
}

}  // namespace hwbak
