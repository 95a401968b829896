// hwbak doctor: what protects the secrets in this process, and what could not be had.
#include <cstring>

#include "cli/answers.h"
#include "cli/commands.h"
#include "cli/version.h"
#include "crypto/sevenzip_kdf.h"
#include "harden/harden.h"

namespace hwbak::cli {
namespace {

std::string kibibytes(std::size_t bytes) { return std::to_string(bytes / 1024) + " KiB"; }

Section pool_section(const secret::PoolStatus& status) {
  Section section{"Memory for secrets", {}};
  section.rows.push_back({"reserved", kibibytes(status.bytes_reserved)});
  section.rows.push_back({"locked", kibibytes(status.bytes_locked)});
  if (status.lock_failed)
    section.rows.push_back({"not locked", std::string("the system refused: ") + std::strerror(status.lock_errno) +
                                              "; secrets may reach the swap space"});
  section.rows.push_back({"left out of dumps", status.left_out_of_dumps});
  return section;
}

Object pool_facts(const secret::PoolStatus& status) {
  Object facts;
  facts.put("bytes_reserved", static_cast<std::uint64_t>(status.bytes_reserved));
  facts.put("bytes_locked", static_cast<std::uint64_t>(status.bytes_locked));
  facts.put("lock_failed", status.lock_failed);
  facts.put("left_out_of_dumps", status.left_out_of_dumps);
  return facts;
}

}  // namespace

int run_doctor(const Options& options) {
  const SecretBytes in_use(1);  // so that the pool is there to be judged
  const secret::PoolStatus status = secret::pool_status();
  Report report;
  report.command = "doctor";
  Section protections{"Protection of this process", {}};
  List facts;
  std::size_t missing = status.lock_failed ? 1 : 0;
  for (const harden::Protection& protection : harden::survey_protection(openssl_version)) {
    if (!protection.in_force) ++missing;
    protections.rows.push_back({protection.name, (protection.in_force ? "yes: " : "NO: ") + protection.sentence});
    Object fact;
    fact.put("name", protection.name).put("in_force", protection.in_force).put("text", protection.sentence);
    facts.push_back(std::move(fact));
  }
  report.message = missing == 0 ? "All protections are in force."
                                : std::to_string(missing) + (missing == 1 ? " protection" : " protections") + " could not be had.";
  Section program{"Program", {}};
  program.rows.push_back({"version", HWBAK_VERSION});
  program.rows.push_back({"cryptography", std::string(openssl_version)});
  program.rows.push_back({"key derivation", std::string(crypto::sevenzip_kdf_engine())});
  report.facts.put("protections", std::move(facts));
  report.facts.put("secret_memory", pool_facts(status));
  report.facts.put("openssl", std::string(openssl_version));
  report.facts.put("kdf_engine", std::string(crypto::sevenzip_kdf_engine()));
  report.page.push_back(std::move(protections));
  report.page.push_back(pool_section(status));
  report.page.push_back(std::move(program));
  Answers answers(options, 1);
  answers.give(std::move(report));
  return answers.exit();
}

}  // namespace hwbak::cli
