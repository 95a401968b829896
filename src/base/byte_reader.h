// Reads a span from front to back and throws Error(damaged) by itself, so a parser is a
// straight line. Every take is checked against what is left; nothing is allocated.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "hwbak/bytes.h"
#include "hwbak/error.h"

namespace hwbak {

class ByteReader final {
 public:
  // `what` names the structure in error sentences ("the end header");
  // `base` is the offset of data[0] in the file, so that errors name file offsets.
  ByteReader(ByteView data, std::string_view what, std::uint64_t base = 0) : data_(data), what_(what), base_(base) {}

  [[nodiscard]] std::size_t left() const noexcept { return data_.size() - at_; }
  [[nodiscard]] bool at_end() const noexcept { return left() == 0; }
  [[nodiscard]] std::size_t position() const noexcept { return at_; }
  [[nodiscard]] std::uint64_t offset() const noexcept { return base_ + at_; }

  [[nodiscard]] ByteView take(std::uint64_t count) {
    if (count > left())
      fail(std::string(what_) + " ends too early: " + std::to_string(count) + " bytes are wanted at offset " +
           std::to_string(offset()) + ", " + std::to_string(left()) + " are there");
    const ByteView taken = data_.subspan(at_, static_cast<std::size_t>(count));
    at_ += taken.size();
    return taken;
  }
  template <std::size_t N>
  [[nodiscard]] FixedView<N> take() {
    return FixedView<N>(take(N).data(), N);
  }
  void skip(std::uint64_t count) { (void)take(count); }
  [[nodiscard]] std::uint8_t u8() { return take(1)[0]; }
  [[nodiscard]] std::uint8_t peek() const {
    if (at_end()) fail(std::string(what_) + " ends too early, at offset " + std::to_string(offset()));
    return data_[at_];
  }
  [[nodiscard]] std::uint16_t le16() { return static_cast<std::uint16_t>(little(2)); }
  [[nodiscard]] std::uint32_t le32() { return static_cast<std::uint32_t>(little(4)); }
  [[nodiscard]] std::uint64_t le64() { return little(8); }
  [[nodiscard]] std::uint16_t be16() {
    const ByteView taken = take(2);
    return static_cast<std::uint16_t>(taken[0] << 8 | taken[1]);
  }
  [[nodiscard]] std::uint64_t little(unsigned bytes) {
    const ByteView taken = take(bytes);
    std::uint64_t value = 0;
    for (unsigned i = bytes; i-- > 0;) value = value << 8 | taken[i];
    return value;
  }

  // Error(damaged) at the present offset.
  [[noreturn]] void fail(std::string sentence) const { throw Error(Outcome::damaged, std::move(sentence), offset()); }

 private:
  ByteView data_;
  std::string_view what_;
  std::uint64_t base_;
  std::size_t at_ = 0;
};

}  // namespace hwbak
