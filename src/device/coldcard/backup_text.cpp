// See backup_text.h; docs/formats/coldcard.md, "The text" and "Keys".
#include "device/coldcard/backup_text.h"

#include "base/as_bytes.h"
#include "base/hex.h"
#include "base/json_string.h"
#include "container/sevenzip/write.h"
#include "hwbak/error.h"

namespace hwbak::coldcard {
namespace {

std::string_view chain_label(wallet::Chain chain) noexcept {
  switch (chain) {
    case wallet::Chain::mainnet: return "Bitcoin Mainnet";
    case wallet::Chain::testnet: return "Bitcoin Testnet 4";
    case wallet::Chain::regtest: return "Bitcoin Regtest";
  }
  return "";
}

class TextWriter final {
 public:
  void first_line() { put("# Coldcard backup file! DO NOT CHANGE.\n"); }
  void blank() { put("\n"); }
  void comment(std::string_view text) {  // always after a blank line
    put("\n# ");
    put(text);
    put("\n");
  }
  void end_mark() { put("# EOF\n"); }
  void json(std::string_view key, std::string_view value) {
    put(key);
    put(" = ");
    put(value);
    put("\n");
  }
  void string(std::string_view key, std::string_view text) { json(key, json_string(text).expose()); }

  [[nodiscard]] SecretBytes take() { return std::move(out_); }

 private:
  void put(std::string_view text) { out_.append(as_bytes(text)); }
  SecretBytes out_;
};

void write_secret(TextWriter& out, const WalletSecret& secret, wallet::Chain chain) {
  if (secret.mode == Mode::words) out.string("mnemonic", secret.mnemonic.expose());
  if (secret.mode == Mode::master) out.string("bip32_master_key", to_hex_secret(secret.master_secret.expose()).expose());
  out.string("chain", wallet::coldcard_code(chain));
  out.string("xprv", secret.node->xprv(chain).expose());
  out.string("xpub", secret.node->xpub(chain));
  out.string("raw_secret", encode_secret(secret).expose());
}

void write_long_secret(TextWriter& out, const TextParts& parts) {
  if (parts.long_secret) out.string("long_secret", parts.long_secret->expose());
}

void write_duress(TextWriter& out, const TextParts& parts) {
  for (const TextParts::Block& block : parts.duress) {
    for (const std::string& comment : block.comments) {
      if (comment.empty())
        out.blank();
      else
        out.comment(comment);
    }
    for (const auto& [key, value] : block.keys) out.json(key, value.expose());
  }
}

void write_device(TextWriter& out, const TextParts::Device& device) {
  out.comment("Firmware version (informational)");
  out.string("fw_date", device.fw_date);
  out.string("fw_version", device.fw_version);
  out.string("fw_timestamp", device.fw_timestamp);
  if (!device.hardware.empty()) out.comment("Coldcard Hardware");
  out.string("serial", device.serial);
  if (!device.hardware.empty()) out.string("hardware", device.hardware);
}

}  // namespace

SecretBytes write_backup_text(const TextParts& parts) {
  TextWriter out;
  out.first_line();
  for (const std::string& remark : parts.remarks) out.comment(remark);
  out.comment("Private key details: " + (parts.chain_label.empty() ? std::string(chain_label(parts.chain)) : parts.chain_label));
  write_secret(out, *parts.secret, parts.chain);
  if (!parts.duress_before_long_secret) write_long_secret(out, parts);
  write_duress(out, parts);
  if (parts.duress_before_long_secret) write_long_secret(out, parts);
  if (parts.device) write_device(out, *parts.device);
  out.comment("User preferences");
  for (const auto& [name, value] : parts.settings) out.json("setting." + name, value.expose());
  if (parts.hsm_policy) out.json("hsm_policy", parts.hsm_policy->expose());
  if (parts.filler.empty())
    out.blank();
  else
    out.comment(parts.filler);
  out.end_mark();
  return out.take();
}

SecretBytes readable_text(const std::function<SecretBytes(unsigned more)>& write,
                          const std::function<bool(ByteView text)>& unreadable) {
  constexpr unsigned most = 64;  // a text collides once in millions: more than this is a bug
  for (unsigned more = 0; more < most; ++more) {
    SecretBytes text = write(more);
    if (!unreadable(text.expose())) return text;
  }
  throw Error(Outcome::internal, "no comment makes this text readable for a device");
}

SecretBytes readable_text(const std::function<SecretBytes(unsigned more)>& write) {
  return readable_text(write, [](ByteView text) { return !sevenzip::search_text(text).collision.empty(); });
}

}  // namespace hwbak::coldcard
