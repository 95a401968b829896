// Candidates for the password of a Coldcard archive (docs/recover-engine.md, "What counts as a hit"; docs/formats/coldcard.md, "From password to key").
#include <algorithm>

#include "base/unicode.h"
#include "container/sevenzip/grade.h"
#include "container/sevenzip/layout.h"
#include "container/sevenzip/open.h"
#include "crypto/aes_cbc.h"
#include "device/coldcard/text.h"
#include "recover/trials.h"

namespace hwbak::recover {
namespace {

using sevenzip::block_size;
using sevenzip::Folder;

constexpr unsigned no_hash = 63;           // of the rounds
constexpr std::uint64_t most_judged = 64 * 1024;   // bytes that are decrypted for a candidate; a device's text has some thousands
constexpr std::size_t readable_run = 8;            // blocks with other letters than ASCII, as grade.cpp has it; noise shows them once in 10^7
constexpr std::size_t enough_padding = 4;  // zero bytes that few wrong keys show: one in 2^32

bool is_text(std::uint8_t byte) { return (byte >= 0x20 && byte < 0x7F) || byte == '\n' || byte == '\r' || byte == '\t'; }
bool is_text_or_beyond(std::uint8_t byte) { return is_text(byte) || byte >= 0x80; }
bool is_zero(std::uint8_t byte) { return byte == 0; }

std::string_view as_text(ByteView bytes) { return {reinterpret_cast<const char*>(bytes.data()), bytes.size()}; }

// What all threads read.
struct Archive {
  Bytes file;
  sevenzip::Survey survey;
  sevenzip::Limits limits;
  std::span<const crypto::Sha256Lanes* const> kernels;
};

class SevenZipTrial final : public Trial {
 public:
  explicit SevenZipTrial(std::shared_ptr<const Archive> archive) : archive_(std::move(archive)), folder_(first_locked(archive_->survey)) {}

  [[nodiscard]] static const Folder& first_locked(const sevenzip::Survey& survey);
  [[nodiscard]] std::size_t batch_size() const noexcept override { return together() * (rounds_pow() > 16 ? 1 : 16); }
  [[nodiscard]] Tried try_all(const Batch& candidates, const std::atomic<bool>& stop) override;
  [[nodiscard]] double measure(std::size_t length, std::chrono::milliseconds time) override;
  [[nodiscard]] std::string_view engine() const noexcept override {
    return archive_->kernels.empty() ? "portable" : archive_->kernels.front()->name;
  }
  [[nodiscard]] std::uint64_t false_hits() const noexcept override { return false_hits_; }
  [[nodiscard]] std::unique_ptr<Trial> clone() const override { return std::make_unique<SevenZipTrial>(archive_); }

 private:
  [[nodiscard]] const sevenzip::Aes& aes() const noexcept { return *folder_.aes; }
  [[nodiscard]] unsigned rounds_pow() const noexcept { return aes().rounds_pow; }
  [[nodiscard]] std::size_t lanes() const noexcept { return archive_->kernels.empty() ? 1 : archive_->kernels.front()->lanes; }
  // Some hundredths of a second's work of a device's file; no less than all lanes. Of a file with hardly any rounds it is less: else a
  // batch would hold millions of candidates.
  [[nodiscard]] std::size_t together() const noexcept {
    return lanes() * (std::size_t{1} << (rounds_pow() == no_hash ? 4u : 16u - std::clamp(rounds_pow(), 10u, 16u)));
  }
  void make_forms(const Batch& candidates);
  void derive(std::span<const Forms::Form> forms, unsigned rounds);
  [[nodiscard]] FixedView<32> key(std::size_t i) const noexcept { return FixedView<32>(keys_.expose().data() + 32 * i, 32); }
  [[nodiscard]] ByteView packed(const Folder& folder) const;
  [[nodiscard]] bool decrypts_to(FixedView<32> key, Region where, bool (*wanted)(std::uint8_t)) const;
  [[nodiscard]] bool is_plausible(FixedView<32> key);
  [[nodiscard]] bool shows_text(FixedView<32> key, std::uint64_t inner);
  [[nodiscard]] bool opens(FixedView<32> key, ByteView form);
  [[nodiscard]] bool has_device_text(const Folder& folder, ByteView key, ByteView form);

