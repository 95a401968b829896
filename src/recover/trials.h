// The trials of each format. Internal to recover/.
#pragma once

#include <algorithm>
#include <functional>

#include "crypto/dkek_kdf_engines.h"
#include "crypto/pbkdf2_sha256_chain.h"
#include "crypto/sevenzip_kdf_engines.h"
#include "recover/trial.h"

namespace hwbak::recover {

[[nodiscard]] std::unique_ptr<Trial> sevenzip_trial(ByteView file, const TrialOptions& options);
[[nodiscard]] std::unique_ptr<Trial> badge_trial(ByteView file, const TrialOptions& options);
[[nodiscard]] std::unique_ptr<Trial> dkek_trial(ByteView file, TrialOptions options);

// The byte forms of a batch's candidates, those of one length together: what runs side by side.
class Forms final {
 public:
  struct Form {
    std::size_t candidate, offset, size;
  };
  // Room for `size` more bytes of a form of that candidate.
  [[nodiscard]] ByteSpan add(std::size_t candidate, std::size_t size) {
    const std::size_t at = bytes_.size();
    bytes_.resize(at + size);
    forms_.push_back({candidate, at, size});
    return bytes_.expose().subspan(at);
  }
  void clear() {
    bytes_.resize(0);
    forms_.clear();
  }
  // In the order of the candidates within one length, so that neighbours stay neighbours.
  void sort() { std::ranges::stable_sort(forms_, {}, &Form::size); }
  [[nodiscard]] std::span<const Form> all() const noexcept { return forms_; }
  [[nodiscard]] ByteView bytes(const Form& form) const noexcept { return bytes_.expose().subspan(form.offset, form.size); }

 private:
  SecretBytes bytes_;
  std::vector<Form> forms_;
};

// Whole derivations in every lane of these kernels against OpenSSL. refuse_kernel() when one differs.
void check_kernels(std::span<const crypto::Sha256Lanes* const> kernels);
void check_kernels(std::span<const crypto::Pbkdf2Lanes* const> kernels);
void check_kernels(std::span<const crypto::Md5Lanes* const> kernels);

// Throws Error(internal): a kernel and OpenSSL give different keys, so nothing that it finds or does not find can be believed.
[[noreturn]] void refuse_kernel(std::string_view name);

// Candidates that are alike but for a few letters, as neighbours of a search are: `length` bytes each.
void fill_alike(Batch& batch, std::size_t count, std::size_t length);

// Runs `once`, which tries so many candidates, until the time is over: candidates a second.
[[nodiscard]] double rate_of(std::size_t candidates, std::chrono::milliseconds time, const std::function<void()>& once);

}  // namespace hwbak::recover
