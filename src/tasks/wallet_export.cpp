// hwbak export of a Coldcard backup: its wallets in another program's format (docs/exports.md, "Bitcoin wallets").
#include <algorithm>
#include <array>

#include "base/as_bytes.h"
#include "base/counted.h"
#include "base/unicode.h"
#include "foreign/file_names.h"
#include "hwbak/wallet.h"
#include "tasks/check_output.h"
#include "tasks/opened_wallet.h"
#include "tasks/wallet_choice.h"
#include "tasks/wallet_parts.h"

namespace hwbak {
namespace {

using coldcard::SeedWallet;
using tasks::WalletPart;
using wallet::Purpose;

constexpr std::array<std::string_view, 5> format_names{"descriptors", "bitcoin-core", "electrum", "bip39", "xprv"};

constexpr std::string_view wordless = "it was imported as an extended key, was a temporary one, lies behind a BIP-39 passphrase, or was derived from another wallet";

bool is_secret(WalletFormat format) { return format == WalletFormat::bip39 || format == WalletFormat::xprv; }

std::string name_of(WalletFormat format) { return std::string(format_names[static_cast<std::size_t>(format)]); }

void check_options(const WalletExportOptions& options) {
  if (is_secret(options.format) && !options.with_secrets)
    throw Error(Outcome::refused, name_of(options.format) + " is the whole secret of the wallet: whoever sees it can spend every coin", std::nullopt,
                "add --with-secrets if that is what you want; to watch a wallet without it, give --as descriptors");
  if (is_secret(options.format) && options.multisig)
    throw Error(Outcome::usage, "a multisig wallet has no seed of its own", std::nullopt, "leave out --multisig");
  if (options.purpose != 44 && options.purpose != 49 && options.purpose != 84)
    throw Error(Outcome::usage, "Electrum knows the accounts of BIP-44, 49 and 84", std::nullopt, "give --purpose 44, 49 or 84");
}

// Every account begins with hardened steps, which only a private key can take.
[[noreturn]] void refuse_public(const SeedWallet& wallet, const std::vector<SeedWallet>& wallets) {
  throw Error(Outcome::refused, "the backup holds only the master public key of " + printable(wallet.name) + ": there are no words and no private key, and no account can be "
              "derived from it, for that takes the private key", std::nullopt, "export another wallet; " + tasks::wallet_choices(wallets));
}

SecretBytes bytes_of(std::string_view text) {
  SecretBytes out = SecretBytes::copy_of(as_bytes(text));
  out.append(static_cast<std::uint8_t>('\n'));
  return out;
}

SecretBytes secret_text(const SeedWallet& wallet, wallet::Chain chain, WalletFormat format) {
  if (format == WalletFormat::bip39 && wallet.mnemonic.empty())
    throw Error(Outcome::refused, "no words exist for this wallet: " + std::string(wordless) + ". Its master key is all there is", std::nullopt, "give --as xprv");
  if (format == WalletFormat::bip39) return bytes_of(wallet.mnemonic.expose());
  return bytes_of(wallet.node.xprv(chain).expose());
}

SecretBytes descriptor_lines(const std::vector<WalletPart>& parts) {
  SecretBytes out;
  for (const WalletPart& part : parts)
    for (const SecretString& line : part.written) {
      out.append(line.expose_bytes());
      out.append(static_cast<std::uint8_t>('\n'));
    }
  return out;
}

class Export final {
 public:
  Export(const Context& context, const Subject& subject, const WalletExportOptions& options, ExportResult& result)
      : context_(context), subject_(subject), options_(options), result_(result), report_(result.report) {}

  void run() {
    check_options(options_);
    const auto there = options_.output ? context_.files.info(*options_.output) : std::nullopt;
    folder_ = options_.format == WalletFormat::electrum && options_.output &&
              (there ? there->kind == FileInfo::Kind::folder : !options_.output->has_filename());
    if (options_.output && !folder_) tasks::check_output(context_, std::span(&subject_, 1), *options_.output, options_.overwrite);
    const tasks::OpenedWallet opened = tasks::open_wallet(context_, tasks::load(context_, subject_), report_);
    const auto wallets = coldcard::seed_wallets(opened.backup());
    const SeedWallet& chosen = tasks::choose_wallet(wallets, options_.vault);
    chain_ = opened.backup().chain;
    if (!chosen.node.is_private() && !options_.multisig) refuse_public(chosen, wallets);
    remarks(opened.backup(), chosen);
    if (is_secret(options_.format)) {
      one_file(secret_text(chosen, chain_, options_.format));
    } else {
      parts_ = tasks::wallet_parts(chosen, chain_, tasks::choose_shared(opened.backup(), chosen, options_.multisig), options_.with_secrets && chosen.node.is_private());
      if (options_.multisig) std::erase_if(parts_, [](const WalletPart& part) { return part.purpose.has_value(); });
      if (options_.with_secrets && std::ranges::none_of(parts_, &WalletPart::has_private))
        throw Error(Outcome::refused, "no private key of this backup signs for what was chosen, so there is no secret to export", std::nullopt, "leave out --with-secrets");
      write();
    }
    tell(chosen, wallets);
  }

