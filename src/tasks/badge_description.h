// From an examined badge backup to a Report: verdict, facts, findings, and the page for people.
// badge_verdict.cpp judges, badge_facts.cpp counts, badge_contents.cpp and badge_page.cpp speak.
#pragma once

#include "tasks/badge_examination.h"

namespace hwbak::tasks {

class BadgeDescription final {
 public:
  BadgeDescription(const BadgeExamination& examination, Report& report, Detail detail, bool reveal)
      : x_(examination), report_(report), detail_(detail), reveal_(reveal) {}

  void verdict();    // format, outcome, message, offset, levels, next
  void facts();      // docs/json.md
  void contents();   // the records, as facts and on the page
  void findings();
  void page();

 private:
  void levels();
  void verdict_meaning();
  [[nodiscard]] bool has(std::string_view code) const;   // a finding of the payload
  void say(Outcome outcome, std::string message, std::string next);
  [[nodiscard]] std::string command(std::string_view line) const;  // "{}" becomes the quoted file name

  void container_facts();
  void payload_facts();
  [[nodiscard]] Object twofa_facts(const cdc_badge::TwoFactor& account) const;
  [[nodiscard]] Object login_facts(const cdc_badge::Login& login) const;
  [[nodiscard]] Object card_facts(const cdc_badge::Card& card) const;
  [[nodiscard]] Object system_facts(const cdc_badge::System& system) const;
  [[nodiscard]] const cdc_badge::TwoFactor* probably_linked(unsigned slot) const;

  void container_section();
  void summary_section();
  void flaws_section();
  void records_sections();
  void system_section();
  void absent_section();

  [[nodiscard]] Value secret(const cdc_badge::Text& text) const;   // masked unless revealed; for the page

  const BadgeExamination& x_;
  Report& report_;
  Detail detail_;
  bool reveal_;
};

// How many good records of each kind, and settings: "6 accounts, 4 logins, 3 cards, settings".
[[nodiscard]] std::string records_words(const cdc_badge::Payload& payload);
[[nodiscard]] std::string_view name(cdc_badge::OathType type) noexcept;   // "TOTP", "HOTP", "CR"
[[nodiscard]] std::string_view name(cdc_badge::Hash hash) noexcept;       // "SHA1", ...
[[nodiscard]] std::string_view wifi_security_name(unsigned security) noexcept;
[[nodiscard]] std::string dotted(std::uint32_t address);                  // "192.168.23.42"
[[nodiscard]] SecretString card_name(const cdc_badge::Card& card);        // FN; empty when it has none
// The current code of an account, or its next one; empty for challenge-response. `seconds_left` 0: not time-based.
struct CurrentCode {
  SecretString code;
  unsigned seconds_left = 0;
};
[[nodiscard]] CurrentCode current_code(const cdc_badge::TwoFactor& account);

}  // namespace hwbak::tasks
