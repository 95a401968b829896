// Any bytes as a 7z file: a survey or an Error, nothing else.
#include <cstdlib>

#include "container/sevenzip/survey.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace hwbak;
  const ByteView file(data, size);
  const bool known = sevenzip::recognise(file);
  try {
    const sevenzip::Survey seen = sevenzip::survey(file, sevenzip::Limits{});
    for (const sevenzip::Folder& folder : seen.folders)
      if (folder.packed.offset > size || folder.packed.length > size - folder.packed.offset) std::abort();
  } catch (const Error& error) {
    // What is recognised is never called unknown, except another version of 7z.
    if (known && error.outcome() == Outcome::unsupported && !error.offset()) std::abort();
  }
  return 0;
}
