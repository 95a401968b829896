// Any bytes as a list of otpauth URIs: what is read is written, and read the same again.
#include <algorithm>
#include <cstdlib>

#include "foreign/foreign.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace hwbak;
  try {
    const foreign::Imported read = foreign::read_otpauth(ByteView(data, size));
    if (read.contents.accounts.empty()) return 0;
    const SecretBytes written = foreign::write_otpauth(read.contents);
    const foreign::Imported again = foreign::read_otpauth(written.expose());
    const bool all_fit = std::ranges::all_of(read.contents.accounts, [](const otp::Account& a) { return otp::to_uri(a).size() <= otp::max_uri; });
    if (all_fit && (!again.refused.empty() || !again.remarks.empty() || !foreign::write_otpauth(again.contents).equals(written.expose()))) std::abort();
    (void)foreign::write_aegis(read.contents);
    (void)foreign::qr_terminal(read.contents.accounts.front());
  } catch (const Error&) {
  }
  return 0;
}
