// hwbak rekey SHARE: the same share under a new password, with a new salt (docs/formats/pico-hsm.md, "The share file").
#include "base/hex.h"
#include "base/unicode.h"
#include "crypto/digest.h"
#include "tasks/hsm_share_examination.h"
#include "tasks/new_password.h"
#include "tasks/share_password.h"

namespace hwbak::tasks {
namespace {

const SecretString& new_password(const Context& context, const std::string& shown) {
  const SecretString* const given = given_new_password(context, shown);
  if (given == nullptr || given->empty())
    throw Error(Outcome::refused, "no new password was given; nothing was written", std::nullopt, "give it with --new-password-from, or run it on a terminal");
  return *given;
}

// As a stranger would open it.
void prove(const Context& context, const Subject& written, const SecretString& password, const SecretBytes& share) {
  OpenedShare again = begin_share(written, context.files.read(written, context.max_size));
  if (again.survey) {
    ShareTry one{&again, {}};
    one.candidates.push_back({SecretBytes::copy_of(password.expose_bytes()), std::nullopt});
    (void)try_candidates(context, std::span(&one, 1));
  }
  if (again.share.empty() || !again.share.equals(share.expose()))
    throw Error(Outcome::io, "the file was written but does not open again: do not trust it", std::nullopt,
                "write it again, to another place; the old share file is unchanged");
}

}  // namespace

void ShareExamination::rekey(const Context& context, const RekeyOptions& options, const ConfirmWords&, WrittenResult& result) const {
  Report& report = result.report;
  if (!unlocked()) {
    if (report.outcome != Outcome::ok) throw Error(report.outcome, report.message, report.offset, report.next);
    throw Error(Outcome::refused, "without its present password the share cannot be opened", std::nullopt, std::string(way_in()));
  }
  if (expected_ && !proven_) throw Error(report.outcome, report.message + "; nothing was written", report.offset, report.next);
  const SecretString& password = new_password(context, file_.shown);
  judge_share_password(password, printable(options.output.native()), report);
  const Bytes file = dkek::write(FixedView<32>(opened_.share.expose().data(), dkek::share_size), password.expose_bytes(), dkek::kdf_rounds, context.random);
  context.files.write(options.output, file, WriteOptions{options.overwrite, 0600});
  prove(context, options.output, password, opened_.share);
  const std::string written = printable(options.output.native()), digest = to_hex(crypto::sha256(file));
  report.facts.put("output", written).put("output_sha256", digest);
  report.outcome = Outcome::ok;
  report.offset.reset();
  const std::string what = opened_.damaged.empty() ? "the share as it was opened" : "the share with " + damage_of(opened_) + " put right";
  report.message = "written and opened again: the new file holds " + what + " under the new password, with a new salt. The old file with the old password "
                   "still works for everybody who has a copy";
  if (proven_) {
    report.message += ". The KCV expected proves the share whole";
    report.next = "copy it to two places that are offline, and destroy the old file where you can; to shut out who knows the old password, use a new DKEK";
  } else {
    report.message += ". Nothing in a share file proves the share whole";
    report.findings.push_back({Severity::warning, "share-unproven",
                               "nothing has shown that the share is whole: damage in bytes 16 to 31 of the file gives another share without a sign, and the new "
                               "file keeps it. Compare the KCV with the device's, or with a wrapped key: `hwbak dkek check`, or give it with --expect-kcv",
                               ""});
    report.next = with_file("keep the old file until the new one, with every other share of its DKEK, is compared with a wrapped key: `hwbak dkek check --share {} WRAPPED`",
                            written);
  }
  Section section{"The new file", {}};
  section.row("file", written);
  section.row("SHA-256", digest);
  section.row("", "sc-hsm-tool opens it as it opens its own: `sc-hsm-tool --import-dkek-share FILE`.");
  report.page.push_back(std::move(section));
}

}  // namespace hwbak::tasks
