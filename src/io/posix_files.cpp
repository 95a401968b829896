// The real disk: reading, and looking into folders. Writing is in atomic_write.cpp.
#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>

#include "io/atomic_write.h"
#include "io/descriptor.h"
#include "io/fault_points.h"
#include "io/file_errors.h"

namespace hwbak::io {
namespace {

namespace fs = std::filesystem;

FileInfo info_of(const fs::path& path, const struct stat& found) {
  FileInfo info;
  info.path = path;
  info.kind = S_ISREG(found.st_mode) ? FileInfo::Kind::file : S_ISDIR(found.st_mode) ? FileInfo::Kind::folder : FileInfo::Kind::other;
  info.size = static_cast<std::uint64_t>(std::max<off_t>(found.st_size, 0));
  info.modified = found.st_mtim.tv_sec;
  info.device = found.st_dev;
  info.inode = found.st_ino;
  return info;
}

// Of an entry of a folder; nullopt when it is gone by now.
std::optional<FileInfo> entry_info(int folder, const fs::path& path) {
  const fs::path last = path.filename();
  const char* const name = last.c_str();
  struct stat itself {};
  if (fstatat(folder, name, &itself, AT_SYMLINK_NOFOLLOW) != 0) {
    if (errno == ENOENT) return std::nullopt;
    // A damaged entry is not passed over: whoever reads it learns why it cannot be read.
    FileInfo unknown;
    unknown.path = path;
    unknown.kind = FileInfo::Kind::file;
    return unknown;
  }
  if (!S_ISLNK(itself.st_mode)) return info_of(path, itself);
  struct stat target {};
  const bool to_file = fstatat(folder, name, &target, 0) == 0 && S_ISREG(target.st_mode);
  return info_of(path, to_file ? target : itself);
}

Error too_large(const fs::path& path, std::uint64_t max_size) {
  return Error(Outcome::refused, shown(path) + " is larger than the limit of " + std::to_string(max_size) + " bytes", std::nullopt,
               "give --max-size with a larger number if it is a backup all the same");
}

class PosixFiles final : public Files {
 public:
  explicit PosixFiles(FaultPoints faults) : faults_(std::move(faults)) {}
  std::optional<FileInfo> info(const fs::path& path) override;
  using Files::read;
  Bytes read(const fs::path& path, std::uint64_t max_size, FileInfo* info) override;
  std::vector<FileInfo> list(const fs::path& folder) override;
  std::vector<fs::path> files_in(const fs::path& folder) override;
  void write(const fs::path& path, ByteView contents, const WriteOptions& options) override {
    write_atomically(path, contents, options, faults_);
  }
  void check_room(const fs::path& folder, std::uint64_t bytes, std::uint64_t files) override;
  void remove(const fs::path& path) override;
  void make_folder(const fs::path& folder) override;

