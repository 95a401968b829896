// hwbak copies: the backups on these cards and folders. Which is newest (the device's numbering
// rule and its exception, docs/formats/coldcard.md "Names on the card"), which are identical,
// which stand alone, which are damaged, and with passwords which hold the same wallet.
#include <algorithm>
#include <map>
#include <set>

#include "base/hex.h"
#include "base/unicode.h"
#include "crypto/digest.h"
#include "device/coldcard/naming.h"
#include "tasks/family.h"

namespace hwbak {
namespace {

struct Copy {
  Subject path;
  std::string folder, name;              // printable
  std::optional<unsigned> number;        // 0 is the plain backup.7z
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
  std::vector<std::pair<Subject, std::string>> unreadable;  // and why
};

// Files below the given folders; cards are small, but a whole disk may be named by mistake.
Search search(const Context& context, const std::vector<Subject>& folders) {
  constexpr std::size_t most_folders = 4096;
  Search found;
  std::vector<Subject> waiting(folders.rbegin(), folders.rend());
  std::set<std::pair<std::uint64_t, std::uint64_t>> seen;
  for (std::size_t visited = 0; !waiting.empty() && visited < most_folders; ++visited) {
    const Subject at = waiting.back();
    waiting.pop_back();
    try {
      const auto info = context.files.info(at);
      if (info && info->kind == FileInfo::Kind::folder && !seen.insert({info->device, info->inode}).second) continue;
      if (info && info->kind == FileInfo::Kind::file) {
        found.files.push_back(at);
        continue;
      }
      for (const FileInfo& entry : context.files.list(at)) {
        if (entry.kind == FileInfo::Kind::file) found.files.push_back(entry.path);
        if (entry.kind == FileInfo::Kind::folder) waiting.push_back(entry.path);
      }
    } catch (const Error& error) {
      found.unreadable.emplace_back(at, error.sentence());
    }
  }
  return found;
}

// A file that is named like a backup counts even when its contents are beyond recognition.
bool named_like_backup(const std::string& name) {
  return coldcard::backup_number(name).has_value() || coldcard::clone_public_key(name).has_value();
}

std::vector<Copy> verified(const Context& context, const std::vector<Subject>& files) {
  std::vector<Copy> copies;
  verify(context, files, {}, [&](Report report) {
    const Subject path(report.subject);
    const std::string name = path.filename().native();
    if (report.format.empty() && !named_like_backup(name)) return;
    Copy copy;
    copy.path = path;
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

// Highest number of a folder; null when there is none. `doubt` when a plain backup.7z stands beside numbers.
struct Newest {
  const Copy* copy = nullptr;
  bool doubt = false;
};

Newest newest(const std::vector<const Copy*>& folder) {
  Newest best;
  const Copy* plain = nullptr;
  for (const Copy* copy : folder) {
    if (!copy->number) continue;
    if (*copy->number == 0) plain = copy;
    if (best.copy == nullptr || *copy->number > *best.copy->number) best.copy = copy;
  }
  if (plain != nullptr && best.copy != plain) {
    // The contents, where they are open, say it better than the names.
    const std::string of_plain = plain->fact("fw_timestamp"), of_best = best.copy->fact("fw_timestamp");
    best.doubt = true;
    if (!of_plain.empty() && !of_best.empty() && of_plain > of_best) best.copy = plain;
  }
  return best;
}

Object describe(const Copy& copy, std::size_t identical, bool is_newest) {
  Object item;
  item.put("file", printable(copy.path.native())).put("size", copy.size).put("sha256", copy.sha256);
  item.put("number", copy.number ? Value(*copy.number) : Value());
  item.put("format", copy.report.format).put("outcome", std::string(name(copy.report.outcome)));
  item.put("message", copy.report.message);
  item.put("newest", is_newest).put("identical", static_cast<std::uint64_t>(identical));
  for (const char* key : {"fingerprint", "fw_version", "fw_date"})
    if (const std::string text = copy.fact(key); !text.empty()) item.put(key, text);
  return item;
}

std::string row_text(const Copy& copy, std::size_t identical, bool is_newest) {
  std::string text = copy.damaged() ? "DAMAGED: " + copy.report.message : std::string(name(copy.report.outcome));
  if (const std::string xfp = copy.fact("fingerprint"); !xfp.empty()) text += ", wallet " + xfp;
  if (const std::string version = copy.fact("fw_version"); !version.empty()) text += ", firmware " + version;
  if (is_newest) text += ", newest here by its number";
  text += identical > 1 ? ", " + std::to_string(identical) + " identical copies" : ", no identical copy";
  return text;
}

}  // namespace

Report copies(const Context& context, const std::vector<Subject>& folders) {
  Report report = tasks::blank_report("copies", folders.empty() ? Subject() : folders[0]);
  for (std::size_t i = 1; i < folders.size(); ++i) report.subject += ", " + folders[i].native();
  tasks::guarded(report, [&] {
    const Search found = search(context, folders);
    const std::vector<Copy> all = verified(context, found.files);
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
        const std::size_t identical = copy->sha256.empty() ? 0 : by_hash[copy->sha256].size();
        const std::string path = printable(copy->path.native());
        files.push_back(describe(*copy, identical, copy == best.copy));
        if (identical <= 1) lonely.emplace_back(path);
        if (copy->damaged()) damaged.emplace_back(path);
        section.row(copy->name, row_text(*copy, identical, copy == best.copy));
        report.outcome = worst(report.outcome, copy->report.outcome);
      }
      if (best.doubt)
        report.findings.push_back({Severity::note, "newest-uncertain",
                                   "a plain backup.7z stands beside numbered ones: it is the oldest, unless it was deleted once and the device "
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
                                     " files have no identical copy in these folders. Cards fail without warning: keep at least two good cards "
                                     "with three files each",
                                 ""});
    Object wallets;
    for (const auto& [xfp, members] : by_wallet) {
      List paths;
      for (const Copy* copy : members) paths.emplace_back(printable(copy->path.native()));
      wallets.put(xfp, std::move(paths));
    }
    report.message = all.empty() ? "no backups were found here"
                                 : std::to_string(all.size()) + (all.size() == 1 ? " backup: " : " backups: ") + std::to_string(by_hash.size()) +
                                       " different, " + std::to_string(lonely.size()) + " without an identical copy, " +
                                       std::to_string(damaged.size()) + " damaged";
    report.next = all.empty() ? "name the folder where the card is mounted"
                  : !damaged.empty() ? "copy a whole file over each damaged one; `hwbak open FILE --salvage` saves what a damaged one still holds"
                  : !lonely.empty() ? "make further copies of the files without one, on another card"
                                    : "prove the contents with the password: `hwbak verify FILE`";
    report.facts.put("files", std::move(files)).put("lonely", std::move(lonely)).put("damaged", std::move(damaged));
    report.facts.put("wallets_by_fingerprint", std::move(wallets));
  });
  return report;
}

}  // namespace hwbak
