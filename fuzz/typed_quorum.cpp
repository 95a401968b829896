// Any text as the lines of a quorum in which digits are wrong: what one slip may have made of it is counted, each password is there once, and
// the first and the last of them can be told of.
#include <algorithm>
#include <cstdlib>

#include "hwbak/error.h"
#include "recover/quorum_answer.h"
#include "recover/quorum_corrections.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace hwbak;
  constexpr std::size_t most_shares = 6, most_unknown = 2;  // more of them take seconds
  try {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const std::size_t threshold = size == 0 ? 0 : data[0] % 4;
    const recover::TypedQuorum typed = recover::read_typed_quorum(text, threshold);
    if (typed.shares.size() > most_shares || typed.primes.size() > most_shares || std::ranges::count(text, '?') > static_cast<std::ptrdiff_t>(most_unknown)) return 0;
    if (typed.threshold == 1) return 0;  // the command line has no such
    const recover::QuorumCandidates candidates(typed, 1);
    for (unsigned edits = 0; edits < candidates.levels(); ++edits) {
      const std::size_t count = candidates.size(edits);
      for (const std::size_t i : {std::size_t{0}, count - 1}) {
        if (i >= count) continue;
        const SecretBytes password = candidates.password(edits, i);
        if (password.empty() || password.size() > 8) std::abort();
        const recover::QuorumAnswer answer = recover::quorum_answer(typed, password.expose(), edits);
        if (edits == 0 && typed.primes.size() == 1 && !answer.wrong.empty()) std::abort();
      }
    }
  } catch (const Error& error) {
    if (error.outcome() != Outcome::refused) std::abort();
  }
  return 0;
}
