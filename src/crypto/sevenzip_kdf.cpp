// The 7z key derivation, alone and side by side (docs/formats/coldcard.md, "From password to key").
#include "crypto/sevenzip_kdf.h"

#include <algorithm>
#include <memory>
#include <numeric>
#include <tuple>

#include "crypto/openssl.h"
#include "crypto/sevenzip_kdf_engines.h"
#include "hwbak/secret.h"

namespace hwbak::crypto {
namespace {

constexpr std::size_t counter_size = 8;
constexpr unsigned cycles_no_hash = 63;
constexpr std::size_t single_buffer = 16 * 1024;   // bytes hashed between two rounds of counting
constexpr std::size_t max_lane_record = 1024;      // bytes; longer passwords go alone
constexpr unsigned max_lane_cycles = 32;           // then a counter's upper half stays zero

std::size_t record_size(const SevenZipKdfJob& job) { return job.salt.size() + job.password_utf16le.size() + counter_size; }

void write_counter(std::uint8_t* at, std::uint64_t value) {
  for (std::size_t i = 0; i < counter_size; ++i) at[i] = static_cast<std::uint8_t>(value >> (8 * i));
}

// Salt and password of `job` followed by room for the counter.
void write_record(std::uint8_t* at, const SevenZipKdfJob& job) {
  at = std::copy(job.salt.begin(), job.salt.end(), at);
  std::copy(job.password_utf16le.begin(), job.password_utf16le.end(), at);
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
  check(job.key.size() == 32 && job.cycles_pow <= cycles_no_hash, "7z key derivation: parameters");
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

// How many records fill whole blocks: 1 to 64, a power of two.
std::size_t records_per_pass(std::size_t size) { return 64 / std::gcd(std::size_t{64}, size); }

bool fits_lanes(const SevenZipKdfJob& job) {
  const std::size_t size = record_size(job);
  return size <= max_lane_record && job.cycles_pow <= max_lane_cycles &&
         std::uint64_t{1} << job.cycles_pow >= records_per_pass(size);
}

// One kernel, up to as many jobs as it has lanes, all of one record length and count. The message of a
// pass is laid out once as the kernel reads it; every pass ends with a block, and between two passes
// only the counters change, in all lanes alike.
class LaneDerivation final {
 public:
  LaneDerivation(const Sha256Lanes& kernel, std::size_t size, unsigned cycles_pow)
      : kernel_(kernel),
        size_(size),
        per_pass_(records_per_pass(size)),
        records_(std::uint64_t{1} << cycles_pow),
        cycles_pow_(cycles_pow),
        blocks_(per_pass_ * size / 64),
        memory_((8 + 16 * blocks_) * kernel.lanes * sizeof(std::uint32_t) + 64) {
    void* at = memory_.expose().data();
    std::size_t space = memory_.size();
    state_ = static_cast<std::uint32_t*>(std::align(64, space - 64, at, space));
    words_ = state_ + 8 * kernel.lanes;
  }

  // `jobs` holds 1 to `lanes` indices; lanes without a job repeat the first one.
  void run(std::span<const SevenZipKdfJob> all, std::span<const std::size_t> jobs) {
    SecretBytes record(size_);
    for (std::size_t lane = 0; lane < kernel_.lanes; ++lane) {
      write_record(record.expose().data(), all[jobs[lane < jobs.size() ? lane : 0]]);
      fill_lane(lane, record.expose());
      for (std::size_t i = 0; i < 8; ++i) state_[kernel_.state_at(i, lane)] = sha256_start[i];
    }
    for (std::uint64_t done = 0; done < records_; done += per_pass_) {
      for (std::size_t i = 0; i < per_pass_; ++i) count((i + 1) * size_ - counter_size, static_cast<std::uint32_t>(done + i));
      kernel_.compress(state_, words_, blocks_);
    }
    finish();
    for (std::size_t lane = 0; lane < jobs.size(); ++lane) {
      const ByteSpan key = all[jobs[lane]].key;
      for (std::size_t i = 0; i < key.size(); ++i) {
        key[i] = static_cast<std::uint8_t>(state_[kernel_.state_at(i / 4, lane)] >> (24 - 8 * (i % 4)));
      }
    }
  }

 private:
  void fill_lane(std::size_t lane, ByteView record) {
    std::size_t in_record = 0;
    for (std::size_t i = 0; i < 16 * blocks_; ++i) {
      std::uint32_t word = 0;
      for (int byte = 0; byte < 4; ++byte) {
        word = word << 8 | record[in_record];
        if (++in_record == size_) in_record = 0;
      }
      words_[kernel_.word_at(i, lane)] = word;
    }
  }

  // Writes the lower half of a counter at byte `offset` of every lane's pass. It lies in one word or
  // across two; the second changes only when the counting reaches its bits.
  void count(std::size_t offset, std::uint32_t value) {
    const unsigned shift = offset % 4 * 8;
    const std::uint64_t bits = std::uint64_t{__builtin_bswap32(value)} << (32 - shift);
    const std::uint64_t mask = std::uint64_t{0xFFFFFFFF} << (32 - shift);
    put(offset / 4, static_cast<std::uint32_t>(mask >> 32), static_cast<std::uint32_t>(bits >> 32));
    if (cycles_pow_ + shift > 32) put(offset / 4 + 1, static_cast<std::uint32_t>(mask), static_cast<std::uint32_t>(bits));
  }

  void put(std::size_t word, std::uint32_t mask, std::uint32_t bits) {
    std::uint32_t* at = words_ + kernel_.word_at(word, 0);
    const std::size_t step = kernel_.word_at(0, 1);
    for (std::size_t lane = 0; lane < kernel_.lanes; ++lane, at += step) *at = (*at & ~mask) | bits;
  }

  // The message was whole blocks, so its padding is a block of its own, the same in every lane.
  void finish() {
    const std::uint64_t bits = records_ * size_ * 8;
    for (std::size_t lane = 0; lane < kernel_.lanes; ++lane) {
      for (std::size_t i = 0; i < 16; ++i) words_[kernel_.word_at(i, lane)] = 0;
      words_[kernel_.word_at(0, lane)] = 0x80000000;
      words_[kernel_.word_at(14, lane)] = static_cast<std::uint32_t>(bits >> 32);
      words_[kernel_.word_at(15, lane)] = static_cast<std::uint32_t>(bits);
    }
    kernel_.compress(state_, words_, 1);
  }

  const Sha256Lanes& kernel_;
  std::size_t size_, per_pass_;
  std::uint64_t records_;
  unsigned cycles_pow_;
  std::size_t blocks_;
  SecretBytes memory_;
  std::uint32_t* state_ = nullptr;
  std::uint32_t* words_ = nullptr;
};

// `group`: indices of jobs with one record length and count.
void derive_group(std::span<const Sha256Lanes* const> kernels, std::span<const SevenZipKdfJob> jobs,
                  std::span<const std::size_t> group) {
  while (!group.empty()) {
    const SevenZipKdfJob& first = jobs[group.front()];
    const auto kernel = std::ranges::find_if(kernels, [&](const Sha256Lanes* k) { return group.size() >= k->worth; });
    if (kernel == kernels.end() || !fits_lanes(first)) {
      derive_alone(first);
      group = group.subspan(1);
      continue;
    }
    LaneDerivation lanes(**kernel, record_size(first), first.cycles_pow);
    for (; group.size() >= (*kernel)->worth; group = group.subspan(std::min(group.size(), (*kernel)->lanes))) {
      lanes.run(jobs, group.first(std::min(group.size(), (*kernel)->lanes)));
    }
  }
}

}  // namespace

void derive_sevenzip_key(const SevenZipKdfJob& job) {
  derive_alone(job);
  secret::scrub_stack(4096);
}

void derive_sevenzip_keys_with(std::span<const Sha256Lanes* const> kernels, std::span<const SevenZipKdfJob> jobs) {
  for (const auto& job : jobs) check(job.key.size() == 32 && job.cycles_pow <= cycles_no_hash, "7z key derivation: parameters");
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

void derive_sevenzip_keys(std::span<const SevenZipKdfJob> jobs) { derive_sevenzip_keys_with(usable_sha256_kernels(), jobs); }

std::string_view sevenzip_kdf_engine() {
  const auto kernels = usable_sha256_kernels();
  return kernels.empty() ? "portable" : kernels.front()->name;
}

}  // namespace hwbak::crypto
