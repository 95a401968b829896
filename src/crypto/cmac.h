// AES-CMAC (NIST SP 800-38B), full 16-byte tag.
#pragma once

#include <array>
#include <optional>
#include <vector>

#include "hwbak/bytes.h"

namespace hwbak::crypto {

// A key of 16, 24 or 32 bytes.
[[nodiscard]] std::array<std::uint8_t, 16> aes_cmac(ByteView key, ByteView data);
[[nodiscard]] inline std::array<std::uint8_t, 16> aes256_cmac(FixedView<32> key, ByteView data) { return aes_cmac(key, data); }

// Whoever has the key can run a CMAC backwards from its tag: so for every block of `data` the one content is known with
// which the tag would hold. A block that differs from that content in at most `most` of its 16 bytes is the damaged
// one: with `most` 8, chance would give such a block once in 2^50. It is put right in `data`; the offsets of its
// damaged bytes are returned. nullopt: no such block, and `data` is untouched. Costs two passes over the data. Not for
// a tag that holds.
[[nodiscard]] std::optional<std::vector<std::size_t>> aes256_cmac_mend(FixedView<32> key, ByteSpan data,
                                                                       FixedView<16> tag, std::size_t most);

}  // namespace hwbak::crypto
