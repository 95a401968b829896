// The family of HSM key backups in the registry, and how its files are opened: shares by their own secrets, side by side; wrapped keys
// by the shares that the command names, which are opened once.
#include <algorithm>
#include <deque>

#include "device/pico_hsm/restore.h"
#include "tasks/hsm_export.h"
#include "tasks/hsm_key_examination.h"
#include "tasks/hsm_share_examination.h"
#include "tasks/shell_quoted.h"

namespace hwbak::tasks {

HsmShares::HsmShares(ShareSet set) : set_(std::move(set)) { make_keys(); }

void HsmShares::make_keys() {
  if (!set_.all_open()) return;
  const SecretBytes dkek = set_.dkek();
  keys_ = wrapped_key::keys_of(FixedView<32>(dkek.expose().data(), dkek::share_size));
}

const ShareSet::Fit* HsmShares::fitting(const dkek::Kcv& kcv) {
  auto known = fits_.find(kcv);
  if (known == fits_.end()) {
    if (!set_.proven && set_.prove(kcv)) make_keys();
    known = fits_.emplace(kcv, set_.fitting(kcv)).first;
  }
  return known->second ? &*known->second : nullptr;
}

std::string names_of(const ShareSet& set, std::span<const unsigned> ids) {
  std::string out = ids.size() == 1 ? "the share " : "the shares ";
  for (std::size_t i = 0; i < ids.size(); ++i)
    out += (i == 0 ? "" : i + 1 == ids.size() ? " and " : ", ") + set.shares[ids[i] - 1].shown;
  return out;
}

std::string with_file(std::string_view line, const std::string& shown) {
  std::string out(line);
  if (const auto at = out.find("{}"); at != std::string::npos) out.replace(at, 2, shell_quoted(shown));
  return out;
}

namespace {

// Lists of passwords and single ones that are given elsewhere than on the terminal.
std::vector<ShareCandidate> given_passwords(Secrets& secrets, Secrets::Question question) {
  question.only_given = true;
  std::vector<ShareCandidate> out;
  for (const SecretString& candidate : secrets.ask(question)) out.push_back({SecretBytes::copy_of(candidate.expose_bytes()), std::nullopt});
  return out;
}

std::vector<ShareCandidate> candidates_for(const Context& context, ShareExamination& file, std::size_t index, unsigned attempt) {
  OpenedShare& share = file.opening();
  std::vector<ShareCandidate> out;
  if (attempt == 0) out = given_passwords(*context.secrets, *file.question());
  if (!out.empty()) return out;
  if (const auto* const secret = context.secrets->share({Secrets::ShareQuestion::List::subjects, index, share.shown, attempt})) out = candidates_of(*secret, share);
  return out;
}

void unlock_shares(const Context& context, std::span<ShareExamination* const> files, const std::function<void(ShareExamination*, const Error&)>& failed) {
  if (context.secrets == nullptr) return;
  for (unsigned attempt = 0; attempt < most_share_attempts; ++attempt) {
    std::vector<ShareTry> tries;
    std::vector<ShareExamination*> tried;
    for (std::size_t i = 0; i < files.size(); ++i) {
      if (!files[i]->question()) continue;
      try {
        auto candidates = candidates_for(context, *files[i], i, attempt);
        if (candidates.empty()) continue;
        tries.push_back({&files[i]->opening(), std::move(candidates)});
        tried.push_back(files[i]);
      } catch (const Error& error) {
        failed(files[i], error);
      }
    }
    if (tries.empty() || !try_candidates(context, tries)) return;
    for (ShareExamination* const file : tried)
      if (!file->unlocked()) file->note_wrong_secret();
  }
}

// A folder may hold the shares that the command names as well: they are open already.
void take_over(const ShareSet& set, OpenedShare& share) {
  for (const OpenedShare& known : set.shares) {
    if (known.share.empty() || !share.survey || known.survey->salt != share.survey->salt || known.survey->sealed != share.survey->sealed) continue;
    share.share = known.share.clone();
    share.key = known.key.clone();
    share.reading = known.reading;
    share.custodians = known.custodians;
    share.findings = known.findings;
    share.damaged = known.damaged;
    return;
  }
}

void unlock_hsm(const Context& context, std::span<Examination* const> files, std::span<std::optional<Error>> errors, Memo* memo) {
  std::vector<ShareExamination*> shares;
  std::vector<WrappedKeyExamination*> keys;
  for (Examination* const file : files) {
    if (auto* const share = dynamic_cast<ShareExamination*>(file)) shares.push_back(share);
    else keys.push_back(static_cast<WrappedKeyExamination*>(file));
  }
  HsmMemo own;
  HsmMemo& remembered = memo != nullptr ? static_cast<HsmMemo&>(*memo) : own;
  if (!context.shares.empty() && !remembered.shares)
    remembered.shares = std::make_shared<HsmShares>(open_shares(context, context.shares, Secrets::ShareQuestion::List::shares));
  // The keys first: they may prove a share damaged.
  if (remembered.shares) {
    for (WrappedKeyExamination* const key : keys) key->open_with(remembered.shares);
    for (ShareExamination* const share : shares) take_over(remembered.shares->set(), share->opening());
  }
  unlock_shares(context, shares, [&](const ShareExamination* which, const Error& error) {
    errors[static_cast<std::size_t>(std::ranges::find(files, which) - files.begin())] = error;
  });
  // Of a set it is the DKEK of all shares that has the KCV.
  if (context.expect_kcv && context.shares.empty())
    for (ShareExamination* const share : shares) share->compare(*context.expect_kcv);
}

bool recognise(ByteView bytes) { return dkek::recognise(bytes) || wrapped_key::recognise(bytes); }

std::unique_ptr<Examination> begin_hsm(const Context& context, Loaded file) {
  if (dkek::recognise(file.bytes)) return std::make_unique<ShareExamination>(context, std::move(file));
  return std::make_unique<WrappedKeyExamination>(context, std::move(file));
}

void check_hsm_target(const DrillTarget& target) {
  if (target.version.empty() || target.version == "all") return;
  if (pico_hsm::parse_target(target.device + "@" + target.version)) return;
  std::string known;
  for (const pico_hsm::Target& one : pico_hsm::all_targets()) known += one.text() + ", ";
  throw Error(Outcome::usage, "nothing is known of this version of a " + target.device + "; known: " + known + "all", std::nullopt, "hwbak drill --help");
}

std::unique_ptr<Memo> make_memo() { return std::make_unique<HsmMemo>(); }

}  // namespace

Family hsm_family() {
  static constexpr std::string_view devices[] = {"pico-hsm", "smartcard-hsm"};
  return {"pico-hsm", devices, recognise, begin_hsm, unlock_hsm, check_hsm_target, make_memo, nullptr, export_key};
}

}  // namespace hwbak::tasks
