// The disk as hwbak sees it. Tasks take a `Files&`; the program passes `real_files()`,
// tests pass one that fails or stops at any chosen step. Every call that meets the disk
// throws Error(io) with a sentence that names the path and the system's reason.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "hwbak/bytes.h"

namespace hwbak {

struct FileInfo {
  enum class Kind { file, folder, other };
  std::filesystem::path path;
  Kind kind = Kind::other;
  std::uint64_t size = 0;           // bytes
  std::int64_t modified = 0;        // seconds since 1970-01-01 UTC
  std::uint64_t device = 0, inode = 0;  // the same file under two names has both equal
};

// The steps of a write, in order; a fault can be injected before each.
enum class WriteStep { create, write, sync, rename, sync_folder, read_back };

struct WriteOptions {
  bool overwrite = false;     // otherwise an existing target is Error(refused)
  unsigned mode = 0600;
};

class Files {
 public:
  virtual ~Files() = default;
  // nullopt when there is nothing at `path`.
  [[nodiscard]] virtual std::optional<FileInfo> info(const std::filesystem::path& path) = 0;
  // Whole contents. More than `max_size` bytes: Error(refused), and nothing was allocated for it.
  // Grows with what is really there, so a lying size costs nothing. `-` is standard input. `info`, when it
  // is not nullptr, receives what info() says of the file that was read.
  [[nodiscard]] virtual Bytes read(const std::filesystem::path& path, std::uint64_t max_size, FileInfo* info) = 0;
  [[nodiscard]] Bytes read(const std::filesystem::path& path, std::uint64_t max_size) { return read(path, max_size, nullptr); }
  // Entries of a folder, sorted by name, without `.` and `..`; does not follow symbolic links to folders.
  [[nodiscard]] virtual std::vector<FileInfo> list(const std::filesystem::path& folder) = 0;
  // Paths of the files among them, sorted; a symbolic link to a file is one. Looks at no file where the folder itself
  // says what its entries are.
  [[nodiscard]] virtual std::vector<std::filesystem::path> files_in(const std::filesystem::path& folder) = 0;
  // Temporary file beside `path` (0600), fsync, rename, fsync of the folder, read back and compare.
  // Either the old file or the new one is whole at every moment; the temporary file is removed on failure.
  virtual void write(const std::filesystem::path& path, ByteView contents, const WriteOptions& options) = 0;
  void write(const std::filesystem::path& path, ByteView contents) { write(path, contents, WriteOptions{}); }
  // Before a question is asked: could `files` files of `bytes` each be written in this folder? Throws Error(io) that says
  // why not: nothing there, no folder, read-only, not ours to write, too little room.
  virtual void check_room(const std::filesystem::path& folder, std::uint64_t bytes, std::uint64_t files) = 0;
  // Removes a file; nothing there is no error.
  virtual void remove(const std::filesystem::path& path) = 0;
  // Makes a folder that only its owner can enter (0700); one that exists stays as it is. Its parent must exist.
  virtual void make_folder(const std::filesystem::path& folder) = 0;
};

[[nodiscard]] Files& real_files();

}  // namespace hwbak
