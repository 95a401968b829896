// See hsm_backup_folder.h.
#include "tasks/hsm_backup_folder.h"

#include <algorithm>

#include "base/as_bytes.h"
#include "base/hex.h"
#include "base/unicode.h"
#include "crypto/digest.h"
#include "hwbak/error.h"
#include "io/links.h"

namespace hwbak::tasks {
namespace {

constexpr std::string_view ending = ".bin";

// "007", "007-web server"
std::string stem_of(const DeviceKey& key) {
  std::string number = std::to_string(key.metadata.reference);
  number.insert(0, 3 - number.size(), '0');
  const std::string label = key.described ? key.described->label : std::string();
  return label.empty() ? number : number + "-" + label;
}

// As a backup names its files.
bool looks_like_ours(const std::string& name) {
  return name.size() > 3 + ending.size() && name.ends_with(ending) && name.find_first_not_of("0123456789") == 3 &&
         (name[3] == '-' || name[3] == '.');
}

}  // namespace

BackupFolder::BackupFolder(const Context& context, const Subject& folder, bool overwrite) : context_(context), folder_(folder) {
  Files& files = context.files;
  const auto there = files.info(folder);
  constexpr std::uint64_t room = 8 * 1024, most_files = 64;   // bytes of a file; a device with more says so when the disk is full
  if (!there) {
    const Subject parent = folder.has_filename() ? folder.parent_path() : folder.parent_path().parent_path();
    files.check_room(parent.empty() ? Subject(".") : parent, room, most_files);
    return;
  }
  const std::string shown = printable(folder.native());
  if (there->kind != FileInfo::Kind::folder)
    throw Error(Outcome::refused, shown + " is no folder; nothing was fetched", std::nullopt, "name a folder with --to");
  files.check_room(folder, room, most_files);
  before_ = manifest_in(files, folder);
  if (before_ || overwrite) return;
  for (const auto& file : files.files_in(folder))
    if (looks_like_ours(file.filename().native()))
      throw Error(Outcome::refused,
                  shown + " holds " + printable(file.filename().native()) + ", and no manifest.json says whose it is; nothing was fetched",
                  std::nullopt, "name an empty folder, or add --force to write there all the same");
}

Manifest& BackupFolder::begin(Manifest now) {
  now_ = std::move(now);
  if (!context_.files.info(folder_)) context_.files.make_folder(folder_);
  if (!before_) return now_;
  if (before_->serial != now_.serial)
    throw Error(Outcome::refused,
                printable(folder_.native()) + " holds the backup of another device (serial " + printable(before_->serial) +
                    "; this one is " + printable(now_.serial) + "); nothing was fetched",
                std::nullopt, "name another folder for this device");
  for (ManifestKey& key : before_->earlier) add_earlier(std::move(key));
  for (const ManifestKey& key : before_->keys) {
    const bool gone = std::ranges::none_of(now_.keys, [&](const ManifestKey& one) { return one.reference == key.reference; });
    if (gone) add_earlier(key);
  }
  // What a run that is stopped leaves unwritten here is known from the one before.
  for (ManifestKey& key : now_.keys)
    if (const ManifestKey* const known = entry_before(key.reference)) {
      key.file = known->file;
      key.sha256 = known->sha256;
    }
  return now_;
}

const ManifestKey* BackupFolder::entry_before(unsigned reference) const {
  if (!before_) return nullptr;
  const auto found = std::ranges::find(before_->keys, reference, &ManifestKey::reference);
  return found == before_->keys.end() ? nullptr : &*found;
}

void BackupFolder::add_earlier(ManifestKey key) {
  if (key.file.empty() || !io::is_there(folder_ / key.file)) return;
  if (std::ranges::any_of(now_.earlier, [&](const ManifestKey& one) { return one.file == key.file; })) return;
  key.status = "earlier";
  key.why.clear();
  now_.earlier.push_back(std::move(key));
}

std::optional<BackupFolder::Before> BackupFolder::before(const DeviceKey& key) {
  Before out;
  const ManifestKey* const entry = entry_before(key.metadata.reference);
  if (entry != nullptr && !entry->file.empty()) {
    out.file = entry->file;
    out.sha256 = entry->sha256;
  } else {
    out.file = foreign::FileNames().name_for(stem_of(key), ending);
  }
  const auto path = folder_ / out.file;
  if (!io::is_there(path)) return std::nullopt;
  out.link = io::is_link(path);
  const auto info = out.link ? std::nullopt : context_.files.info(path);
  if (info && info->kind == FileInfo::Kind::file && info->size <= largest_wrapped_key_file) out.bytes = context_.files.read(path, largest_wrapped_key_file);
  else out.sha256.clear();   // no file of a key, whatever the manifest says
  return out;
}

void BackupFolder::keep_as_earlier(const Before& before, unsigned reference) {
  if (const ManifestKey* const entry = entry_before(reference); entry != nullptr && entry->file == before.file) return add_earlier(*entry);
  ManifestKey key;
  key.reference = reference;
  key.file = before.file;
  key.sha256 = to_hex(crypto::sha256(before.bytes));
  add_earlier(std::move(key));
}

std::string BackupFolder::fresh_name(const DeviceKey& key) {
  for (;;) {
    std::string name = names_.name_for(stem_of(key), ending);
    if (!io::is_there(folder_ / name)) return name;
  }
}

void BackupFolder::put(ManifestKey& entry, const std::string& file, Bytes contents, bool replace) {
  if (waiting_.empty()) flushed_ = std::chrono::steady_clock::now();
  waiting_.push_back({&entry, file});
  files_.push_back({folder_ / file, std::move(contents), WriteOptions{replace, 0600}});
}

void BackupFolder::flush(bool at_end) {
  constexpr std::size_t enough = 64;
  constexpr std::chrono::seconds long_enough{1};
  if (waiting_.empty() || (!at_end && waiting_.size() < enough && std::chrono::steady_clock::now() - flushed_ < long_enough)) return;
  io::write_side_by_side(context_.files, files_);
  std::optional<Error> trouble;
  for (std::size_t i = 0; i < files_.size(); ++i) {
    if (files_[i].error) {
      trouble = files_[i].error;
      continue;
    }
    ManifestKey& entry = *waiting_[i].entry;
    entry.file = waiting_[i].file;
    entry.sha256 = to_hex(crypto::sha256(files_[i].contents));
    entry.status = "written";
  }
  waiting_.clear();
  files_.clear();
  if (trouble) throw *trouble;
}

void BackupFolder::save(bool at_end) {
  constexpr std::chrono::seconds now_and_then{1};
  const auto now = std::chrono::steady_clock::now();
  if (!at_end && now - saved_ < now_and_then) return;
  saved_ = now;
  context_.files.write(manifest_path(), as_bytes(write_manifest(now_)), WriteOptions{true, 0600});
}

}  // namespace hwbak::tasks
