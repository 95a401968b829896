// Where the parts of a wrapped file are (docs/formats/pico-hsm.md, "The wrapped file"); internal to this folder.
#pragma once

#include "container/wrapped_key/layout.h"

namespace hwbak::wrapped_key {

struct Frame {
  bool bare = false;
  Region blob, description, certificate;
  std::optional<Error> damage;
  std::vector<Remark> remarks;
};
// Throws Error: damaged, unsupported, refused, as survey() says.
[[nodiscard]] Frame read_frame(ByteView file);

}  // namespace hwbak::wrapped_key
