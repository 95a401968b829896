// Which parts of an arena are handed out: a buddy system over block numbers. It lives outside
// the arena, so that a secret written past its end cannot disturb it. Knows no memory itself.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

namespace hwbak::secret {

class BuddyTable final {
 public:
  // 2^`top_order` granules, all free.
  explicit BuddyTable(unsigned top_order);

  // First granule of a block of 2^`order` granules; nullopt when none is free.
  [[nodiscard]] std::optional<std::uint32_t> take(unsigned order) noexcept;
  // False, and nothing is changed, when `granule` does not begin a block of that order in use.
  [[nodiscard]] bool give_back(std::uint32_t granule, unsigned order) noexcept;
  [[nodiscard]] bool all_free() const noexcept;

 private:
  static constexpr std::uint32_t none = UINT32_MAX;
  enum class State : std::uint8_t { inside, free, in_use };  // inside: not the first granule of a block
  struct Granule {
    std::uint32_t previous = none, next = none;  // in the list of free blocks of its order
    State state = State::inside;
    std::uint8_t order = 0;
  };
  void link(std::uint32_t granule, unsigned order) noexcept;
  void unlink(std::uint32_t granule) noexcept;

  std::vector<Granule> granules_;
  std::vector<std::uint32_t> first_free_;  // by order
};

}  // namespace hwbak::secret
