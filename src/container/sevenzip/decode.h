// The coders: AES-CBC, and LZMA and LZMA2 by liblzma with bounded, wiped memory
// (docs/formats/coldcard.md, "Archives re-made by 7-Zip").
#pragma once

#include "container/sevenzip/survey.h"
#include "hwbak/secret.h"

namespace hwbak::sevenzip {

struct Unpacked {
  SecretBytes bytes;
  bool whole = false;  // exactly the declared size came out, and the stream ended there
};

// Takes `in` through LZMA or LZMA2 to at most coder.unpack_size bytes, which the caller has held
// against its limit. Bad data gives what came out before it.
[[nodiscard]] Unpacked decompress(ByteView in, const Coder& coder);

}  // namespace hwbak::sevenzip
