// Any bytes as a vCard file: what is read is written in lines of at most 75 bytes, and under names that are no path.
#include <cstdlib>
#include <string_view>

#include "base/unicode.h"
#include "foreign/foreign.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace hwbak;
  try {
    const foreign::Imported read = foreign::read_vcards(ByteView(data, size));
    const SecretBytes written = foreign::write_vcards(read.contents);
    std::string_view text(reinterpret_cast<const char*>(written.expose().data()), written.size());
    while (!text.empty()) {
      const std::size_t end = text.find("\r\n");
      if (end == std::string_view::npos || end > 75) std::abort();
      text.remove_prefix(end + 2);
    }
    for (const foreign::NamedFile& file : foreign::vcard_files(read.contents))
      if (file.name.find('/') != std::string::npos || file.name.starts_with('.') || printable(file.name) != file.name) std::abort();
  } catch (const Error&) {
  }
  return 0;
}
