// Any text as a descriptor and as an address: it gives an output script, or a fault is named. What is an address of a network reads
// back as the script it was made of.
#include <cstdlib>
#include <string_view>

#include "wallet/descriptor.h"

using namespace hwbak;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  wallet::DescriptorFault fault;
  const auto descriptor = wallet::parse_descriptor(text, fault);
  if (!descriptor && fault.sentence.empty()) std::abort();
  if (descriptor) {
    const auto script = descriptor->script_at(descriptor->choices() - 1, 3);
    std::string why;
    const std::string address = script ? wallet::address_of(*script, wallet::Chain::mainnet) : std::string();
    if (const auto read = wallet::read_address(address, why); !address.empty() && (!read || read->script != *script)) std::abort();
  }
  std::string why;
  if (!wallet::read_address(text.substr(0, 100), why) && why.empty()) std::abort();
  return 0;
}
