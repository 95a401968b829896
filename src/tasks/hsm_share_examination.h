// A DKEK share file under examination: 64 bytes, opened by its own password or by custodians (docs/formats/pico-hsm.md, "The share file").
#pragma once

#include "tasks/hsm_family.h"

namespace hwbak::tasks {

class ShareExamination final : public Examination {
 public:
  ShareExamination(const Context& context, Loaded file);

  [[nodiscard]] std::optional<Secrets::Question> question() const override;
  [[nodiscard]] bool unlocked() const override { return !opened_.share.empty(); }
  void judge(const Context&, Memo*) override {}
  void describe(Report& report, Detail detail, bool reveal) const override;
  // The share's 32 bytes, where nothing had to be put right.
  [[nodiscard]] ByteView plaintext() const override;
  [[nodiscard]] SecretBytes salvage() const override { return opened_.share.clone(); }
  void rekey(const Context& context, const RekeyOptions& options, const ConfirmWords& confirm, WrittenResult& result) const override;
  [[nodiscard]] Rehearsal rehearse(const Context& context, std::span<const DrillTarget> targets, const DrillOptions& options) const override;
  [[nodiscard]] std::string_view way_in() const override {
    return "give the password: `--password-from SOURCE`, or the custodians' shares: `--quorum-from SOURCE`, or run it on a terminal";
  }

  // Where secrets are tried.
  [[nodiscard]] OpenedShare& opening() { return opened_; }
  void note_wrong_secret() { secret_was_wrong_ = true; }
  // With the KCV that this share alone should have; where one byte of it is damaged, that is put right.
  void compare(const dkek::Kcv& kcv);

 private:
  void verdict(Report& report) const;
  void facts(Report& report, bool reveal) const;
  [[nodiscard]] Section section(bool reveal) const;

  Loaded file_;
  OpenedShare opened_;
  bool secret_was_wrong_ = false;
  std::optional<dkek::Kcv> expected_;
  bool proven_ = false;
};

}  // namespace hwbak::tasks
