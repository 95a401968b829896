// The 7z key derivation, alone and side by side (docs/formats/coldcard.md, "From password to key").
#include "crypto/sevenzip_kdf.h"

#include <algorithm>
#include <numeric>
#include <tuple>

#include "crypto/openssl.h"
#include "crypto/sevenzip_kdf_engines.h"
#include "crypto/sevenzip_kdf_lanes.h"
#include "hwbak/secret.h"

namespace hwbak::crypto {
namespace {

constexpr unsigned cycles_no_hash = 63;
constexpr std::size_t single_buffer = 16 * 1024;   // bytes hashed between two rounds of counting

void check_job(const SevenZipKdfJob& job) {
  check(job.key.size() == 32 && job.cycles_pow <= cycles_no_hash, "7z key derivation: parameters");
}

void write_counter(std::uint8_t* at, std::uint64_t value) {
  for (std::size_t i = 0; i < counter_size; ++i) at[i] = static_cast<std::uint8_t>(value >> (8 * i));
}

void copy_without_hash(const SevenZipKdfJob& job) {
  const std::size_t salt = std::min(job.salt.size(), job.key.size());
  const std::size_t password = std::min(job.password_utf16le.size(), job.key.size() - salt);
  std::ranges::fill(job.key, std::uint8_t{0});
  std::copy_n(job.salt.begin(), salt, job.key.begin());
  std::copy_n(job.password_utf16le.begin(), password, job.key.begin() + static_cast<std::ptrdiff_t>(salt));
}

// The records lie in a buffer, many of them; between two rounds over it only the counters change.
void derive_alone(const SevenZipKdfJob& job) {
  check_job(job);
  if (job.cycles_pow == cycles_no_hash) return copy_without_hash(job);
  const std::uint64_t records = std::uint64_t{1} << job.cycles_pow;
  const std::size_t size = record_size(job);
  std::size_t held = 1;
  while (held < records && 2 * held * size <= single_buffer) held *= 2;

  SecretBytes buffer(held * size);
  std::uint8_t* const bytes = buffer.expose().data();
  for (std::size_t i = 0; i < held; ++i) write_record(bytes + i * size, job);
  SHA256_CTX context;
  SHA256_Init(&context);
  for (std::uint64_t done = 0; done < records; done += held) {
    for (std::size_t i = 0; i < held; ++i) write_counter(bytes + (i + 1) * size - counter_size, done + i);
    SHA256_Update(&context, bytes, buffer.size());
  }
  SHA256_Final(job.key.data(), &context);
  wipe(&context, sizeof context);
}

// `group`: indices of jobs with one record length and count.
void derive_group(std::span<const Sha256Lanes* const> kernels, std::span<const SevenZipKdfJob> jobs,
                  std::span<const std::size_t> group) {
  while (!group.empty()) {
    const SevenZipKdfJob& first = jobs[group.front()];
    const auto kernel = std::ranges::find_if(kernels, [&](const Sha256Lanes* k) { return group.size() >= k->worth; });
    if (kernel == kernels.end() || !LaneDerivation::takes(first)) {
      derive_alone(first);
      group = group.subspan(1);
      continue;
    }
    LaneDerivation lanes(**kernel, record_size(first), first.cycles_pow);
    while (group.size() >= (*kernel)->worth) {
      const std::size_t taken = std::min(group.size(), (*kernel)->lanes);
      lanes.run(jobs, group.first(taken));
      group = group.subspan(taken);
    }
  }
}

}  // namespace

void derive_sevenzip_key(const SevenZipKdfJob& job) {
  derive_alone(job);
  secret::scrub_stack(4096);
}

void derive_sevenzip_keys_with(std::span<const Sha256Lanes* const> kernels, std::span<const SevenZipKdfJob> jobs) {
  for (const auto& job : jobs) check_job(job);
  std::vector<std::size_t> order(jobs.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  const auto shape = [&](std::size_t i) { return std::tuple(jobs[i].cycles_pow, record_size(jobs[i])); };
  std::ranges::stable_sort(order, {}, shape);
  for (std::span<const std::size_t> rest = order; !rest.empty();) {
    const auto end = std::ranges::find_if(rest, [&](std::size_t i) { return shape(i) != shape(rest.front()); });
    const auto size = static_cast<std::size_t>(end - rest.begin());
    derive_group(kernels, jobs, rest.first(size));
    rest = rest.subspan(size);
  }
  secret::scrub_stack(16 * 1024);
}

void derive_sevenzip_keys(std::span<const SevenZipKdfJob> jobs) {
  derive_sevenzip_keys_with(usable_sha256_kernels(), jobs);
}

std::string_view sevenzip_kdf_engine() {
  const auto kernels = usable_sha256_kernels();
  return kernels.empty() ? "portable" : kernels.front()->name;
}

}  // namespace hwbak::crypto
