// A wrapped key in another program's format: PKCS#8, PKCS#12, PEM, or the bytes of an AES key (docs/pico-hsm.md, "Keys in and out").
#pragma once

#include "tasks/family.h"

namespace hwbak::tasks {

// Of Family. Formats that do not suit the kind of key are refused with the name of one that does. The new password is
// Secrets::Kind::new_password; what was written is read back and compared.
void export_key(const Context& context, Loaded file, const ExportOptions& options, ExportResult& result);

}  // namespace hwbak::tasks