 private:
  void lose(const WalletPart& part, std::string sentence) {
    report_.findings.push_back({Severity::warning, "export-loss", std::move(sentence), printable(part.name)});
  }

  void remarks(const coldcard::Backup& backup, const SeedWallet& chosen) {
    if (chosen.mnemonic.empty())
      report_.findings.push_back({Severity::note, "no-words", "No words exist for this wallet: " + std::string(wordless) + ". Its keys are all here, but it cannot be "
                                  "written down as words.", ""});
    else
      report_.findings.push_back({Severity::note, "passphrase-wallets", "Wallets behind a BIP-39 passphrase are not in the backup: if you use one, type the words and the passphrase into the "
                                  "other program, or back that wallet up by itself.", ""});
    if (const std::string lost = tasks::maybe_lost_wallets(backup); !lost.empty() && !is_secret(options_.format))
      report_.findings.push_back({Severity::warning, "left-out", "The text is damaged: " + lost + " may have stood in what is lost. It is then not in the export; facts.damage names the bytes.", ""});
    if (!options_.multisig && coldcard::shared_wallets(backup).size() < backup.multisig.size())
      report_.findings.push_back({Severity::warning, "left-out", "A multisig wallet of the backup cannot be used as it stands there, and is not in the export; `hwbak open` says why.", ""});
  }

  void one_file(SecretBytes bytes) {
    if (!options_.output) {
      result_.data = std::move(bytes);
      return;
    }
    context_.files.write(*options_.output, bytes.expose(), WriteOptions{options_.overwrite, 0600});
    files_.push_back(*options_.output);
  }

  void write() {
    switch (options_.format) {
      case WalletFormat::descriptors: return one_file(descriptor_lines(parts_));
      case WalletFormat::bitcoin_core: return write_core();
      case WalletFormat::electrum: return folder_ ? write_folder() : write_electrum();
      case WalletFormat::bip39:
      case WalletFormat::xprv: break;
    }
  }

  void write_core() {
    // A wallet of Bitcoin Core has private keys throughout, or none.
    std::erase_if(parts_, [&](const WalletPart& part) {
      const bool left_out = options_.with_secrets && !part.has_private;
      if (left_out) lose(part, "This wallet has no private key of this backup, and Bitcoin Core does not mix such wallets with others: export it without --with-secrets.");
      return left_out;
    });
    std::vector<foreign::CoreDescriptor> list;
    for (const WalletPart& part : parts_)
      for (const std::size_t change : {0u, 1u})
        list.push_back({part.written[change].clone(), part.purpose.has_value() || options_.multisig.has_value(), change == 1});
    const auto shared = std::ranges::count_if(parts_, [](const WalletPart& part) { return !part.purpose; });
    if (shared != 0 && !options_.multisig)
      report_.findings.push_back({Severity::note, "multisig-inactive", "The multisig wallets are watched, but Bitcoin Core gives no new addresses of them, since a wallet of it has one "
                                  "source of addresses of each kind. --multisig NAME exports one for a wallet of its own.", ""});
    one_file(foreign::write_import_descriptors(list));
  }

  void write_electrum() {
    const auto purpose = static_cast<Purpose>(options_.purpose);
    std::erase_if(parts_, [&](const WalletPart& part) { return !options_.multisig && part.purpose != purpose; });
    if (parts_.empty()) throw Error(Outcome::internal, "there is nothing to export");
    if (parts_.size() > 1) throw Error(Outcome::usage, "several multisig wallets have this name, and Electrum has one wallet a file", std::nullopt, "name a folder with --output");
    const WalletPart& part = parts_.front();
    if (part.electrum.empty()) throw Error(Outcome::refused, "Electrum cannot have this wallet: " + part.not_electrum, std::nullopt, "give --as descriptors");
    one_file(foreign::write_electrum(part.electrum, part.m));
  }

  void write_folder() {
    const Subject folder = options_.output->has_filename() ? *options_.output : options_.output->parent_path();
    std::erase_if(parts_, [&](const WalletPart& part) {
      if (part.electrum.empty()) lose(part, "Electrum cannot have this wallet: " + part.not_electrum + ".");
      return part.electrum.empty();
    });
    foreign::FileNames names;
    for (const WalletPart& part : parts_) files_.push_back(folder / names.name_for(part.name, ".electrum"));
    for (const Subject& file : files_) tasks::check_output(context_, std::span(&subject_, 1), file, options_.overwrite);
    context_.files.make_folder(folder);
    for (std::size_t i = 0; i < parts_.size(); ++i)
      context_.files.write(files_[i], foreign::write_electrum(parts_[i].electrum, parts_[i].m).expose(), WriteOptions{options_.overwrite, 0600});
  }

