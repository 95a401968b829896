// Several 7z key derivations side by side; see sevenzip_kdf_lanes.h.
#include "crypto/sevenzip_kdf_lanes.h"

#include <memory>
#include <numeric>

namespace hwbak::crypto {
namespace {

constexpr std::size_t max_lane_record = 512;  // bytes; longer ones go alone
constexpr unsigned max_lane_cycles = 32;    // then a counter's upper half stays zero

// So many that they fill whole blocks, and that there is a counter for each lane of a schedule of shared blocks: 16 to 64, a power of two.
std::size_t records_per_pass(std::size_t size) { return std::max(sha256_most_lanes, 64 / std::gcd(std::size_t{64}, size)); }

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
      blocks_(per_pass_ * size / 64),
      places_(blocks_) {
  find_counting();
  // Room for whatever the passwords have in common: blocks of each lane's own, and of shared ones, counting and not.
  const auto counting = static_cast<std::size_t>(std::ranges::count(counting_, true)), fixed = blocks_ - counting;
  const std::size_t groups = groups_of(counting) + groups_of(fixed);
  const std::size_t state = 8 * kernel.lanes;
  const std::size_t words = state + (blocks_ + groups) * kernel.block_words() + (fixed + groups) * kernel.schedule_words();
  memory_.resize(words * sizeof(std::uint32_t) + 64);
  void* at = memory_.expose().data();
  std::size_t space = memory_.size();
  state_ = static_cast<std::uint32_t*>(std::align(64, space - 64, at, space));
  words_ = state_ + state;
}

void LaneDerivation::run(std::span<const SevenZipKdfJob> all, std::span<const std::size_t> jobs) {
  lay_out(shared_blocks(all, jobs));
  SecretBytes record(size_);
  for (std::size_t lane = 0; lane < kernel_.lanes; ++lane) {
    write_record(record.expose().data(), all[jobs[lane < jobs.size() ? lane : 0]]);
    fill_lane(lane, record.expose());
    for (std::size_t i = 0; i < 8; ++i) state_[kernel_.state_at(i, lane)] = sha256_start[i];
  }
  for (std::uint64_t done = 0; done < records_; done += per_pass_) {
    for (std::size_t i = 0; i < per_pass_; ++i) count(counter_at(i), static_cast<std::uint32_t>(done + i));
    kernel_.run(state_, done == 0 ? first_ : others_);
  }
  finish();
  for (std::size_t lane = 0; lane < jobs.size(); ++lane) {
    const ByteSpan key = all[jobs[lane]].key;
    for (std::size_t i = 0; i < key.size(); ++i) {
      key[i] = static_cast<std::uint8_t>(state_[kernel_.state_at(i / 4, lane)] >> (24 - 8 * (i % 4)));
    }
  }
}

void LaneDerivation::find_counting() {
  counting_.assign(blocks_, false);
  for (std::size_t i = 0; i < per_pass_; ++i) {
    const std::size_t offset = counter_at(i);
    counting_[offset / 64] = true;
    if (reaches_second_word(offset)) counting_[(offset / 4 + 1) / 16] = true;
  }
}

// By block of the pass: is it the same for all jobs, whatever the counters are?
std::vector<bool> LaneDerivation::shared_blocks(std::span<const SevenZipKdfJob> all, std::span<const std::size_t> jobs) const {
  std::vector<bool> shared(blocks_, true);
  const SevenZipKdfJob& one = all[jobs.front()];
  for (std::size_t i = 0; i + counter_size < size_; ++i) {
    const auto byte = [&](const SevenZipKdfJob& job) {
      const std::size_t salt = job.salt.size();
      return i < salt ? job.salt[i] : job.password_utf16le[i - salt];
    };
    // Lengths of salt and password may differ, their sum does not.
    if (std::ranges::all_of(jobs, [&](std::size_t job) { return byte(all[job]) == byte(one); })) continue;
    for (std::size_t at = i; at < 64 * blocks_; at += size_) shared[at / 64] = false;
  }
  return shared;
}

// Memory: words of each lane's own blocks, of shared ones that count, of shared ones that do not; then the schedules: own ones, shared ones.
void LaneDerivation::lay_out(const std::vector<bool>& shared) {
  std::size_t own = 0, own_fixed = 0, same_counting = 0, same_fixed = 0;
  for (std::size_t i = 0; i < blocks_; ++i) {
    if (!shared[i]) ++own, own_fixed += counting_[i] ? 0 : 1;
    else ++(counting_[i] ? same_counting : same_fixed);
  }
  const std::size_t counting_groups = groups_of(same_counting), groups = counting_groups + groups_of(same_fixed);
  std::uint32_t* const same_words = words_ + own * kernel_.block_words();
  std::uint32_t* own_schedule = same_words + groups * kernel_.block_words();
  std::uint32_t* const same_schedules = own_schedule + own_fixed * kernel_.schedule_words();
  first_.assign(1, {Sha256Use::schedule, groups, same_words, same_schedules});
  others_.assign(1, {Sha256Use::schedule, counting_groups, same_words, same_schedules});

  const auto add = [](std::vector<Sha256Step>& steps, const Sha256Step& step) {
    if (steps.back().use == step.use && step.use != Sha256Use::shared) ++steps.back().blocks;
    else steps.push_back(step);
  };
  std::uint32_t* own_words = words_;
  std::size_t next_counting = 0, next_fixed = counting_groups * kernel_.lanes;
  for (std::size_t i = 0; i < blocks_; ++i) {
    if (shared[i]) {
      const std::size_t slot = counting_[i] ? next_counting++ : next_fixed++;
      const std::size_t group = slot / kernel_.lanes, lane = slot % kernel_.lanes;
      places_[i] = {same_words + group * kernel_.block_words(), true, lane};
      const std::uint32_t* const from = same_schedules + group * kernel_.schedule_words() + kernel_.shared_at(lane);
      for (auto* steps : {&first_, &others_}) add(*steps, {Sha256Use::shared, 1, from, nullptr});
      continue;
    }
    places_[i] = {own_words, false, 0};
    if (counting_[i]) {
      for (auto* steps : {&first_, &others_}) add(*steps, {Sha256Use::compress, 1, own_words, nullptr});
    } else {
      add(first_, {Sha256Use::record, 1, own_words, own_schedule});
      add(others_, {Sha256Use::replay, 1, own_schedule, nullptr});
      own_schedule += kernel_.schedule_words();
    }
    own_words += kernel_.block_words();
  }
}

void LaneDerivation::fill_lane(std::size_t lane, ByteView record) {
  std::size_t in_record = 0;
  for (const Place& place : places_) {
    if (place.shared && lane != 0) {
      in_record = (in_record + 64) % size_;
      continue;
    }
    for (std::size_t i = 0; i < 16; ++i) {
      std::uint32_t word = 0;
      for (int byte = 0; byte < 4; ++byte) {
        word = word << 8 | record[in_record];
        if (++in_record == size_) in_record = 0;
      }
      place.at[kernel_.word_at(i, place.shared ? place.lane : lane)] = word;
    }
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
  const Place& place = places_[word / 16];
  const auto set = [mask, bits](std::uint32_t& at) { at = (at & ~mask) | bits; };
  if (place.shared) return set(place.at[kernel_.word_at(word % 16, place.lane)]);
  std::uint32_t* at = place.at + kernel_.word_at(word % 16, 0);
  if (kernel_.transposed) {  // the lanes lie together: vectors of them at a time
    for (std::size_t lane = 0; lane < kernel_.lanes; ++lane) set(at[lane]);
  } else {
    for (std::size_t lane = 0; lane < kernel_.lanes; ++lane, at += kernel_.word_at(0, 1)) set(*at);
  }
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
