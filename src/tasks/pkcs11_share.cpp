// hwbak pkcs11-tool, the lines about the DKEK: a share file made, brought into a device that awaits it, and copied
// (docs/pico-hsm.md, "The lines of the manual").
#include "base/counted.h"
#include "base/hex.h"
#include "base/unicode.h"
#include "crypto/digest.h"
#include "hwbak/pkcs11_lines.h"
#include "tasks/check_output.h"
#include "tasks/dkek_set.h"
#include "tasks/dkek_writing.h"
#include "tasks/family.h"
#include "tasks/hsm_session.h"
#include "tasks/pkcs11_lines.h"
#include "tasks/shell_quoted.h"

namespace hwbak {
namespace tasks {
namespace {

std::string shown_of(const DkekPlace& place) { return printable(place.file().native()); }

void make_folders(const Context& context, const Subject& folder) {
  Subject whole;
  for (const Subject& part : folder) {
    whole /= part;
    if (!context.files.info(whole)) context.files.make_folder(whole);
  }
}

// The device, if there is one; a reader that was named must have one.
std::optional<FoundDevice> find_device(const Context& context, const HsmDeviceOptions& options, CardReaders& readers,
                                       std::optional<HsmSession>& session) {
  try {
    session.emplace(context, readers, HsmDeviceOptions{options.reader, false});
    return look_at(*session);
  } catch (const Error& error) {
    if (!options.reader.empty() || error.outcome() != Outcome::device) throw;
    return std::nullopt;
  }
}

InitPlan plan_for(const GenerateDkekOptions& options, const HsmDeviceOptions& device) {
  InitPlan plan;
  plan.reader = device.reader;
  const std::string shown = shown_of(options.place);
  plan.shares.push_back({shown, options.threshold, options.total});
  plan.share_options = " --share " + shell_quoted(shown) + (options.threshold != 0 ? "=quorum:PATH" : "");
  return plan;
}

std::string real_way(const InitPlan& plan, bool import) {
  const PlannedShare& share = plan.shares[0];
  const bool quorum = share.threshold != 0;
  std::string out = "sc-hsm-tool --create-dkek-share " + shell_quoted(share.shown);
  if (quorum)
    out += " --pwd-shares-threshold " + std::to_string(share.threshold) + " --pwd-shares-total " + std::to_string(share.total);
  if (import)
    out += " && sc-hsm-tool --import-dkek-share " + shell_quoted(share.shown) +
           (quorum ? " --pwd-shares-total " + std::to_string(share.threshold) : "");
  return out;
}

void check_new(const Context& context, const GenerateDkekOptions& options) {
  if (!context.files.info(options.place.file())) return;
  throw Error(Outcome::refused,
              "there is a share " + to_hex(options.place.id) + " already: " + shown_of(options.place) +
                  "; nothing was done, for keys may be wrapped under its DKEK",
              std::nullopt,
              "bring it into a device that awaits it: `hwbak device init-plan --share " + shell_quoted(shown_of(options.place)) +
                  " --run`; or give another --id");
}

// One more share of the DKEK that the device is told in pieces.
void bring_in(const Context& context, HsmSession& session, InitPlan& plan, const SecretBytes& share, bool log_in,
              Report& report) {
  const auto status = session.hsm().import_share(0, dkek_bytes(share));
  report.facts.put("imported", true).put("missing", status.missing);
  report.message = "the share is written in " + plan.shares[0].shown + " and is in the device";
  if (status.missing != 0) {
    report.message += ", which awaits " + counted(status.missing, "share") + " more";
    report.next = "import the others, then compare the KCV: `hwbak device list --pin-from tty`";
  } else if (status.shares != 1) {
    report.message += ", which has all of its " + std::to_string(status.shares) + " shares now";
    report.next =
        "compare its KCV with that of all shares together: `hwbak device list --pin-from tty`, and `hwbak dkek check --share "
        "FILE` with each of them";
  } else if (!log_in) {
    report.message += "; the DKEK is sealed with the next login, and its KCV must be " + dkek::to_text(*plan.kcv);
    report.next = "log in and see the KCV: `hwbak device list --pin-from tty`";
  } else {
    session.hsm().log_in(*ask_pins(context, plan, false).pin);
    compare_kcv(session.hsm(), *plan.kcv, "it holds another DKEK", plan.run_command(), report);
    report.message += "; the KCV of both is " + dkek::to_text(*plan.kcv);
    report.next = "keep two copies of the share file, away from the device and from its password";
  }
}

}  // namespace

Report pkcs11_generate_with(const Context& context, const HsmDeviceOptions& device, const GenerateDkekOptions& options,
                            const ShowPart& show, CardReaders& readers, std::uint32_t rounds) {
  Report report = blank_report("pkcs11-tool", options.place.file());
  guarded(report, [&] {
    check_new(context, options);
    WriteSharesOptions write;
    write.files.push_back({options.place.file(), options.threshold, options.total});
    write.sheets = options.sheets;
    write.quorums = options.quorums;
    std::optional<HsmSession> session;
    InitPlan plan = plan_for(options, device);
    plan.device = find_device(context, device, readers, session);
    const bool awaits = plan.device && plan.device->missing() != 0;
    report.facts.put("stands_for", real_way(plan, awaits)).put("imported", false);
    make_folders(context, options.place.folder);
    check_writing(context, write, show);
    SecretBytes dkek(dkek::share_size);
    context.random.fill(dkek.expose());
    const auto shares = write_shares(context, write, show, dkek, rounds, report);
    report.format = "dkek-share";
    report.facts.put("output", plan.shares[0].shown);
    plan.kcv = dkek::kcv_of(dkek_bytes(dkek));
    if (awaits) return bring_in(context, *session, plan, shares[0], device.log_in, report);
    put_steps(plan, report);
    report.next = "let hwbak do these steps: `" + plan.run_command() + "`";
    report.outcome = Outcome::refused;
    report.message =
        "the share is written in " + plan.shares[0].shown + ", KCV " + dkek::to_text(*plan.kcv) + ", but no device awaits it: " +
        (plan.device ? "the device in " + plan.device->reader + " " + holds_words(*plan.device) : "there is none in a reader") +
        ". This line never initialises a device, for that deletes all that is on it; the steps are below";
  });
  return report;
}

}  // namespace tasks

Subject DkekPlace::file() const { return folder / ("dkek-" + to_hex(id) + ".pbe"); }

Report pkcs11_generate(const Context& context, const HsmDeviceOptions& device, const GenerateDkekOptions& options,
                       const ShowPart& show, CardReaders& readers) {
  return tasks::pkcs11_generate_with(context, device, options, show, readers, dkek::kdf_rounds);
}

Report pkcs11_export_share(const Context& context, const DkekPlace& place, const Subject& output, bool overwrite) {
  Report report = tasks::blank_report("pkcs11-tool", place.file());
  tasks::guarded(report, [&] {
    const std::string from = printable(place.file().native()), to = printable(output.native());
    report.facts.put("stands_for", "cp " + tasks::shell_quoted(from) + " " + tasks::shell_quoted(to));
    if (!context.files.info(place.file()))
      throw Error(Outcome::refused,
                  "there is no share " + to_hex(place.id) + " in " + printable(place.folder.native()) +
                      ". A DKEK leaves no device: its share files are its only copies",
                  std::nullopt, "name the folder of the share files with --state; for a key in the device add --wrap");
    const Bytes bytes = context.files.read(place.file(), context.max_size);
    report.format = "dkek-share";
    (void)dkek::survey(bytes);
    report.levels.structure = Level::pass;
    const std::vector<Subject> inputs{place.file()};
    tasks::check_output(context, inputs, output, overwrite);
    context.files.write(output, bytes, WriteOptions{overwrite, 0600});
    report.facts.put("output", to).put("output_sha256", to_hex(crypto::sha256(bytes)));
    report.message = "the share file, encrypted under its password, is copied to " + to + "; the DKEK itself leaves no device";
    report.next = "prove that it opens, and see its KCV: `hwbak dkek check --share " + tasks::shell_quoted(to) + "`";
  });
  return report;
}

}  // namespace hwbak
