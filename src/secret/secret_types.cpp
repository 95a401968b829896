// SecretBytes and SecretString over the locked pages; see hwbak/secret.h.
#include <algorithm>
#include <cstring>
#include <functional>

#include "hwbak/secret.h"

namespace hwbak {

SecretBytes::SecretBytes(std::size_t size) { resize(size); }

SecretBytes SecretBytes::copy_of(ByteView bytes) {
  SecretBytes out;
  out.append(bytes);
  return out;
}

SecretBytes& SecretBytes::operator=(SecretBytes&& other) noexcept {
  if (this != &other) {
    clear();
    data_ = std::exchange(other.data_, nullptr);
    size_ = std::exchange(other.size_, 0);
    capacity_ = std::exchange(other.capacity_, 0);
  }
  return *this;
}

void SecretBytes::reserve(std::size_t capacity) {
  if (capacity <= capacity_) return;
  std::uint8_t* const grown = secret::allocate(capacity);
  if (size_ != 0) std::memcpy(grown, data_, size_);
  secret::release(data_, capacity_);
  data_ = grown;
  capacity_ = capacity;
}

void SecretBytes::resize(std::size_t size) {
  constexpr std::size_t smallest = 24;  // what the smallest block of the pool holds
  if (size > capacity_) reserve(std::max({size, capacity_ * 2, smallest}));
  if (size > size_) std::memset(data_ + size_, 0, size - size_);
  if (size < size_) wipe(data_ + size, size_ - size);
  size_ = size;
}

void SecretBytes::append(ByteView bytes) {
  if (bytes.empty()) return;
  // A view into this object stays valid: it is taken up again from the grown memory.
  const std::less_equal<const std::uint8_t*> before;
  const bool own = data_ != nullptr && before(data_, bytes.data()) && before(bytes.data(), data_ + size_);
  const std::size_t from = own ? static_cast<std::size_t>(bytes.data() - data_) : 0;
  const std::size_t old_size = size_;
  resize(size_ + bytes.size());
  std::memmove(data_ + old_size, own ? data_ + from : bytes.data(), bytes.size());
}

void SecretBytes::clear() noexcept {
  secret::release(data_, capacity_);
  data_ = nullptr;
  size_ = capacity_ = 0;
}

bool SecretBytes::equals(ByteView other) const noexcept {
  if (other.size() != size_) return false;
  std::uint8_t difference = 0;
  for (std::size_t i = 0; i < size_; ++i) difference = static_cast<std::uint8_t>(difference | (data_[i] ^ other[i]));
  return difference == 0;
}

SecretString SecretString::copy_of(std::string_view text) {
  SecretString out;
  out.append(text);
  return out;
}

void SecretString::append(std::string_view text) {
  bytes_.append(ByteView(reinterpret_cast<const std::uint8_t*>(text.data()), text.size()));
}

bool SecretString::equals(std::string_view other) const noexcept {
  return bytes_.equals(ByteView(reinterpret_cast<const std::uint8_t*>(other.data()), other.size()));
}

}  // namespace hwbak
