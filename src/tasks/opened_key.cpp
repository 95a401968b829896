// See opened_key.h.
#include "tasks/opened_key.h"

#include "base/hex.h"
#include "device/pico_hsm/algorithms.h"
#include "tasks/dkek_set.h"

namespace hwbak::tasks {
namespace {

wrapped_key::Opening opened_by(const wrapped_key::Survey& survey, const ShareSet& set, Report& report) {
  const auto fit = set.fitting(survey.kcv);
  if (fit && !fit->mended.empty())
    report.findings.push_back({Severity::warning, "share-damaged", "the shares open this file once " + fit->mended + " is put right: that byte is damaged", fit->mended});
  if (fit) return wrapped_key::open(survey, fit->keys);
  return set.all_open() ? wrapped_key::open(survey, wrapped_key::keys_of(dkek_bytes(set.dkek()))) : wrapped_key::Opening{};
}

void check_opening(const wrapped_key::Survey& survey, const wrapped_key::Opening& opening, const ShareSet& set, Report& report) {
  if (opening.fit == wrapped_key::Fit::other_dkek)
    throw Error(Outcome::wrong_secret,
                "wrapped under another DKEK: its KCV is " + dkek::to_text(survey.kcv) + (set.all_open() ? "; these shares make " + kcv_text(set.dkek()) : ""),
                std::nullopt, "look for the shares of that DKEK: `hwbak dkek check --share FILE=SOURCE WRAPPED` says which of them fit");
  if (opening.plaintext.empty())
    throw Error(Outcome::damaged, "the DKEK is the right one, but the MAC does not hold: the wrapped key is damaged", std::nullopt, "look for another copy of it");
  if (opening.mended.empty()) return;
  std::string places;
  for (const std::uint64_t at : opening.mended) places += (places.empty() ? "" : ", ") + std::to_string(at);
  report.findings.push_back({Severity::warning, "key-mended", "damaged bytes were put right; the MAC proves it", "bytes " + places});
}

}  // namespace

OpenedKey open_wrapped(const Context& context, Loaded file, const ShareSet& set, Report& report) {
  if (!wrapped_key::recognise(file.bytes))
    throw Error(Outcome::unsupported, "this is no wrapped key", std::nullopt, "see what it is: `hwbak inspect FILE`");
  report.format = "wrapped-key";
  OpenedKey out;
  out.survey = wrapped_key::survey(std::move(file.bytes));
  report.levels.structure = Level::pass;
  if (out.survey.dead_end) throw *out.survey.dead_end;
  out.opening = opened_by(out.survey, set, report);
  check_opening(out.survey, out.opening, set, report);
  if (!out.opening.mended.empty()) {
    const Bytes description(out.survey.at(out.survey.description).begin(), out.survey.at(out.survey.description).end());
    const Bytes certificate(out.survey.at(out.survey.certificate).begin(), out.survey.at(out.survey.certificate).end());
    out.survey = wrapped_key::survey(out.survey.bare ? out.opening.blob : wrapped_key::write_file(out.opening.blob, description, certificate));
  }
  report.levels.content = Level::pass;
  const auto type = static_cast<wrapped_key::KeyType>(out.survey.type);
  try {
    out.key = pico_hsm::read_key(wrapped_key::body_of(out.opening.plaintext.expose(), type), type, context.random);
  } catch (const Error& error) {
    if (error.outcome() != Outcome::unsupported) throw;
    out.unknown = error;
    return out;
  }
  out.beside = pico_hsm::compare(*out.key, {out.survey.at(out.survey.description), out.survey.at(out.survey.certificate)});
  if (!out.beside.what_differs.empty())
    throw Error(Outcome::inconsistent, out.beside.what_differs.front(), std::nullopt, "see the whole answer: `hwbak verify` with the same --share");
  report.levels.meaning = Level::pass;
  return out;
}

}  // namespace hwbak::tasks