  std::shared_ptr<const Archive> archive_;
  const Folder& folder_;               // whose key comes first
  Forms forms_;
  SecretBytes keys_, plain_;
  std::vector<crypto::SevenZipKdfJob> jobs_;
  std::uint64_t false_hits_ = 0;
};

const Folder& SevenZipTrial::first_locked(const sevenzip::Survey& survey) {
  if (survey.packed_header && survey.folders.empty() && survey.packed_header->aes) return *survey.packed_header;
  const auto found = std::ranges::find_if(survey.folders, [](const Folder& folder) { return folder.aes.has_value(); });
  if (found == survey.folders.end())
    throw Error(Outcome::unsupported, "this archive is not encrypted: there is no password to find", std::nullopt, "open it: `hwbak open FILE`");
  return *found;
}

void SevenZipTrial::make_forms(const Batch& candidates) {
  forms_.clear();
  for (std::size_t i = 0; i < candidates.size(); ++i) {
    const ByteView typed = candidates[i];
    if (is_ascii(as_text(typed))) {
      const ByteSpan form = forms_.add(i, 2 * typed.size());
      for (std::size_t at = 0; at < typed.size(); ++at) form[2 * at] = typed[at];
      continue;
    }
    for (const SecretBytes& form : sevenzip::password_forms(typed)) std::ranges::copy(form.expose(), forms_.add(i, form.size()).begin());
  }
  forms_.sort();
}

void SevenZipTrial::derive(std::span<const Forms::Form> forms, unsigned rounds) {
  if (keys_.size() < 32 * forms.size()) keys_.resize(32 * forms.size());
  jobs_.clear();
  for (std::size_t i = 0; i < forms.size(); ++i)
    jobs_.push_back({aes().salt, forms_.bytes(forms[i]), rounds, keys_.expose().subspan(32 * i, 32)});
  crypto::derive_sevenzip_keys_with(archive_->kernels, jobs_);
}

Tried SevenZipTrial::try_all(const Batch& candidates, const std::atomic<bool>& stop) {
  make_forms(candidates);
  for (std::span<const Forms::Form> rest = forms_.all(); !rest.empty();) {
    if (stop) return {std::nullopt, false};
    const auto end = std::ranges::find_if(rest, [&](const Forms::Form& form) { return form.size != rest.front().size; });
    const auto now = rest.first(std::min(together(), static_cast<std::size_t>(end - rest.begin())));
    derive(now, rounds_pow());
    for (std::size_t i = 0; i < now.size(); ++i)
      if (is_plausible(key(i)) && opens(key(i), forms_.bytes(now[i]))) return {now[i].candidate, true};
    rest = rest.subspan(now.size());
  }
  return {};
}

double SevenZipTrial::measure(std::size_t length, std::chrono::milliseconds time) {
  constexpr unsigned quick = 11;  // rounds of which a run takes some milliseconds
  Batch batch;
  fill_alike(batch, 2 * lanes(), length);
  make_forms(batch);
  const unsigned rounds = rounds_pow() == no_hash ? no_hash : std::min(rounds_pow(), quick);
  using Clock = std::chrono::steady_clock;
  std::chrono::duration<double> deriving{}, all{};
  const double rate = rate_of(batch.size(), time, [&] {
    const auto start = Clock::now();
    derive(forms_.all(), rounds);
    deriving += Clock::now() - start;
    for (std::size_t i = 0; i < forms_.all().size(); ++i) (void)is_plausible(key(i));
    all += Clock::now() - start;
  });
  if (rounds == rounds_pow()) return rate;
  const double times = static_cast<double>(std::uint64_t{1} << (rounds_pow() - rounds)), part = deriving / all;
  return rate / (part * times + (1 - part));
}

ByteView SevenZipTrial::packed(const Folder& folder) const {
  const ByteView file = archive_->file;
  const std::uint64_t from = std::min<std::uint64_t>(folder.packed.offset, file.size());
  return file.subspan(static_cast<std::size_t>(from), static_cast<std::size_t>(std::min(folder.packed.length, file.size() - from)));
}

// All bytes of the plaintext's `where`, a few whole blocks of the first folder.
bool SevenZipTrial::decrypts_to(FixedView<32> key, Region where, bool (*wanted)(std::uint8_t)) const {
  std::array<std::uint8_t, 4 * block_size> plain;
  const std::size_t begin = static_cast<std::size_t>(where.offset) / block_size * block_size;
  const std::size_t size = static_cast<std::size_t>(sevenzip::padded(where.end() - begin));
  const ByteView body = packed(folder_);
  const FixedView<16> iv = begin == 0 ? FixedView<16>(aes().iv) : FixedView<16>(body.data() + begin - block_size, block_size);
  const ByteSpan out = ByteSpan(plain).first(size);
  crypto::aes256_cbc_decrypt(key, iv, body.subspan(begin, size), out);
  const bool right = std::ranges::all_of(out.subspan(static_cast<std::size_t>(where.offset) - begin, static_cast<std::size_t>(where.length)), wanted);
  wipe(plain.data(), plain.size());
  return right;
}

// Quick, and true for every key whose plaintext sevenzip::open() grades as anything but wrong_secret: damage anywhere must not hide a password.
bool SevenZipTrial::is_plausible(FixedView<32> key) {
  const std::uint64_t size = packed(folder_).size();
  const auto cipher = std::ranges::find(folder_.coders, sevenzip::Method::aes, &sevenzip::Coder::method);
  const std::uint64_t inner = cipher == folder_.coders.end() ? folder_.unpack_size : cipher->unpack_size;
  const bool whole = size != 0 && sevenzip::padded(inner) == size;
  const bool stored = std::ranges::none_of(folder_.coders, [](const sevenzip::Coder& coder) {
    return coder.method == sevenzip::Method::lzma || coder.method == sevenzip::Method::lzma2;
  });
  // Behind the first block, which the IV may have spoilt.
  constexpr Region beginning{block_size, 3 * block_size};
  if (inner >= beginning.end() && size >= beginning.end() && decrypts_to(key, beginning, is_text)) return true;
  if (whole && size - inner >= enough_padding && decrypts_to(key, {inner, size - inner}, is_zero)) return true;
  if (!stored) return size <= most_judged || !whole || size - inner < enough_padding;
  return shows_text(key, inner);
}

// The same in all that is left of a text, from both ends where bytes are missing or too many.
bool SevenZipTrial::shows_text(FixedView<32> key, std::uint64_t inner) {
  const ByteView body = packed(folder_);
  const auto size = static_cast<std::size_t>(sevenzip::whole_blocks(std::min<std::uint64_t>(body.size(), most_judged)));
  if (size == 0) return false;
  plain_.resize(size);  // kept: threads that ask for locked memory wait for each other
  const auto reads = [&](std::uint64_t text_size) {
    const ByteView all = plain_.expose();
    std::size_t run = 0;
    for (std::size_t at = 0; at + block_size <= std::min<std::uint64_t>(size, text_size); at += block_size) {
      const ByteView block = all.subspan(at, block_size);
      if (std::ranges::all_of(block, is_text)) return true;
      run = std::ranges::all_of(block, is_text_or_beyond) ? run + 1 : 0;
      if (run == readable_run) return true;
    }
    return false;
  };
  crypto::aes256_cbc_decrypt(key, aes().iv, body.first(size), plain_.expose());
  if (folder_.crc && inner <= size && sevenzip::crc32(plain_.expose().first(static_cast<std::size_t>(inner))) == *folder_.crc) return true;
  if (reads(inner)) return true;
  if (sevenzip::padded(inner) == body.size() && body.size() == size) return false;
  const std::array<std::uint8_t, block_size> unknown{};
  crypto::aes256_cbc_decrypt(key, unknown, body.last(size), plain_.expose());
  return reads(size);
}

// In full: what comes out is what a device writes.
bool SevenZipTrial::opens(FixedView<32> key, ByteView form) {
  const sevenzip::Survey& survey = archive_->survey;
  if (!survey.packed_header || !survey.folders.empty())
    return std::ranges::any_of(survey.folders, [&](const Folder& folder) { return has_device_text(folder, key, form); });
  sevenzip::Survey inside = survey;
  if (!sevenzip::open_header(archive_->file, inside, key, archive_->limits)) return false;
  return std::ranges::any_of(inside.folders, [&](const Folder& folder) { return has_device_text(folder, key, form); });
}

bool SevenZipTrial::has_device_text(const Folder& folder, ByteView key, ByteView form) {
  if (!folder.aes) return false;
  const bool same = folder.aes->salt == aes().salt && folder.aes->rounds_pow == rounds_pow();
  const SecretBytes own = same ? SecretBytes::copy_of(key) : sevenzip::derive_key(*folder.aes, form, archive_->limits);
  const sevenzip::Opened opened = sevenzip::open(archive_->file, folder, own.expose(), archive_->limits);
  if (opened.grade == sevenzip::Grade::wrong_secret) return false;
  const std::string_view text = as_text(opened.text.expose());
  if (coldcard::is_backup_text(text) || coldcard::is_notes_export(text)) return true;
  // Of several files in one stream, any may be the one.
  for (const sevenzip::Part& part : folder.parts)
    if (part.offset <= text.size() && coldcard::is_notes_export(text.substr(static_cast<std::size_t>(part.offset)))) return true;
  if (opened.crc_holds) ++false_hits_;
  return false;
}

}  // namespace

void check_kernels(std::span<const crypto::Sha256Lanes* const> kernels) {
  constexpr unsigned rounds = 7;
  constexpr std::array<std::uint8_t, 16> salt{7};
  for (const crypto::Sha256Lanes* kernel : kernels)
    for (const std::size_t length : {6u, 40u, 150u, 202u}) {  // records of less than a block, of a whole number of them, of some
      Batch batch;
      fill_alike(batch, kernel->lanes, length);
      SecretBytes keys(32 * kernel->lanes), expected(32);
      std::vector<crypto::SevenZipKdfJob> jobs;
      for (std::size_t i = 0; i < kernel->lanes; ++i) jobs.push_back({salt, batch[i], rounds, keys.expose().subspan(32 * i, 32)});
      crypto::derive_sevenzip_keys_with({&kernel, 1}, jobs);
      for (crypto::SevenZipKdfJob job : jobs) {
        const ByteView made = job.key;
        job.key = expected.expose();
        crypto::derive_sevenzip_key(job);
        if (!expected.equals(made)) refuse_kernel(kernel->name);
      }
    }
}

std::unique_ptr<Trial> sevenzip_trial(ByteView file, const TrialOptions& options) {
  auto archive = std::make_shared<Archive>();
  archive->file.assign(file.begin(), file.end());
  archive->limits = options.sevenzip;
  archive->survey = sevenzip::survey(archive->file, archive->limits);
  if (archive->survey.dead_end) throw *archive->survey.dead_end;
  archive->kernels = crypto::fastest_sha256_kernels();
  check_kernels(archive->kernels);
  return std::make_unique<SevenZipTrial>(std::move(archive));
}

}  // namespace hwbak::recover
