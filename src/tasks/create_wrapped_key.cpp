// hwbak create wrapped-key: a key as a device takes it, under the DKEK of the shares given.
#include <algorithm>

#include "base/hex.h"
#include "base/unicode.h"
#include "crypto/digest.h"
#include "device/pico_hsm/algorithms.h"
#include "device/pico_hsm/restore.h"
#include "tasks/check_output.h"
#include "tasks/dkek_set.h"
#include "tasks/key_sources.h"
#include "tasks/opened_key.h"
#include "tasks/shell_quoted.h"

namespace hwbak {
namespace {

using tasks::KeySource;

constexpr std::size_t longest_label = 256, longest_id = 64;   // bytes

[[noreturn]] void usage(std::string sentence, std::string next) {
  throw Error(Outcome::usage, std::move(sentence), std::nullopt, std::move(next));
}

void check(const CreateWrappedKeyOptions& options) {
  if (options.key && !options.fresh.empty())
    usage("a key is read from a file or made fresh, not both", "give --key FILE or --fresh KIND");
  if (!options.key && options.fresh.empty())
    usage("there is no key to wrap", "give --key FILE, or --fresh KIND for a new one");
  if (options.label.size() > longest_label || !is_utf8(options.label))
    usage("the label must be UTF-8 of at most 256 bytes", "give a shorter --label");
  if (options.id.size() > longest_id) usage("the ID must have at most 64 bytes", "give a shorter --id");
  if (!options.no_export || !options.algorithms) return;
  if (options.algorithms->empty())
    usage("an empty list allows everything, wrapping too", "leave out --no-export, or name algorithms without 92");
  if (pico_hsm::exportable(*options.algorithms))
    usage("the list holds 92, which allows wrapping, and --no-export forbids it", "leave out one of them");
}

// All that suits the kind of key, but for 92.
Bytes all_but_wrap(const crypto::PrivateKey& key) {
  struct {
    Bytes operator()(const crypto::RsaKey&) const {
      return {0x20, 0x21, 0x22, 0x23, 0x30, 0x31, 0x32, 0x33, 0x34, 0x35, 0x40, 0x41, 0x42, 0x43, 0x44, 0x45};
    }
    Bytes operator()(const crypto::EcKey&) const { return {0x70, 0x71, 0x72, 0x73, 0x74, 0x75, 0x80, 0x83, 0x84, 0x98}; }
    Bytes operator()(const crypto::MontgomeryKey&) const { return {0x80}; }
    Bytes operator()(const crypto::SecretKey&) const { return {0x10, 0x11, 0x18, 0x99}; }
  } constexpr list;
  return std::visit(list, key);
}

Bytes allowed_list(const CreateWrappedKeyOptions& options, const crypto::PrivateKey& key) {
  if (options.no_export) return options.algorithms ? *options.algorithms : all_but_wrap(key);
  if (!options.algorithms) return {};
  Bytes out = *options.algorithms;
  if (!pico_hsm::exportable(out)) out.push_back(pico_hsm::algorithm_wrap);
  return out;
}

void check_certificate(const KeySource& source) {
  if (source.certificate.empty()) return;
  const auto mine = crypto::public_of(source.key);
  if (!mine)
    throw Error(Outcome::refused, "an AES key has no certificate; nothing was written", std::nullopt,
                "leave out --certificate");
  const auto facts = crypto::read_certificate(source.certificate);
  if (!facts || !facts->key || !crypto::same(*mine, *facts->key))
    throw Error(Outcome::inconsistent, "the certificate is of another key; nothing was written", std::nullopt,
                "give the certificate of this key, or none: the device can hold the key without it");
}

wrapped_key::Description description_of(const CreateWrappedKeyOptions& options, const crypto::PrivateKey& key) {
  wrapped_key::Description out = pico_hsm::description_for(key);
  out.label = options.label;
  if (!options.id.empty()) out.id = options.id;
  return out;
}

// Before anything is written: would today's device take it?
void check_device_takes_it(const Context& context, const Bytes& file, const wrapped_key::DkekKeys& keys, Report& report) {
  const auto survey = wrapped_key::survey(file);
  const auto opening = wrapped_key::open(survey, keys);
  pico_hsm::Known known;
  known.survey = &survey;
  known.opening = &opening;
  std::optional<pico_hsm::Key> key;
  std::optional<Error> error;
  try {
    key = pico_hsm::read_key(opening, context.random);
    known.key = &*key;
  } catch (const Error& thrown) {
    error = thrown;
    known.error = &*error;
  }
  if (error) throw Error(error->outcome(), error->sentence() + "; nothing was written", std::nullopt, error->next());
  if (!key->usual_exponent)
    throw Error(Outcome::refused,
                "the public exponent of this RSA key is not 65537: a Pico HSM takes such a key, but makes another one "
                "of it when it is backed up again; nothing was written",
                std::nullopt, "make a key with exponent 65537: `--fresh rsa:2048`");
  const auto restored = pico_hsm::restore({pico_hsm::Device::pico_hsm, std::string(pico_hsm::newest_pico_hsm)}, known);
  if (restored.verdict == pico_hsm::Verdict::reject)
    throw Error(
        Outcome::refused,
        "a Pico HSM would refuse this key (" + restored.status_word + "): " + restored.reason + "; nothing was written",
        std::nullopt, restored.next);
  for (const std::string& note : restored.notes) report.findings.push_back({Severity::note, "device-note", note, ""});
}

void prove(const Context& context, const Subject& output, const Bytes& file,
           const std::shared_ptr<tasks::HsmShares>& shares, Report& report) {
  tasks::Loaded loaded = tasks::load(context, output);
  if (!std::ranges::equal(loaded.bytes, file))
    throw Error(Outcome::io, "the file was written but reads back otherwise: do not trust it", std::nullopt,
                "write it again, to another place");
  const auto opened = tasks::open_wrapped(context, std::move(loaded), shares, false, {}, report);
  report.message = pico_hsm::describe(*opened.key->key()) + " is wrapped in " + printable(output.native()) +
                   ", read back, opened and verified; KCV " + dkek::to_text(opened.key->survey()->kcv);
}

void page(const CreateWrappedKeyOptions& options, const Bytes& allowed, bool has_certificate, std::size_t shares,
          Report& report) {
  const std::string name = printable(options.output.native());
  Section section{"The wrapped key", {}};
  section.row("file", name);
  section.row("label", options.label.empty() ? std::string("none") : printable(options.label));
  section.row("certificate", has_certificate ? "X.509, of this key" : "none");
  if (allowed.empty()) section.row("allowed", "everything, wrapping too");
  for (const std::uint8_t id : allowed) section.row("allowed", pico_hsm::algorithm_name(id));
  section.row(
      "", "Into the device: sc-hsm-tool --unwrap-key " + tasks::shell_quoted(name) + " --key-reference R --pin PIN");
  report.page.push_back(std::move(section));
  report.page.push_back(tasks::dkek_cautions(shares));
}

}  // namespace

void tasks::create_wrapped_key_with(const Context& context, const CreateWrappedKeyOptions& options,
                                    const SharesSource& shares_of, Report& report) {
  tasks::guarded(report, [&] {
    check(options);
    std::vector<Subject> inputs = context.shares;
    for (const auto& input : {options.key, options.certificate})
      if (input) inputs.push_back(*input);
    tasks::check_output(context, inputs, options.output, options.overwrite);
    KeySource source = options.key ? tasks::key_of_file(context, *options.key)
                                   : KeySource{tasks::fresh_key(options.fresh, context.random), {}};
    if (options.certificate) source.certificate = tasks::certificate_of_file(context, *options.certificate);
    check_certificate(source);
    const auto shares = shares_of(report);
    const wrapped_key::DkekKeys& keys = *shares->keys();
    const Bytes allowed = allowed_list(options, source.key);
    const auto composed = pico_hsm::compose(source.key, allowed);
    const Bytes file = wrapped_key::write_file(wrapped_key::write_blob(composed.contents, keys, context.random),
                                               wrapped_key::write_description(description_of(options, source.key)),
                                               source.certificate);
    check_device_takes_it(context, file, keys, report);
    context.files.write(options.output, file, WriteOptions{options.overwrite, 0600});
    prove(context, options.output, file, shares, report);
    report.facts.put("output", printable(options.output.native())).put("output_sha256", to_hex(crypto::sha256(file)));
    if (!pico_hsm::exportable(allowed))
      report.findings.push_back({Severity::warning, "not-exportable",
                                 "the list of allowed algorithms lacks 92: a device that holds this key will never "
                                 "wrap it again, so this file is its only backup",
                                 ""});
    if (options.key)
      report.findings.push_back(
          {Severity::warning, "cleartext-key",
           printable(options.key->native()) + " still holds the key outside of any device: destroy it once the wrapped "
                                              "key is proven by a test restore",
           ""});
    page(options, allowed, !source.certificate.empty(), shares->set().shares.size(), report);
    report.next = "rehearse the restore: `hwbak drill " + tasks::shell_quoted(printable(options.output.native())) +
                  " --share FILE=SOURCE`";
  });
}

Report create_wrapped_key(const Context& context, const CreateWrappedKeyOptions& options) {
  Report report = tasks::blank_report("create", "wrapped-key");
  tasks::create_wrapped_key_with(
      context, options, [&](Report& told) { return tasks::shared_set(context, told, true); }, report);
  return report;
}

}  // namespace hwbak
