// hwbak export: the contents in another program's format, values never altered.
#include <algorithm>
#include <map>
#include <set>

#include "base/counted.h"
#include "base/hex.h"
#include "base/unicode.h"
#include "tasks/badge_description.h"
#include "tasks/badge_export.h"
#include "tasks/badge_items.h"
#include "tasks/check_output.h"

namespace hwbak {
namespace {

using foreign::Format;
using tasks::BadgeExport;

// nullopt: "json", our own
std::optional<Format> format_of(const std::string& wanted) {
  const auto format = foreign::format_named(wanted);
  if (!format && wanted != "json")
    throw Error(Outcome::usage, "there is no format " + printable(wanted) + " to export as", std::nullopt,
                "give one of: otpauth, otpauth-qr, keepassxc-csv, bitwarden-json, bitwarden-csv, 1password-csv, browser-csv, aegis, vcf, json");
  return format;
}

bool is_csv(Format format) {
  return format == Format::keepassxc_csv || format == Format::bitwarden_csv || format == Format::onepassword_csv || format == Format::browser_csv;
}

SecretBytes one_file(const foreign::Contents& contents, Format format) {
  switch (format) {
    case Format::otpauth: return foreign::write_otpauth(contents);
    case Format::keepassxc_csv: return foreign::write_keepassxc_csv(contents);
    case Format::bitwarden_json: return foreign::write_bitwarden_json(contents);
    case Format::bitwarden_csv: return foreign::write_bitwarden_csv(contents);
    case Format::onepassword_csv: return foreign::write_1password_csv(contents);
    case Format::browser_csv: return foreign::write_browser_csv(contents);
    case Format::aegis: return foreign::write_aegis(contents);
    case Format::vcf: return foreign::write_vcards(contents);
    case Format::otpauth_qr: break;
  }
  SecretBytes out;   // for a terminal: the name above each code
  const auto put = [&](std::string_view text) { out.append(ByteView(reinterpret_cast<const std::uint8_t*>(text.data()), text.size())); };
  for (const otp::Account& account : contents.accounts) {
    const SecretString code = foreign::qr_terminal(account);
    put(printable(account.issuer.expose()));
    put(account.issuer.empty() ? "" : ": ");
    put(printable(account.name.expose()));
    put("\n");
    put(code.expose());
    put("\n");
  }
  return out;
}

// Whether the output is a folder of files, one a record. A path that is nothing yet is a folder for several pictures, and where it ends
// with a slash.
bool wants_folder(const Context& context, Format format, const Subject& output, std::size_t accounts) {
  if (format != Format::otpauth_qr && format != Format::vcf) return false;
  if (const auto there = context.files.info(output)) return there->kind == FileInfo::Kind::folder;
  if (!output.has_filename()) return true;
  if (format == Format::vcf) return false;
  if (output.extension() == ".svg" && accounts > 1)
    throw Error(Outcome::refused, "one picture holds one account, and there are " + std::to_string(accounts), std::nullopt,
                "name a folder with --output: each account becomes a file in it");
  return output.extension() != ".svg";
}

std::vector<Subject> write_folder(const Context& context, Format format, const foreign::Contents& contents, const ExportOptions& options) {
  const Subject folder = options.output->has_filename() ? *options.output : options.output->parent_path();
  const auto files = format == Format::vcf ? foreign::vcard_files(contents) : foreign::qr_files(contents);
  std::vector<Subject> written;
  for (const foreign::NamedFile& file : files) tasks::check_output(context, {}, folder / file.name, options.overwrite);
  context.files.make_folder(folder);
  for (const foreign::NamedFile& file : files) {
    context.files.write(folder / file.name, file.bytes.expose(), WriteOptions{options.overwrite, 0600});
    written.push_back(folder / file.name);
  }
  return written;
}

// The same sentence about many records is one finding.
void put_losses(Report& report, const BadgeExport& from, Format format) {
  const auto path_of = [&](std::string_view where) -> std::string {
    const std::size_t space = std::min(where.find(' '), where.size());
    const auto& paths = where.starts_with("account") ? from.account_paths : where.starts_with("login") ? from.login_paths : from.card_paths;
    const std::size_t index = std::strtoul(std::string(where.substr(space)).c_str(), nullptr, 10);
    return index >= 1 && index <= paths.size() ? paths[index - 1] : std::string(where);
  };
  std::vector<std::pair<std::string, std::vector<std::string>>> grouped;
  for (const foreign::Remark& loss : foreign::losses(from.contents, format)) {
    auto group = std::ranges::find(grouped, loss.sentence, [](const auto& known) { return known.first; });
    if (group == grouped.end()) group = grouped.insert(grouped.end(), {loss.sentence, {}});
    group->second.push_back(path_of(loss.where));
  }
  for (const auto& [sentence, places] : grouped) {
    const std::string more = places.size() > 1 ? " The same is true of " + counted(places.size() - 1, "more", "more") + "." : "";
    report.findings.push_back({Severity::warning, "export-loss", sentence + more, places.front()});
  }
}

// Records that could not be read, and values without which their record is exported.
std::size_t put_left_out(Report& report, const cdc_badge::Payload& payload, const BadgeExport& from, bool settings_too) {
  std::set<std::string_view> there;
  for (const auto* paths : {&from.account_paths, &from.login_paths, &from.card_paths}) there.insert(paths->begin(), paths->end());
  for (const cdc_badge::TwoFactor* account : from.challenge_response) there.insert(account->path);
  List list;
  Section section{"Left out", {}};
  const tasks::Unread unread(payload);
  for (const tasks::Unread::Place& place : unread.places()) {
    const bool setting = place.path == "system" || tasks::setting_of(place.path);
    if (setting && !settings_too) continue;
    const auto record = cdc_badge::record_place(place.path);
    const bool kept = record && there.contains(cdc_badge::path_of_record(record->list, record->index));
    const std::string reason = place.reason + (kept ? "; the record is exported without it" : record ? "; the record is left out" : "");
    section.row(place.path, reason);
    Object item;
    item.put("where", place.path).put("reason", reason);
    list.emplace_back(std::move(item));
  }
  const std::size_t count = list.size();
  if (count != 0) {
    report.findings.push_back({Severity::warning, "left-out",
                               counted(count, "place") + " of the backup could not be read and " + is_or_are(count) + " not in the export: facts.left_out names " +
                                   (count == 1 ? "it." : "them."),
                               section.rows.front().label});
    constexpr std::size_t most = 40;
    if (section.rows.size() > most) {
      section.rows.resize(most);
      section.row("", counted(count - most, "more", "more") + "; --json lists them all");
    }
    report.page.push_back(std::move(section));
  }
  report.facts.put("left_out", std::move(list));
  return count;
}

void put_challenge_response(Report& report, const BadgeExport& from, const ExportOptions& options, bool reveal) {
  if (from.challenge_response.empty()) return;
  List list;
  Section section{"Challenge-response", {}};
  for (const cdc_badge::TwoFactor* account : from.challenge_response) {
    Object item;
    item.put("where", account->path).put("name", account->name.text.clone()).put("algorithm", tasks::name(account->hash));
    const bool shown = options.challenge_response && reveal;
    if (shown) item.put("key_hex", to_hex_secret(account->secret.expose()));
    list.emplace_back(std::move(item));
    section.row(printable(account->name.text.expose()),
                shown ? Value(to_hex_secret(account->secret.expose())) : Value("HMAC key not exported (--challenge-response --reveal shows it as hex)"));
  }
  report.facts.put("challenge_response", std::move(list));
  report.findings.push_back({Severity::warning, "challenge-response",
                             counted(from.challenge_response.size(), "challenge-response account") +
                                 " left out: no format has a place for the keys. --challenge-response with --reveal gives them as hex, as programs for "
                                 "a USB key's slot 2 take them.",
                             from.challenge_response.front()->path});
  report.page.push_back(std::move(section));
}

// `told`: the format is one in which a login can have a TOTP.
void put_links(Report& report, const BadgeExport& from, bool link, bool told) {
  List list;
  for (const BadgeExport::Link& found : from.links) {
    Object item;
    item.put("where", found.login->path).put("title", found.login->title.text.clone()).put("totp_slot", found.login->totp_slot.value_or(0));
    item.put("account", found.account != nullptr ? Value(found.account->name.text.clone()) : Value()).put("linked", link && found.account != nullptr);
    list.emplace_back(std::move(item));
  }
  if (list.empty()) return;
  report.facts.put("totp_links", std::move(list));
  if (!told) return;
  report.findings.push_back({Severity::note, "totp-link",
                             link ? "Logins took the accounts that have the index of their totp_slot, as --link-totp asks. After accounts were deleted on the "
                                    "badge such a number may lead to another one: compare a code of each."
                                  : "Logins name accounts by a slot number. They are probably those with the same index in the list, but nothing in the "
                                    "backup proves it, so their TOTP is left empty; --link-totp takes them.",
                             from.links.front().login->path});
}

void put_spreadsheet(Report& report, const foreign::Contents& contents) {
  const auto formula = [](const SecretString& value) {
    return !value.empty() && std::string_view("=+-@\t\r").find(value.expose().front()) != std::string_view::npos;
  };
  const bool any = std::ranges::any_of(contents.logins, [&](const foreign::Login& login) {
    return formula(login.title) || formula(login.username) || formula(login.password) || formula(login.url) || formula(login.notes);
  });
  report.findings.push_back({any ? Severity::warning : Severity::note, "spreadsheet",
                             std::string("Do not open this CSV in a spreadsheet: it changes what looks like a number or a date, and runs values that begin with "
                                         "= + - or @ as formulas.") + (any ? " There are such values; they are written as they are." : ""),
                             ""});
}

struct Exported {
  std::size_t accounts = 0, logins = 0, cards = 0;
  [[nodiscard]] std::string words() const {
    std::string out;
    const auto add = [&](std::size_t count, const char* what) {
      if (count != 0) out += (out.empty() ? "" : ", ") + counted(count, what);
    };
    add(accounts, "account");
    add(logins, "login");
    add(cards, "card");
    return out.empty() ? "no records, for there are none that this format takes" : out;
  }
};

Exported exported_by(const BadgeExport& from, std::optional<Format> format) {
  Exported out{from.contents.accounts.size(), from.contents.logins.size(), from.contents.cards.size()};
  if (!format) return {out.accounts + from.challenge_response.size(), out.logins, out.cards};
  const bool codes = *format == Format::otpauth || *format == Format::otpauth_qr || *format == Format::aegis;
  if (codes) out.accounts += static_cast<std::size_t>(std::ranges::count_if(from.contents.logins, [](const auto& login) { return login.totp.has_value(); }));
  if (codes || *format == Format::vcf) out.logins = 0;
  if (*format == Format::vcf || *format == Format::browser_csv) out.accounts = 0;
  if (*format != Format::vcf) out.cards = 0;
  return out;
}

void verdict(Report& report, const Exported& exported, const std::string& format, const std::vector<Subject>& files, std::size_t left_out) {
  Object fact;
  List names;
  for (const Subject& file : files) names.emplace_back(printable(file.native()));
  fact.put("format", format).put("accounts", std::uint64_t{exported.accounts}).put("logins", std::uint64_t{exported.logins});
  fact.put("cards", std::uint64_t{exported.cards}).put("files", std::move(names));
  report.facts.put("export", std::move(fact));
  std::string message = exported.words() + " exported as " + format;
  if (files.size() == 1) message += " to " + printable(files.front().native());
  else if (files.size() > 1) message += " to " + counted(files.size(), "file") + " in " + printable(files.front().parent_path().native());
  if (left_out != 0) message += "; " + counted(left_out, "place") + " of the backup could not be read and " + is_or_are(left_out) + " left out: see the list";
  else if (report.outcome == Outcome::partial) message += ". Not everything in the backup is good: " + report.message;
  report.message = std::move(message);
  report.next = files.empty() ? "" : "these secrets lie open: import them, then destroy the file (on a flash drive deleting alone leaves them there)";
}

}  // namespace

ExportResult export_as(const Context& context, const Subject& subject, const ExportOptions& options) {
  ExportResult result;
  Report& report = result.report;
  report = tasks::blank_report("export", subject);
  tasks::guarded(report, [&] {
    tasks::Loaded file = tasks::load(context, subject);
    for (const tasks::Family& family : tasks::families())
      if (family.export_as != nullptr && family.recognise(file.bytes)) return family.export_as(context, std::move(file), options, result);
    const auto format = format_of(options.format);
    if (options.output)   // before a passphrase is asked for
      if (const auto there = context.files.info(*options.output); there && there->kind != FileInfo::Kind::folder)
        tasks::check_output(context, std::span(&subject, 1), *options.output, options.overwrite);
    const tasks::OpenedBadge opened = tasks::open_badge(context, std::move(file), report);
    BadgeExport from = tasks::badge_export(opened.payload(), options.link_totp);
    std::vector<Subject> files;
    const bool folder = options.output && format && wants_folder(context, *format, *options.output, from.contents.accounts.size());
    if (options.output && !folder) tasks::check_output(context, std::span(&subject, 1), *options.output, options.overwrite);
    if (folder) {
      files = write_folder(context, *format, from.contents, options);
    } else {
      SecretBytes bytes;
      if (!format) {
        Report whole = tasks::blank_report("export", subject);
        opened.file->describe(whole, tasks::Detail::contents, true);
        bytes = tasks::people_json(whole.facts);
      } else if (*format == Format::otpauth_qr && options.output) {
        if (!from.contents.accounts.empty()) bytes = foreign::qr_svg(from.contents.accounts.front());
      } else {
        bytes = one_file(from.contents, *format);
      }
      if (options.output) {
        context.files.write(*options.output, bytes.expose(), WriteOptions{options.overwrite, 0600});
        files.push_back(*options.output);
      } else {
        result.data = std::move(bytes);
      }
    }
    if (format) {
      put_losses(report, from, *format);
      if (is_csv(*format)) put_spreadsheet(report, from.contents);
      put_challenge_response(report, from, options, context.reveal);
    }
    const bool logins_have_totp = !format || *format == Format::bitwarden_json || (is_csv(*format) && *format != Format::browser_csv);
    put_links(report, from, options.link_totp, logins_have_totp);
    const std::size_t left_out = put_left_out(report, opened.payload(), from, !format);
    verdict(report, exported_by(from, format), options.format, files, left_out);
  });
  return result;
}

}  // namespace hwbak
