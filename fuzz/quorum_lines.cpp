// Any text as the lines of a quorum: what is taken is written as sc-hsm-tool prints it, and read the same again.
#include <cstdlib>

#include "container/dkek_share/quorum.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace hwbak;
  try {
    const dkek::Quorum read = dkek::parse_quorum({reinterpret_cast<const char*>(data), size});
    std::string lines = "Prime : " + std::string(dkek::printed(read.prime.expose()).expose());
    for (const auto& share : read.shares)
      lines += "\nShare ID : " + share.id_text + "\nShare value : " + std::string(dkek::printed(share.value.expose()).expose());
    const dkek::Quorum again = dkek::parse_quorum(lines);
    const auto passwords = dkek::passwords_of(read), same = dkek::passwords_of(again);
    if (passwords.size() != same.size() || passwords.size() > 8) std::abort();
    for (std::size_t i = 0; i < same.size(); ++i)
      if (!passwords[i].password.equals(same[i].password.expose()) || passwords[i].reading != same[i].reading) std::abort();
  } catch (const Error& error) {
    if (error.outcome() != Outcome::refused) std::abort();
  }
  return 0;
}
