// See descriptor_text.h.
#include "wallet/descriptor_text.h"

#include "base/ascii.h"
#include "hwbak/error.h"

namespace hwbak::wallet {
namespace {

void put_key(SecretString& out, const DescribedKey& key, Chain chain, unsigned change) {
  if (key.origin) {
    out.append('[');
    out.append(to_lower(to_text(key.origin->fingerprint)));
    out.append(std::string_view(path_text(key.origin->path)).substr(1));  // without the m
    out.append(']');
  }
  if (key.with_private) out.append(key.node->xprv(chain).expose());
  else out.append(key.node->xpub(chain));
  out.append("/" + std::to_string(change) + "/*");
}

SecretString finished(SecretString script) {
  const auto checksum = descriptor_checksum(script.expose());
  if (!checksum) throw Error(Outcome::internal, "a descriptor was made of characters that it may not have");
  script.append('#');
  script.append(*checksum);
  return script;
}

struct Frame {
  std::string_view front, back;
};

Frame frame_of(Purpose purpose) {
  switch (purpose) {
    case Purpose::bip44: return {"pkh(", ")"};
    case Purpose::bip49: return {"sh(wpkh(", "))"};
    case Purpose::bip84: return {"wpkh(", ")"};
    case Purpose::bip86: return {"tr(", ")"};
  }
  return {};
}

Frame frame_of(ScriptType script) {
  switch (script) {
    case ScriptType::p2sh: return {"sh(", ")"};
    case ScriptType::p2wsh: return {"wsh(", ")"};
    case ScriptType::p2sh_p2wsh: return {"sh(wsh(", "))"};
  }
  return {};
}

}  // namespace

SecretString account_descriptor(Purpose purpose, const DescribedKey& key, Chain chain, unsigned change) {
  const Frame frame = frame_of(purpose);
  auto out = SecretString::copy_of(frame.front);
  put_key(out, key, chain, change);
  out.append(frame.back);
  return finished(std::move(out));
}

SecretString multisig_descriptor(unsigned m, bool sorted, ScriptType script, std::span<const DescribedKey> keys, Chain chain, unsigned change) {
  const Frame frame = frame_of(script);
  auto out = SecretString::copy_of(frame.front);
  out.append((sorted ? "sortedmulti(" : "multi(") + std::to_string(m));
  for (const DescribedKey& key : keys) {
    out.append(',');
    put_key(out, key, chain, change);
  }
  out.append(')');
  out.append(frame.back);
  return finished(std::move(out));
}

}  // namespace hwbak::wallet
