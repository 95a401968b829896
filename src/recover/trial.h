// Does a candidate open the file? The engine of a search: many candidates side by side through the key derivation, a quick test that
// drops nearly all of them, and the proof of the one that is left (docs/recover-engine.md, "What counts as a hit").
#pragma once

#include <atomic>
#include <chrono>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "container/cdcbak/cdcbak.h"
#include "container/dkek_share/dkek_share.h"
#include "container/sevenzip/survey.h"
#include "recover/batch.h"

namespace hwbak::recover {

struct Tried {
  std::optional<std::size_t> hit;   // the first candidate of the batch that opens the file, proven
  bool finished = true;             // false: `stop` was set; nothing can be said of this batch
};

// One thread's: no two threads use one at a time.
class Trial {
 public:
  virtual ~Trial() = default;
  Trial() = default;
  Trial(const Trial&) = delete;
  Trial& operator=(const Trial&) = delete;

  // How many candidates a batch should hold: enough to fill the lanes although only those of one length run side by side.
  // More or fewer are taken as well. Neighbours that differ in one place only are the fastest, so a plan changes its innermost word first.
  [[nodiscard]] virtual std::size_t batch_size() const noexcept = 0;
  // Looks at `stop` a few times a second.
  [[nodiscard]] virtual Tried try_all(const Batch& candidates, const std::atomic<bool>& stop) = 0;
  // Candidates of `length` bytes a second on this thread, measured for about that long with as few rounds as that takes. They are
  // like those of a search for one wrong word: alike but for some letters.
  [[nodiscard]] virtual double measure(std::size_t length, std::chrono::milliseconds time) = 0;
  // What runs: "avx512-x16", "sha-ni-x4", "avx2-x8", "portable", ...
  [[nodiscard]] virtual std::string_view engine() const noexcept = 0;
  // Candidates that passed the checksum (7z: CRC-32) and were dropped, because what came out is nothing that a device writes.
  [[nodiscard]] virtual std::uint64_t false_hits() const noexcept = 0;
  // For another thread.
  [[nodiscard]] virtual std::unique_ptr<Trial> clone() const = 0;
};

struct TrialOptions {
  sevenzip::Limits sevenzip;
  cdcbak::Limits cdcbak;
  // DKEK shares: what this share's password must lead to as well. With other shares of the same DKEK, the XOR of those (32 bytes;
  // empty: there are none). Without KCVs the sixteen padding bytes alone decide, which no accident fulfils.
  std::vector<dkek::Kcv> kcvs;
  SecretBytes other_shares;
  std::uint32_t dkek_rounds = dkek::kdf_rounds;   // tests alone have fewer
};

// For the file's format, found by content; keeps a copy of the file. The kernels are compared with OpenSSL here, and chosen by measuring.
// Throws Error: what inspecting the file throws; unsupported for a format or a file without a password; refused above the limits;
// internal when a kernel and OpenSSL differ.
[[nodiscard]] std::unique_ptr<Trial> trial_for(ByteView file, TrialOptions options);

}  // namespace hwbak::recover
