// See atomic_write.h. The steps are those of hwbak::WriteStep, in their order.
#include "io/atomic_write.h"

#include <fcntl.h>
#include <sys/random.h>
#include <sys/stat.h>

#include <cstdio>
#include <cstring>

#include "base/hex.h"
#include "hwbak/secret.h"
#include "io/descriptor.h"
#include "io/file_errors.h"

namespace hwbak::io {
namespace {

namespace fs = std::filesystem;

// Beside the errno values: what was read back is not what was written.
constexpr int contents_differ = -1;

int errno_unless(bool good) noexcept { return good ? 0 : errno; }

Error refused(const fs::path& path, const std::string& why, const std::string& next) {
  return Error(Outcome::refused, shown(path) + " " + why + "; nothing was changed", std::nullopt, next);
}

Error taken(const fs::path& path) { return refused(path, "exists already", "give --force to replace it, or another name"); }

// The file to replace or make: `path` itself, or where its link leads.
fs::path target_of(const fs::path& path, bool overwrite) {
  if (path == "-") throw Error(Outcome::refused, "`-` is not a file that can be written safely", std::nullopt, "name a file");
  struct stat found {};
  if (lstat(path.c_str(), &found) != 0) return path;
  if (S_ISDIR(found.st_mode)) throw refused(path, "is a folder", "name a file in it");
  if (!overwrite) throw taken(path);
  fs::path target = path;
  if (S_ISLNK(found.st_mode)) {
    // In a folder open to all, somebody else's link could lead to any file of ours.
    if (found.st_uid != geteuid() && found.st_uid != 0) throw refused(path, "is another user's symbolic link", "choose another name");
    std::error_code none;
    target = fs::canonical(path, none);
    if (none || stat(target.c_str(), &found) != 0) throw refused(path, "is a symbolic link that leads nowhere", "choose another name");
  }
  if (!S_ISREG(found.st_mode)) throw refused(path, "is not an ordinary file", "choose another name");
  return target;
}

// Unpredictable, so that nobody can wait for it; hidden, and recognisable after a power cut.
std::string temporary_name(const std::string& name) {
  std::uint8_t random[8];
  if (getrandom(random, sizeof random, 0) != sizeof random) throw Error(Outcome::io, "the system gives no random bytes");
  constexpr std::size_t longest = 200;  // of the 255 bytes a name may have
  std::string made = ".";
  if (name.size() <= longest) made.append(name).append(".");
  return made.append("hwbak-").append(to_hex(random));
}

class AtomicWrite final {
 public:
  AtomicWrite(const fs::path& path, ByteView contents, const WriteOptions& options, const FaultPoints& faults)
      : target_(target_of(path, options.overwrite)),
        name_(target_.filename()),
        temporary_(temporary_name(name_)),
        contents_(contents),
        options_(options),
        faults_(faults) {}
  ~AtomicWrite() {
    if (temporary_exists_) unlinkat(folder_.number(), temporary_.c_str(), 0);
  }
  AtomicWrite(const AtomicWrite&) = delete;

  void run() {
    step(WriteStep::create, &AtomicWrite::create);
    step(WriteStep::write, &AtomicWrite::write);
    step(WriteStep::sync, &AtomicWrite::sync);
    step(WriteStep::rename, &AtomicWrite::rename);
    step(WriteStep::sync_folder, &AtomicWrite::sync_folder);
    step(WriteStep::read_back, &AtomicWrite::read_back);
  }

 private:
  // Each gives 0, an errno or `contents_differ`.
  int create();
  int write();
  int sync();
  int rename();
  int rename_unless_taken();
  int sync_folder();
  int read_back();

  void step(WriteStep which, int (AtomicWrite::*work)()) {
    int error = faults_.before_step ? faults_.before_step(which) : 0;
    if (error == 0) error = (this->*work)();
    if (error != 0) throw failure(error);
  }
  [[nodiscard]] Error failure(int error) const;
  [[nodiscard]] int compare(int descriptor) const;

