// Any text as raw_secret: it decodes to a wallet with a master node, or a fault is named.
#include <cstdlib>
#include <string_view>

#include "device/coldcard/secret.h"

using namespace hwbak;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view digits(reinterpret_cast<const char*>(data), size);
  coldcard::SecretFault fault;
  const auto secret = coldcard::decode_secret(digits, fault);
  if (!secret && fault.sentence.empty()) std::abort();
  if (secret && !(secret->node && secret->node->is_private() && secret->node->depth() == 0)) std::abort();
  if (secret && secret->mode == coldcard::Mode::words) {
    const auto again = coldcard::secret_from_mnemonic(secret->mnemonic.expose(), fault);
    if (!again || !again->node->same_key(*secret->node)) std::abort();
  }
  (void)coldcard::secret_from_mnemonic(digits, fault);
  return 0;
}
