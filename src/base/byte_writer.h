// Appends numbers and bytes to a buffer; the reverse of ByteReader. Public bytes only.
#pragma once

#include <cstdint>
#include <utility>

#include "hwbak/bytes.h"

namespace hwbak {

class ByteWriter final {
 public:
  ByteWriter& u8(std::uint8_t value) {
    out_.push_back(value);
    return *this;
  }
  ByteWriter& bytes(ByteView value) {
    out_.insert(out_.end(), value.begin(), value.end());
    return *this;
  }
  ByteWriter& le16(std::uint16_t value) { return little(value, 2); }
  ByteWriter& le32(std::uint32_t value) { return little(value, 4); }
  ByteWriter& le64(std::uint64_t value) { return little(value, 8); }
  ByteWriter& be16(std::uint16_t value) { return u8(static_cast<std::uint8_t>(value >> 8)).u8(static_cast<std::uint8_t>(value)); }
  [[nodiscard]] std::size_t size() const noexcept { return out_.size(); }
  [[nodiscard]] ByteView view() const noexcept { return out_; }
  [[nodiscard]] Bytes take() { return std::move(out_); }

 private:
  ByteWriter& little(std::uint64_t value, unsigned bytes) {
    for (unsigned i = 0; i < bytes; ++i) out_.push_back(static_cast<std::uint8_t>(value >> 8 * i));
    return *this;
  }
  Bytes out_;
};

}  // namespace hwbak
