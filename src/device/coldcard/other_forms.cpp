// Where else the main secret or its fingerprint stands: bip32_master_key and the settings of early
// firmware (docs/formats/coldcard.md, "Consistency", check 5), and which forms are missing.
#include "base/hex.h"
#include "device/coldcard/parts.h"

namespace hwbak::coldcard {
namespace {

void check_master_key(Job& job) {
  const Backup& out = job.out;
  const auto text = job.text("bip32_master_key");
  if (!text || out.secret_source != "raw_secret") return;
  if (out.secret->mode != Mode::master)
    return job.contradict("bip32_master_key stands beside a raw_secret that is no BIP-32 master secret.");
  const auto bytes = from_hex_secret(text->expose());
  if (!bytes || !out.secret->master_secret.equals(bytes->expose()))
    job.contradict("bip32_master_key and raw_secret are different secrets. A device restores raw_secret.");
}

void check_old_settings(Job& job) {
  Backup& out = job.out;
  if (const Line* line = job.sound("setting.xfp")) {
    const auto spans = JsonSpans::parse(line->value);
    const auto value = spans ? spans->root().integer() : std::nullopt;
    if (!value || *value < 0 || *value > 0xFFFFFFFF)
      job.wrong_type(*line, "a fingerprint (a number of 32 bits)");
    else if (out.fingerprint && wallet::fingerprint_from_le(static_cast<std::uint32_t>(*value)) != *out.fingerprint)
      job.contradict("setting.xfp is the fingerprint of another wallet.");
  }
  const auto xpub = job.text("setting.xpub");
  if (xpub && out.secret && out.secret->node->xpub(out.chain) != xpub->expose())
    job.contradict("setting.xpub belongs to another wallet.");
}

void note_missing(Job& job) {
  if (job.damaged || job.out.secret_source != "raw_secret") return;
  const auto missing = [&](std::string_view key) {
    if (job.whole(key) == nullptr)
      job.find(Severity::note, "missing-key",
               std::string(key) + " is missing, which every device writes; a device restores without it.");
  };
  if (job.out.secret->mode == Mode::words) missing("mnemonic");
  if (job.out.secret->mode == Mode::master) missing("bip32_master_key");
  missing("xprv");
}

}  // namespace

void check_other_forms(Job& job) {
  check_master_key(job);
  check_old_settings(job);
  note_missing(job);
}

}  // namespace hwbak::coldcard
