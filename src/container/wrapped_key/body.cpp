// The numbers within the plaintext of a key blob (docs/formats/pico-hsm.md, "The plaintext").
#include <algorithm>

#include "container/wrapped_key/layout.h"

namespace hwbak::wrapped_key {
namespace {

constexpr std::size_t most_padding = 16;

std::span<const char* const> names_of(KeyType type) noexcept {
  static constexpr std::array<const char*, 3> rsa{"d", "n", "e"};
  static constexpr std::array<const char*, 7> crt{"dP", "dQ", "p", "qInv", "q", "n", "e"};
  static constexpr std::array<const char*, 7> ec{"A", "B", "P", "N", "G", "d", "Q"};
  switch (type) {
    case KeyType::rsa: return rsa;
    case KeyType::rsa_crt: return crt;
    case KeyType::ec: return ec;
    case KeyType::aes: return {};
  }
  return {};
}

// Offsets would be those of the plaintext, not of the file: the sentence names the number instead.
class Cursor final {
 public:
  explicit Cursor(ByteView plaintext) : rest_(plaintext) {}
  ByteView take(std::size_t size, std::string_view what) {
    if (size > rest_.size())
      throw Error(Outcome::damaged, "The key's contents end too early: " + std::string(what) + " should have " +
                                        std::to_string(size) + " bytes, and " + std::to_string(rest_.size()) +
                                        " are left");
    const ByteView out = rest_.first(size);
    rest_ = rest_.subspan(size);
    return out;
  }
  std::uint16_t number(std::string_view what) {
    const ByteView two = take(2, what);
    return static_cast<std::uint16_t>(two[0] << 8 | two[1]);
  }
  [[nodiscard]] ByteView rest() const noexcept { return rest_; }

 private:
  ByteView rest_;
};

}  // namespace

Body body_of(ByteView plaintext, KeyType type) {
  Cursor in(plaintext);
  Body out;
  (void)in.take(random_size, "the random number at their front");
  out.size = in.number("the size of the key");
  if (type == KeyType::aes) {
    out.parts.push_back(in.take(out.size, "the key"));
  } else {
    for (const std::string name : names_of(type)) {
      const std::uint16_t size = in.number("the length of " + name);
      out.parts.push_back(in.take(size, "number " + name));
    }
  }
  out.padding = in.rest();
  const bool zeros = out.padding.empty() ||
                     (out.padding[0] == 0x80 &&
                      std::ranges::all_of(out.padding.subspan(1), [](std::uint8_t b) { return b == 0; }));
  out.padding_is_usual = zeros && out.padding.size() <= most_padding;
  return out;
}

}  // namespace hwbak::wrapped_key
