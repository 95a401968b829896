// Which trial a file takes, and what all of them share; see trial.h.
#include "recover/trial.h"

#include "recover/trials.h"

namespace hwbak::recover {

std::unique_ptr<Trial> trial_for(ByteView file, TrialOptions options) {
  if (sevenzip::recognise(file)) return sevenzip_trial(file, options);
  if (cdcbak::recognise(file)) return badge_trial(file, options);
  if (dkek::recognise(file)) return dkek_trial(file, std::move(options));
  throw Error(Outcome::unsupported, "this is no file that a search can open: neither a Coldcard archive, nor a CDC Badge backup, nor a DKEK share",
              std::nullopt, "see what it is: `hwbak inspect FILE`");
}

void refuse_kernel(std::string_view name) {
  throw Error(Outcome::internal,
              "the key derivation \"" + std::string(name) + "\" and OpenSSL give different keys on this computer; a search with it would find nothing",
              std::nullopt, "run the search on another computer; this one may be broken, so test its memory and processor");
}

void fill_alike(Batch& batch, std::size_t count, std::size_t length) {
  constexpr std::size_t letters = 6;  // of a word in the middle
  SecretBytes text(length);
  std::ranges::fill(text.expose(), std::uint8_t{'x'});
  const std::size_t from = length > letters ? (length - letters) / 2 : 0;
  for (std::size_t i = 0; i < count; ++i) {
    std::size_t rest = i;
    for (std::size_t at = from; at < std::min(from + letters, length); ++at, rest /= 26)
      text.expose()[at] = static_cast<std::uint8_t>('a' + rest % 26);
    batch.add(text.expose());
  }
}

double rate_of(std::size_t candidates, std::chrono::milliseconds time, const std::function<void()>& once) {
  using Clock = std::chrono::steady_clock;
  once();  // memory and tables are there from now on
  const auto start = Clock::now();
  std::size_t runs = 0;
  std::chrono::duration<double> passed{};
  do {
    once();
    ++runs;
    passed = Clock::now() - start;
  } while (passed < time);
  return static_cast<double>(runs * candidates) / passed.count();
}

}  // namespace hwbak::recover
