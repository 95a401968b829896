// See guarded_pages.h.
#include "secret/guarded_pages.h"

#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <new>

#include "hwbak/secret.h"

namespace hwbak::secret {
namespace {

std::size_t page_size() noexcept {
  static const auto size = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
  return size;
}

// 0 when locked, otherwise why not. On fault: a page that was never touched holds no secret,
// so locking it at once would only cost time.
int lock(void* data, std::size_t size) noexcept {
  if (mlock2(data, size, MLOCK_ONFAULT) == 0) return 0;
  if ((errno == ENOSYS || errno == EINVAL) && mlock(data, size) == 0) return 0;
  return errno;
}

}  // namespace

GuardedPages::GuardedPages(std::size_t size) {
  const std::size_t page = page_size();
  if (size > SIZE_MAX / 2) throw std::bad_alloc();
  size_ = (size + page - 1) / page * page;
  // Everything starts out untouchable; only the middle is opened.
  void* const all = mmap(nullptr, size_ + 2 * page, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (all == MAP_FAILED) throw std::bad_alloc();
  data_ = static_cast<std::uint8_t*>(all) + page;
  if (mprotect(data_, size_, PROT_READ | PROT_WRITE) != 0) {
    munmap(all, size_ + 2 * page);
    throw std::bad_alloc();
  }
  // Not MADV_WIPEONFORK: a program that reads its secrets and then forks itself into the
  // background would go on, in silence, with keys of zeros.
  left_out_of_dumps_ = madvise(data_, size_, MADV_DONTDUMP) == 0;
  lock_errno_ = lock(data_, size_);
}

GuardedPages::~GuardedPages() {
  if (data_ == nullptr) return;
  wipe(data_, size_);
  munmap(data_ - page_size(), size_ + 2 * page_size());
}

}  // namespace hwbak::secret
