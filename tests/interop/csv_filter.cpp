// Any list of logins on standard input, KeePassXC's CSV on standard output: reader and writer as a filter, for peers.
#include <iostream>
#include <iterator>
#include <string>

#include "base/as_bytes.h"
#include "foreign/foreign.h"

int main() {
  using namespace hwbak;
  const std::string in((std::istreambuf_iterator<char>(std::cin)), std::istreambuf_iterator<char>());
  try {
    const foreign::Imported read = foreign::read_csv(as_bytes(in));
    for (const auto& refused : read.refused) std::cerr << refused.where << ": " << refused.sentence << "\n";
    const SecretBytes out = foreign::write_keepassxc_csv(read.contents);
    std::cout.write(reinterpret_cast<const char*>(out.expose().data()), static_cast<std::streamsize>(out.size()));
    return read.refused.empty() ? 0 : 1;
  } catch (const Error& error) {
    std::cerr << error.sentence() << "\n";
    return 1;
  }
}
