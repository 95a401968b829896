// A badge's largest backup, 262,144 bytes of JSON: all that is done with it beside its key derivation.
//   badge_own_work  survey, decryption, understanding and a restore against the derivation of its key
// See ratio.h for the line. The first argument is the vector s05-large.cdcbak.
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string_view>

#include "base/as_bytes.h"
#include "container/cdcbak/cdcbak.h"
#include "crypto/pbkdf2_sha256.h"
#include "device/cdc_badge/payload.h"
#include "device/cdc_badge/restore.h"
#include "ratio.h"

int main(int count, char** arguments) {
  using namespace hwbak;
  std::ifstream in(count > 1 ? arguments[1] : "", std::ios::binary);
  const Bytes file(std::istreambuf_iterator<char>(in), {});
  constexpr std::string_view passphrase = "large";
  Bytes key(32);
  const cdcbak::Survey seen = cdcbak::survey(file, {});
  const auto derive = [&] { crypto::pbkdf2_hmac_sha256({as_bytes(passphrase), seen.salt, seen.iterations, FixedSpan<32>(key.data(), 32)}); };
  std::size_t records = 0;
  unsigned imported = 0;
  const auto work = [&] {
    const auto opened = cdcbak::open(cdcbak::survey(file, {}), FixedView<32>(key.data(), 32));
    if (!opened) return;
    const cdc_badge::Payload payload = cdc_badge::understand(opened->expose());
    records = payload.twofa.size() + payload.logins.size() + payload.cards.size();
    cdc_badge::BadgeState state;
    imported = cdc_badge::restore(opened->expose(), cdc_badge::Level{}, state).counts.imported;
  };
  derive();
  bench::speed("badge_own_work", 4.0, 21, work, derive, std::to_string(seen.payload_size) + " bytes of contents");
  if (records == 553 && imported == 553) return EXIT_SUCCESS;
  std::puts("badge_own_work: the records are not those of the vector");
  return EXIT_FAILURE;
}
