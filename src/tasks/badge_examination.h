// A CDC Badge backup under examination: its container, what came out of it, and what that means
// (docs/formats/cdc-badge.md). open_badge() is the way from a file and its passphrase to the records.
#pragma once

#include "container/cdcbak/cdcbak.h"
#include "device/cdc_badge/payload.h"
#include "tasks/family.h"

namespace hwbak::tasks {

class BadgeExamination final : public Examination {
 public:
  BadgeExamination(const Context& context, Loaded file);

  [[nodiscard]] std::optional<Secrets::Question> question() const override;
  [[nodiscard]] bool unlocked() const override { return form_.has_value(); }
  void judge(const Context& context, Memo* memo) override;
  void describe(Report& report, Detail detail, bool reveal) const override;
  [[nodiscard]] ByteView plaintext() const override { return plaintext_.expose(); }
  // Nothing of a badge's file is shown before its tag holds, and then all of it is.
  [[nodiscard]] SecretBytes salvage() const override { return plaintext_.clone(); }
  void rekey(const Context& context, const RekeyOptions& options, const ConfirmWords& confirm, WrittenResult& result) const override;
  [[nodiscard]] Rehearsal rehearse(const Context& context, std::span<const DrillTarget> targets, const DrillOptions& options) const override;

  // The container, when it has one that a passphrase may open; else nullptr.
  [[nodiscard]] const cdcbak::Survey* survey() const { return survey_ ? &*survey_ : nullptr; }
  // With the key derived from `passphrase`; false when the tag does not hold.
  bool try_key(const cdcbak::PassphraseBytes& passphrase, FixedView<32> key);
  void note_wrong_secret() { secret_was_wrong_ = true; }

  // After judge(): the records; nullptr when it is closed, or its contents are no JSON of a badge.
  [[nodiscard]] const cdc_badge::Payload* payload() const { return payload_ ? &*payload_ : nullptr; }
  // Of the passphrase that opened it: its byte form, and whether a badge would make the same bytes of what is typed.
  [[nodiscard]] std::optional<cdcbak::PassphraseForm> passphrase_form() const { return form_; }
  [[nodiscard]] bool badge_types_passphrase() const { return badge_types_passphrase_; }

 private:
  friend class BadgeDescription;  // reads everything, changes nothing

  Loaded file_;
  std::optional<cdcbak::Survey> survey_;
  std::optional<Error> dead_end_;      // why no passphrase would help
  bool secret_was_wrong_ = false;
  std::optional<cdcbak::PassphraseForm> form_;   // set: open
  bool badge_types_passphrase_ = true;
  SecretBytes plaintext_;
  std::optional<cdc_badge::Payload> payload_;
  std::optional<Error> unreadable_;    // the contents are no JSON of a badge
};

// Reads, opens and judges a badge backup for a verb that works on its records; asks context.secrets for the passphrase.
// `report` is described like that of verify (format, levels, facts, findings; outcome ok or partial; no page). Throws Error: what
// keeps it from being read (damaged, wrong-secret, unsupported for a file of another family), refused without a passphrase.
struct OpenedBadge {
  std::unique_ptr<BadgeExamination> file;
  [[nodiscard]] const cdc_badge::Payload& payload() const { return *file->payload(); }
};
[[nodiscard]] OpenedBadge open_badge(const Context& context, Loaded file, Report& report);
[[nodiscard]] inline OpenedBadge open_badge(const Context& context, const Subject& subject, Report& report) {
  return open_badge(context, load(context, subject), report);
}

// Throws Error(usage) for a version that is no level of a badge.
void check_badge_target(const DrillTarget& target);
[[nodiscard]] Family badge_family();

}  // namespace hwbak::tasks
