// Hostile contents of a key blob whose MAC holds: the first byte chooses the type, the rest is the plaintext. A key or
// an Error; a key can be composed again and is the same.
#include <cstdlib>

#include "device/pico_hsm/key.h"

namespace {

// The same at every run, so that what is found is found again.
class Counting final : public hwbak::RandomSource {
 public:
  void fill(hwbak::ByteSpan out) override {
    for (std::uint8_t& byte : out)
      byte = static_cast<std::uint8_t>(state_ = state_ * 1664525 + 1013904223, state_ >> 24);
  }

 private:
  std::uint32_t state_ = 1;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace hwbak;
  if (size == 0 || size > wrapped_key::largest_blob) return 0;
  constexpr std::array types{wrapped_key::KeyType::rsa, wrapped_key::KeyType::rsa_crt, wrapped_key::KeyType::ec,
                             wrapped_key::KeyType::aes};
  const wrapped_key::KeyType type = types[data[0] % types.size()];
  Counting random;
  try {
    const pico_hsm::Key key = pico_hsm::read_key(wrapped_key::body_of(ByteView(data + 1, size - 1), type), type,
                                                 random);
    const pico_hsm::Composed composed = pico_hsm::compose(key.key, {});
    wrapped_key::Body body;
    body.size = composed.contents.size;
    body.parts = composed.contents.parts;
    const pico_hsm::Key again = pico_hsm::read_key(body, composed.contents.type, random);
    const auto before = crypto::public_of(key.key), after = crypto::public_of(again.key);
    if (describe(key) != describe(again) || before.has_value() != after.has_value() ||
        (before && !crypto::same(*before, *after)))
      std::abort();
    (void)pico_hsm::compare(key, {ByteView(data, size), ByteView(data, size)});
  } catch (const Error& error) {
    if (error.outcome() == Outcome::internal) std::abort();
  }
  return 0;
}
