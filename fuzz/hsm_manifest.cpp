// Any bytes as manifest.json: none of ours, or one that names no path, and that is the same once it is written and read again.
#include <cstdlib>

#include "tasks/hsm_manifest.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace hwbak::tasks;
  const auto manifest = read_manifest({reinterpret_cast<const char*>(data), size});
  if (!manifest) return 0;
  for (const auto* const list : {&manifest->keys, &manifest->earlier})
    for (const ManifestKey& key : *list) {
      if (key.reference == 0 || key.reference > 255 || key.domain > 15) std::abort();
      if (key.file.find('/') != key.file.npos || key.file == ".." || key.file == manifest_name) std::abort();
      if (!key.sha256.empty() && key.sha256.size() != 64) std::abort();
    }
  const std::string text = write_manifest(*manifest);
  const auto again = read_manifest(text);
  if (!again || again->keys.size() != manifest->keys.size() || write_manifest(*again) != text) std::abort();
  return 0;
}
