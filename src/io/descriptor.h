// An open file that closes itself, and transfers that go on after an interruption.
#pragma once

#include <unistd.h>

#include <cerrno>
#include <utility>

#include "hwbak/bytes.h"
#include "io/fault_points.h"

namespace hwbak::io {

class Descriptor final {
 public:
  explicit Descriptor(int number = -1) noexcept : number_(number) {}
  Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    if (this != &other) {
      close();
      number_ = std::exchange(other.number_, -1);
    }
    return *this;
  }
  ~Descriptor() { close(); }
  [[nodiscard]] bool is_open() const noexcept { return number_ >= 0; }
  [[nodiscard]] int number() const noexcept { return number_; }
  // 0, or the error some systems only tell now.
  int close() noexcept { return number_ >= 0 && ::close(std::exchange(number_, -1)) != 0 ? errno : 0; }

 private:
  int number_;
};

// Up to the size of `bytes`: how many; -1 with errno set. The faults come first.
[[nodiscard]] ssize_t read_some(int descriptor, ByteSpan bytes, const FaultPoints& faults);
[[nodiscard]] ssize_t write_some(int descriptor, ByteView bytes, const FaultPoints& faults);

}  // namespace hwbak::io
