// Memory for secrets: own pages between guard pages, locked against swapping where the
// system allows it, left out of core dumps, wiped when released. A secret is moved, never
// copied by accident, never printed: `expose()` is the one way in, and easy to search for.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>

#include "hwbak/bytes.h"

namespace hwbak {

// Overwrites memory in a way the compiler may not leave out.
void wipe(void* data, std::size_t size) noexcept;

namespace secret {

// How well the pages are protected; `hwbak doctor` prints it.
struct PoolStatus {
  std::size_t bytes_reserved = 0;   // address space taken for secrets, without guard pages
  std::size_t bytes_locked = 0;     // of these, locked into memory
  std::size_t bytes_in_use = 0;     // handed out now
  bool lock_failed = false;         // at least one mlock was refused
  int lock_errno = 0;               // why
  bool left_out_of_dumps = true;    // madvise(MADV_DONTDUMP) worked on all of them
};
[[nodiscard]] PoolStatus pool_status() noexcept;

// Raw locked memory; SecretBytes and SecretString are the types to use.
// Zero-filled. Throws std::bad_alloc. `size` 0 gives nullptr. `release` wipes; it takes the `size`
// that was asked for, and stops the program when the memory was written past its end.
[[nodiscard]] std::uint8_t* allocate(std::size_t size);
void release(std::uint8_t* data, std::size_t size) noexcept;

// Overwrites up to `bytes` of the unused stack below the caller: what earlier calls left there.
// Less on a small stack, of which the last 16 KiB are left alone. Clears the vector registers too.
// To be called last, when the secrets are gone: at the end of main and of a thread that saw any.
void scrub_stack(std::size_t bytes = 64 * 1024) noexcept;

}  // namespace secret

// Growable secret bytes. Move-only; `clone()` copies on purpose.
class SecretBytes final {
 public:
  SecretBytes() noexcept = default;
  explicit SecretBytes(std::size_t size);  // zero-filled
  static SecretBytes copy_of(ByteView bytes);
  SecretBytes(SecretBytes&& other) noexcept
      : data_(std::exchange(other.data_, nullptr)),
        size_(std::exchange(other.size_, 0)),
        capacity_(std::exchange(other.capacity_, 0)) {}
  SecretBytes& operator=(SecretBytes&& other) noexcept;
  SecretBytes(const SecretBytes&) = delete;
  SecretBytes& operator=(const SecretBytes&) = delete;
  ~SecretBytes() { clear(); }

  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  [[nodiscard]] bool empty() const noexcept { return size_ == 0; }
  [[nodiscard]] ByteView expose() const noexcept { return {data_, size_}; }
  [[nodiscard]] ByteSpan expose() noexcept { return {data_, size_}; }
  [[nodiscard]] SecretBytes clone() const { return copy_of(expose()); }
  void reserve(std::size_t capacity);
  void resize(std::size_t size);  // new bytes are zero; bytes cut off are wiped
  void append(ByteView bytes);    // `bytes` may point into this object
  void append(std::uint8_t byte) { append(ByteView(&byte, 1)); }
  void clear() noexcept;          // wipes and releases
  // In constant time for equal lengths.
  [[nodiscard]] bool equals(ByteView other) const noexcept;

 private:
  std::uint8_t* data_ = nullptr;
  std::size_t size_ = 0;
  std::size_t capacity_ = 0;
};

// The same for text (UTF-8 unless its user says otherwise).
class SecretString final {
 public:
  SecretString() noexcept = default;
  static SecretString copy_of(std::string_view text);
  // Takes over bytes that are text.
  explicit SecretString(SecretBytes bytes) noexcept : bytes_(std::move(bytes)) {}

  [[nodiscard]] std::size_t size() const noexcept { return bytes_.size(); }
  [[nodiscard]] bool empty() const noexcept { return bytes_.empty(); }
  [[nodiscard]] std::string_view expose() const noexcept {
    return {reinterpret_cast<const char*>(bytes_.expose().data()), bytes_.size()};
  }
  [[nodiscard]] ByteView expose_bytes() const noexcept { return bytes_.expose(); }
  [[nodiscard]] SecretString clone() const { return copy_of(expose()); }
  void append(std::string_view text);
  void append(char c) { append(std::string_view(&c, 1)); }
  void pop_back() { bytes_.resize(bytes_.size() - (bytes_.empty() ? 0 : 1)); }
  void clear() noexcept { bytes_.clear(); }
  [[nodiscard]] bool equals(std::string_view other) const noexcept;

 private:
  SecretBytes bytes_;
};

}  // namespace hwbak
