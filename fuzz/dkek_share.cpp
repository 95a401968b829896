// Any bytes as a DKEK share file under a fixed key: what opens is sealed again to the same bytes, but for those that were mended.
#include <algorithm>
#include <cstdlib>

#include "container/dkek_share/dkek_share.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace hwbak;
  const ByteView file(data, size);
  (void)dkek::recognise(file);
  try {
    const dkek::Survey seen = dkek::survey(file);
    std::array<std::uint8_t, 48> key;
    for (std::size_t i = 0; i < key.size(); ++i) key[i] = static_cast<std::uint8_t>(i);
    const auto opening = dkek::open(seen, key);
    if (!opening) return 0;
    const Bytes sealed = dkek::seal(FixedView<32>(opening->share.expose().data(), 32), seen.salt, key);
    std::size_t differing = 0;
    for (std::size_t i = 0; i < seen.sealed.size(); ++i) differing += sealed[16 + i] != seen.sealed[i];
    if (differing != opening->mended.size() || differing > dkek::max_mended) std::abort();
    (void)dkek::mend_first_block(seen, key, [calls = 0](FixedView<32>) mutable { return ++calls == 3; });
  } catch (const Error&) {
  }
  return 0;
}
