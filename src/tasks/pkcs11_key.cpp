// hwbak pkcs11-tool --export-key --wrap and --import-key --unwrap: one key of the device into a file, by its ID, and back
// (docs/pico-hsm.md, "The lines of the manual").
#include "base/hex.h"
#include "base/unicode.h"
#include "container/wrapped_key/wrapped_key.h"
#include "crypto/digest.h"
#include "hwbak/pkcs11_lines.h"
#include "tasks/check_output.h"
#include "tasks/family.h"
#include "tasks/hsm_device_keys.h"
#include "tasks/hsm_session.h"
#include "tasks/shell_quoted.h"

namespace hwbak {
namespace {

// The one key with this ID. sc-hsm-tool knows keys by reference, the manual by ID.
tasks::DeviceKey key_with_id(pcsc::HsmClient& hsm, const Bytes& id) {
  std::optional<tasks::DeviceKey> found;
  std::string there;
  for (const std::uint8_t reference : hsm.keys()) {
    auto key = tasks::read_device_key(hsm, reference);
    if (!key || !key->described) continue;
    there += (there.empty() ? "" : ", ") + key->id();
    if (key->described->id != id) continue;
    if (found)
      throw Error(Outcome::refused,
                  "keys " + std::to_string(found->metadata.reference) + " and " + std::to_string(reference) +
                      " of the device both have the ID " + to_hex(id) + "; nothing was written",
                  std::nullopt,
                  "name the one you mean by its reference: `sc-hsm-tool --wrap-key FILE --key-reference " +
                      std::to_string(reference) + "`, or back up all: `hwbak device backup --to DIR`");
    found = std::move(key);
  }
  if (!found)
    throw Error(
        Outcome::refused,
        "the device has no key with the ID " + to_hex(id) + (there.empty() ? "; it has none with an ID" : "; it has " + there),
        std::nullopt, "see its keys: `hwbak device list`");
  return std::move(*found);
}

// Where the key went, or would have gone.
std::string reference_in(const Report& report) {
  const Value* const keys = report.facts.find("keys");
  const auto* const list = keys != nullptr ? std::get_if<List>(&keys->get()) : nullptr;
  const auto* const key = list != nullptr && !list->empty() ? std::get_if<Object>(&list->front().get()) : nullptr;
  const Value* const reference = key != nullptr ? key->find("reference") : nullptr;
  const auto* const number = reference != nullptr ? std::get_if<std::int64_t>(&reference->get()) : nullptr;
  return number != nullptr ? std::to_string(*number) : "R";
}

void tell_share(const Context& context, const DkekPlace& place, const std::string& kcv, Report& report) {
  if (context.files.info(place.file())) return;
  report.findings.push_back({Severity::warning, "share-not-here",
                             "there is no share " + to_hex(place.id) + " in " + printable(place.folder.native()) +
                                 ": the file opens only with every share of the DKEK that has the KCV " + kcv +
                                 "; know where they are",
                             printable(place.file().native())});
}

void page(const tasks::DeviceKey& key, const std::string& kcv, const std::string& output, Report& report) {
  Section section{"The wrapped key", {}};
  section.row("file", output);
  section.row("key", "reference " + std::to_string(key.metadata.reference) + ", " + key.kind());
  section.row("label", key.label().empty() ? std::string("none") : key.label());
  section.row("KCV", kcv + " of the DKEK that it is wrapped under");
  report.page.push_back(std::move(section));
}

}  // namespace

Report pkcs11_wrap(const Context& context, const HsmDeviceOptions& device, const WrapKeyOptions& options, CardReaders& readers) {
  Report report = tasks::blank_report("pkcs11-tool", options.output);
  tasks::guarded(report, [&] {
    tasks::check_output(context, {}, options.output, options.overwrite);
    tasks::HsmSession session(context, readers, device);
    session.describe(report);
    const tasks::DeviceKey key = key_with_id(session.hsm(), options.id);
    const std::string output = printable(options.output.native());
    report.facts.put("key_reference", static_cast<unsigned>(key.metadata.reference))
        .put("key_id", key.id())
        .put("label", key.label());
    report.facts.put("stands_for", "sc-hsm-tool --wrap-key " + tasks::shell_quoted(output) + " --key-reference " +
                                       std::to_string(key.metadata.reference) + " --pin env:PIN");
    if (const std::string why = tasks::why_not_exportable(key, session.hsm().domains()); !why.empty())
      throw Error(Outcome::refused, "the device does not give this key out, even wrapped: " + why, std::nullopt,
                  "`hwbak device list --pin-from tty` shows which keys it does");
    const Bytes blob = session.hsm().wrap(key.metadata.reference);
    const Bytes file = wrapped_key::write_file(blob, key.description, key.certificate);
    const auto survey = wrapped_key::survey(file);
    if (survey.dead_end) throw *survey.dead_end;
    report.format = "wrapped-key";
    report.levels.structure = Level::pass;
    context.files.write(options.output, file, WriteOptions{options.overwrite, 0600});
    const std::string kcv = to_hex_upper(survey.kcv);
    report.facts.put("kcv", kcv).put("output", output).put("output_sha256", to_hex(crypto::sha256(file)));
    if (options.share) tell_share(context, *options.share, kcv, report);
    page(key, kcv, output, report);
    report.message = "key " + key.id() + " is wrapped in " + output + ", KCV " + kcv + "; sc-hsm-tool takes the file too";
    report.next = "prove it without the device: `hwbak verify --share SHARE " + tasks::shell_quoted(output) + "`";
  });
  return report;
}

Report pkcs11_unwrap(const Context& context, const HsmDeviceOptions& device, const Subject& subject,
                     const HsmRestoreOptions& options, CardReaders& readers) {
  const auto at_once = [](const std::string&, const std::vector<Section>&) { return true; };  // the line says what is wanted
  Report report = hsm_restore(context, subject, device, options, at_once, readers);
  report.command = "pkcs11-tool";
  report.facts.put("stands_for", "sc-hsm-tool --unwrap-key " + tasks::shell_quoted(printable(subject.native())) +
                                     " --key-reference " + reference_in(report) + " --pin env:PIN" +
                                     (options.overwrite ? " --force" : ""));
  return report;
}

}  // namespace hwbak
