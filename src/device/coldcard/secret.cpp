// Decoding and encoding of `raw_secret` (docs/formats/coldcard.md, "raw_secret"); see secret.h.
#include "device/coldcard/secret.h"

#include <algorithm>

#include "base/hex.h"
#include "hwbak/error.h"
#include "wallet/base58.h"
#include "wallet/bip39.h"

namespace hwbak::coldcard {
namespace {

constexpr std::size_t secret_size = 72;  // bytes of the secure element's slot
constexpr std::uint8_t tag_none = 0x00, tag_xprv = 0x01, tag_words = 0x80;
constexpr std::size_t xprv_content = 64;  // chain code, private key
constexpr std::uint8_t shortest_master = 16, longest_master = 64;

bool all_zero(ByteView bytes) noexcept {
  return std::all_of(bytes.begin(), bytes.end(), [](std::uint8_t b) { return b == 0; });
}

unsigned words_in(std::string_view mnemonic) noexcept {
  return static_cast<unsigned>(1 + std::count(mnemonic.begin(), mnemonic.end(), ' '));
}

// Undoes the device's trimming: trailing zero digits were cut, down to an odd count at times.
std::optional<SecretBytes> untrim(std::string_view digits, SecretFault& fault) {
  if (digits.size() > 2 * secret_size) {
    fault.sentence = "it is longer than the 72 bytes a device keeps";
    return std::nullopt;
  }
  SecretString even = SecretString::copy_of(digits);
  if (digits.size() % 2 != 0) even.append('0');
  auto bytes = from_hex_secret(even.expose());
  if (!bytes) {
    fault.sentence = "it holds a character that is not a hexadecimal digit";
    return std::nullopt;
  }
  bytes->resize(secret_size);
  return bytes;
}

std::optional<WalletSecret> with_seed(WalletSecret secret, ByteView seed, SecretFault& fault) {
  secret.node = wallet::Node::from_seed(seed);
  if (secret.node) return secret;
  fault.sentence = "BIP-32 gives no valid master key for it";
  return std::nullopt;
}

std::optional<WalletSecret> from_entropy(ByteView entropy, SecretFault& fault, SecretMemo* memo) {
  WalletSecret secret;
  secret.mode = Mode::words;
  secret.mnemonic = wallet::mnemonic_from_entropy(entropy);
  secret.word_count = words_in(secret.mnemonic.expose());
  if (const wallet::Node* const known = memo == nullptr ? nullptr : memo->find(entropy)) {
    secret.node = known->clone();
    return secret;
  }
  const SecretBytes seed = wallet::seed_from_mnemonic(secret.mnemonic.expose());
  auto made = with_seed(std::move(secret), seed.expose(), fault);
  if (memo != nullptr && made) {
    (void)made->node->public_key();  // everybody asks for it, so it is remembered too
    memo->keep(entropy, *made->node);
  }
  return made;
}

// Why `text` is no extended key that a Coldcard knows.
std::string no_node(std::string_view text) {
  const auto payload = wallet::from_base58check(text);
  if (!payload) return "it is not an extended key: a character is missing, wrong or too much (its checksum does not hold)";
  const std::string_view kind = text.substr(0, 4);
  if (kind.substr(1) == "prv" && std::string_view("yzuvYZUV").find(kind[0]) != std::string_view::npos)
    return "it is written in the " + std::string(kind) +
           " form; a Coldcard uses only xprv (or tprv for testnet): export the master key in that form";
  return "its checksum holds, but it is not a valid xprv or tprv";
}

}  // namespace

std::string_view name(Mode mode) noexcept {
  switch (mode) {
    case Mode::words: return "words";
    case Mode::xprv: return "xprv";
    case Mode::master: return "master";
  }
  return "";
}

std::optional<WalletSecret> decode_secret(std::string_view hex_digits, SecretFault& fault, SecretMemo* memo) {
  const auto slot = untrim(hex_digits, fault);
  if (!slot) return std::nullopt;
  const ByteView bytes = slot->expose();
  const std::uint8_t tag = bytes[0];
  std::size_t content = 0;
  std::optional<WalletSecret> secret;
  if (tag == tag_none) {
    fault.sentence = "it is empty: no secret was stored";
    return std::nullopt;
  }
  if ((tag & tag_words) != 0) {
    const unsigned size_code = tag & 3u;
    if (size_code == 3) {
      fault.sentence = "its first byte announces 40 bytes of entropy, which no mnemonic has";
      return std::nullopt;
    }
    content = (size_code + 2) * 8;
    secret = from_entropy(bytes.subspan(1, content), fault, memo);
  } else if (tag == tag_xprv) {
    content = xprv_content;
    secret.emplace();
    secret->mode = Mode::xprv;
    secret->node = wallet::Node::from_private(bytes.subspan<1, 32>(), bytes.subspan<33, 32>());
    if (!secret->node) {
      fault.sentence = "its private key is outside the range of the curve";
      return std::nullopt;
    }
  } else if (tag >= shortest_master && tag <= longest_master) {
    content = tag;
    WalletSecret master;
    master.mode = Mode::master;
    master.master_secret = SecretBytes::copy_of(bytes.subspan(1, content));
    secret = with_seed(std::move(master), bytes.subspan(1, content), fault);
  } else {
    fault.sentence = "its first byte is of no kind known here";
    return std::nullopt;
  }
  if (secret) secret->zero_tail = all_zero(bytes.subspan(1 + content));
  return secret;
}

std::optional<WalletSecret> secret_from_mnemonic(std::string_view mnemonic, SecretFault& fault, SecretMemo* memo) {
  const unsigned words = words_in(mnemonic);
  if (words != 12 && words != 18 && words != 24) {
    fault.sentence = "it has " + std::to_string(words) + " words; a Coldcard uses 12, 18 or 24";
    return std::nullopt;
  }
  const auto entropy = wallet::entropy_from_mnemonic(mnemonic);
  if (!entropy) {
    fault.sentence = "a word is not on the English BIP-39 list, or the checksum in the last word does not hold";
    return std::nullopt;
  }
  return from_entropy(entropy->expose(), fault, memo);
}

std::optional<XprvSecret> secret_from_xprv(std::string_view xprv, SecretFault& fault) {
  auto parsed = wallet::Node::parse(xprv);
  if (!parsed) {
    fault.sentence = no_node(xprv);
  } else if (!parsed->node.is_private()) {
    fault.sentence = "it is a public key (xpub); a backup needs the private one, which begins xprv or tprv";
  } else if (parsed->node.depth() != 0) {
    fault.sentence = "it is a derived key (depth " + std::to_string(parsed->node.depth()) +
                     "), not the master key of a wallet (depth 0), which is what a Coldcard keeps";
  } else {
    XprvSecret made;
    made.secret.mode = Mode::xprv;
    made.secret.node = std::move(parsed->node);
    made.testnet = parsed->testnet;
    return made;
  }
  return std::nullopt;
}

SecretString encode_secret(const WalletSecret& secret) {
  SecretBytes slot;
  slot.reserve(secret_size);
  switch (secret.mode) {
    case Mode::words: {
      const auto entropy = wallet::entropy_from_mnemonic(secret.mnemonic.expose());
      if (!entropy) throw Error(Outcome::internal, "a secret of words that are no mnemonic");
      slot.append(static_cast<std::uint8_t>(tag_words | (entropy->size() / 8 - 2)));
      slot.append(entropy->expose());
      break;
    }
    case Mode::xprv:
      slot.append(tag_xprv);
      slot.append(secret.node->chain_code());
      slot.append(secret.node->private_key());
      break;
    case Mode::master:
      slot.append(static_cast<std::uint8_t>(secret.master_secret.size()));
      slot.append(secret.master_secret.expose());
      break;
  }
  SecretString digits = to_hex_secret(slot.expose());
  while (digits.expose().ends_with('0')) digits.pop_back();
  return digits;
}

}  // namespace hwbak::coldcard
