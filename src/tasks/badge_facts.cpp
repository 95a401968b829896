// The facts and findings of a badge backup, as docs/json.md lists them.
#include <algorithm>

#include "base/hex.h"
#include "base/unicode.h"
#include "crypto/digest.h"
#include "device/cdc_badge/limits.h"
#include "tasks/badge_description.h"

namespace hwbak::tasks {
namespace {

Severity severity_of(std::string_view remark) {
  for (const std::string_view harmless : {"raw-container", "base64-wrapped"})
    if (remark == harmless) return Severity::note;
  return Severity::warning;
}

std::size_t listed(const cdc_badge::Payload& payload, std::string_view section) {
  std::size_t count = 0;
  for (const auto& known : payload.sections)
    if (known.read && known.name == section) count += known.records;
  return count;
}

}  // namespace

void BadgeDescription::container_facts() {
  Object& facts = report_.facts;
  facts.put("file_size", static_cast<std::uint64_t>(x_.file_.bytes.size()));
  if (!x_.survey_) return;
  const cdcbak::Survey& survey = *x_.survey_;
  facts.put("form", survey.form == cdcbak::Form::base64 ? "base64" : "raw").put("badge_decodes", survey.badge_decodes);
  facts.put("kdf_iterations", std::uint64_t{survey.iterations});
  facts.put("salt", to_hex(survey.salt)).put("nonce", to_hex(survey.nonce));
  facts.put("payload_size", survey.payload_size);
}

void BadgeDescription::payload_facts() {
  Object& facts = report_.facts;
  const cdc_badge::Payload& payload = *x_.payload_;
  facts.put("host_api_level", printable(payload.host_api_level)).put("fw_version", printable(payload.fw_version));
  List sections, forbidden, unread, flaws;
  for (const cdc_badge::Section& section : payload.sections) {
    const std::string shown = printable(section.name.substr(0, 60));
    sections.emplace_back(shown);
    if (section.forbidden) forbidden.emplace_back(shown);
    if (!section.read) unread.emplace_back(shown);
  }
  if (std::ranges::any_of(payload.findings, [](const Finding& finding) { return finding.code == "section-not-read" && finding.where == "system"; }))
    unread.emplace_back("system");
  facts.put("sections", std::move(sections)).put("forbidden_sections", std::move(forbidden)).put("unread_sections", std::move(unread));
  const auto own = std::ranges::any_of(payload.cards, [](const auto& card) { return card.own; });
  Object counts;
  counts.put("twofa", std::uint64_t{listed(payload, "mod_2fa")}).put("passwords", std::uint64_t{listed(payload, "mod_password")});
  counts.put("received", std::uint64_t{listed(payload, "mod_vcard")}).put("own", own).put("system", payload.system.has_value());
  facts.put("counts", std::move(counts));
  for (const cdc_badge::Flaw& flaw : payload.flaws) {
    Object item;
    item.put("path", flaw.path).put("message", flaw.sentence);
    flaws.emplace_back(std::move(item));
  }
  facts.put("flaws", std::move(flaws));
}

void BadgeDescription::facts() {
  container_facts();
  if (x_.unlocked()) {
    report_.facts.put("plaintext_sha256", to_hex(crypto::sha256(x_.plaintext_.expose())));
    report_.facts.put("passphrase_encoding", std::string(name(*x_.form_)));
  }
  if (x_.payload_) payload_facts();
  if (x_.payload_ && detail_ == Detail::contents) contents();
}

void BadgeDescription::findings() {
  const auto add = [&](Severity level, std::string code, std::string message, std::string where = {}, bool on_page = true) {
    report_.findings.push_back({level, std::move(code), std::move(message), std::move(where), on_page});
  };
  if (x_.survey_)
    for (const cdcbak::Remark& remark : x_.survey_->remarks) add(severity_of(remark.code), remark.code, remark.sentence);
  if (x_.unlocked() && !x_.badge_types_passphrase_)
    add(Severity::warning, "passphrase-utf8",
        "this passphrase is not plain ASCII and opens the file as UTF-8. A badge takes what is typed on it, or sent to it, in code page 437: other "
        "bytes, so it would not open this file. `hwbak rekey` writes the same contents for a badge");
  if (!x_.payload_) return;
  for (const cdc_badge::Flaw& flaw : x_.payload_->flaws) {
    const std::string what = flaw.kind == cdc_badge::Flaw::Kind::full ? "The record " : "The value ";
    add(Severity::warning, "bad-value", what + flaw.sentence + ".", flaw.path, false);
  }
  for (const Finding& finding : x_.payload_->findings) report_.findings.push_back(finding);
}

}  // namespace hwbak::tasks
