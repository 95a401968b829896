// From an examined Coldcard backup to a Report: verdict, facts, findings, and the page for people.
// coldcard_verdict.cpp judges, coldcard_facts.cpp counts, coldcard_page.cpp speaks.
#pragma once

#include "tasks/coldcard_examination.h"
#include "wallet/address.h"

namespace hwbak::tasks {

class ColdcardDescription final {
 public:
  ColdcardDescription(const ColdcardExamination& examination, Report& report, Detail detail, bool reveal)
      : x_(examination), report_(report), detail_(detail), reveal_(reveal) {}

  void verdict();   // format, outcome, message, offset, levels, next
  void facts();     // docs/json.md
  void findings();
  void page();

 private:
  [[nodiscard]] std::string format() const;
  void levels();
  void verdict_dead_end();
  void verdict_closed();
  void verdict_damaged();
  void verdict_meaning();
  void say(Outcome outcome, std::string message, std::string next);
  [[nodiscard]] std::string command(std::string_view line) const;  // "{}" becomes the quoted file name

  void container_facts();
  void contents_facts();
  [[nodiscard]] List wallets();
  [[nodiscard]] const std::vector<wallet::Account>& accounts();  // of a backup; empty without a secret
  [[nodiscard]] List damage() const;
  void secrets_facts();
  void line_findings();

  void container_section();
  void wallet_section();
  void records_sections();
  void damage_section();
  void advisory_section();
  void absent_section();

  [[nodiscard]] bool damaged_contents() const {
    return x_.opened_ && x_.opened_->grade != sevenzip::Grade::good;
  }
  [[nodiscard]] std::string holes_words() const;
  [[nodiscard]] std::string survivors_words() const;
  [[nodiscard]] bool flawed() const { return x_.survey_ && !x_.survey_->flaws.empty(); }
  // The checksum holds only with another IV than the one that is stored.
  [[nodiscard]] bool iv_wrong() const { return x_.opened_ && x_.opened_->iv_rebuilt && !flawed(); }

  const ColdcardExamination& x_;
  Report& report_;
  Detail detail_;
  bool reveal_;
  std::optional<std::vector<wallet::Account>> accounts_;  // derived once, when facts or page want them
};

// How wallets, multisig quorums and the like are put into words; shared by facts and page.
[[nodiscard]] std::string wallet_words(const coldcard::Backup& backup);

}  // namespace hwbak::tasks