  List part_facts() {
    List out;
    Section section{"In the export", {}};
    for (const WalletPart& part : parts_) {
      Object item;
      item.put("name", printable(part.name)).put("kind", part.purpose ? "account" : "multisig").put("script", part.script);
      if (part.purpose) item.put("purpose", static_cast<std::uint64_t>(*part.purpose)).put("path", part.path);
      item.put("receive", part.watching[0]).put("change", part.watching[1]).put("first_address", part.first_address).put("private_keys", part.has_private);
      out.emplace_back(std::move(item));
      section.row(part.purpose ? "BIP-" + part.name.substr(3) + ", " + part.path : "multisig " + printable(part.name), "first address " + part.first_address);
    }
    if (!section.rows.empty()) report_.page.push_back(std::move(section));
    return out;
  }

  void tell(const SeedWallet& chosen, const std::vector<SeedWallet>& wallets) {
    Object fact;
    List files, others;
    for (const Subject& file : files_) files.emplace_back(printable(file.native()));
    Section section{"Also in the backup, each exported with --vault", {}};
    for (const SeedWallet& one : wallets) {
      if (&one == &chosen || one.kind == SeedWallet::Kind::main) continue;
      Object item;
      item.put("name", printable(one.name)).put("kind", std::string(name(one.kind))).put("fingerprint", wallet::to_text(one.fingerprint)).put("words", !one.mnemonic.empty());
      others.emplace_back(std::move(item));
      section.row(printable(one.name), std::string(name(one.kind)) + ", fingerprint " + wallet::to_text(one.fingerprint));
    }
    fact.put("format", name_of(options_.format)).put("with_secrets", options_.with_secrets).put("wallet", printable(chosen.name));
    fact.put("wallet_kind", std::string(name(chosen.kind))).put("fingerprint", wallet::to_text(chosen.fingerprint));
    fact.put("wallets", part_facts()).put("others", std::move(others)).put("files", std::move(files));
    report_.facts.put("export", std::move(fact));
    if (!section.rows.empty()) report_.page.push_back(std::move(section));
    const std::string found = report_.outcome == Outcome::damaged ? ". The file is damaged, but this secret is proven whole: " + report_.message : "";
    if (report_.outcome == Outcome::partial) report_.outcome = Outcome::ok;
    report_.message = words(chosen) + found;
    report_.next = options_.with_secrets && files_.empty() ? "this secret lies open: take it in on a computer you trust; a window that showed it remembers it until it is closed"
                   : options_.with_secrets ? "this secret lies open: take it in on a computer you trust, then destroy the file (on a flash drive deleting alone leaves it there)"
                                           : "compare a first address with the one your old wallet showed before you rely on it; whoever has this sees every payment";
  }

  std::string words(const SeedWallet& chosen) const {
    const std::string of = chosen.kind == SeedWallet::Kind::main ? "" : " of " + printable(chosen.name);
    std::string out;
    if (options_.format == WalletFormat::bip39) out = "the seed words" + of;
    if (options_.format == WalletFormat::xprv) out = "the master key" + of;
    const auto accounts = static_cast<std::uint64_t>(std::ranges::count_if(parts_, [](const WalletPart& part) { return part.purpose.has_value(); }));
    if (accounts != 0) out = counted(accounts, "account");
    if (const std::uint64_t shared = parts_.size() - accounts; shared != 0) out += (out.empty() ? "" : " and ") + counted(shared, "multisig wallet");
    if (!is_secret(options_.format)) out += of + (options_.with_secrets ? " with private keys" : ", watch-only,");
    out += " exported as " + name_of(options_.format);
    if (files_.size() == 1) return out + " to " + printable(files_.front().native());
    return files_.empty() ? out : out + " to " + counted(files_.size(), "file") + " in " + printable(files_.front().parent_path().native());
  }

  const Context& context_;
  const Subject& subject_;
  const WalletExportOptions& options_;
  ExportResult& result_;
  Report& report_;
  bool folder_ = false;
  wallet::Chain chain_ = wallet::Chain::mainnet;
  std::vector<WalletPart> parts_;
  std::vector<Subject> files_;
};

}  // namespace

std::optional<WalletFormat> wallet_format_named(std::string_view name) noexcept {
  const auto found = std::ranges::find(format_names, name);
  if (found == format_names.end()) return std::nullopt;
  return static_cast<WalletFormat>(found - format_names.begin());
}

ExportResult export_wallet(const Context& context, const Subject& subject, const WalletExportOptions& options) {
  ExportResult result;
  result.report = tasks::blank_report("export", subject);
  tasks::guarded(result.report, [&] { Export(context, subject, options, result).run(); });
  return result;
}

}  // namespace hwbak
