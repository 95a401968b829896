// See dkek_writing.h.
#include "tasks/dkek_writing.h"

#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "base/unicode.h"
#include "container/dkek_share/quorum.h"
#include "crypto/dkek_kdf.h"
#include "tasks/check_output.h"
#include "tasks/custodian_sheets.h"
#include "tasks/dkek_set.h"
#include "tasks/new_password.h"
#include "tasks/share_password.h"
#include "tasks/shell_quoted.h"

namespace hwbak::tasks {
namespace {

constexpr std::size_t most_shares = 255;         // a device counts them in one byte
constexpr unsigned smallest_quorum = 3;          // custodians, as in sc-hsm-tool

// One share on its way into its file.
struct Planned {
  const NewShareFile* wanted = nullptr;
  std::string name;                              // of the file, without its folder
  SecretBytes share, password, key{48};
  std::array<std::uint8_t, 8> salt{};
  std::optional<dkek::Quorum> quorum;
  Bytes file;
};

struct Output {
  Subject place;
  SecretBytes bytes;
};

std::string shown(const Subject& file) { return printable(file.native()); }

std::string name_of(const NewShareFile& wanted) { return wanted.file.filename().native(); }

bool has_quorum(const WriteSharesOptions& options) {
  return std::ranges::any_of(options.files, [](const NewShareFile& file) { return file.threshold != 0; });
}

// --- before anything is asked ---

void check_quorum_numbers(const NewShareFile& wanted) {
  if (wanted.threshold == 0 && wanted.total == 0) return;
  if (wanted.threshold >= 2 && wanted.total >= smallest_quorum && wanted.threshold <= wanted.total &&
      wanted.total <= dkek::max_custodians)
    return;
  throw Error(Outcome::usage,
              "a quorum of " + std::to_string(wanted.threshold) + " of " + std::to_string(wanted.total) +
                  " cannot be: it takes 3 to " + std::to_string(dkek::max_custodians) +
                  " custodians, and at least 2 of them to open",
              std::nullopt, "give one like 3/5: any 3 of 5 custodians");
}

// The places of the sheets and of the parts, as they will be named.
std::vector<Subject> further_places(const WriteSharesOptions& options) {
  std::vector<Subject> out;
  for (const NewShareFile& wanted : options.files) {
    const std::string name = name_of(wanted);
    const auto add = [&](const Subject& folder, const std::string& stem) {
      out.push_back(folder / (stem + ".txt"));
      out.push_back(folder / (stem + ".svg"));
    };
    if (options.sheets && wanted.total == 0) add(*options.sheets, name);
    for (unsigned id = 1; id <= wanted.total; ++id) {
      if (options.sheets) add(*options.sheets, name + ".custodian-" + std::to_string(id));
      if (options.quorums) out.push_back(*options.quorums / (name + "." + std::to_string(id) + ".txt"));
    }
  }
  return out;
}

void check_places(const Context& context, const WriteSharesOptions& options) {
  std::set<Subject> places;
  const std::vector<Subject> inputs = inputs_of(context, options.wrapped);
  std::vector<Subject> all = further_places(options);
  for (const NewShareFile& wanted : options.files) all.push_back(wanted.file);
  for (const Subject& place : all) {
    if (place.native() == "-" || !place.has_filename())
      throw Error(Outcome::usage, "a share is written to a file with a name, not to " + shown(place), std::nullopt,
                  "name a file like dkek-1.pbe");
    if (!places.insert(place.lexically_normal()).second)
      throw Error(Outcome::usage, "two outputs have the name " + shown(place), std::nullopt,
                  "give each share file a name of its own");
    check_output(context, inputs, place, options.overwrite);
  }
  std::map<Subject, std::uint64_t> folders;
  for (const NewShareFile& wanted : options.files)
    ++folders[wanted.file.parent_path().empty() ? Subject(".") : wanted.file.parent_path()];
  for (const auto& [folder, count] : folders) context.files.check_room(folder, dkek::file_size, count);
}

// --- passwords ---

SecretBytes password_for(const Context& context, const WriteSharesOptions& options, std::size_t index, Report& report) {
  const std::string file = shown(options.files[index].file);
  SecretString password;
  if (context.secrets != nullptr) {
    Secrets::ShareQuestion question;
    question.list = Secrets::ShareQuestion::List::written;
    question.index = index;
    question.subject = file;
    if (const auto* const given = context.secrets->share(question)) {
      if (given->quorum)
        throw Error(Outcome::usage,
                    "a new share file takes a password, or quorum:K/N for fresh parts; a quorum that exists cannot be "
                    "given to it",
                    std::nullopt, "give --write-share FILE=quorum:3/5");
      password = given->text.clone();
    } else if (options.files.size() == 1) {
      if (const SecretString* const single = given_new_password(context, file)) password = single->clone();
    }
  }
  if (password.empty())
    throw Error(Outcome::refused, "no password was given for " + file + "; nothing was written", std::nullopt,
                "give it with --new-password-from or --write-share FILE=SOURCE, or run it on a terminal");
  judge_share_password(password, file, report);
  return SecretBytes::copy_of(password.expose_bytes());
}

void tell_same_passwords(const std::vector<Planned>& plan, Report& report) {
  for (std::size_t i = 0; i < plan.size(); ++i)
    for (std::size_t j = 0; j < i; ++j)
      if (!plan[i].quorum && !plan[j].quorum && plan[i].password.equals(plan[j].password.expose())) {
        report.findings.push_back(
            {Severity::warning, "same-password",
             "two shares have the same password: whoever knows it opens both, so they are hardly two shares any more",
             printable(plan[j].name) + ", " + printable(plan[i].name)});
        return;
      }
}

// --- splitting and sealing ---

// All but the last at random, the last so that they make the DKEK together.
void split(const SecretBytes& dkek, std::vector<Planned>& plan, RandomSource& random) {
  SecretBytes last = dkek.clone();
  for (std::size_t i = 0; i + 1 < plan.size(); ++i) {
    plan[i].share = SecretBytes(dkek::share_size);
    random.fill(plan[i].share.expose());
    for (std::size_t at = 0; at < dkek::share_size; ++at) last.expose()[at] ^= plan[i].share.expose()[at];
  }
  plan.back().share = std::move(last);
}

// All files side by side. `from` and `to`: the part of the whole work that this is.
void derive(const Context& context, std::vector<Planned>& plan, std::uint32_t rounds, double from, double to) {
  std::vector<crypto::DkekKdfJob> jobs;
  for (Planned& one : plan)
    jobs.push_back({one.password.expose(), one.salt, rounds, FixedSpan<48>(one.key.expose().data(), 48)});
  const auto progress = [&](double part) { return !context.progress || context.progress(from + part * (to - from)); };
  if (!crypto::derive_dkek_share_keys(jobs, progress))
    throw Error(Outcome::stopped, "interrupted while the keys were derived", std::nullopt, "run the command again");
}

std::vector<Planned> sealed(const Context& context, const WriteSharesOptions& options, const SecretBytes& dkek,
                            std::uint32_t rounds, Report& report) {
  std::vector<Planned> plan(options.files.size());
  for (std::size_t i = 0; i < plan.size(); ++i) {
    plan[i].wanted = &options.files[i];
    plan[i].name = name_of(options.files[i]);
    if (options.files[i].threshold == 0) {
      plan[i].password = password_for(context, options, i, report);
    } else {
      auto fresh = dkek::fresh_quorum(options.files[i].threshold, options.files[i].total, context.random);
      plan[i].password = std::move(fresh.password);
      plan[i].quorum = std::move(fresh.quorum);
    }
  }
  tell_same_passwords(plan, report);
  split(dkek, plan, context.random);
  for (Planned& one : plan) context.random.fill(one.salt);
  derive(context, plan, rounds, 0, 0.5);
  for (Planned& one : plan)
    one.file = dkek::seal(dkek_bytes(one.share), one.salt, FixedView<48>(one.key.expose().data(), 48));
  return plan;
}

// --- the custodians ---

CustodianPart part_of(const std::vector<Planned>& plan, std::size_t index, std::size_t custodian,
                      const std::string& kcv) {
  const Planned& one = plan[index];
  const dkek::QuorumShare& share = one.quorum->shares[custodian];
  CustodianPart part;
  part.share_file = one.name;
  part.share = static_cast<unsigned>(index + 1);
  part.shares = static_cast<unsigned>(plan.size());
  part.id = static_cast<unsigned>(share.id);
  part.threshold = one.wanted->threshold;
  part.total = one.wanted->total;
  part.prime = dkek::printed(one.quorum->prime.expose());
  part.value = dkek::printed(share.value.expose());
  part.kcv = kcv;
  return part;
}

template <typename Each>
void for_each_part(const std::vector<Planned>& plan, const std::string& kcv, Each each) {
  for (std::size_t i = 0; i < plan.size(); ++i)
    if (plan[i].quorum)
      for (std::size_t custodian = 0; custodian < plan[i].quorum->shares.size(); ++custodian)
        each(part_of(plan, i, custodian, kcv));
}

void show_parts(const std::vector<Planned>& plan, const std::string& kcv, const ShowPart& show) {
  for_each_part(plan, kcv, [&](const CustodianPart& part) {
    if (!show(part))
      throw Error(Outcome::refused,
                  "given up at custodian " + std::to_string(part.id) + " of " + printable(part.share_file) +
                      "; nothing was written",
                  std::nullopt, "run it again: all parts will be other ones, so throw away what was noted down");
  });
}

// Parts and pages first: share files without them could never be opened, while they alone are of no use to anybody.
std::vector<Output> outputs_of(const std::vector<Planned>& plan, const WriteSharesOptions& options,
                               const std::string& kcv) {
  std::vector<Output> out;
  const auto add = [&](const Subject& folder, std::vector<foreign::NamedFile> files) {
    for (foreign::NamedFile& file : files) out.push_back({folder / file.name, std::move(file.bytes)});
  };
  for_each_part(plan, kcv, [&](const CustodianPart& part) {
    if (options.sheets) add(*options.sheets, custodian_sheet(part));
    if (options.quorums)
      out.push_back(
          {*options.quorums / (part.share_file + "." + std::to_string(part.id) + ".txt"), quorum_lines(part)});
  });
  for (std::size_t i = 0; i < plan.size() && options.sheets; ++i)
    if (!plan[i].quorum)
      add(*options.sheets, share_sheet({plan[i].name, static_cast<unsigned>(i + 1), static_cast<unsigned>(plan.size()),
                                        kcv, plan[i].file}));
  for (const Planned& one : plan) out.push_back({one.wanted->file, SecretBytes::copy_of(one.file)});
  return out;
}

// --- the disk ---

std::string list_of(std::span<const Subject> files) {
  std::string out;
  for (const Subject& file : files) out += (out.empty() ? "" : ", ") + shown(file);
  return out;
}

void write_all(const Context& context, const WriteSharesOptions& options, const std::vector<Output>& outputs,
               Report& report) {
  std::vector<Subject> written;
  try {
    for (const auto& folder : {options.sheets, options.quorums})
      if (folder) context.files.make_folder(*folder);
    for (const Output& output : outputs) {
      context.files.write(output.place, output.bytes.expose(), WriteOptions{options.overwrite, 0600});
      written.push_back(output.place);
    }
  } catch (const Error& error) {
    List names;
    for (const Subject& file : written) names.emplace_back(shown(file));
    report.facts.put("written", std::move(names));
    if (written.empty()) throw;
    throw Error(
        error.outcome(),
        std::to_string(written.size()) + " of " + std::to_string(outputs.size()) +
            " files are written, the others are not: " + error.sentence() + ". Written: " + list_of(written),
        std::nullopt,
        "remove these files, make room or name another place, and run it again: a set that is not whole opens nothing");
  }
}

[[noreturn]] void not_proven(const Subject& file) {
  throw Error(Outcome::io, shown(file) + " was written but does not open again: do not trust this set", std::nullopt,
              "write it again, to another place");
}

// As a stranger would open them: from the bytes on the disk and the passwords, those of a quorum put together from parts.
std::vector<SecretBytes> prove(const Context& context, std::vector<Planned>& plan, const SecretBytes& dkek, std::uint32_t rounds) {
  std::vector<dkek::Survey> surveys;
  for (Planned& one : plan) {
    surveys.push_back(dkek::survey(context.files.read(one.wanted->file, context.max_size)));
    one.salt = surveys.back().salt;
    if (!one.quorum) continue;
    dkek::Quorum some = one.quorum->clone();
    some.shares.erase(some.shares.begin(), some.shares.end() - one.wanted->threshold);
    const auto passwords = dkek::passwords_of(some);
    if (passwords.empty() || !passwords[0].password.equals(one.password.expose())) not_proven(one.wanted->file);
    one.password = passwords[0].password.clone();
  }
  derive(context, plan, rounds, 0.5, 1);
  std::vector<SecretBytes> shares;
  std::vector<const SecretBytes*> pointers;
  for (std::size_t i = 0; i < plan.size(); ++i) {
    auto opened = dkek::open(surveys[i], FixedView<48>(plan[i].key.expose().data(), 48));
    if (!opened || !opened->mended.empty()) not_proven(plan[i].wanted->file);
    shares.push_back(std::move(opened->share));
  }
  for (const SecretBytes& share : shares) pointers.push_back(&share);
  if (!dkek::combine(pointers).equals(dkek.expose())) not_proven(plan[0].wanted->file);
  return shares;
}

// --- the answer ---

void put_facts(const std::vector<Planned>& plan, const std::string& kcv, Report& report) {
  List shares;
  unsigned id = 0;
  for (const Planned& one : plan) {
    Object item;
    item.put("file", shown(one.wanted->file)).put("id", ++id).put("protection", one.quorum ? "quorum" : "password");
    if (one.quorum) item.put("threshold", one.wanted->threshold).put("total", one.wanted->total);
    shares.emplace_back(std::move(item));
  }
  report.facts.put("kcv", kcv).put("shares", std::move(shares));
}

void page(const std::vector<Planned>& plan, const std::vector<Output>& outputs, const std::string& kcv, Report& report) {
  Section files{"The DKEK", {}};
  files.row("KCV", kcv + "; note it down: it tells whether a share, a device and a wrapped key belong together");
  for (const Planned& one : plan)
    files.row("share",
              shown(one.wanted->file) + (one.quorum ? ", any " + std::to_string(one.wanted->threshold) + " of " +
                                                          std::to_string(one.wanted->total) + " custodians open it"
                                                    : ", under a password"));
  Section pages{"For the custodians", {}};
  for (std::size_t i = 0; i + plan.size() < outputs.size(); ++i) pages.row("written", shown(outputs[i].place));
  if (!pages.rows.empty())
    pages.row("", "These files hold secrets in the clear: print or hand over each, then destroy it.");
  report.page.clear();
  report.page.push_back(std::move(files));
  if (!pages.rows.empty()) report.page.push_back(std::move(pages));
  report.page.push_back(dkek_cautions(plan.size()));
}

}  // namespace

void check_writing(const Context& context, const WriteSharesOptions& options, const ShowPart& show) {
  if (options.files.empty())
    throw Error(Outcome::usage, "no share file to write is named", std::nullopt,
                "name each with --write-share FILE=SOURCE, or a single one with --output FILE");
  if (options.files.size() > most_shares)
    throw Error(Outcome::usage, "a DKEK has at most " + std::to_string(most_shares) + " shares", std::nullopt,
                "name fewer files");
  for (const NewShareFile& wanted : options.files) check_quorum_numbers(wanted);
  if (has_quorum(options) && !show && !options.sheets && !options.quorums)
    throw Error(
        Outcome::refused,
        "there is no terminal to show the custodians their parts on, and they would be lost; nothing was written",
        std::nullopt, "run it on a terminal, or give --sheets DIR for printable pages, or --quorums DIR for files");
  check_places(context, options);
}

std::vector<SecretBytes> write_shares(const Context& context, const WriteSharesOptions& options, const ShowPart& show,
                                      const SecretBytes& dkek, std::uint32_t rounds, Report& report) {
  const dkek::Kcv kcv = dkek::kcv_of(dkek_bytes(dkek));
  const std::string text = dkek::to_text(kcv);
  if (kcv == dkek::zero_dkek_kcv)
    throw Error(Outcome::refused, "this DKEK is all zeros: everybody knows it; nothing was written", std::nullopt,
                "leave it away for a fresh one, or check that no share was named twice");
  std::vector<Planned> plan = sealed(context, options, dkek, rounds, report);
  if (!options.sheets && !options.quorums && has_quorum(options)) show_parts(plan, text, show);
  const std::vector<Output> outputs = outputs_of(plan, options, text);
  write_all(context, options, outputs, report);
  std::vector<SecretBytes> shares = prove(context, plan, dkek, rounds);
  put_facts(plan, text, report);
  if (outputs.size() > plan.size()) {
    List names;
    for (std::size_t i = 0; i + plan.size() < outputs.size(); ++i) names.emplace_back(shown(outputs[i].place));
    report.facts.put("custodian_files", std::move(names));
  }
  report.format = "dkek-set";
  report.levels = {Level::pass, Level::pass, Level::not_run};
  page(plan, outputs, text, report);
  std::string command = "hwbak dkek " + std::string(has_quorum(options) ? "rehearse" : "check");
  for (const Planned& one : plan)
    command += " --share " + shell_quoted(shown(one.wanted->file)) + "=" + (one.quorum ? "quorum:PATH" : "tty");
  report.next = "prove that every holder can open it: `" + command + "`";
  return shares;
}

}  // namespace hwbak::tasks
