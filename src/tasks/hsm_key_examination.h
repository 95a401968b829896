// A wrapped key under examination: its file, what the DKEK of the given shares makes of it, and which key it is
// (docs/formats/pico-hsm.md, "Checks").
#pragma once

#include "container/wrapped_key/description.h"
#include "container/wrapped_key/wrapped_key.h"
#include "device/pico_hsm/key.h"
#include "tasks/hsm_family.h"

namespace hwbak::tasks {

class WrappedKeyExamination final : public Examination {
 public:
  WrappedKeyExamination(const Context& context, Loaded file);

  [[nodiscard]] std::optional<Secrets::Question> question() const override;
  [[nodiscard]] bool unlocked() const override { return opening_ && !opening_->plaintext.empty(); }
  void judge(const Context& context, Memo* memo) override;
  void describe(Report& report, Detail detail, bool reveal) const override;
  // The decrypted bytes, where the MAC holds over the file as it is.
  [[nodiscard]] ByteView plaintext() const override;
  [[nodiscard]] SecretBytes salvage() const override { return opening_ ? opening_->plaintext.clone() : SecretBytes(); }
  void rekey(const Context& context, const RekeyOptions& options, const ConfirmWords& confirm, WrittenResult& result) const override;
  [[nodiscard]] Rehearsal rehearse(const Context& context, std::span<const DrillTarget> targets, const DrillOptions& options) const override;
  [[nodiscard]] std::string_view way_in() const override { return "name every share of its DKEK: `--share FILE=SOURCE`, or `--share FILE` on a terminal"; }

  // describe() of the key alone, for verbs that go on with it: that a share file of its DKEK is damaged is only a finding.
  void describe_key(Report& report, Detail detail, bool reveal) const;
  // It opens, but only with a share that was put right.
  [[nodiscard]] bool share_was_mended() const { return unlocked() && !shares_->set().damage().empty(); }

  // Tries the DKEK of these shares.
  void open_with(std::shared_ptr<HsmShares> shares);
  [[nodiscard]] const wrapped_key::Survey* survey() const { return survey_ ? &*survey_ : nullptr; }
  // The blob's header: of the blob as it was put right, where it was.
  [[nodiscard]] const wrapped_key::Survey& header() const { return mended_ ? *mended_ : *survey_; }
  [[nodiscard]] const wrapped_key::Opening* opening() const { return opening_ ? &*opening_ : nullptr; }
  // After judge(): nullptr when it is closed, or its numbers are not those of a key.
  [[nodiscard]] const pico_hsm::Key* key() const { return key_ ? &*key_ : nullptr; }
  // After judge(): why its numbers are not those of a key; and what stands beside it, nullptr without a key.
  [[nodiscard]] const Error* key_error() const { return key_error_ ? &*key_error_ : nullptr; }
  [[nodiscard]] const pico_hsm::Beside* beside() const { return beside_ ? &*beside_ : nullptr; }

 private:
  friend class WrappedKeyDescription;  // reads everything, changes nothing

  // Of the manifest of a device backup, where one is beside the file and names it.
  void compare_with_manifest(const Context& context, Memo* memo);

  Loaded file_;
  std::optional<bool> as_in_manifest_;                   // its SHA-256
  std::optional<wrapped_key::Survey> survey_;
  std::optional<Error> dead_end_;                        // why it is not good as it stands; with a survey a DKEK may open it all the same
  std::optional<wrapped_key::Description> described_;    // label, ID
  std::optional<wrapped_key::Cvc> cvc_;
  std::shared_ptr<HsmShares> shares_;                    // nullptr: none were given
  const ShareSet::Fit* fit_ = nullptr;                   // in shares_
  std::optional<wrapped_key::Opening> opening_;
  std::optional<wrapped_key::Survey> mended_;            // of opening_->blob, where that is another than the file's
  bool judged_ = false;
  std::optional<wrapped_key::Body> body_;                // views into opening_->plaintext
  std::optional<pico_hsm::Key> key_;
  std::optional<Error> key_error_;
  std::optional<pico_hsm::Beside> beside_;
};

// From an examined wrapped key to a Report: hsm_key_verdict.cpp judges, hsm_key_facts.cpp counts, hsm_key_page.cpp speaks.
class WrappedKeyDescription final {
 public:
  WrappedKeyDescription(const WrappedKeyExamination& examination, Report& report, Detail detail, bool reveal)
      : x_(examination), report_(report), detail_(detail), reveal_(reveal) {}

  void verdict();
  void facts();
  void findings();
  void page();

 private:
  void levels();
  void verdict_dead_end();
  void verdict_closed();
  void verdict_damaged();
  void verdict_meaning();
  void say(Outcome outcome, std::string message, std::string_view next = {}, std::optional<std::uint64_t> offset = std::nullopt);
  [[nodiscard]] std::string other_dkek() const;

  // What lies open without the DKEK, from the header, the description and the certificate.
  [[nodiscard]] pico_hsm::Shape shape() const;
  [[nodiscard]] std::string kind_words() const { return pico_hsm::in_words(shape()); }
  [[nodiscard]] std::string label() const;
  [[nodiscard]] ByteView allowed() const { return x_.header().at(x_.header().allowed_algorithms); }
  [[nodiscard]] std::string allowed_words() const;
  [[nodiscard]] bool generator_broken() const;

  void key_facts();
  void key_findings();
  void file_section();
  void beside_section();
  void closed_section();
  void numbers_section();

  const WrappedKeyExamination& x_;
  Report& report_;
  Detail detail_;
  bool reveal_;
};

}  // namespace hwbak::tasks
