// hwbak rekey of wrapped keys: from one DKEK to another; no key is ever on the disk in the clear.
#include <algorithm>
#include <set>

#include "base/hex.h"
#include "base/unicode.h"
#include "crypto/digest.h"
#include "device/pico_hsm/algorithms.h"
#include "hwbak/hsm.h"
#include "tasks/check_output.h"
#include "tasks/dkek_proof.h"
#include "tasks/dkek_set.h"
#include "tasks/opened_key.h"
#include "tasks/shell_quoted.h"

namespace hwbak {
namespace {

using tasks::HsmShares;
using tasks::ShareSet;
using Opened = tasks::WrappedKeyExamination;

// Each DKEK is opened once.
ShareSet opened(const Context& context, std::span<const std::filesystem::path> files, Secrets::ShareQuestion::List list,
                const char* option) {
  if (files.empty())
    throw Error(Outcome::usage, "rekey of wrapped keys goes from one DKEK to another", std::nullopt,
                std::string("name the shares with ") + option + " FILE=SOURCE");
  ShareSet set = tasks::open_shares(context, files, list);
  if (const auto trouble = set.trouble()) throw *trouble;
  return set;
}

// d of X25519 and X448 as it stands in the file of a Pico HSM is one that the device itself refuses.
bool wrong_order(const Opened& opened) {
  return opened.key() != nullptr && opened.key()->byte_order == pico_hsm::ByteOrder::big;
}
// Old cards name the algorithm of AES keys in a way that no Pico HSM takes.
bool foreign_oid(const Opened& opened) {
  return opened.key() != nullptr && !wrapped_key::has_usual_algorithm(opened.header());
}
// Numbers without their leading zeros, and parameter A left out: a genuine card may not take that.
bool shortened(const Opened& opened) {
  return opened.key() != nullptr && (opened.key()->a_empty || !opened.key()->full_length);
}
// Forms that no device was seen to take.
bool untried(const Opened& opened) { return opened.key() != nullptr && !opened.key()->untried.empty(); }
bool composed_anew(const Opened& opened) {
  return wrong_order(opened) || foreign_oid(opened) || shortened(opened) || untried(opened);
}

Bytes blob_for(const Context& context, const Opened& opened, const wrapped_key::DkekKeys& to) {
  const wrapped_key::Survey& header = opened.header();
  if (!composed_anew(opened))
    return wrapped_key::rewrap(header, opened.opening()->plaintext.expose(), to, context.random);
  const auto composed = pico_hsm::compose(opened.key()->key, header.at(header.allowed_algorithms));
  return wrapped_key::write_blob(composed.contents, to, context.random);
}

// Read back and opened with the new DKEK: the same contents, or the same key where they were composed anew.
void prove(const Context& context, const Subject& output, const Opened& before, const wrapped_key::DkekKeys& to) {
  const auto survey = wrapped_key::survey(context.files.read(output, context.max_size));
  const auto opening = wrapped_key::open(survey, to);
  constexpr std::size_t random_bytes = 8;
  const auto body = [](const SecretBytes& plaintext) { return plaintext.expose().subspan(random_bytes); };
  bool same = opening.fit == wrapped_key::Fit::opens;
  if (same && composed_anew(before)) {
    same = crypto::same(pico_hsm::read_key(opening, context.random).key, before.key()->key);
  } else if (same) {
    same = opening.type == before.opening()->type &&
           std::ranges::equal(body(opening.plaintext), body(before.opening()->plaintext));
  }
  if (!same)
    throw Error(Outcome::io, "the new file was written but does not open again: do not trust it", std::nullopt,
                "write it again, to another place");
}

void tell_changes(const Opened& opened, bool same_dkek, Report& report) {
  // What the old file was blamed for, and the new one is free of.
  std::erase_if(report.findings,
                [](const Finding& finding) { return finding.code == "big-endian-d" || finding.code == "empty-a" ||
                         finding.code == "unusual-padding" || finding.code == "broken-generator"; });
  const auto add = [&](const char* code, const char* sentence) {
    report.findings.push_back({Severity::note, code, sentence, ""});
  };
  if (foreign_oid(opened))
    add("algorithm-mended",
        "the algorithm of the key was named in a way that a Pico HSM refuses; the new file has the usual name");
  if (wrong_order(opened))
    add("byte-order-mended",
        "the private number stood in the byte order that a Pico HSM writes but does not read; the new file has the "
        "other one");
  if (shortened(opened))
    add("full-length",
        "the numbers of the curve have their full length in the new file, parameter A included; the key is the same");
  if (untried(opened))
    add("usual-form", "the numbers of the key and what stands behind them have their usual form in the new file");
  if (same_dkek) add("same-dkek", "the old and the new shares make the same DKEK");
}

// sc-hsm-tool takes the second part of a file for the description, whatever it is: a certificate cannot stand there.
Bytes description_in_front(const tasks::OpenedKey& opened, Report& report) {
  if (!opened.description.empty() || opened.certificate.empty() || opened.key->key() == nullptr)
    return Bytes(opened.description.begin(), opened.description.end());
  report.findings.push_back({Severity::note, "description-made",
                             "the new file has a description without a label and with ID 01, since sc-hsm-tool would "
                             "take the certificate for one",
                             ""});
  return wrapped_key::write_description(pico_hsm::description_for(opened.key->key()->key));
}

// What is odd about the shares that the key is wrapped for: nothing in the file that is read could show it.
void tell_new_shares(const ShareSet& set, bool proven, Report& report) {
  report.findings.insert(report.findings.end(), set.findings.begin(), set.findings.end());
  for (const tasks::OpenedShare& share : set.shares)
    report.findings.insert(report.findings.end(), share.findings.begin(), share.findings.end());
  if (!proven) tasks::tell_unproven(set, report);
}

void rewrap_one(const Context& context, const Subject& subject, const Subject& output, const RewrapOptions& options,
                const tasks::RewrapShares& shares, Report& report) {
  const wrapped_key::DkekKeys &from = *shares.from->keys(), &to = *shares.to->keys();
  tasks::check_output(context, std::span(&subject, 1), output, options.overwrite);
  const auto opened =
      tasks::open_wrapped(context, tasks::load(context, subject), shares.from, true, options.parts, report);
  const Opened& key = *opened.key;
  const std::string before = dkek::to_text(from.kcv), after = dkek::to_text(to.kcv);
  tell_changes(key, before == after, report);
  const Bytes blob = blob_for(context, key, to);
  const Bytes file =
      key.survey()->bare ? blob
                         : wrapped_key::write_file(blob, description_in_front(opened, report), opened.certificate);
  context.files.write(output, file, WriteOptions{options.overwrite, 0600});
  prove(context, output, key, to);
  const std::string name = printable(output.native());
  report.facts.put("kcv", after)
      .put("kcv_before", before)
      .put("output", name)
      .put("output_sha256", to_hex(crypto::sha256(file)));
  report.message = (key.key() != nullptr ? pico_hsm::describe(*key.key()) : std::string("a key")) +
                   ", wrapped anew: KCV " + before + " before, " + after + " now; " + name + " is read back and opened" + opened.left_out;
  tell_new_shares(shares.to->set(), before == after, report);   // the key that opened proves its own DKEK
  report.next = "the old file still opens with the old shares: destroy it when the new one is proven by a test restore";
}

tasks::RewrapShares both(const Context& context) {
  tasks::RewrapShares out;
  out.from =
      std::make_shared<HsmShares>(opened(context, context.shares, Secrets::ShareQuestion::List::shares, "--share"));
  out.to = std::make_shared<HsmShares>(
      opened(context, context.new_shares, Secrets::ShareQuestion::List::new_shares, "--new-share"));
  return out;
}

}  // namespace

void tasks::rewrap_with(const Context& context, const std::vector<Subject>& wrapped, const RewrapOptions& options,
                        const std::function<RewrapShares()>& source, const EachReport& each) {
  RewrapShares shares;
  std::optional<Error> trouble;
  try {
    if (options.output && wrapped.size() != 1)
      throw Error(Outcome::usage, "one output cannot hold several keys", std::nullopt, "name a folder with --to DIR");
    shares = source();
    if (shares.to->keys()->kcv == dkek::zero_dkek_kcv)
      throw Error(Outcome::refused,
                  "the new shares make a DKEK of nothing but zeros, which everybody knows; nothing was written",
                  std::nullopt, "check that no share is named twice");
    if (!options.output) context.files.make_folder(options.folder);
  } catch (const Error& error) {
    trouble = error;
  }
  std::set<Subject> written;
  for (const Subject& subject : wrapped) {
    Report report = blank_report("rekey", subject);
    guarded(report, [&] {
      if (trouble) throw *trouble;
      const Subject output = options.output ? *options.output : options.folder / subject.filename();
      if (!written.insert(output).second)
        throw Error(Outcome::refused,
                    "another of the files has the same name, and " + printable(output.native()) + " is already written",
                    std::nullopt, "rekey it on its own, with --output");
      rewrap_one(context, subject, output, options, shares, report);
    });
    each(std::move(report));
  }
}

void rewrap(const Context& context, const std::vector<Subject>& wrapped, const RewrapOptions& options,
            const EachReport& each) {
  tasks::rewrap_with(context, wrapped, options, [&] { return both(context); }, each);
}

}  // namespace hwbak
