// See uuid.h.
#include "foreign/uuid.h"

#include "base/as_bytes.h"
#include "base/hex.h"
#include "crypto/digest.h"
#include "hwbak/secret.h"

namespace hwbak::foreign {

std::string Uuids::of(std::string_view kind, std::string_view name, std::string_view more) {
  for (unsigned count = 0;; ++count) {
    SecretBytes named;
    for (const std::string_view part : {std::string_view("hwbak"), kind, name, more}) {
      named.append(as_bytes(part));
      named.append(0);
    }
    named.append(as_bytes(std::to_string(count)));
    auto digest = crypto::sha256(named.expose());
    digest[6] = static_cast<std::uint8_t>(0x80 | (digest[6] & 0x0F));
    digest[8] = static_cast<std::uint8_t>(0x80 | (digest[8] & 0x3F));
    std::string out = to_hex(ByteView(digest).first(16));
    for (const std::size_t at : {8u, 13u, 18u, 23u}) out.insert(at, 1, '-');
    if (taken_.insert(out).second) return out;
  }
}

}  // namespace hwbak::foreign
