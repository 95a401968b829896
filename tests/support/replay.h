// Replaying random sources, for tests that reproduce what a device wrote.
#pragma once

#include "hwbak/random.h"

namespace hwbak::test {

// Gives recorded bytes, then goes on with zeros.
class Replay final : public RandomSource {
 public:
  explicit Replay(Bytes bytes) : bytes_(std::move(bytes)) {}
  void fill(ByteSpan out) override {
    for (auto& byte : out) byte = at_ < bytes_.size() ? bytes_[at_++] : std::uint8_t{0};
  }
  [[nodiscard]] bool spent() const { return at_ == bytes_.size(); }

 private:
  Bytes bytes_;
  std::size_t at_ = 0;
};

}  // namespace hwbak::test
