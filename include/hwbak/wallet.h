// What a Bitcoin owner does with a Coldcard backup besides restoring it: ask whether it is the wallet in use, and take it to
// another program. Shapes, units and outcomes as in hwbak/tasks.h.
#pragma once

#include "hwbak/tasks.h"

namespace hwbak {

struct WalletCheckOptions {
  std::string against;         // an xpub (x, y, z, Y, Z, t, u, v, U, V), a descriptor, an address or a fingerprint of 8 hex digits; never a secret
  unsigned gap = 100;          // addresses that are looked at on each chain, 1 to 10,000
};
// Whether the backup holds this wallet: facts.match, and where (kind, wallet, path) or how far was searched (facts.searched). Shows no
// secret. Outcomes: ok (yes); inconsistent (no); usage (`against` is none of these, or mistyped); refused (it is a secret, which is never said
// again; without a password); unsupported (a descriptor of a kind not handled, a file without a wallet); those of opening the file.
[[nodiscard]] Report wallet_check(const Context& context, const Subject& subject, const WalletCheckOptions& options);

enum class WalletFormat { descriptors, bitcoin_core, electrum, bip39, xprv };
// As `--as` says it: "descriptors", "bitcoin-core", ...
[[nodiscard]] std::optional<WalletFormat> wallet_format_named(std::string_view name) noexcept;

struct WalletExportOptions {
  WalletFormat format = WalletFormat::descriptors;
  bool with_secrets = false;             // private keys too; bip39 and xprv are nothing else. The caller sees to where ExportResult::data goes
  std::optional<std::string> vault = {};      // a wallet of the Seed Vault or a duress wallet, by name or fingerprint; else the main one
  std::optional<std::string> multisig = {};   // this multisig wallet alone, by name
  unsigned purpose = 84;                 // of electrum, which holds one account a file: 44, 49 or 84
  std::optional<Subject> output = {};         // a file; of electrum also a folder, which gets a file for each wallet; none: ExportResult::data
  bool overwrite = false;
};
// Account 0 of BIP-44, 49, 84 and 86 and the multisig wallets, watch-only unless with_secrets (docs/exports.md). Outcomes: ok; damaged (of a
// damaged backup whose secret is proven whole: it was exported); refused (no words, a secret that was not asked for, a limit of the
// format); usage (no such wallet); those of opening the file.
[[nodiscard]] ExportResult export_wallet(const Context& context, const Subject& subject, const WalletExportOptions& options);

}  // namespace hwbak
