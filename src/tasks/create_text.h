// The text that `create coldcard` writes: a decrypted one taken over to the byte, or that of a wallet that was typed
// (docs/formats/coldcard.md, "The text").
#pragma once

#include <functional>
#include <memory>

#include "device/coldcard/secret.h"
#include "tasks/coldcard_examination.h"

namespace hwbak::tasks {

// Examined and described: `report` holds format, levels, facts and findings of the text. Throws Error for a file that
// is no Coldcard text, or one from which no device could restore.
[[nodiscard]] std::unique_ptr<ColdcardExamination> text_from_file(const Context& context, const Subject& subject, Report& report);
// The wallet of Secrets::Kind::mnemonic. Throws Error(refused) when it is none that a device can hold.
[[nodiscard]] std::unique_ptr<ColdcardExamination> text_from_wallet(const Context& context, const std::string& chain, Report& report);

struct TypedWallet {
  coldcard::WalletSecret secret;
  wallet::Chain chain = wallet::Chain::mainnet;
};
// Words in any spelling, or a master xprv or tprv. `chain`: "BTC", "XTN", "XRT", or empty.
[[nodiscard]] TypedWallet understand_wallet(std::string_view typed, const std::string& chain);

// `unreadable`: a device could not read a file with this text back; then the remark grows by a character.
[[nodiscard]] SecretBytes wallet_text(const TypedWallet& typed, const std::function<bool(ByteView text)>& unreadable);

}  // namespace hwbak::tasks
