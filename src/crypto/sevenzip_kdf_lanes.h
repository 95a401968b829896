// Several 7z key derivations side by side through one SHA-256 kernel; internal to crypto/.
// The message is that of docs/formats/coldcard.md, "From password to key".
#pragma once

#include <algorithm>
#include <span>
#include <vector>

#include "crypto/sevenzip_kdf.h"
#include "crypto/sha256_lanes.h"
#include "hwbak/secret.h"

namespace hwbak::crypto {

// A record is salt, password and a counter of eight bytes, the lowest first.
inline constexpr std::size_t counter_size = 8;
[[nodiscard]] inline std::size_t record_size(const SevenZipKdfJob& job) {
  return job.salt.size() + job.password_utf16le.size() + counter_size;
}

// Salt and password of `job` followed by room for the counter.
inline void write_record(std::uint8_t* at, const SevenZipKdfJob& job) {
  at = std::copy(job.salt.begin(), job.salt.end(), at);
  std::copy(job.password_utf16le.begin(), job.password_utf16le.end(), at);
}

// One kernel, up to as many jobs as it has lanes, all of one record length and count. The message of a pass is laid out once as the
// kernel reads it, and ends with a block. Between two passes only the counters change, in all lanes alike. So a block without a
// counter keeps its schedule from the first pass, and a block that lies wholly in what all passwords have in common (as candidates
// for one wrong word do) needs one schedule for all lanes.
class LaneDerivation final {
 public:
  // Lanes want short records, for memory, and enough of them to fill whole blocks.
  [[nodiscard]] static bool takes(const SevenZipKdfJob& job);
  LaneDerivation(const Sha256Lanes& kernel, std::size_t size, unsigned cycles_pow);
  // `jobs` holds 1 to `lanes` indices into `all`; lanes without a job repeat the first one.
  void run(std::span<const SevenZipKdfJob> all, std::span<const std::size_t> jobs);

 private:
  // Where a block of the pass stands: word i of a lane at at[kernel.word_at(i, lane)]. One that is the same in all lanes has
  // one lane of a block of such blocks.
  struct Place {
    std::uint32_t* at = nullptr;
    bool shared = false;
    std::size_t lane = 0;
  };

  [[nodiscard]] std::size_t counter_at(std::size_t record) const { return (record + 1) * size_ - counter_size; }
  // Does counting reach the word after the one in which the counter at `offset` begins?
  [[nodiscard]] bool reaches_second_word(std::size_t offset) const { return cycles_pow_ + offset % 4 * 8 > 32; }
  [[nodiscard]] std::size_t groups_of(std::size_t blocks) const { return (blocks + kernel_.lanes - 1) / kernel_.lanes; }

  void find_counting();
  [[nodiscard]] std::vector<bool> shared_blocks(std::span<const SevenZipKdfJob> all, std::span<const std::size_t> jobs) const;
  void lay_out(const std::vector<bool>& shared);
  void fill_lane(std::size_t lane, ByteView record);
  void count(std::size_t offset, std::uint32_t value);
  void put(std::size_t word, std::uint32_t mask, std::uint32_t bits);
  void finish();

  const Sha256Lanes& kernel_;
  std::size_t size_, per_pass_;
  std::uint64_t records_;
  unsigned cycles_pow_;
  std::size_t blocks_;
  std::vector<bool> counting_;              // by block: holds a counter that changes
  std::vector<Place> places_;               // by block
  std::vector<Sha256Step> first_, others_;  // the first pass, and each one after it
  SecretBytes memory_;
  std::uint32_t* state_ = nullptr;
  std::uint32_t* words_ = nullptr;
};

}  // namespace hwbak::crypto
