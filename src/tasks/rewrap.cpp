// hwbak rekey of wrapped keys: from one DKEK to another; no key is ever on the disk in the clear.
#include <algorithm>
#include <set>

#include "base/hex.h"
#include "base/unicode.h"
#include "crypto/digest.h"
#include "device/pico_hsm/algorithms.h"
#include "hwbak/hsm.h"
#include "tasks/check_output.h"
#include "tasks/dkek_set.h"
#include "tasks/opened_key.h"
#include "tasks/shell_quoted.h"

namespace hwbak {
namespace {

using tasks::OpenedKey;
using tasks::ShareSet;

struct NewDkek {
  wrapped_key::DkekKeys keys;
  std::string kcv;
};

// Both DKEKs, each opened once. Throws Error with which of them it is.
ShareSet opened(const Context& context, std::span<const std::filesystem::path> files, Secrets::ShareQuestion::List list, const char* option) {
  if (files.empty())
    throw Error(Outcome::usage, "rekey of wrapped keys goes from one DKEK to another", std::nullopt, std::string("name the shares with ") + option + " FILE=SOURCE");
  ShareSet set = tasks::open_shares(context, files, list);
  if (const auto trouble = set.trouble()) throw *trouble;
  return set;
}

// d of X25519 and X448 as it stands in the file of a Pico HSM is one that the device itself refuses.
bool wrong_order(const OpenedKey& opened) { return opened.key && opened.key->byte_order == pico_hsm::ByteOrder::big; }
// Old cards name the algorithm of AES keys in a way that no Pico HSM takes.
bool foreign_oid(const OpenedKey& opened) {
  return opened.key && std::ranges::any_of(opened.survey.remarks, [](const auto& remark) { return remark.code == "foreign-oid"; });
}
bool composed_anew(const OpenedKey& opened) { return wrong_order(opened) || foreign_oid(opened); }

Bytes blob_for(const Context& context, const OpenedKey& opened, const NewDkek& to) {
  if (!composed_anew(opened)) return wrapped_key::rewrap(opened.survey, opened.opening.plaintext.expose(), to.keys, context.random);
  const auto composed = pico_hsm::compose(opened.key->key, opened.survey.at(opened.survey.allowed_algorithms));
  return wrapped_key::write_blob(composed.contents, to.keys, context.random);
}

bool same_key(const crypto::PrivateKey& a, const crypto::PrivateKey& b) {
  if (a.index() != b.index()) return false;
  if (const auto* const rsa = std::get_if<crypto::RsaKey>(&a)) return rsa->n == std::get<crypto::RsaKey>(b).n && rsa->d.equals(std::get<crypto::RsaKey>(b).d.expose());
  if (const auto* const ec = std::get_if<crypto::EcKey>(&a)) return ec->curve == std::get<crypto::EcKey>(b).curve && ec->d.equals(std::get<crypto::EcKey>(b).d.expose());
  if (const auto* const curve = std::get_if<crypto::MontgomeryKey>(&a)) return curve->d.equals(std::get<crypto::MontgomeryKey>(b).d.expose());
  return std::get<crypto::SecretKey>(a).key.equals(std::get<crypto::SecretKey>(b).key.expose());
}

// Read back and opened with the new DKEK: the same contents, or the same key where they were composed anew.
void prove(const Context& context, const Subject& output, const OpenedKey& before, const NewDkek& to) {
  const auto survey = wrapped_key::survey(context.files.read(output, context.max_size));
  const auto opening = wrapped_key::open(survey, to.keys);
  constexpr std::size_t random_bytes = 8;
  const auto body = [](const SecretBytes& plaintext) { return plaintext.expose().subspan(random_bytes); };
  bool same = opening.fit == wrapped_key::Fit::opens && survey.type == before.survey.type;
  if (same && composed_anew(before)) {
    const auto type = static_cast<wrapped_key::KeyType>(survey.type);
    same = same_key(pico_hsm::read_key(wrapped_key::body_of(opening.plaintext.expose(), type), type, context.random).key, before.key->key);
  } else if (same) {
    same = std::ranges::equal(body(opening.plaintext), body(before.opening.plaintext));
  }
  if (!same)
    throw Error(Outcome::io, "the new file was written but does not open again: do not trust it", std::nullopt, "write it again, to another place");
}

void rewrap_one(const Context& context, const Subject& subject, const Subject& output, bool overwrite, const ShareSet& from, const NewDkek& to, Report& report) {
  tasks::check_output(context, std::span(&subject, 1), output, overwrite);
  const OpenedKey opened = tasks::open_wrapped(context, tasks::load(context, subject), from, report);
  tasks::put_key(report, opened);
  const std::string before = dkek::to_text(opened.survey.kcv);
  if (opened.unknown)
    report.findings.push_back({Severity::warning, "key-not-checked", "the contents are taken over to the byte, but the key could not be checked: " + opened.unknown->sentence(), ""});
  if (foreign_oid(opened))
    report.findings.push_back({Severity::note, "oid-mended", "the algorithm of the key was named in a way that a Pico HSM refuses; the new file has the usual one", ""});
  if (wrong_order(opened))
    report.findings.push_back({Severity::note, "byte-order-mended", "the private number stood in the byte order that a Pico HSM writes but does not read; the new file has the other one", ""});
  if (before == to.kcv)
    report.findings.push_back({Severity::note, "same-dkek", "the old and the new shares make the same DKEK: only the random bytes of the file are new", ""});
  const Bytes blob = blob_for(context, opened, to);
  const Bytes file = opened.survey.bare ? blob
                                        : wrapped_key::write_file(blob, opened.survey.at(opened.survey.description), opened.survey.at(opened.survey.certificate));
  context.files.write(output, file, WriteOptions{overwrite, 0600});
  prove(context, output, opened, to);
  const std::string name = printable(output.native());
  report.facts.put("kcv", to.kcv).put("kcv_before", before).put("output", name).put("output_sha256", to_hex(crypto::sha256(file)));
  report.message = (opened.key ? pico_hsm::describe(*opened.key) : std::string("a key")) + ", wrapped anew: KCV " + before + " before, " + to.kcv + " now; " + name +
                   " is read back and opened";
  report.next = "the old file still opens with the old shares: destroy it when the new one is proven by a test restore";
}

}  // namespace

void rewrap(const Context& context, const std::vector<Subject>& wrapped, const RewrapOptions& options, const EachReport& each) {
  ShareSet from;
  NewDkek to;
  std::optional<Error> trouble;
  try {
    if (options.output && wrapped.size() != 1)
      throw Error(Outcome::usage, "one output cannot hold several keys", std::nullopt, "name a folder with --to DIR");
    from = opened(context, context.shares, Secrets::ShareQuestion::List::shares, "--share");
    const ShareSet next = opened(context, context.new_shares, Secrets::ShareQuestion::List::new_shares, "--new-share");
    const SecretBytes dkek = next.dkek();
    if (dkek::kcv_of(tasks::dkek_bytes(dkek)) == dkek::zero_dkek_kcv)
      throw Error(Outcome::refused, "the new shares make a DKEK of nothing but zeros, which everybody knows; nothing was written", std::nullopt,
                  "check that no share is named twice");
    to.keys = wrapped_key::keys_of(tasks::dkek_bytes(dkek));
    to.kcv = tasks::kcv_text(dkek);
    if (!options.output) context.files.make_folder(options.folder);
  } catch (const Error& error) {
    trouble = error;
  }
  std::set<Subject> written;
  for (const Subject& subject : wrapped) {
    Report report = tasks::blank_report("rekey", subject);
    tasks::guarded(report, [&] {
      if (trouble) throw *trouble;
      const Subject output = options.output ? *options.output : options.folder / subject.filename();
      if (!written.insert(output).second)
        throw Error(Outcome::refused, "another of the files has the same name, and " + printable(output.native()) + " is already written", std::nullopt,
                    "rekey it on its own, with --output");
      rewrap_one(context, subject, output, options.overwrite, from, to, report);
    });
    each(std::move(report));
  }
}

}  // namespace hwbak
