// hwbak create dkek-share and dkek reshare: a DKEK, fresh or given, into share files.
#include "base/hex.h"
#include "base/unicode.h"
#include "tasks/dkek_set.h"
#include "tasks/dkek_writing.h"
#include "tasks/family.h"

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
    return tasks::opened_set(context, report).dkek();
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
    const SecretBytes dkek = tasks::opened_set(context, report).dkek();
    tasks::write_shares(context, options, show, dkek, dkek::kdf_rounds, report);
    report.message = "the same DKEK, KCV " + tasks::kcv_text(dkek) + ", is written in " +
                     in_shares(options.files.size()) + " anew, each read back and opened again";
    report.findings.push_back({Severity::warning, "old-shares-work",
                               "the old share files still open the same DKEK with their old passwords and custodians' "
                               "parts: whoever kept copies keeps the "
                               "access. Destroy every copy; where one may be in wrong hands, make a new DKEK and "
                               "`hwbak rekey` the wrapped keys",
                               ""});
  });
  return report;
}

}  // namespace hwbak