  const fs::path target_;
  const std::string name_;
  const std::string temporary_;
  const ByteView contents_;
  const WriteOptions& options_;
  const FaultPoints& faults_;
  Descriptor folder_, file_;
  bool temporary_exists_ = false;
  bool in_place_ = false;
};

int AtomicWrite::create() {
  const fs::path parent = target_.has_parent_path() ? target_.parent_path() : fs::path(".");
  folder_ = Descriptor(open(parent.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!folder_.is_open()) return errno;
  file_ = Descriptor(openat(folder_.number(), temporary_.c_str(), O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
  temporary_exists_ = file_.is_open();
  return errno_unless(temporary_exists_);
}

int AtomicWrite::write() {
  for (ByteView rest = contents_; !rest.empty();) {
    const ssize_t moved = write_some(file_.number(), rest, faults_);
    if (moved < 0) return errno;
    if (moved == 0) return EIO;
    rest = rest.subspan(static_cast<std::size_t>(moved));
  }
  // FAT has no such rights; there the file simply stays as private as the card is.
  if (options_.mode != 0600) static_cast<void>(!fchmod(file_.number(), options_.mode & 0777));
  return 0;
}

// Compared already here, while the old file is still in place: a card that loses data costs nothing.
int AtomicWrite::sync() {
  if (fsync(file_.number()) != 0) return errno;
  const int error = compare(file_.number());
  return error != 0 ? error : file_.close();
}

int AtomicWrite::rename() {
  const int folder = folder_.number();
  const int error = options_.overwrite ? errno_unless(renameat(folder, temporary_.c_str(), folder, name_.c_str()) == 0)
                                       : rename_unless_taken();
  if (error == 0) {
    temporary_exists_ = false;
    in_place_ = true;
  }
  return error;
}

int AtomicWrite::rename_unless_taken() {
  const int folder = folder_.number();
  if (!faults_.lacks_noreplace) {
    if (renameat2(folder, temporary_.c_str(), folder, name_.c_str(), RENAME_NOREPLACE) == 0) return 0;
    if (errno != EINVAL && errno != ENOSYS && errno != EOPNOTSUPP) return errno;
  }
  if (!faults_.lacks_links) {
    if (linkat(folder, temporary_.c_str(), folder, name_.c_str(), 0) == 0) {
      unlinkat(folder, temporary_.c_str(), 0);
      return 0;
    }
    if (errno == EEXIST) return EEXIST;
  }
  // FAT behind an old driver: claim the name with an empty file, and replace that.
  const Descriptor claim(openat(folder, name_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
  if (!claim.is_open()) return errno;
  if (renameat(folder, temporary_.c_str(), folder, name_.c_str()) == 0) return 0;
  const int error = errno;
  unlinkat(folder, name_.c_str(), 0);
  return error;
}

int AtomicWrite::sync_folder() {
  if (fsync(folder_.number()) == 0) return 0;
  // Some file systems cannot; their renames reach the card with the next flush.
  const bool cannot = errno == EINVAL || errno == ENOSYS || errno == EOPNOTSUPP;
  return errno_unless(cannot);
}

int AtomicWrite::read_back() {
  const Descriptor written(openat(folder_.number(), name_.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC));
  return written.is_open() ? compare(written.number()) : errno;
}

int AtomicWrite::compare(int descriptor) const {
  // From the card, as far as the system can be asked for that, and not from its memory of what was written.
  posix_fadvise(descriptor, 0, 0, POSIX_FADV_DONTNEED);
  if (lseek(descriptor, 0, SEEK_SET) != 0) return errno;
  SecretBytes buffer(16 * 1024);  // what is written may be a plaintext
  ByteView rest = contents_;
  while (true) {
    const ssize_t got = read_some(descriptor, buffer.expose(), faults_);
    if (got < 0) return errno;
    if (got == 0) return rest.empty() ? 0 : contents_differ;
    const auto size = static_cast<std::size_t>(got);
    if (size > rest.size() || std::memcmp(buffer.expose().data(), rest.data(), size) != 0) return contents_differ;
    rest = rest.subspan(size);
  }
}

Error AtomicWrite::failure(int error) const {
  if (error == EEXIST && !in_place_) return taken(target_);
  const std::string why = error == contents_differ ? "what was read back is not what was written" : reason(error);
  if (!in_place_) {
    const std::string next = error == contents_differ ? advice(EIO) : advice(error);
    return Error(Outcome::io, "cannot write " + shown(target_) + ": " + why + "; nothing was changed", std::nullopt, next);
  }
  return Error(Outcome::io, shown(target_) + " was written, but the card or disk did not prove that it kept it: " + why,
               std::nullopt, "do not rely on this file: write it once more, to another card");
}

}  // namespace

void write_atomically(const fs::path& path, ByteView contents, const WriteOptions& options, const FaultPoints& faults) {
  AtomicWrite(path, contents, options, faults).run();
}

}  // namespace hwbak::io
