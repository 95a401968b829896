// See hsm_shares.h. Every candidate costs a derivation of seconds, so those of all files go through one call.
#include "tasks/hsm_shares.h"

#include <algorithm>

#include "base/as_bytes.h"
#include "base/unicode.h"
#include "crypto/dkek_kdf.h"

namespace hwbak::tasks {
namespace {

using dkek::Reading;

constexpr std::size_t sealed_at = 16;

FixedView<48> key_view(const SecretBytes& key) { return FixedView<48>(key.expose().data(), 48); }

void remark(OpenedShare& share, Severity level, std::string code, std::string message) {
  share.findings.push_back({level, std::move(code), std::move(message), share.shown});
}

// What a quorum's way to the password tells its owner.
void remark_reading(OpenedShare& share, const ShareCandidate& candidate) {
  switch (*candidate.reading) {
    case Reading::padded:
      if (candidate.password.expose()[0] == 0)
        remark(share, Severity::warning, "quorum-leading-zero",
               "the password that the custodians' shares give begins with a 00 byte; sc-hsm-tool drops it and can never open this share file again. "
               "Make new shares: `hwbak dkek reshare`");
      break;
    case Reading::stripped: break;
    case Reading::hex_ids:
      remark(share, Severity::note, "quorum-hex-ids",
             "the share IDs were read as hexadecimal, as sc-hsm-tool wants them typed; it prints them as decimal numbers");
      break;
    case Reading::above_prime:
      remark(share, Severity::warning, "quorum-above-prime",
             "the password is larger than the prime, as OpenSC before 0.16 could make it; sc-hsm-tool cannot open this share file with these shares. "
             "Make new shares: `hwbak dkek reshare`");
      break;
  }
}

void take(OpenedShare& share, const ShareCandidate& candidate, SecretBytes key, dkek::Opening opening) {
  share.key = std::move(key);
  share.share = std::move(opening.share);
  share.reading = candidate.reading;
  share.error.reset();
  if (candidate.reading) remark_reading(share, candidate);
  if (opening.mended.empty()) return;
  for (const std::size_t at : opening.mended) share.damaged.push_back(sealed_at + at);
  remark(share, Severity::high, "share-damaged",
         damage_of(share) + (share.damaged.size() == 1 ? " is" : " are") +
             " damaged; the padding proves it, and the share is put right here. A device would not open the file: write a new one");
}

// Candidates [from, from + count) of every file that is still closed.
bool try_round(const Context& context, std::span<const ShareTry> tries, std::size_t from, std::size_t count) {
  struct Job {
    const ShareTry* of;
    const ShareCandidate* candidate;
    SecretBytes key;
  };
  std::vector<Job> work;
  for (const ShareTry& one : tries)
    for (std::size_t i = from; one.share->share.empty() && i < std::min(from + count, one.candidates.size()); ++i)
      work.push_back({&one, &one.candidates[i], SecretBytes(48)});
  if (work.empty()) return true;
  std::vector<crypto::DkekKdfJob> jobs;
  for (Job& job : work)
    jobs.push_back({job.candidate->password.expose(), job.of->share->survey->salt, dkek::kdf_rounds, FixedSpan<48>(job.key.expose().data(), 48)});
  if (!crypto::derive_dkek_share_keys(jobs, context.progress)) return false;
  for (Job& job : work) {
    OpenedShare& share = *job.of->share;
    if (!share.share.empty()) continue;
    if (auto opening = dkek::open(*share.survey, key_view(job.key))) take(share, *job.candidate, std::move(job.key), std::move(*opening));
  }
  return true;
}

void add_shares_findings(ShareSet& set) {
  for (std::size_t i = 0; i < set.shares.size(); ++i)
    for (std::size_t j = 0; j < i; ++j) {
      const OpenedShare &later = set.shares[i], &earlier = set.shares[j];
      if (later.share.empty() || earlier.share.empty() || !later.share.equals(earlier.share.expose())) continue;
      set.findings.push_back({Severity::warning, "same-share-twice",
                              later.shown + " and " + earlier.shown + " hold the same share: the two cancel each other, as if neither was there", ""});
    }
  if (!set.all_open()) return;
  const SecretBytes dkek = set.dkek();
  if (std::ranges::all_of(dkek.expose(), [](std::uint8_t byte) { return byte == 0; }))
    set.findings.push_back({Severity::high, "zero-dkek",
                            "these shares make a DKEK of nothing but zeros (KCV " + dkek::to_text(dkek::zero_dkek_kcv) +
                                "): a share was used twice, or this is a test setup. Keys wrapped under it are open to everybody", ""});
}

// `other` joins `sum`.
void join(SecretBytes& sum, const SecretBytes& other) {
  for (std::size_t i = 0; i < dkek::share_size; ++i) sum.expose()[i] ^= other.expose()[i];
}

FixedView<32> share_view(const SecretBytes& share) { return FixedView<32>(share.expose().data(), 32); }

// With one other byte in its first block the share makes, with `others` (the XOR of the other shares), the DKEK of this KCV: it becomes that.
bool mend(OpenedShare& share, const SecretBytes& others, const dkek::Kcv& kcv) {
  if (!share.survey || share.key.empty()) return false;
  SecretBytes sum(dkek::share_size);
  const auto fits = [&](FixedView<32> mended) {
    std::ranges::copy(mended, sum.expose().begin());
    join(sum, others);
    return dkek::kcv_of(share_view(sum)) == kcv;
  };
  auto found = dkek::mend_first_block(*share.survey, key_view(share.key), fits);
  if (!found) return false;
  share.share = std::move(found->share);
  share.damaged.push_back(sealed_at + found->at);
  remark(share, Severity::high, "share-damaged",
         damage_of(share) + (share.damaged.size() == 1 ? " is" : " are") + " damaged; the KCV " + dkek::to_text(kcv) +
             " proves it, and the share is put right here. A device would open the file and make another DKEK of it: write a new one");
  return true;
}

// Which shares the user's KCV is of: where keys go from one DKEK to another, the new ones; the others are proven by the keys themselves.
bool expected_of(const Context& context, Secrets::ShareQuestion::List list) {
  using List = Secrets::ShareQuestion::List;
  return context.expect_kcv && (list == List::new_shares || (list == List::shares && context.new_shares.empty()));
}

void expect(ShareSet& set, const dkek::Kcv& kcv) {
  if (!set.all_open() || set.prove(kcv)) return;
  set.error = Error(Outcome::wrong_secret,
                    "the shares open, but the KCV of their DKEK is " + dkek::to_text(dkek::kcv_of(share_view(set.dkek()))) + ", not " + dkek::to_text(kcv) +
                        " as expected: a share is missing, is of another DKEK, or is damaged in more bytes than can be put right",
                    std::nullopt, "gather every share of the DKEK that has this KCV; look for another copy of each file");
}

std::string unknown_quorum(const OpenedShare& share) {
  return std::to_string(share.custodians) + " custodians' shares give no password that opens " + share.shown +
         ": too few of them, shares of another quorum, or a mistyped value; all three look the same";
}

}  // namespace

OpenedShare begin_share(Subject file, ByteView bytes) {
  OpenedShare share;
  share.shown = printable(file.native());
  share.file = std::move(file);
  try {
    share.survey = dkek::survey(bytes);
    for (const dkek::Remark& odd : share.survey->remarks) remark(share, Severity::warning, odd.code, odd.sentence);
  } catch (const Error& error) {
    share.error = error;
  }
  return share;
}

std::vector<ShareCandidate> candidates_of(const Secrets::ShareSecret& secret, OpenedShare& share) {
  std::vector<ShareCandidate> out;
  if (!secret.quorum) {
    if (secret.text.empty())
      throw Error(Outcome::refused, "the password of " + share.shown + " is empty", std::nullopt, "give the password of this share file");
    out.push_back({SecretBytes::copy_of(secret.text.expose_bytes()), std::nullopt});
    return out;
  }
  const dkek::Quorum quorum = dkek::parse_quorum(secret.text.expose());
  share.custodians = quorum.shares.size();
  share.quorum = quorum.clone();
  const auto warned = [&] { return std::ranges::any_of(share.findings, [](const Finding& f) { return f.code == "weak-prime"; }); };
  if (quorum.weak_prime && !warned())
    remark(share, Severity::warning, "weak-prime",
           "the prime of the custodians' shares is below 2^63: an old or foreign tool made it, and the password may be weaker than it looks");
  for (dkek::QuorumPassword& one : dkek::passwords_of(quorum)) out.push_back({std::move(one.password), one.reading});
  return out;
}

bool try_candidates(const Context& context, std::span<const ShareTry> tries) {
  std::size_t most = 0;
  for (const ShareTry& one : tries) most = std::max(most, one.candidates.size());
  // The first one is mostly right; the others share their derivations.
  constexpr std::size_t together = 16;
  for (std::size_t from = 0, count = 1; from < most; from += count, count = together)
    if (!try_round(context, tries, from, count)) return false;
  return true;
}

Error not_opened(const OpenedShare& share) {
  if (share.custodians != 0)
    return {Outcome::wrong_secret, unknown_quorum(share), std::nullopt,
            "gather one custodian more than now, and check each value against its paper; wrong digits are searched for by `hwbak recover FILE --quorum-from SOURCE`"};
  return {Outcome::wrong_secret,
          "the password does not open " + share.shown + ", or bytes of it are damaged: in this format the two cannot be told apart", std::nullopt,
          "type the password again with care; if it is certain, look for another copy of the share file"};
}

ShareSet open_shares(const Context& context, std::span<const std::filesystem::path> files, Secrets::ShareQuestion::List list) {
  ShareSet set;
  set.shares.reserve(files.size());
  for (const auto& file : files) {
    OpenedShare share;
    try {
      share = begin_share(file, context.files.read(file, context.max_size));
    } catch (const Error& error) {
      share.file = file;
      share.shown = printable(file.native());
      share.error = error;
    }
    share.id = static_cast<unsigned>(set.shares.size() + 1);
    set.shares.push_back(std::move(share));
  }
  // Everybody is asked before the long work begins; who was wrong is asked again after it.
  const auto ask = [&](unsigned attempt) {
    std::vector<ShareTry> tries;
    for (std::size_t i = 0; i < set.shares.size(); ++i) {
      OpenedShare& share = set.shares[i];
      if (!share.survey || !share.share.empty() || (attempt != 0 && share.error && share.error->outcome() != Outcome::wrong_secret)) continue;
      try {
        const auto* const secret = context.secrets != nullptr ? context.secrets->share({list, i, share.shown, attempt}) : nullptr;
        if (secret != nullptr) tries.push_back({&share, candidates_of(*secret, share)});
        else if (attempt == 0)
          share.error.emplace(Outcome::refused, "no password was given for the share file " + share.shown, std::nullopt,
                              "give it: `--share FILE=SOURCE`, or run the command on a terminal");
      } catch (const Error& error) {
        share.error = error;
      }
    }
    return tries;
  };
  for (unsigned attempt = 0; attempt < most_share_attempts; ++attempt) {
    const std::vector<ShareTry> tries = ask(attempt);
    if (tries.empty()) break;
    const bool done = try_candidates(context, tries);
    for (const ShareTry& one : tries)
      if (one.share->share.empty())
        one.share->error = done ? not_opened(*one.share)
                                : Error(Outcome::stopped, "the derivation of the key of " + one.share->shown + " was stopped");
    if (!done) break;
  }
  set.judge(expected_of(context, list) ? context.expect_kcv : std::nullopt);
  return set;
}

std::string damage_of(const OpenedShare& share) {
  if (share.damaged.empty()) return {};
  std::string out = share.damaged.size() == 1 ? "byte " : "bytes ";
  for (std::size_t i = 0; i < share.damaged.size(); ++i)
    out += (i == 0 ? "" : i + 1 == share.damaged.size() ? " and " : ", ") + std::to_string(share.damaged[i]);
  const bool text = share.survey && share.survey->form == dkek::Form::base64;
  return out + (text ? " of the 64 in " : " of ") + share.shown;
}

bool prove_share(OpenedShare& share, const dkek::Kcv& kcv) {
  if (share.share.empty()) return false;
  return dkek::kcv_of(share_view(share.share)) == kcv || mend(share, SecretBytes(dkek::share_size), kcv);
}

std::string ShareSet::damage() const {
  std::string out;
  for (const OpenedShare& share : shares)
    if (!share.damaged.empty()) out += (out.empty() ? "" : ", ") + damage_of(share);
  return out;
}

bool ShareSet::prove(const dkek::Kcv& kcv) {
  if (!all_open()) return false;
  if (proven) return *proven == kcv;
  bool whole = dkek::kcv_of(share_view(dkek())) == kcv;
  for (std::size_t i = 0; i < shares.size() && !whole; ++i) {
    SecretBytes others = dkek();
    join(others, shares[i].share);  // takes it out again
    whole = mend(shares[i], others, kcv);
  }
  if (whole) proven = kcv;
  return whole;
}

void ShareSet::judge(const std::optional<dkek::Kcv>& expected) {
  if (expected) expect(*this, *expected);
  add_shares_findings(*this);
}

bool ShareSet::all_open() const {
  return !shares.empty() && std::ranges::none_of(shares, [](const OpenedShare& share) { return share.share.empty(); });
}

SecretBytes ShareSet::dkek() const {
  std::vector<const SecretBytes*> parts;
  for (const OpenedShare& share : shares) parts.push_back(&share.share);
  return dkek::combine(parts);
}

std::optional<Error> ShareSet::trouble() const {
  std::optional<Error> found;
  for (const OpenedShare& share : shares)
    if (share.error && (!found || worst(found->outcome(), share.error->outcome()) != found->outcome())) found = share.error;
  return found ? found : error;
}

namespace {

// The smallest subset of the open shares that makes this KCV, as bits over `open`; 0: none.
std::uint32_t smallest_subset(const std::vector<const OpenedShare*>& open, const dkek::Kcv& kcv) {
  const auto count = static_cast<unsigned>(open.size());
  const std::uint32_t end = std::uint32_t{1} << count;
  SecretBytes sum(dkek::share_size);
  for (unsigned size = 1; size <= count; ++size)
    // Gosper's way to the next number with as many bits.
    for (std::uint32_t set = (std::uint32_t{1} << size) - 1; set < end;) {
      std::ranges::fill(sum.expose(), std::uint8_t{0});
      for (unsigned i = 0; i < count; ++i)
        if ((set >> i & 1) != 0) join(sum, open[i]->share);
      if (dkek::kcv_of(share_view(sum)) == kcv) return set;
      const std::uint32_t lowest = set & (~set + 1), ripple = set + lowest;
      set = ripple | ((set ^ ripple) / lowest >> 2);
    }
  return 0;
}

std::vector<unsigned> ids_of(std::span<const OpenedShare> shares) {
  std::vector<unsigned> ids;
  for (const OpenedShare& share : shares) ids.push_back(share.id);
  return ids;
}

}  // namespace

std::optional<ShareSet::Fit> ShareSet::fitting(const dkek::Kcv& kcv) const {
  constexpr std::size_t most = 20;
  if (all_open())
    if (const SecretBytes whole = dkek(); dkek::kcv_of(share_view(whole)) == kcv) return Fit{ids_of(shares), wrapped_key::keys_of(share_view(whole))};
  std::vector<const OpenedShare*> open;
  for (const OpenedShare& share : shares)
    if (!share.share.empty() && open.size() < most) open.push_back(&share);
  if (const std::uint32_t found = smallest_subset(open, kcv); found != 0) {
    std::vector<const SecretBytes*> parts;
    std::vector<unsigned> ids;
    for (std::size_t i = 0; i < open.size(); ++i)
      if ((found >> i & 1) != 0) {
        parts.push_back(&open[i]->share);
        ids.push_back(open[i]->id);
      }
    return Fit{std::move(ids), wrapped_key::keys_of(share_view(dkek::combine(parts)))};
  }
  return std::nullopt;
}

List shares_fact(const ShareSet& set) {
  List out;
  for (const OpenedShare& share : set.shares) {
    Object item;
    item.put("file", share.shown).put("id", share.id);
    out.emplace_back(std::move(item));
  }
  return out;
}

}  // namespace hwbak::tasks
