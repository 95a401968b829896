// The pool behind hwbak/secret.h. Small secrets share arenas, cut up by a buddy system whose
// books are kept elsewhere; each ends in a canary. Big ones get pages of their own and end at
// the guard page. Nothing is mapped before the first secret.
#include <sys/random.h>
#include <unistd.h>

#include <algorithm>
#include <bit>
#include <cstdlib>
#include <cstring>
#include <map>
#include <mutex>
#include <new>
#include <string_view>
#include <utility>

#include "hwbak/secret.h"
#include "secret/buddy_table.h"
#include "secret/guarded_pages.h"

// Under AddressSanitizer everything not handed out is poisoned: it then catches a read or a
// write one byte too far, or after release, in every test of the house.
#if defined(__SANITIZE_ADDRESS__)
#define HWBAK_POISON 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define HWBAK_POISON 1
#endif
#endif
#ifdef HWBAK_POISON
#include <sanitizer/asan_interface.h>
#else
#define ASAN_POISON_MEMORY_REGION(data, size) (static_cast<void>(data), static_cast<void>(size))
#define ASAN_UNPOISON_MEMORY_REGION(data, size) (static_cast<void>(data), static_cast<void>(size))
#endif

namespace hwbak {

void wipe(void* data, std::size_t size) noexcept {
  if (size != 0) explicit_bzero(data, size);
}

namespace secret {
namespace {

constexpr std::size_t granule_size = 32;
constexpr std::size_t first_arena_size = 64 * 1024;
constexpr std::size_t second_arena_size = 256 * 1024;
constexpr std::size_t later_arena_size = 1024 * 1024;
constexpr std::size_t largest_shared = 32 * 1024;  // blocks above it get pages of their own
using Canary = std::uint64_t;

[[noreturn]] void stop(std::string_view why) noexcept {
  static_cast<void>(!::write(STDERR_FILENO, why.data(), why.size()));
  std::abort();
}

// Order of the block that holds `size` bytes and the canary.
unsigned order_of(std::size_t size) noexcept {
  const std::size_t granules = (size + sizeof(Canary) + granule_size - 1) / granule_size;
  return static_cast<unsigned>(std::bit_width(granules - 1));
}

bool is_shared(std::size_t size) noexcept { return size <= largest_shared - sizeof(Canary); }

struct Arena {
  explicit Arena(GuardedPages taken)
      : pages(std::move(taken)), table(static_cast<unsigned>(std::bit_width(pages.size() / granule_size) - 1)) {
    ASAN_POISON_MEMORY_REGION(pages.data(), pages.size());
  }
  Arena(Arena&&) = delete;
  ~Arena() { ASAN_UNPOISON_MEMORY_REGION(pages.data(), pages.size()); }
  GuardedPages pages;
  BuddyTable table;
};

class Pool final {
 public:
  Pool() {
    if (getrandom(&canary_, sizeof canary_, 0) != sizeof canary_) canary_ = 0x5ECE7ED0'0DDBA115;
  }
  std::uint8_t* allocate(std::size_t size);
  void release(std::uint8_t* data, std::size_t size) noexcept;
  PoolStatus status() noexcept;

 private:
  std::uint8_t* allocate_own(std::size_t size);
  std::uint8_t* allocate_shared(std::size_t size);
  std::uint8_t* take_from(Arena& arena, std::size_t size) noexcept;
  void release_own(std::uint8_t* data) noexcept;
  void release_shared(std::uint8_t* data, std::size_t size) noexcept;
  void note_new(const GuardedPages& pages) noexcept;
  void note_gone(const GuardedPages& pages) noexcept;

