// hwbak create dkek-share and dkek reshare: a DKEK, fresh or given, into share files.
#include "base/hex.h"
#include "base/unicode.h"
#include "tasks/dkek_proof.h"
#include "tasks/dkek_set.h"
#include "tasks/dkek_writing.h"
#include "tasks/family.h"
#include "tasks/shell_quoted.h"

namespace hwbak {
namespace {

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view blanks = " \t\r\n";
  const auto first = text.find_first_not_of(blanks);
  return first == std::string_view::npos ? std::string_view{}
                                         : text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

// 64 hexadecimal digits, or the 32 bytes themselves.
SecretBytes dkek_from(const SecretString& given) {
  if (auto bytes = from_hex_secret(trimmed(given.expose())); bytes && bytes->size() == dkek::share_size)
    return std::move(*bytes);
  if (given.size() == dkek::share_size) return SecretBytes::copy_of(given.expose_bytes());
  throw Error(Outcome::refused, "what was given as the DKEK is neither 64 hexadecimal digits nor 32 bytes", std::nullopt,
              "check the source named with --dkek-from");
}

// Given, of shares, or fresh.
SecretBytes dkek_for(const Context& context, Report& report, std::string& origin) {
  if (!context.shares.empty()) {
    origin = "the DKEK of the shares given";
    const tasks::ShareSet set = tasks::opened_set(context, report);
    tasks::tell_unproven(set, report);
    return set.dkek();
  }
  Secrets::Question question;
  question.kind = Secrets::Kind::dkek;
  question.subject = "the DKEK";
  question.words_likely = false;
  const auto given = context.secrets != nullptr ? context.secrets->ask(question) : std::span<const SecretString>{};
  if (!given.empty()) {
    origin = "the DKEK given";
    return dkek_from(given[0]);
  }
  origin = "a fresh DKEK";
  SecretBytes fresh(dkek::share_size);
  context.random.fill(fresh.expose());
  return fresh;
}

// How the new files are compared with a wrapped key.
std::string compare_new(const WriteSharesOptions& options) {
  std::string out = "hwbak dkek check";
  for (const NewShareFile& file : options.files)
    out += " --share " + tasks::shell_quoted(printable(file.file.native())) + (file.threshold != 0 ? "=quorum:PATH" : "");
  return out + " WRAPPED";
}

std::string in_shares(std::size_t count) { return std::to_string(count) + (count == 1 ? " share" : " shares"); }

}  // namespace

Report create_dkek_share(const Context& context, const WriteSharesOptions& options, const ShowPart& show) {
  Report report = tasks::blank_report("create", "dkek-share");
  tasks::guarded(report, [&] {
    tasks::check_writing(context, options, show);
    std::string origin;
    const SecretBytes dkek = dkek_for(context, report, origin);
    tasks::write_shares(context, options, show, dkek, dkek::kdf_rounds, report);
    report.message = origin + " is written in " + in_shares(options.files.size()) +
                     ", each read back and opened again; KCV " + tasks::kcv_text(dkek);
  });
  return report;
}

Report dkek_reshare(const Context& context, const WriteSharesOptions& options, const ShowPart& show) {
  Report report = tasks::blank_report("dkek", tasks::set_name(context.shares));
  tasks::guarded(report, [&] {
    tasks::check_writing(context, options, show);
    const tasks::ShareSet set = tasks::opened_set(context, report, options.wrapped);
    const SecretBytes dkek = set.dkek();
    tasks::tell_unproven(set, report);
    tasks::write_shares(context, options, show, dkek, dkek::kdf_rounds, report);
    report.message = "the DKEK of these shares, KCV " + tasks::kcv_text(dkek) + ", is written in " +
                     in_shares(options.files.size()) + " anew, each read back and opened again" + tasks::proof_words(set);
    if (!set.proven)
      report.next = "keep the old share files until the KCV is compared with the device's or with a wrapped key: `" + compare_new(options) + "`";
    report.findings.push_back({Severity::warning, "old-shares-work",
                               std::string("the old share files still open with their old passwords and custodians' parts: whoever kept copies keeps the "
                                           "access. ") +
                                   (set.proven ? "Destroy every copy; where" : "Destroy no copy before the KCV was compared; where") +
                                   " one may be in wrong hands, make a new DKEK and `hwbak rekey` the wrapped keys",
                               ""});
  });
  return report;
}

}  // namespace hwbak
