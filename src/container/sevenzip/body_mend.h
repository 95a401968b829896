// The one wrong byte of a damaged ciphertext block, found by trying all of them: the true one gives
// readable text whose checksum holds (docs/formats/coldcard.md, "Damage").
#pragma once

#include "container/sevenzip/open.h"

namespace hwbak::sevenzip {

// `plain` is the decryption of `packed`, whole blocks; `block` is where it is noise. Makes `plain` right and
// returns the index of the wrong byte in `packed`, or leaves all as it is.
[[nodiscard]] std::optional<std::uint64_t> mend_body_byte(FixedView<32> key, const Folder& folder, ByteView packed,
                                                          std::size_t block, SecretBytes& plain);

// The folder's CRC, or those of all its files, over the decoded text.
[[nodiscard]] bool checksum_holds(const Folder& folder, ByteView text);

}  // namespace hwbak::sevenzip