 private:
  FaultPoints faults_;
};

std::optional<FileInfo> PosixFiles::info(const fs::path& path) {
  struct stat found {};
  if ((path == "-" ? fstat(STDIN_FILENO, &found) : stat(path.c_str(), &found)) == 0) return info_of(path, found);
  if (errno == ENOENT || errno == ENOTDIR) return std::nullopt;
  throw cannot_read(path, errno);
}

Bytes PosixFiles::read(const fs::path& path, std::uint64_t max_size, FileInfo* info) {
  Descriptor opened;
  if (path != "-") {
    opened = Descriptor(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY));
    if (!opened.is_open()) throw cannot_read(path, errno);
  }
  const int descriptor = path == "-" ? STDIN_FILENO : opened.number();
  struct stat found {};
  if (fstat(descriptor, &found) != 0) throw cannot_read(path, errno);
  if (S_ISDIR(found.st_mode)) throw cannot_read(path, EISDIR);
  if (info != nullptr) *info = info_of(path, found);
  const auto told = S_ISREG(found.st_mode) ? static_cast<std::uint64_t>(std::max<off_t>(found.st_size, 0)) : 0;
  if (told > max_size) throw too_large(path, max_size);
  // One byte more than it should have, so that the end shows without growing.
  constexpr std::uint64_t smallest = 4096, largest_step = 1024 * 1024;
  Bytes contents(static_cast<std::size_t>(std::clamp(told + 1, smallest, largest_step)));
  std::size_t filled = 0;
  while (true) {
    const ssize_t got = read_some(descriptor, ByteSpan(contents).subspan(filled), faults_);
    if (got < 0) throw cannot_read(path, errno);
    if (got == 0) break;
    filled += static_cast<std::size_t>(got);
    if (filled > max_size) throw too_large(path, max_size);
    // A file that gave what it told is whole. The kernel's own files tell 0, or 4096 and give less.
    if (filled == told) break;
    if (filled == contents.size()) contents.resize(filled * 2);
  }
  contents.resize(filled);
  return contents;
}

// Calls `visit(descriptor of the folder, entry)` for each entry.
template <typename Visit>
void for_each_entry(const fs::path& folder, Visit visit) {
  const std::unique_ptr<DIR, int (*)(DIR*)> opened(opendir(folder.c_str()), closedir);
  if (opened == nullptr) {
    if (errno == ENOENT) throw Error(Outcome::io, "there is no folder " + shown(folder));
    if (errno == ENOTDIR) throw Error(Outcome::io, shown(folder) + " is not a folder");
    throw cannot_read(folder, errno);
  }
  while (true) {
    errno = 0;
    const dirent* const entry = readdir(opened.get());
    if (entry == nullptr) break;
    const std::string_view name = entry->d_name;
    if (name != "." && name != "..") visit(dirfd(opened.get()), *entry);
  }
  if (errno != 0) throw cannot_read(folder, errno);
}

std::vector<FileInfo> PosixFiles::list(const fs::path& folder) {
  std::vector<FileInfo> entries;
  for_each_entry(folder, [&](int opened, const dirent& entry) {
    if (auto info = entry_info(opened, folder / entry.d_name)) entries.push_back(std::move(*info));
  });
  std::ranges::sort(entries, {}, [](const FileInfo& info) -> const std::string& { return info.path.native(); });
  return entries;
}

std::vector<fs::path> PosixFiles::files_in(const fs::path& folder) {
  std::vector<std::string> names;
  for_each_entry(folder, [&](int opened, const dirent& entry) {
    if (entry.d_type != DT_REG) {
      if (entry.d_type != DT_LNK && entry.d_type != DT_UNKNOWN) return;
      const auto info = entry_info(opened, entry.d_name);
      if (!info || info->kind != FileInfo::Kind::file) return;
    }
    names.emplace_back(entry.d_name);
  });
  std::ranges::sort(names);
  std::vector<fs::path> paths;
  paths.reserve(names.size());
  for (const std::string& name : names) paths.push_back(folder / name);
  return paths;
}

Error cannot(const char* what, const fs::path& path, int error) {
  return Error(Outcome::io, std::string("cannot ") + what + " " + shown(path) + ": " + reason(error), std::nullopt, advice(error));
}

void PosixFiles::check_room(const fs::path& folder, std::uint64_t bytes, std::uint64_t files) {
  struct stat found {};
  if (stat(folder.c_str(), &found) != 0) {
    if (errno == ENOENT || errno == ENOTDIR)
      throw Error(Outcome::io, "there is no folder " + shown(folder), std::nullopt, "put the card in, and name the folder where it is mounted");
    throw cannot("write in", folder, errno);
  }
  if (!S_ISDIR(found.st_mode))
    throw Error(Outcome::io, shown(folder) + " is not a folder", std::nullopt, "name the folder where the card is mounted");
  if (access(folder.c_str(), W_OK | X_OK) != 0) throw cannot("write in", folder, errno);
  struct statvfs space {};
  if (statvfs(folder.c_str(), &space) != 0) throw cannot("write in", folder, errno);
  // Files take whole blocks, and their names may cost the folder one more.
  const std::uint64_t block = std::max<std::uint64_t>(space.f_frsize, 1), free = space.f_bavail * block;
  const std::uint64_t needed = ((bytes + block - 1) / block * files + 1) * block;
  if (free < needed)
    throw Error(Outcome::io, "there is too little room on " + shown(folder) + ": " + std::to_string(needed) + " bytes are needed, " +
                                 std::to_string(free) + " are free", std::nullopt, advice(ENOSPC));
}

void PosixFiles::remove(const fs::path& path) {
  if (unlink(path.c_str()) != 0 && errno != ENOENT) throw cannot("remove", path, errno);
}

void PosixFiles::make_folder(const fs::path& folder) {
  struct stat found {};
  if (mkdir(folder.c_str(), 0700) == 0) return;
  const int error = errno;
  if (error == EEXIST && stat(folder.c_str(), &found) == 0 && S_ISDIR(found.st_mode)) return;
  throw cannot("make the folder", folder, error);
}

}  // namespace

std::unique_ptr<Files> files_with_faults(FaultPoints faults) { return std::make_unique<PosixFiles>(std::move(faults)); }

}  // namespace hwbak::io

namespace hwbak {

Files& real_files() {
  static Files& files = *io::files_with_faults({}).release();
  return files;
}

}  // namespace hwbak
