// The key derivation of DKEK share files: three dependent chains of MD5. The chains are shorter here than in a real file, where
// they have 10,000,000 rounds: the time of one is their number and nothing else.
//   dkek_single        one share against OpenSSL's EVP_BytesToKey
//   dkek_limit         the same against as many dependent additions of one cycle as the best known way from step to step takes
//   dkek_sixteen       one share against sixteen side by side: 0.625 is 1.6 times its time
//   dkek_sixteen_avx2  the same with the kernels of a machine without AVX-512: about twice the time of one
// See ratio.h for the lines.
#include <openssl/evp.h>

#include <cstdlib>
#include <string_view>

#include "crypto/dkek_kdf_engines.h"
#include "ratio.h"

namespace {

using namespace hwbak;
using crypto::DkekKdfJob;
using Kernels = std::vector<const crypto::Md5Lanes*>;

constexpr std::uint32_t rounds = 20'000;

void derive(const Kernels& kernels, std::span<const DkekKdfJob> jobs) {
  if (!crypto::derive_dkek_share_keys_with(kernels, jobs)) std::abort();
}

// Ten additions that wait for each other, again and again.
void wait_for_additions(int tens) {
  std::uint64_t x = 1;
  for (std::uint32_t i = 0; i < 3 * rounds; ++i)
    for (int j = 0; j < tens; ++j)
      asm volatile("add %0, %0; add %0, %0; add %0, %0; add %0, %0; add %0, %0;"
                   "add %0, %0; add %0, %0; add %0, %0; add %0, %0; add %0, %0" : "+r"(x));
}

void sixteen_against_one(const char* name, double limit, const Kernels& kernels, std::span<const DkekKdfJob> jobs) {
  bench::speed(
      name, limit, 51, [&] { derive(kernels, jobs); }, [&] { derive(kernels, jobs.first(1)); },
      "engine " + std::string(crypto::md5_kernel_for(kernels, jobs.size()).name) + " against " +
          std::string(crypto::md5_kernel_for(kernels, 1).name));
}

}  // namespace

int main() {
  const auto usable = crypto::usable_md5_kernels();
  const Kernels all(usable.begin(), usable.end());
  Kernels narrow;
  for (const auto* kernel : all)
    if (!kernel->name.starts_with("avx512")) narrow.push_back(kernel);

  constexpr std::size_t count = 16;
  const Bytes password(16, 'p');
  std::vector<std::array<std::uint8_t, 8>> salts(count);
  std::vector<std::array<std::uint8_t, 48>> keys(count);
  std::vector<DkekKdfJob> jobs;
  for (std::size_t i = 0; i < count; ++i) {
    salts[i].fill(static_cast<std::uint8_t>(i));
    jobs.push_back({password, salts[i], rounds, keys[i]});
  }
  const std::span<const DkekKdfJob> one(jobs.data(), 1);
  std::array<std::uint8_t, 48> expected{};
  const auto openssl = [&] {
    EVP_BytesToKey(EVP_aes_256_cbc(), EVP_md5(), salts[0].data(), password.data(), static_cast<int>(password.size()), rounds,
                   expected.data(), expected.data() + 32);
  };
  const std::string_view engine = crypto::dkek_kdf_engine(1);
  const auto ours = [&] { derive(all, one); };
  bench::speed("dkek_single", 3.0, 51, ours, openssl, std::to_string(rounds) + " rounds, engine " + std::string(engine));
  if (keys[0] != expected) {
    std::puts("dkek_single: the keys differ");
    return EXIT_FAILURE;
  }
#if defined(__x86_64__)
  // 64 steps of logic, addition, rotation, addition: four cycles. In integer registers the logic of two quarters takes two. The
  // first step does not wait for the last of the round before.
  const int tens = engine.starts_with("avx512") ? 25 : 28;
  bench::speed("dkek_limit", 0.9, 51, ours, [&] { wait_for_additions(tens); }, std::to_string(10 * tens) + " additions a round");
#endif
  sixteen_against_one("dkek_sixteen", 1 / 1.6, all, jobs);
  if (crypto::md5_kernel_for(narrow, count).name.starts_with("avx2")) sixteen_against_one("dkek_sixteen_avx2", 0.45, narrow, jobs);
  return EXIT_SUCCESS;
}
