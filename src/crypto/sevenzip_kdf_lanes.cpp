// Several 7z key derivations side by side; see sevenzip_kdf_lanes.h.
#include "crypto/sevenzip_kdf_lanes.h"

#include <memory>
#include <numeric>

namespace hwbak::crypto {
namespace {

constexpr std::size_t max_lane_record = 512;  // bytes; longer ones go alone
constexpr unsigned max_lane_cycles = 32;    // then a counter's upper half stays zero

// How many records fill whole blocks: 1 to 64, a power of two.
std::size_t records_per_pass(std::size_t size) { return 64 / std::gcd(std::size_t{64}, size); }

}  // namespace

bool LaneDerivation::takes(const SevenZipKdfJob& job) {
  const std::size_t size = record_size(job);
  return size <= max_lane_record && job.cycles_pow <= max_lane_cycles &&
         std::uint64_t{1} << job.cycles_pow >= records_per_pass(size);
}

LaneDerivation::LaneDerivation(const Sha256Lanes& kernel, std::size_t size, unsigned cycles_pow)
    : kernel_(kernel),
      size_(size),
      per_pass_(records_per_pass(size)),
      records_(std::uint64_t{1} << cycles_pow),
      cycles_pow_(cycles_pow),
      blocks_(per_pass_ * size / 64) {
  const std::size_t kept = find_runs();
  const std::size_t state = 8 * kernel.lanes, words = blocks_ * kernel.block_words();
  memory_.resize((state + words + kept * kernel.schedule_words()) * sizeof(std::uint32_t) + 64);
  void* at = memory_.expose().data();
  std::size_t space = memory_.size();
  state_ = static_cast<std::uint32_t*>(std::align(64, space - 64, at, space));
  words_ = state_ + state;
  schedules_ = words_ + words;
}

void LaneDerivation::run(std::span<const SevenZipKdfJob> all, std::span<const std::size_t> jobs) {
  SecretBytes record(size_);
  for (std::size_t lane = 0; lane < kernel_.lanes; ++lane) {
    write_record(record.expose().data(), all[jobs[lane < jobs.size() ? lane : 0]]);
    fill_lane(lane, record.expose());
    for (std::size_t i = 0; i < 8; ++i) state_[kernel_.state_at(i, lane)] = sha256_start[i];
  }
  for (std::uint64_t done = 0; done < records_; done += per_pass_) {
    for (std::size_t i = 0; i < per_pass_; ++i) count(counter_at(i), static_cast<std::uint32_t>(done + i));
    pass(done == 0);
  }
  finish();
  for (std::size_t lane = 0; lane < jobs.size(); ++lane) {
    const ByteSpan key = all[jobs[lane]].key;
    for (std::size_t i = 0; i < key.size(); ++i) {
      key[i] = static_cast<std::uint8_t>(state_[kernel_.state_at(i / 4, lane)] >> (24 - 8 * (i % 4)));
    }
  }
}

// Fills `runs_`; gives the number of blocks without a changing counter.
std::size_t LaneDerivation::find_runs() {
  std::vector<bool> counts(blocks_, false);
  for (std::size_t i = 0; i < per_pass_; ++i) {
    const std::size_t offset = counter_at(i);
    counts[offset / 64] = true;
    if (reaches_second_word(offset)) counts[(offset / 4 + 1) / 16] = true;
  }
  for (const bool now : counts) {
    if (runs_.empty() || runs_.back().counts != now) runs_.push_back({now, 0});
    ++runs_.back().blocks;
  }
  return static_cast<std::size_t>(std::ranges::count(counts, false));
}

void LaneDerivation::fill_lane(std::size_t lane, ByteView record) {
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

void LaneDerivation::pass(bool first) {
  const std::uint32_t* words = words_;
  std::uint32_t* schedule = schedules_;
  for (const Run& run : runs_) {
    if (run.counts) {
      kernel_.compress(state_, words, run.blocks);
    } else {
      if (first) {
        kernel_.record(state_, words, run.blocks, schedule);
      } else {
        kernel_.replay(state_, schedule, run.blocks);
      }
      schedule += run.blocks * kernel_.schedule_words();
    }
    words += run.blocks * kernel_.block_words();
  }
}

// Writes the lower half of a counter at byte `offset` of every lane's pass. It lies in one word or across two.
void LaneDerivation::count(std::size_t offset, std::uint32_t value) {
  const unsigned shift = offset % 4 * 8;
  const std::uint64_t bits = std::uint64_t{__builtin_bswap32(value)} << (32 - shift);
  const std::uint64_t mask = std::uint64_t{0xFFFFFFFF} << (32 - shift);
  put(offset / 4, static_cast<std::uint32_t>(mask >> 32), static_cast<std::uint32_t>(bits >> 32));
  if (reaches_second_word(offset)) put(offset / 4 + 1, static_cast<std::uint32_t>(mask), static_cast<std::uint32_t>(bits));
}

void LaneDerivation::put(std::size_t word, std::uint32_t mask, std::uint32_t bits) {
  std::uint32_t* at = words_ + kernel_.word_at(word, 0);
  const std::size_t step = kernel_.word_at(0, 1);
  for (std::size_t lane = 0; lane < kernel_.lanes; ++lane, at += step) *at = (*at & ~mask) | bits;
}

// The message was whole blocks, so its padding is a block of its own, the same in every lane.
void LaneDerivation::finish() {
  const std::uint64_t bits = records_ * size_ * 8;
  for (std::size_t lane = 0; lane < kernel_.lanes; ++lane) {
    for (std::size_t i = 0; i < 16; ++i) words_[kernel_.word_at(i, lane)] = 0;
    words_[kernel_.word_at(0, lane)] = 0x80000000;
    words_[kernel_.word_at(14, lane)] = static_cast<std::uint32_t>(bits >> 32);
    words_[kernel_.word_at(15, lane)] = static_cast<std::uint32_t>(bits);
  }
  kernel_.compress(state_, words_, 1);
}

}  // namespace hwbak::crypto
