// A run of memory pages for secrets between two pages that nobody may touch: locked against
// swapping where the system allows it, left out of core dumps, wiped before it is given back.
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>

namespace hwbak::secret {

class GuardedPages final {
 public:
  // At least `size` bytes, all zero. Throws std::bad_alloc. A refused lock is no failure.
  explicit GuardedPages(std::size_t size);
  GuardedPages(GuardedPages&& other) noexcept
      : data_(std::exchange(other.data_, nullptr)),
        size_(std::exchange(other.size_, 0)),
        lock_errno_(other.lock_errno_),
        left_out_of_dumps_(other.left_out_of_dumps_) {}
  GuardedPages& operator=(GuardedPages&&) = delete;
  ~GuardedPages();

  [[nodiscard]] std::uint8_t* data() const noexcept { return data_; }
  [[nodiscard]] std::size_t size() const noexcept { return size_; }  // whole pages, without the guards
  [[nodiscard]] std::uint8_t* end() const noexcept { return data_ + size_; }
  [[nodiscard]] int lock_errno() const noexcept { return lock_errno_; }  // 0: locked
  [[nodiscard]] bool left_out_of_dumps() const noexcept { return left_out_of_dumps_; }

 private:
  std::uint8_t* data_ = nullptr;
  std::size_t size_ = 0;
  int lock_errno_ = 0;
  bool left_out_of_dumps_ = true;
};

}  // namespace hwbak::secret
