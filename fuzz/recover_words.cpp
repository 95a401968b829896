// Any text as the words that are remembered: it is refused with a sentence and a next step, or its candidates are counted, and those of a class
// that are looked at are all different.
#include <algorithm>
#include <cstdlib>
#include <set>
#include <string>

#include "hwbak/error.h"
#include "recover/word_plan.h"
#include "wallet/bip39.h"

using namespace hwbak;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  constexpr std::size_t words = 4;   // of a password: few, so that a plan takes no long time
  try {
    const recover::WordList list = wallet::english_words();
    const recover::WordPlan plan(recover::read_words({reinterpret_cast<const char*>(data), size}, list), list, words);
    std::set<std::string> found;
    for (std::size_t i = 0; i < plan.classes().size(); ++i) {
      const std::uint64_t all = plan.classes()[i].candidates.clamped();
      for (const std::uint64_t k : {std::uint64_t{0}, std::uint64_t{1}, all / 2, all - 2, all - 1}) {
        if (all < 5) break;
        SecretString out;
        plan.candidate(i, k, out);
        if (std::ranges::count(out.expose(), ' ') != words - 1) std::abort();
        if (!found.emplace(out.expose()).second) std::abort();
      }
    }
  } catch (const Error& error) {
    if (error.outcome() != Outcome::refused || error.sentence().empty() || error.next().empty()) std::abort();
  }
  return 0;
}
