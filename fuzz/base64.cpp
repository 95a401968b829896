// Any bytes as base64: what is read is written the same, or a fault inside the text is named.
#include <algorithm>
#include <cstdlib>

#include "base/base64.h"
#include "base/cp437.h"
#include "container/cdcbak/cdcbak.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace hwbak;
  const ByteView text(data, size);
  Bytes strict, lenient;
  const Base64Reading a = from_base64(text, Base64Blanks::fault, strict);
  const Base64Reading b = from_base64(text, Base64Blanks::skipped, lenient);
  if ((a.fault && a.fault->offset > size) || (b.fault && b.fault->offset > size)) std::abort();
  if (!a.fault && (b.fault || strict != lenient)) std::abort();
  if (!a.fault && !a.spare_bits && !std::ranges::equal(to_base64(strict), text)) std::abort();
  if (size != 0 && size < 4096) {  // the same bytes as a passphrase
    for (const auto& form : cdcbak::passphrase_forms(text))
      if (form.bytes.empty()) std::abort();
  }
  if (!utf8_to_cp437(cp437_to_utf8(text).expose())->equals(text)) std::abort();
  return 0;
}
