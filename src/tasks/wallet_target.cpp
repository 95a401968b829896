// See wallet_target.h.
#include "tasks/wallet_target.h"

#include <algorithm>

#include "base/ascii.h"
#include "hwbak/error.h"
#include "wallet/base58.h"
#include "wallet/bip39.h"
#include "wallet/typo.h"

namespace hwbak::tasks {
namespace {

constexpr std::string_view accepted = "give an xpub (also ypub, zpub, Ypub, Zpub and those of testnet), a descriptor, an address, or a fingerprint of 8 hexadecimal digits";

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

// "xprv9s21...", with any first letter, anywhere in the text.
bool holds_private_key(std::string_view text) {
  constexpr std::string_view mark = "prv";
  for (std::size_t at = text.find(mark); at != text.npos; at = text.find(mark, at + 1))
    if (at != 0 && std::string_view("xyzYZtuvUV").find(text[at - 1]) != std::string_view::npos) return true;
  return false;
}

bool is_wif(std::string_view text) {
  const auto payload = wallet::from_base58check(text);
  return payload && (payload->size() == 33 || payload->size() == 34) && (payload->expose()[0] == 0x80 || payload->expose()[0] == 0xEF);
}

// Twelve words and more, mostly of the list: a seed, whatever stands between them.
bool is_mnemonic(std::string_view text) {
  std::size_t words = 0;
  while (!text.empty()) {
    const auto end = std::ranges::find_if(text, [](char c) { return is_space(c) || c == ','; });
    const std::string word = to_lower(text.substr(0, static_cast<std::size_t>(end - text.begin())));
    if (wallet::word_index(word)) ++words;
    text.remove_prefix(std::min(word.size() + 1, text.size()));
  }
  constexpr std::size_t suspicious = 6;
  return words >= suspicious;
}

void refuse_secret(std::string_view what) {
  throw Error(Outcome::refused, "--against was given " + std::string(what) + ", which is secret: other programs can read it on the command line, and the shell may have kept it "
              "in its history", std::nullopt,
              "remove the line from the shell's history; if others use this computer, move the coins to a new wallet. Nothing secret is needed here: " +
                  std::string(accepted));
}

[[noreturn]] void mistyped(std::string_view what, const std::string& why) {
  throw Error(Outcome::usage, "what --against was given looks like " + std::string(what) + ", but " + why, std::nullopt, "copy it again, whole");
}

// "[fingerprint/path]" in front of a key, as wallets show it.
std::string_view without_origin(std::string_view text) {
  const auto end = text.starts_with('[') ? text.find(']') : text.npos;
  return end == text.npos ? text : text.substr(end + 1);
}

bool looks_extended(std::string_view text) {
  return text.size() >= 4 && text.substr(1, 3) == "pub" && std::string_view("xyzYZtuvUV").find(text[0]) != std::string_view::npos;
}

WalletTarget read_descriptor(std::string_view text) {
  WalletTarget out;
  out.kind = WalletTarget::Kind::descriptor;
  wallet::DescriptorFault fault;
  out.descriptor = wallet::parse_descriptor(text, fault);
  if (!out.descriptor && fault.unknown) throw Error(Outcome::unsupported, "this descriptor cannot be compared: " + fault.sentence, std::nullopt, "give one of its addresses instead");
  if (!out.descriptor) mistyped("a descriptor", fault.sentence);
  if (out.descriptor->has_private()) refuse_secret("a descriptor with a private key");
  if (out.descriptor->form == wallet::Descriptor::Form::raw) return out;
  if (!out.descriptor->script_at(0, 0)) mistyped("a descriptor", "it wants hardened steps behind an xpub, which only the private key can take");
  return out;
}

WalletTarget read_xpub(std::string_view text) {
  WalletTarget out;
  out.kind = WalletTarget::Kind::xpub;
  out.key = wallet::read_used_key(text);
  if (!out.key)
    mistyped("an extended public key", "its checksum does not hold: a character is missing, wrong or too much" +
             wallet::where_words(wallet::lone_typo(std::string(text.substr(0, 120)), wallet::base58_alphabet, 0, [](std::string_view t) { return wallet::read_used_key(t).has_value(); })));
  return out;
}

}  // namespace

std::string_view name(WalletTarget::Kind kind) noexcept {
  switch (kind) {
    case WalletTarget::Kind::fingerprint: return "fingerprint";
    case WalletTarget::Kind::xpub: return "xpub";
    case WalletTarget::Kind::descriptor: return "descriptor";
    case WalletTarget::Kind::address: return "address";
  }
  return {};
}

WalletTarget read_wallet_target(std::string_view text) {
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
  if (holds_private_key(text)) refuse_secret("an extended private key (xprv)");
  if (is_wif(text)) refuse_secret("a private key");
  if (is_mnemonic(text)) refuse_secret("seed words");
  WalletTarget out;
  if (const auto fingerprint = wallet::fingerprint_from_text(text)) {
    out.fingerprint = *fingerprint;
    return out;
  }
  if (text.find('(') != text.npos) return read_descriptor(text);
  if (const std::string_view key = without_origin(text); looks_extended(key)) return read_xpub(key);
  std::string why;
  auto address = wallet::read_address(text.substr(0, wallet::max_descriptor), why);
  constexpr std::size_t longest_address = 90, shortest_address = 26;
  if (!address && (text.size() < shortest_address || text.size() > longest_address))
    throw Error(Outcome::usage, "what --against was given is neither an extended public key, nor a descriptor, an address or a fingerprint", std::nullopt, std::string(accepted));
  if (!address) mistyped("an address", why);
  out.kind = WalletTarget::Kind::address;
  out.script = std::move(address->script);
  out.mainnet = address->mainnet;
  return out;
}

}  // namespace hwbak::tasks
