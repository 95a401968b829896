// Writing PKCS#12 (RFC 7292) as programs of today do: PBES2 with AES-256, MAC with SHA-256; see private_key.h.
#include "crypto/digest.h"
#include "crypto/key_info.h"
#include "crypto/openssl_keys.h"
#include "crypto/private_key.h"

namespace hwbak::crypto {
namespace {

constexpr int salt_size = 16;

// The name and the mark that ties a certificate to its key.
void name_bag(PKCS12_SAFEBAG* bag, ByteView mark, const std::string& friendly_name) {
  auto* const id = const_cast<unsigned char*>(mark.data());  // only read
  check(PKCS12_add_localkeyid(bag, id, static_cast<int>(mark.size())) == 1, "a PKCS#12 mark");
  if (friendly_name.empty()) return;
  check(PKCS12_add_friendlyname_utf8(bag, friendly_name.data(), static_cast<int>(friendly_name.size())) == 1, "a PKCS#12 name");
}

Owned<STACK_OF(PKCS12_SAFEBAG)> only(Owned<PKCS12_SAFEBAG> bag) {
  Owned<STACK_OF(PKCS12_SAFEBAG)> out(sk_PKCS12_SAFEBAG_new_null());
  if (!out || sk_PKCS12_SAFEBAG_push(out.get(), bag.get()) != 1) throw std::bad_alloc();
  (void)bag.release();
  return out;
}

void add_safe(STACK_OF(PKCS7)* safes, PKCS7* safe) {
  check(safe != nullptr, "a PKCS#12 safe");
  check(sk_PKCS7_push(safes, safe) > 0, "a PKCS#12 safe");
}

// As DER that was proven to be the certificate of this key.
Owned<X509> own_certificate(const PrivateKey& key, ByteView der) {
  const auto facts = read_certificate(der);
  const auto mine = public_of(key);
  if (!facts) throw Error(Outcome::damaged, "the certificate cannot be read");
  if (!facts->key || !mine || !same(*facts->key, *mine))
    throw Error(Outcome::inconsistent, "the certificate is of another key than this one", std::nullopt,
                "Export the key without the certificate.");
  auto out = owned(X509_new_ex(context(), nullptr));
  X509* into = out.get();
  const unsigned char* at = der.data();
  check(d2i_X509(&into, &at, static_cast<long>(der.size())) != nullptr, "a certificate that was read before");
  return out;
}

}  // namespace

Bytes pkcs12(const PrivateKey& key, ByteView certificate, const std::string& friendly_name, ByteView password) {
  const QuietErrors quiet;
  const char* const text = characters(password);
  const int size = static_cast<int>(password.size());
  auto sealed = encrypted_info_of(key, password);
  const auto digest = sha256(spki_der(*public_of(key)));
  const ByteView mark(digest.data(), 20);

  const Owned<STACK_OF(PKCS7)> safes(sk_PKCS7_new_null());
  if (!safes) throw std::bad_alloc();
  if (!certificate.empty()) {
    const auto x509 = own_certificate(key, certificate);
    auto bag = owned(PKCS12_SAFEBAG_create_cert(x509.get()));
    name_bag(bag.get(), mark, friendly_name);
    const auto bags = only(std::move(bag));
    add_safe(safes.get(), PKCS12_pack_p7encdata_ex(NID_aes_256_cbc, text, size, nullptr, salt_size, written_iterations,
                                                   bags.get(), context(), nullptr));
  }
  auto bag = owned(PKCS12_SAFEBAG_create0_pkcs8(sealed.get()));
  (void)sealed.release();
  name_bag(bag.get(), mark, friendly_name);
  add_safe(safes.get(), PKCS12_pack_p7data(only(std::move(bag)).get()));

  const auto out = owned(PKCS12_add_safes_ex(safes.get(), NID_pkcs7_data, context(), nullptr));
  const Owned<EVP_MD> sha(EVP_MD_fetch(context(), "SHA2-256", nullptr));
  check(PKCS12_set_mac(out.get(), text, size, nullptr, salt_size, written_iterations, sha.get()) == 1, "a PKCS#12 MAC");
  return der_of<Bytes>(i2d_PKCS12, out.get());
}

}  // namespace hwbak::crypto
