// See wallets.h.
#include "foreign/wallets.h"

#include "base/as_bytes.h"
#include "base/json_string.h"

namespace hwbak::foreign {
namespace {

class Writer final {
 public:
  Writer& raw(std::string_view json) {
    out_.append(as_bytes(json));
    return *this;
  }
  Writer& text(std::string_view value) { return raw(json_string(value).expose()); }
  Writer& text_or_null(std::string_view value) { return value.empty() ? raw("null") : text(value); }
  [[nodiscard]] SecretBytes take() { return std::move(out_); }

 private:
  SecretBytes out_;
};

void put_key(Writer& out, std::string_view name, const ElectrumKey& key) {
  out.raw("    ").text(name).raw(": {\n        \"type\": \"bip32\",\n        \"pw_hash_version\": 1,\n        \"derivation\": ").text_or_null(key.derivation);
  out.raw(",\n        \"root_fingerprint\": ").text_or_null(key.root_fingerprint).raw(",\n        \"xprv\": ").text_or_null(key.xprv.expose());
  out.raw(",\n        \"xpub\": ").text(key.xpub).raw("\n    },\n");
}

}  // namespace

SecretBytes write_electrum(std::span<const ElectrumKey> keys, unsigned m) {
  // Electrum 4.3 and later open this version; later ones bring it up to date by themselves.
  constexpr std::string_view version = "50";
  Writer out;
  out.raw("{\n");
  const bool shared = keys.size() > 1;
  for (std::size_t i = 0; i < keys.size(); ++i) put_key(out, shared ? "x" + std::to_string(i + 1) + "/" : "keystore", keys[i]);
  const std::string type = shared ? std::to_string(m) + "of" + std::to_string(keys.size()) : "standard";
  out.raw("    \"seed_version\": ").raw(version).raw(",\n    \"use_encryption\": false,\n    \"wallet_type\": ").text(type).raw("\n}\n");
  return out.take();
}

SecretBytes write_import_descriptors(std::span<const CoreDescriptor> descriptors) {
  Writer out;
  const auto boolean = [](bool value) { return value ? "true" : "false"; };
  out.raw("[\n");
  for (std::size_t i = 0; i < descriptors.size(); ++i) {
    const CoreDescriptor& one = descriptors[i];
    // No label: Bitcoin Core takes none for descriptors that stand for many addresses.
    out.raw("  {\"desc\": ").text(one.descriptor.expose()).raw(", \"active\": ").raw(boolean(one.active)).raw(", \"internal\": ").raw(boolean(one.internal));
    out.raw(", \"range\": [0, 999], \"timestamp\": 0}").raw(i + 1 < descriptors.size() ? ",\n" : "\n");
  }
  return out.raw("]\n").take();
}

}  // namespace hwbak::foreign
