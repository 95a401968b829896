// Any text or bytes as a QR code (docs/exports.md, "QR codes").
#pragma once

#include <string>

#include "hwbak/error.h"
#include "hwbak/secret.h"

namespace hwbak::foreign {

// The dark modules as the data of an SVG path, one unit a module, the quiet zone included.
struct QrPicture {
  int side = 0;        // modules
  SecretBytes path;
};
// Byte mode, level M. Throws Error(refused) when no QR code is large enough.
[[nodiscard]] QrPicture qr_picture(ByteView content);

}  // namespace hwbak::foreign
