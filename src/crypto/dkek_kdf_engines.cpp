// Which MD5 kernels may be used; see dkek_kdf_engines.h.
#include "crypto/dkek_kdf_engines.h"

#include <algorithm>
#include <array>

#include "crypto/kernels.h"
#include "crypto/openssl.h"

namespace hwbak::crypto {

std::span<const Md5Lanes* const> md5_kernels() noexcept {
  static constexpr const Md5Lanes* all[] = {
#if defined(__x86_64__)
      &md5_avx512_x32, &md5_avx512, &md5_avx2_x16, &md5_avx2,
#endif
      &md5_portable, &md5_scalar, &md5_openssl};
  return all;
}

bool agrees_with_openssl(const Md5Lanes& kernel) {
  if (kernel.lanes > md5_most_lanes) return false;
  for (const std::uint32_t rounds : {1u, 2u, 3u}) {
    std::array<std::uint32_t, md5_digest_words * md5_most_lanes> start, result;
    // Any bits that differ from word to word will do.
    for (std::uint32_t i = 0; i < start.size(); ++i) start[i] = (i + 1) * 0x9E3779B9u;
    result = start;
    kernel.run(result.data(), rounds);
    for (std::size_t lane = 0; lane < kernel.lanes; ++lane) {
      std::array<std::uint32_t, md5_digest_words> expected;
      for (std::size_t i = 0; i < expected.size(); ++i) expected[i] = start[i * kernel.lanes + lane];
      md5_openssl.run(expected.data(), rounds);
      for (std::size_t i = 0; i < expected.size(); ++i) {
        if (result[i * kernel.lanes + lane] != expected[i]) return false;
      }
    }
  }
  return true;
}

std::span<const Md5Lanes* const> usable_md5_kernels() {
  static const auto usable = usable_kernels<Md5Lanes>(md5_kernels(), agrees_with_openssl);
  return usable;
}

const Md5Lanes& md5_kernel_for(std::span<const Md5Lanes* const> kernels, std::size_t jobs) {
  const auto kernel = std::ranges::find_if(kernels, [&](const Md5Lanes* k) { return jobs >= k->worth; });
  check(kernel != kernels.end(), "MD5 chains: no kernel");
  return **kernel;
}

std::string_view dkek_kdf_engine(std::size_t jobs) {
  return md5_kernel_for(usable_md5_kernels(), std::max<std::size_t>(jobs, 1)).name;
}

}  // namespace hwbak::crypto
