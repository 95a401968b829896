// Any file as what a search remembers between two runs: refused with a sentence and a next step, or read, and what is read comes back the same
// when it is written. No key but that of the search that wrote it fits.
#include <algorithm>
#include <array>
#include <cstdlib>

#include "base/as_bytes.h"
#include "hwbak/error.h"
#include "recover/state.h"

using namespace hwbak;

namespace {

bool fits(const recover::SavedSearch& search, const recover::StateKey& key) {
  try {
    recover::check_unchanged(search, key);
    return true;
  } catch (const Error& error) {
    if (error.outcome() != Outcome::damaged) std::abort();
    return false;
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  try {
    const recover::SavedSearch search = recover::read_state({data, size});
    const recover::StateKey key(32), other = SecretBytes::copy_of(std::array<std::uint8_t, 32>{1});
    if (fits(search, key) || recover::is_of(search, key)) std::abort();
    if (std::ranges::any_of(search.classes, &std::string::empty)) return 0;  // a list of one such would be no list
    const std::string written = recover::write_state(search, key);
    const recover::SavedSearch again = recover::read_state(as_bytes(written));
    if (again.salt != search.salt || again.classes != search.classes || again.next != search.next) std::abort();
    if (again.shard.part != search.shard.part || again.shard.parts != search.shard.parts) std::abort();
    if (!fits(again, key) || !recover::is_of(again, key) || fits(again, other) || recover::is_of(again, other)) std::abort();
  } catch (const Error& error) {
    if ((error.outcome() != Outcome::damaged && error.outcome() != Outcome::unsupported) || error.next().empty()) std::abort();
  }
  return 0;
}
