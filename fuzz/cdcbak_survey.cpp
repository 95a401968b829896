// Any bytes as a badge's backup: a survey or an Error, and what is written from it is the same backup.
#include <cstdlib>

#include "base/base64.h"
#include "container/cdcbak/cdcbak.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace hwbak;
  const ByteView file(data, size);
  const bool known = cdcbak::recognise(file);
  try {
    const cdcbak::Survey seen = cdcbak::survey(file, cdcbak::Limits{});
    if (!known || seen.payload_size + cdcbak::smallest_size != seen.container.size()) std::abort();
    const Bytes canonical = to_base64(seen.container);
    const cdcbak::Survey again = cdcbak::survey(canonical, cdcbak::Limits{});
    if (again.container != seen.container || again.dead_end.has_value() != seen.dead_end.has_value()) std::abort();
    if (again.badge_decodes != (canonical.size() <= cdcbak::max_base64)) std::abort();
    static constexpr std::array<std::uint8_t, 32> key{};
    if (cdcbak::open(seen, key)) std::abort();  // 2^-128
  } catch (const Error& error) {
    if (error.offset() && *error.offset() > size) std::abort();
  }
  return 0;
}
