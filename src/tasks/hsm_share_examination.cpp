// See hsm_share_examination.h. There is no check value in the file: the padding proves the password, and only a KCV the share.
#include "tasks/hsm_share_examination.h"

#include <algorithm>

#include "base/hex.h"
#include "base/unicode.h"
#include "tasks/shell_quoted.h"

namespace hwbak::tasks {
namespace {

constexpr const char* only_a_kcv =
    "the password opens it, which its padding proves; the share itself is proven only by a KCV: damage in bytes 16 to 31 of the file would give "
    "another share without a sign";

dkek::Kcv own_kcv(const OpenedShare& share) { return dkek::kcv_of(FixedView<32>(share.share.expose().data(), dkek::share_size)); }

std::string_view name(dkek::Reading reading) {
  switch (reading) {
    case dkek::Reading::padded: return "padded";
    case dkek::Reading::stripped: return "stripped";
    case dkek::Reading::hex_ids: return "hex-ids";
    case dkek::Reading::above_prime: return "above-prime";
  }
  return "padded";
}

// The bytes of the first block are proven by a KCV, the others by the padding.
std::string mended_by(const OpenedShare& share) {
  constexpr std::size_t second_block = 32;
  return *std::ranges::min_element(share.damaged) < second_block ? "a KCV" : "the padding";
}

}  // namespace

ShareExamination::ShareExamination(const Context&, Loaded file) : file_(std::move(file)), opened_(begin_share(file_.subject, file_.bytes)) {
  opened_.shown = file_.shown;
}

std::optional<Secrets::Question> ShareExamination::question() const {
  if (unlocked() || !opened_.survey) return std::nullopt;
  Secrets::Question question;
  question.subject = file_.shown;
  question.words_likely = false;
  return question;
}

void ShareExamination::compare(const dkek::Kcv& kcv) {
  if (!unlocked()) return;
  expected_ = kcv;
  proven_ = prove_share(opened_, kcv);
}

ByteView ShareExamination::plaintext() const { return opened_.damaged.empty() ? opened_.share.expose() : ByteView(); }

void ShareExamination::verdict(Report& report) const {
  const auto say = [&](Outcome outcome, std::string message, std::string_view next) {
    report.outcome = outcome;
    report.message = std::move(message);
    report.next = with_file(next, file_.shown);
  };
  report.levels.structure = opened_.survey ? Level::pass : Level::fail;
  if (!opened_.survey) {
    fail(report, *opened_.error);
    if (report.next.empty()) report.next = "look for another copy of the share file; without every share of its DKEK no key can be restored";
  } else if (unlocked() && expected_ && !proven_) {
    report.levels.content = Level::fail;
    say(Outcome::wrong_secret,
        "the password opens it, but the KCV of this share alone is " + dkek::to_text(own_kcv(opened_)) + ", not " + dkek::to_text(*expected_) +
            " as expected: it is one of several shares, a share of another DKEK, or damaged in more than one byte",
        "where the DKEK has several shares, compare all of them: `hwbak dkek check --share {} --share FILE --expect-kcv KCV`");
  } else if (!opened_.damaged.empty()) {
    report.levels.content = Level::fail;
    const std::string by = mended_by(opened_);
    say(Outcome::damaged, damage_of(opened_) + (opened_.damaged.size() == 1 ? " is" : " are") + " damaged: " + by + " proves it, and shows how to put it right; the share itself is not lost",
        "write it anew: `hwbak rekey {} --output NEW.pbe" + (by == "a KCV" ? " --expect-kcv " + dkek::to_text(own_kcv(opened_)) : std::string()) + "`");
  } else if (proven_) {
    report.levels.content = Level::pass;
    say(Outcome::ok, "the password opens it, and the share has the KCV that is expected: it is whole", "");
  } else if (unlocked()) {
    report.levels.content = Level::pass;
    say(Outcome::ok, only_a_kcv, "compare with a wrapped key: `hwbak dkek check --share {} WRAPPED`");
  } else if (secret_was_wrong_) {
    report.levels.content = Level::fail;
    const Error error = not_opened(opened_);
    say(error.outcome(), error.sentence(), error.next());
  } else {
    say(Outcome::ok, "this has the form of a DKEK share file; without its password nothing can be said of the share in it",
        "prove the password: `hwbak verify {}`");
  }
}

void ShareExamination::facts(Report& report, bool reveal) const {
  Object& facts = report.facts;
  facts.put("file_size", static_cast<std::uint64_t>(file_.bytes.size()));
  if (opened_.survey) {
    facts.put("form", opened_.survey->form == dkek::Form::base64 ? "base64" : "raw");
    facts.put("salt", to_hex(opened_.survey->salt)).put("kdf_rounds", std::uint64_t{dkek::kdf_rounds});
  }
  if (opened_.custodians != 0) facts.put("custodians", std::uint64_t{opened_.custodians});
  if (!unlocked()) return;
  facts.put("kcv", dkek::to_text(own_kcv(opened_)));
  if (opened_.reading) facts.put("quorum_reading", std::string(name(*opened_.reading)));
  if (reveal) facts.put("share", to_hex_secret(opened_.share.expose()));
}

Section ShareExamination::section(bool reveal) const {
  Section section{"The share", {}};
  const dkek::Survey& survey = *opened_.survey;
  section.row("form", survey.form == dkek::Form::raw ? "64 bytes, as sc-hsm-tool writes them" : "base64, as a paper copy has it");
  section.row("salt", to_hex(survey.salt));
  section.row("encryption", "AES-256-CBC; the key from the password by MD5, 3 times 10,000,000 rounds");
  if (unlocked()) {
    if (opened_.custodians != 0) section.row("opened by", std::to_string(opened_.custodians) + " custodians' shares");
    section.row("KCV of it alone", dkek::to_text(own_kcv(opened_)) + "; it is that of the DKEK where this is the only share");
    if (reveal) section.row("share", to_hex_secret(opened_.share.expose()));
    else section.row("share", "hidden (--reveal shows it)");
  } else {
    section.row("", "What only the password can tell: the share. Whether one password or a quorum of custodians opens it is not written in the file.");
  }
  section.row("", "A DKEK needs every one of its shares: to lose one share, or one password, is to lose all keys.");
  return section;
}

void ShareExamination::describe(Report& report, Detail detail, bool reveal) const {
  report.format = "dkek-share";
  verdict(report);
  facts(report, reveal && detail == Detail::contents);
  report.findings = opened_.findings;
  report.kind = {"DKEK share"};
  if (unlocked()) report.kind.push_back("KCV " + dkek::to_text(own_kcv(opened_)));
  if (detail != Detail::facts && opened_.survey) report.page.push_back(section(reveal && detail == Detail::contents));
}

Rehearsal ShareExamination::rehearse(const Context&, std::span<const DrillTarget>, const DrillOptions&) const {
  throw Error(Outcome::unsupported, "this is a DKEK share: a device takes every share with the right password, right or not. What can be rehearsed is a wrapped key",
              std::nullopt, with_file("rehearse a key that it opens: `hwbak drill WRAPPED --share {}`", file_.shown));
}

}  // namespace hwbak::tasks
