// See wallet_target.h.
#include "tasks/wallet_target.h"

#include <algorithm>

#include "base/ascii.h"
#include "base/hex.h"
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

bool is_alnum(char c) { return (c >= '0' && c <= '9') || (ascii_lower(c) >= 'a' && ascii_lower(c) <= 'z'); }
bool is_letter(char c) { return ascii_lower(c) >= 'a' && ascii_lower(c) <= 'z'; }

// Calls `look` for each run of characters that are `inside`.
template <class Inside, class Look>
void for_each_run(std::string_view text, const Inside& inside, const Look& look) {
  while (!text.empty()) {
    const auto end = std::ranges::find_if_not(text, inside);
    const auto length = static_cast<std::size_t>(end - text.begin());
    if (length != 0) look(text.substr(0, length));
    text.remove_prefix(std::max<std::size_t>(length, 1));
  }
}

// Six words of the list or more, by four letters as well: a seed, whatever stands between them.
bool is_mnemonic(std::string_view text) {
  constexpr std::size_t suspicious = 6, longest_word = 8;
  std::size_t words = 0;
  for_each_run(text, is_letter, [&](std::string_view run) {
    if (run.size() <= longest_word && wallet::word_from_prefix(to_lower(run))) ++words;
  });
  return words >= suspicious;
}

// What a run of letters and digits looks like, right or mistyped; empty: nothing secret. `alone`: outside of a descriptor, where
// public keys and scripts are hex as well.
std::string_view secret_run(std::string_view run, bool alone) {
  const bool hex = is_hex(run);
  if (!hex && run.size() >= 50 && run.size() <= 53 && std::string_view("5KL9c").find(run[0]) != std::string_view::npos) return "a private key (WIF)";
  if (run.starts_with("6P") && run.size() >= 56 && run.size() <= 60) return "an encrypted private key (BIP-38)";
  if (alone && run[0] == 'S' && (run.size() == 22 || run.size() == 26 || run.size() == 30)) return "a private key (a mini key)";
  if (run.starts_with("0x") || run.starts_with("0X")) run.remove_prefix(2);
  if (alone && is_hex(run) && (run.size() == 32 || run.size() == 64 || run.size() == 128)) return "what looks like a private key or a seed in hexadecimal digits";
  return {};
}

std::string_view secret_in(std::string_view text) {
  if (holds_private_key(text)) return "an extended private key (xprv)";
  if (is_mnemonic(text)) return "seed words";
  std::string_view found;
  const bool alone = text.find('(') == text.npos;
  for_each_run(text, is_alnum, [&](std::string_view run) {
    if (found.empty()) found = secret_run(run, alone);
  });
  return found;
}

[[noreturn]] void refuse_secret(std::string_view what, std::string_view where = "--against was given") {
  throw Error(Outcome::refused, std::string(where) + " " + std::string(what) + ", which is secret: other programs can read it on the command line, and the shell may have kept it "
              "in its history", std::nullopt,
              "remove the line from the shell's history; if others use this computer, move the coins to a new wallet. Nothing secret is needed here: " +
                  std::string(accepted));
}

[[noreturn]] void mistyped(std::string_view what, const std::string& why) {
  throw Error(Outcome::usage, "what --against was given looks like " + std::string(what) + ", but " + why, std::nullopt, "copy it again, whole");
}

// "[fingerprint/path]" in front of a key, as wallets show it, is taken off.
std::optional<wallet::KeyOrigin> take_origin(std::string_view& text) {
  const auto end = text.starts_with('[') ? text.find(']') : text.npos;
  if (end == text.npos) return std::nullopt;
  const std::string_view inside = text.substr(1, end - 1);
  text.remove_prefix(end + 1);
  const std::string_view digits = inside.substr(0, inside.find('/'));
  const auto fingerprint = wallet::fingerprint_from_text(digits);
  auto path = wallet::parse_path("m" + std::string(inside.substr(digits.size())));
  if (!fingerprint || !path) mistyped("an extended public key", "what stands in [ ] before it is not a fingerprint of 8 hexadecimal digits with a path");
  return wallet::KeyOrigin{*fingerprint, std::move(*path)};
}

// A request for a payment (BIP-21) is read by its address.
std::string_view without_request(std::string_view text) {
  constexpr std::string_view scheme = "bitcoin:";
  if (!same_word(text.substr(0, scheme.size()), scheme)) return text;
  text.remove_prefix(scheme.size());
  return text.substr(0, text.find('?'));
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

WalletTarget read_xpub(std::string_view text, std::optional<wallet::KeyOrigin> origin) {
  WalletTarget out;
  out.kind = WalletTarget::Kind::xpub;
  out.origin = std::move(origin);
  // The chains and indexes behind it (/0/*) say nothing of whose key it is.
  const auto slash = text.find('/');
  constexpr std::string_view steps = "0123456789/*<;>";
  if (slash != text.npos && text.find_first_not_of(steps, slash) == text.npos) text = text.substr(0, slash);
  out.key = wallet::read_used_key(text);
  if (!out.key)
    mistyped("an extended public key", "its checksum does not hold: a character is missing, wrong or too much" +
             wallet::where_words(wallet::lone_typo(std::string(text.substr(0, 120)), wallet::base58_alphabet, 0, [](std::string_view t) { return wallet::read_used_key(t).has_value(); })));
  return out;
}

}  // namespace

bool is_secret_text(std::string_view text) { return !secret_in(text).empty(); }

void refuse_secret_name(std::string_view text) { refuse_secret(secret_in(text), "in the place of the file stands"); }

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
  if (const std::string_view secret = secret_in(text); !secret.empty()) refuse_secret(secret);
  WalletTarget out;
  const bool prefixed = text.starts_with("0x") || text.starts_with("0X");
  if (const auto fingerprint = wallet::fingerprint_from_text(text.substr(prefixed ? 2 : 0))) {
    out.fingerprint = *fingerprint;
    return out;
  }
  if (text.find('(') != text.npos) return read_descriptor(text);
  std::string_view key = text;
  if (auto origin = take_origin(key); looks_extended(key)) return read_xpub(key, std::move(origin));
  std::string why;
  text = without_request(text);
  constexpr std::size_t longest_address = 90, shortest_address = 26;
  const bool possible = text.size() >= shortest_address && text.size() <= longest_address;
  auto address = possible ? wallet::read_address(text, why) : std::nullopt;
  if (!possible)
    throw Error(Outcome::usage, "what --against was given is neither an extended public key, nor a descriptor, an address or a fingerprint", std::nullopt, std::string(accepted));
  if (!address) mistyped("an address", why);
  out.kind = WalletTarget::Kind::address;
  out.script = std::move(address->script);
  out.mainnet = address->mainnet;
  return out;
}

}  // namespace hwbak::tasks
