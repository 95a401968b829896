// See hsm_key_examination.h. What opens it, and what a caller gets of it.
#include "tasks/hsm_key_examination.h"

#include "base/hex.h"
#include "crypto/digest.h"

namespace hwbak::tasks {

WrappedKeyExamination::WrappedKeyExamination(const Context&, Loaded file) : file_(std::move(file)) {
  try {
    survey_ = wrapped_key::survey(file_.bytes);
    dead_end_ = survey_->dead_end;
  } catch (const Error& error) {
    dead_end_ = error;
    return;
  }
  // What stands beside the blob lies open; bytes there that cannot be read are said when the key is compared with them.
  const auto read = [](auto& out, const auto& how) {
    try {
      out = how();
    } catch (const Error&) {
      out.reset();
    }
  };
  const ByteView description = survey_->at(survey_->description), certificate = survey_->at(survey_->certificate);
  if (!description.empty()) read(described_, [&] { return wrapped_key::read_description(description); });
  if (wrapped_key::certificate_kind(certificate) == wrapped_key::CertificateKind::cvc) read(cvc_, [&] { return wrapped_key::read_cvc(certificate); });
}

std::optional<Secrets::Question> WrappedKeyExamination::question() const {
  if (unlocked() || !survey_) return std::nullopt;
  Secrets::Question question;
  question.subject = file_.shown;
  question.words_likely = false;
  return question;
}

void WrappedKeyExamination::open_with(std::shared_ptr<HsmShares> shares) {
  shares_ = std::move(shares);
  if (!survey_) return;
  fit_ = shares_->fitting(survey_->kcv);
  // Shares of which only some fit are not the DKEK of this key: a device that has them all would refuse it.
  if (fit_ != nullptr && shares_->is_whole(*fit_)) opening_ = wrapped_key::open(*survey_, fit_->keys);
  else if (fit_ == nullptr && shares_->keys() != nullptr) opening_ = wrapped_key::open(*survey_, *shares_->keys());
  if (!unlocked() || opening_->mended.empty()) return;
  try {
    mended_ = wrapped_key::survey(opening_->blob);
  } catch (const Error&) {  // then its header stays as the file has it
    mended_.reset();
  }
}

void WrappedKeyExamination::compare_with_manifest(const Context& context, Memo* memo) {
  if (file_.subject == "-") return;
  const auto parent = file_.subject.parent_path();
  const std::filesystem::path folder = parent.empty() ? "." : parent;
  HsmMemo own;
  auto& known = (memo != nullptr ? static_cast<HsmMemo&>(*memo) : own).manifests;
  auto found = known.find(folder);
  if (found == known.end()) {
    std::optional<Manifest> manifest;
    try {
      manifest = manifest_in(context.files, folder);
    } catch (const Error&) {  // then nothing is compared
    }
    found = known.emplace(folder, std::move(manifest)).first;
  }
  if (!found->second) return;
  const std::string name = file_.subject.filename().native();
  for (const auto* const list : {&found->second->keys, &found->second->earlier})
    for (const ManifestKey& key : *list)
      if (key.file == name && !key.sha256.empty()) as_in_manifest_ = key.sha256 == to_hex(crypto::sha256(file_.bytes));
}

void WrappedKeyExamination::judge(const Context& context, Memo* memo) {
  compare_with_manifest(context, memo);
  if (!unlocked() || judged_) return;
  judged_ = true;
  const wrapped_key::KeyType type = opening_->type;
  try {
    body_ = wrapped_key::body_of(opening_->plaintext.expose(), type);
    key_ = pico_hsm::read_key(*body_, type, context.random);
    beside_ = pico_hsm::compare(*key_, {survey_->at(survey_->description), survey_->at(survey_->certificate)});
  } catch (const Error& error) {
    key_error_ = error;
  }
}

ByteView WrappedKeyExamination::plaintext() const {
  return unlocked() && opening_->fit == wrapped_key::Fit::opens ? opening_->plaintext.expose() : ByteView();
}

void WrappedKeyExamination::rekey(const Context&, const RekeyOptions&, const ConfirmWords&, WrittenResult&) const {
  throw Error(Outcome::usage, "a wrapped key has no password of its own: it goes from one DKEK to another", std::nullopt, "hwbak rekey --help");
}

}  // namespace hwbak::tasks
