// What every verb that writes a badge backup shares: the new passphrase, the file, and the proof that what was written
// opens again (docs/formats/cdc-badge.md, "Writing a file").
#pragma once

#include <string>

#include "container/cdcbak/cdcbak.h"
#include "tasks/badge_examination.h"

namespace hwbak::tasks {

// The passphrase of Secrets::Kind::new_password in the bytes that a badge makes of it: code page 437 where every character has
// a byte there, else UTF-8. Weak ones, and ones that no badge can take, are findings. Throws Error(refused) when there is none.
[[nodiscard]] cdcbak::PassphraseBytes new_passphrase(const Context& context, const std::string& shown, Report& report);

// `payload` to `output`: one line of base64, 200,000 iterations, fresh salt and nonce; read back and opened again. Puts the facts
// output, output_sha256 and output_passphrase_encoding. Throws Error: refused (too large for a badge, exists), io.
// Gives the written file, opened and judged.
std::unique_ptr<BadgeExamination> write_badge(const Context& context, ByteView payload, const cdcbak::PassphraseBytes& passphrase,
                                              const Subject& output, bool overwrite, Report& report);

// The new file, for the page; after write_badge().
[[nodiscard]] Section written_section(const Report& report, std::uint64_t payload_size);

}  // namespace hwbak::tasks
