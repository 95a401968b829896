// See create_text.h.
#include "tasks/create_text.h"

#include "base/unicode.h"
#include "container/sevenzip/write.h"
#include "device/coldcard/backup_text.h"
#include "device/coldcard/words.h"
#include "tasks/sealed_backup.h"
#include "tasks/shell_quoted.h"

namespace hwbak::tasks {
namespace {

constexpr const char* nothing_written = "; nothing was written";

std::string_view text_of(ByteView bytes) { return {reinterpret_cast<const char*>(bytes.data()), bytes.size()}; }

std::string without_stop(std::string sentence) {
  if (sentence.ends_with('.')) sentence.pop_back();
  return sentence;
}

Error refused(std::string sentence, std::string next) {
  return Error(Outcome::refused, std::move(sentence) + nothing_written, std::nullopt, std::move(next));
}

std::unique_ptr<ColdcardExamination> judged(const Context& context, std::unique_ptr<ColdcardExamination> text, Report& report) {
  text->judge(context, nullptr);
  text->describe(report, Detail::verdict, false);
  // That the text lies open concerns its own file, not the backup that is made of it.
  std::erase_if(report.findings, [](const Finding& finding) { return finding.code == "cleartext"; });
  report.page.clear();
  report.next.clear();
  return text;
}

void check_device_reads_it(const ColdcardExamination& text, const Report& report) {
  const std::string_view bytes = text_of(text.proven_text());
  const coldcard::Backup& backup = *text.backup();
  const char* const other_text = "use the text as it was decrypted (`hwbak open BACKUP --raw --output FILE`), byte for byte";
  if (bytes.size() > device_text_max)
    throw refused("the text has " + std::to_string(bytes.size()) + " bytes; a Coldcard reads at most " + std::to_string(device_text_max),
                  "reduce it: remove notes or multisig wallets on the device and make the backup again");
  if (!is_utf8(bytes)) throw refused("the text is not UTF-8, so a Coldcard could not restore from it", other_text);
  if (!bytes.starts_with('#')) throw refused("the text does not begin with #, so a Coldcard could not restore from it", other_text);
  if (!bytes.ends_with('\n'))
    throw refused("the last line of the text has no newline, so a Coldcard could not restore from it", other_text);
  if (!backup.secret || !backup.contradictions.empty() || report.outcome == Outcome::inconsistent)
    throw Error(Outcome::inconsistent,
                (backup.contradictions.empty() ? "the text holds no secret that can be used" : without_stop(report.message)) + nothing_written,
                std::nullopt, "see which parts with `hwbak open " + shell_quoted(report.subject) + "`, and use a text that agrees with itself");
}

bool looks_like_key(std::string_view typed) {
  return typed.size() > 20 && typed.find_first_of(" \t\r\n,") == std::string_view::npos &&
         (typed.substr(1).starts_with("prv") || typed.substr(1).starts_with("pub"));
}

std::string_view trimmed(std::string_view typed) {
  constexpr std::string_view blanks = " \t\r\n";
  const auto first = typed.find_first_not_of(blanks);
  return first == std::string_view::npos ? std::string_view{} : typed.substr(first, typed.find_last_not_of(blanks) - first + 1);
}

coldcard::WalletSecret wallet_of_words(std::string_view typed) {
  const coldcard::TypedWords words = coldcard::normalise_words(typed);
  const std::string count = std::to_string(words.count);
  const char* const look = "compare the words with your sheet, one by one";
  if (words.count == 15 || words.count == 21)
    throw refused("a seed of " + count + " words cannot be held by a Coldcard, which knows 12, 18 and 24",
                  "give its master xprv instead: the wallet is the same, but the words are not in the backup then");
  if (words.count != 12 && words.count != 18 && words.count != 24)
    throw refused("the seed has " + count + " words; a Coldcard knows 12, 18 and 24", look);
  if (!words.unknown.empty())
    throw refused("word " + std::to_string(words.unknown[0]) + " of the seed is not on the BIP-39 list", look);
  coldcard::SecretFault fault;
  auto secret = coldcard::secret_from_mnemonic(words.canonical.expose(), fault);
  if (!secret)
    throw refused("the checksum in the last word of the seed does not hold: at least one word is wrong, or two are exchanged", look);
  return std::move(*secret);
}

}  // namespace

TypedWallet understand_wallet(std::string_view typed, const std::string& chain) {
  const auto wanted = chain.empty() ? std::optional(wallet::Chain::mainnet) : wallet::chain_from_code(chain);
  if (!wanted)
    throw Error(Outcome::usage, "there is no chain " + printable(chain) + "; known: BTC, XTN (testnet), XRT (regtest)", std::nullopt,
                "give one of them with --chain");
  typed = trimmed(typed);
  if (!looks_like_key(typed)) return {wallet_of_words(typed), *wanted};
  coldcard::SecretFault fault;
  auto key = coldcard::secret_from_xprv(typed, fault);
  if (!key) throw refused("this extended key cannot be used: " + fault.sentence, "give the master xprv or tprv (depth 0), or the words");
  const bool mainnet = *wanted == wallet::Chain::mainnet;
  if (!chain.empty() && mainnet == key->testnet)
    throw refused(key->testnet ? "a tprv belongs to a test network, not to BTC" : "an xprv belongs to BTC, not to a test network",
                  "leave out --chain, or give the key of that network");
  return {std::move(key->secret), chain.empty() && key->testnet ? wallet::Chain::testnet : *wanted};
}

SecretBytes wallet_text(const TypedWallet& typed, const std::function<bool(ByteView text)>& unreadable) {
  coldcard::TextParts parts;
  parts.secret = &typed.secret;
  parts.chain = typed.chain;
  const auto write = [&](unsigned more) {
    parts.remarks = {"Made by hwbak" + std::string(more, '.')};
    return coldcard::write_backup_text(parts);
  };
  return coldcard::readable_text(write, unreadable);
}

std::unique_ptr<ColdcardExamination> text_from_file(const Context& context, const Subject& subject, Report& report) {
  Loaded file;
  file.subject = subject;
  file.shown = printable(subject.native());
  file.bytes = context.files.read(subject, context.max_size);
  if (sevenzip::recognise(file.bytes))
    throw Error(Outcome::unsupported, "--text takes a decrypted text, and this is an archive" + std::string(nothing_written), std::nullopt,
                "to give an encrypted backup a new password: `hwbak rekey " + shell_quoted(file.shown) + " --output NEW.7z`");
  if (!coldcard::is_backup_text(text_of(file.bytes)))
    throw Error(Outcome::unsupported,
                (coldcard::is_notes_export(text_of(file.bytes)) ? "this is an export of notes, not the text of a backup: no wallet is in it"
                                                                : "this is not the text of a Coldcard backup") + std::string(nothing_written),
                std::nullopt, "give the text that `hwbak open BACKUP --raw --output FILE` writes");
  auto text = judged(context, std::make_unique<ColdcardExamination>(context, std::move(file)), report);
  check_device_reads_it(*text, report);
  if (const auto search = sevenzip::search_text(text->proven_text()); !search.collision.empty())
    throw refused("a Coldcard could not read this text back: " + search.collision,
                  "add a character to a comment line (one that begins with #) and run it again");
  return text;
}

std::unique_ptr<ColdcardExamination> text_from_wallet(const Context& context, const std::string& chain, Report& report) {
  Secrets::Question question;
  question.kind = Secrets::Kind::mnemonic;
  question.subject = "the wallet";
  const auto typed = context.secrets != nullptr ? context.secrets->ask(question) : std::span<const SecretString>{};
  if (typed.empty())
    throw refused("no wallet was given: a backup needs its seed words, its master xprv, or the text of a backup",
                  "give --mnemonic-from SOURCE or --text FILE, or run it on a terminal");
  const TypedWallet wallet = understand_wallet(typed[0].expose(), chain);
  auto text = std::make_unique<ColdcardExamination>(context, wallet_text(wallet, [](ByteView bytes) {
    return !sevenzip::search_text(bytes).collision.empty();
  }));
  text = judged(context, std::move(text), report);
  return text;
}

}  // namespace hwbak::tasks
