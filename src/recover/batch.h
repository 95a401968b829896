// Candidates of one batch in one piece of locked memory: what a plan fills and a trial tries.
#pragma once

#include <cstdint>
#include <vector>

#include "hwbak/bytes.h"
#include "hwbak/secret.h"

namespace hwbak::recover {

// Each candidate is text as the user would type it: UTF-8, or any bytes. The byte forms of the format (UTF-16LE, CP437 and so on) are
// the trial's business. Memory is kept between batches, so that a search needs no more of it than its largest batch.
class Batch final {
 public:
  void add(ByteView candidate) {
    bytes_.append(candidate);
    ends_.push_back(bytes_.size());
  }
  [[nodiscard]] std::size_t size() const noexcept { return ends_.size(); }
  [[nodiscard]] bool empty() const noexcept { return ends_.empty(); }
  // Valid until the next change.
  [[nodiscard]] ByteView operator[](std::size_t i) const noexcept {
    const std::size_t from = i == 0 ? 0 : ends_[i - 1];
    return bytes_.expose().subspan(from, ends_[i] - from);
  }
  void clear() noexcept {
    bytes_.resize(0);
    ends_.clear();
  }

 private:
  SecretBytes bytes_;
  std::vector<std::size_t> ends_;
};

}  // namespace hwbak::recover
