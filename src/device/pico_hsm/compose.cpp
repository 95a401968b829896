// A key as the contents of a blob that a device takes: full-length numbers, and d of X25519 and X448 as the firmware
// reads it (docs/formats/pico-hsm.md, "The plaintext").
#include "device/pico_hsm/montgomery.h"
#include "device/pico_hsm/numbers.h"

namespace hwbak::pico_hsm {
namespace {

class Composer final {
 public:
  void operator()(const crypto::RsaKey& key) {
    begin(wrapped_key::KeyType::rsa, bit_count(key.n));
    add(key.d.expose());
    add(key.n);
    add(key.e);
  }
  void operator()(const crypto::EcKey& key) {
    const crypto::CurveParameters& curve = crypto::parameters(key.curve);
    begin(wrapped_key::KeyType::ec, curve.field_size * 8);
    for (const Bytes* const number : {&curve.a, &curve.b, &curve.p, &curve.n, &curve.g}) add(*number);
    add(key.d.expose());
    add(key.q);
  }
  void operator()(const crypto::MontgomeryKey& key) {
    const MontgomeryParameters& curve = parameters(key.kind);
    begin(wrapped_key::KeyType::ec, size_of(key.kind) * 8);
    add(curve.a);
    add({});
    for (const Bytes* const number : {&curve.p, &curve.n, &curve.g}) add(*number);
    add(key.d.expose());
    add(key.q);
  }
  void operator()(const crypto::SecretKey& key) {
    begin(wrapped_key::KeyType::aes, key.key.size());
    add(key.key.expose());
  }
  [[nodiscard]] Composed take() {
    for (const SecretBytes& number : out_.numbers) out_.contents.parts.push_back(number.expose());
    return std::move(out_);
  }

 private:
  void begin(wrapped_key::KeyType type, std::size_t size) {
    out_.contents.type = type;
    out_.contents.size = static_cast<std::uint16_t>(size);
  }
  void add(ByteView number) { out_.numbers.push_back(SecretBytes::copy_of(number)); }
  Composed out_;
};

}  // namespace

Composed compose(const crypto::PrivateKey& key, ByteView allowed_algorithms) {
  Composer composer;
  std::visit([&](const auto& which) { composer(which); }, key);
  Composed out = composer.take();
  out.contents.allowed_algorithms.assign(allowed_algorithms.begin(), allowed_algorithms.end());
  return out;
}

wrapped_key::Description description_for(const crypto::PrivateKey& key) {
  struct {
    unsigned operator()(const crypto::RsaKey& rsa) const { return static_cast<unsigned>(rsa.n.size() * 8); }
    unsigned operator()(const crypto::EcKey& ec) const { return crypto::parameters(ec.curve).bits; }
    unsigned operator()(const crypto::MontgomeryKey& curve) const {
      return curve.kind == crypto::Montgomery::x25519 ? 255 : 448;
    }
    unsigned operator()(const crypto::SecretKey& aes) const { return static_cast<unsigned>(aes.key.size() * 8); }
  } constexpr bits;
  wrapped_key::Description out;
  out.kind = std::holds_alternative<crypto::RsaKey>(key)      ? wrapped_key::DescribedKind::rsa
             : std::holds_alternative<crypto::SecretKey>(key) ? wrapped_key::DescribedKind::secret
                                                              : wrapped_key::DescribedKind::ec;
  out.id = {1};
  out.bits = std::visit(bits, key);
  return out;
}

}  // namespace hwbak::pico_hsm