  std::mutex mutex_;
  std::map<std::uint8_t*, Arena> arenas_;      // by first byte
  std::map<std::uint8_t*, GuardedPages> own_;  // by the byte handed out
  Canary canary_ = 0;
  PoolStatus status_;
};

// Never destroyed: secrets in static objects may outlive everything else.
Pool& pool() {
  static Pool& only = *new Pool;
  return only;
}

void Pool::note_new(const GuardedPages& pages) noexcept {
  status_.bytes_reserved += pages.size();
  if (pages.lock_errno() == 0) {
    status_.bytes_locked += pages.size();
  } else {
    status_.lock_failed = true;
    status_.lock_errno = pages.lock_errno();
  }
  if (!pages.left_out_of_dumps()) status_.left_out_of_dumps = false;
}

void Pool::note_gone(const GuardedPages& pages) noexcept {
  status_.bytes_reserved -= pages.size();
  if (pages.lock_errno() == 0) status_.bytes_locked -= pages.size();
}

std::uint8_t* Pool::allocate(std::size_t size) {
  const std::scoped_lock hold(mutex_);
  std::uint8_t* const data = is_shared(size) ? allocate_shared(size) : allocate_own(size);
  status_.bytes_in_use += size;
  return data;
}

std::uint8_t* Pool::allocate_own(std::size_t size) {
  constexpr std::size_t alignment = alignof(std::max_align_t);
  GuardedPages pages(size);
  // As near to the guard page as alignment allows: one step too far stops the program.
  std::uint8_t* const data = pages.end() - (size + alignment - 1) / alignment * alignment;
  const GuardedPages& kept = own_.emplace(data, std::move(pages)).first->second;
  note_new(kept);
  return data;
}

std::uint8_t* Pool::take_from(Arena& arena, std::size_t size) noexcept {
  const auto granule = arena.table.take(order_of(size));
  if (!granule) return nullptr;
  std::uint8_t* const data = arena.pages.data() + *granule * granule_size;
  ASAN_UNPOISON_MEMORY_REGION(data, size + sizeof canary_);
  std::memcpy(data + size, &canary_, sizeof canary_);
  ASAN_POISON_MEMORY_REGION(data + size, sizeof canary_);
  return data;
}

std::uint8_t* Pool::allocate_shared(std::size_t size) {
  for (auto& [first, arena] : arenas_)
    if (std::uint8_t* const data = take_from(arena, size)) return data;
  GuardedPages pages(arenas_.empty() ? first_arena_size : arenas_.size() == 1 ? second_arena_size : later_arena_size);
  Arena& arena = arenas_.try_emplace(pages.data(), std::move(pages)).first->second;
  note_new(arena.pages);
  return take_from(arena, size);
}

void Pool::release(std::uint8_t* data, std::size_t size) noexcept {
  const std::scoped_lock hold(mutex_);
  if (is_shared(size)) {
    release_shared(data, size);
  } else {
    release_own(data);
  }
  status_.bytes_in_use -= size;
}

void Pool::release_own(std::uint8_t* data) noexcept {
  const auto found = own_.find(data);
  if (found == own_.end()) stop("hwbak: internal error: memory of a secret was released twice\n");
  note_gone(found->second);
  own_.erase(found);
}

void Pool::release_shared(std::uint8_t* data, std::size_t size) noexcept {
  auto found = arenas_.upper_bound(data);
  if (found == arenas_.begin() || data >= (--found)->second.pages.end()) {
    stop("hwbak: internal error: memory was released that holds no secret\n");
  }
  Arena& arena = found->second;
  const auto offset = static_cast<std::size_t>(data - arena.pages.data());
  const unsigned order = order_of(size);
  if (offset % granule_size != 0 || !arena.table.give_back(static_cast<std::uint32_t>(offset / granule_size), order)) {
    stop("hwbak: internal error: memory of a secret was released twice, or with another size\n");
  }
  ASAN_UNPOISON_MEMORY_REGION(data, size + sizeof canary_);
  if (std::memcmp(data + size, &canary_, sizeof canary_) != 0) {
    stop("hwbak: internal error: a secret was written past its end\n");
  }
  wipe(data, size + sizeof canary_);
  ASAN_POISON_MEMORY_REGION(data, granule_size << order);
  // One empty arena is kept, so that secrets that come and go one by one map nothing.
  const auto empty = [](const auto& entry) { return entry.second.table.all_free(); };
  if (empty(*found) && std::ranges::count_if(arenas_, empty) > 1) {
    note_gone(arena.pages);
    arenas_.erase(found);
  }
}

PoolStatus Pool::status() noexcept {
  const std::scoped_lock hold(mutex_);
  return status_;
}

}  // namespace

PoolStatus pool_status() noexcept { return pool().status(); }

std::uint8_t* allocate(std::size_t size) { return size == 0 ? nullptr : pool().allocate(size); }

void release(std::uint8_t* data, std::size_t size) noexcept {
  if (data != nullptr) pool().release(data, size);
}

}  // namespace secret
}  // namespace hwbak
