// Any bytes as a 7z file, opened with a fixed key: graded, with holes inside the text.
#include <cstdlib>

#include "container/sevenzip/open.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace hwbak;
  const ByteView file(data, size);
  static constexpr std::array<std::uint8_t, 32> key{};
  sevenzip::Limits limits;
  limits.max_plaintext = 1 << 20;
  try {
    sevenzip::Survey seen = sevenzip::survey(file, limits);
    (void)sevenzip::open_header(file, seen, key, limits);
    for (const sevenzip::Folder& folder : seen.folders) {
      const sevenzip::Opened opened = sevenzip::open(file, folder, key, limits);
      if (opened.text.size() > folder.unpack_size) std::abort();
      for (const sevenzip::Hole& hole : opened.holes)
        if (hole.text.end() > folder.unpack_size || hole.suspect.end() > folder.unpack_size) std::abort();
    }
  } catch (const Error&) {
    // An Error is an answer.
  }
  return 0;
}
