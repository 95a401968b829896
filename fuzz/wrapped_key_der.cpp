// Any bytes as a wrapped key: a survey or an Error; the parts it names lie within the file. libFuzzer sees what a MAC
// is compared with, so it makes blobs that open, too: what was mended must then hold as it is.
#include <cstdlib>

#include "container/wrapped_key/description.h"
#include "container/wrapped_key/wrapped_key.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace hwbak;
  static constexpr std::array<std::uint8_t, 32> dkek{};   // of no seed
  static const wrapped_key::DkekKeys keys = wrapped_key::keys_of(dkek);
  const ByteView file(data, size);
  const bool known = wrapped_key::recognise(file);
  try {
    const wrapped_key::Survey seen = wrapped_key::survey(Bytes(data, data + size));
    if (!known) std::abort();
    for (const Region& part : {seen.blob, seen.description, seen.certificate, seen.default_algorithm,
                               seen.allowed_algorithms, seen.sealed, seen.mac})
      if (part.end() > size) std::abort();
    if (!seen.dead_end && (seen.sealed.length == 0 || seen.sealed.length % 16 != 0)) std::abort();
    const wrapped_key::Opening opening = wrapped_key::open(seen, keys);
    if (!opening.blob.empty() &&
        wrapped_key::open(wrapped_key::survey(opening.blob), keys).fit != wrapped_key::Fit::opens)
      std::abort();
    if (!opening.plaintext.empty()) (void)wrapped_key::body_of(opening.plaintext.expose(), opening.type);
  } catch (const Error& error) {
    if (error.offset() && *error.offset() > size) std::abort();
  }
  try {
    const wrapped_key::Description read = wrapped_key::read_description(file);
    const wrapped_key::Description again = wrapped_key::read_description(wrapped_key::write_description(read));
    if (again.label != read.label || again.id != read.id || again.kind != read.kind) std::abort();
  } catch (const Error&) {
  }
  try {
    (void)wrapped_key::read_cvc(file);
  } catch (const Error&) {
  }
  return 0;
}
