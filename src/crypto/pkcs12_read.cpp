// Opening PKCS#12: the MAC first, which tells a wrong password; then safe by safe, bag by bag; see pkcs12.h.
#include "crypto/key_info.h"
#include "crypto/openssl_keys.h"
#include "crypto/pbe_cost.h"
#include "crypto/pkcs12.h"

namespace hwbak::crypto {
namespace {

constexpr std::size_t most_certificates = 100;

[[noreturn]] void damaged(const char* sentence) { throw Error(Outcome::damaged, sentence); }

// Password as OpenSSL takes it: an empty one is "" for some programs and nothing at all for others.
struct Password {
  const char* text;
  int size;
};

class Reader final {
 public:
  Reader(PKCS12* file, ByteView password) : file_(file), password_{characters(password), static_cast<int>(password.size())} {}

  Pkcs12Contents read() {
    prove_password();
    const Owned<STACK_OF(PKCS7)> safes(PKCS12_unpack_authsafes(file_));
    if (!safes) damaged("the safes of the PKCS#12 file cannot be read");
    for (int i = 0; i < sk_PKCS7_num(safes.get()); ++i) read_safe(sk_PKCS7_value(safes.get(), i));
    return std::move(out_);
  }

 private:
  void prove_password() {
    if (PKCS12_mac_present(file_) != 1) return;
    const ASN1_INTEGER* iterations = nullptr;
    const X509_ALGOR* algorithm = nullptr;
    PKCS12_get0_mac(nullptr, &algorithm, nullptr, &iterations, file_);
    const X509_ALGOR* const digest = algorithm;
    const ASN1_OBJECT* name = nullptr;
    X509_ALGOR_get0(&name, nullptr, nullptr, digest);
    if (Owned<EVP_MD>(EVP_MD_fetch(context(), OBJ_nid2sn(OBJ_obj2nid(name)), nullptr)) == nullptr)
      throw Error(Outcome::unsupported, "the PKCS#12 file is authenticated in a way that is not handled", std::nullopt,
                  std::string(re_encrypt_pkcs12));
    cost_.add_iterations(iterations);
    if (PKCS12_verify_mac(file_, password_.text, password_.size) == 1) return;
    if (password_.size == 0 && PKCS12_verify_mac(file_, nullptr, 0) == 1) {
      password_.text = nullptr;
      return;
    }
    throw wrong_password("PKCS#12 file");
  }

  void read_safe(PKCS7* safe) {
    Owned<STACK_OF(PKCS12_SAFEBAG)> bags;
    switch (OBJ_obj2nid(safe->type)) {
      case NID_pkcs7_data: bags.reset(PKCS12_unpack_p7data(safe)); break;
      case NID_pkcs7_encrypted: {
        if (safe->d.encrypted == nullptr || safe->d.encrypted->enc_data == nullptr) damaged("a safe of the PKCS#12 file is empty");
        cost_.add(safe->d.encrypted->enc_data->algorithm, re_encrypt_pkcs12);
        bags.reset(PKCS12_unpack_p7encdata(safe, password_.text, password_.size));
        if (!bags) cannot_decrypt();
        break;
      }
      default:
        throw Error(Outcome::unsupported, "the PKCS#12 file is encrypted for a public key, not with a password");
    }
    if (!bags) damaged("a safe of the PKCS#12 file cannot be read");
    for (int i = 0; i < sk_PKCS12_SAFEBAG_num(bags.get()); ++i) read_bag(sk_PKCS12_SAFEBAG_value(bags.get(), i));
  }

  void read_bag(const PKCS12_SAFEBAG* bag) {
    switch (PKCS12_SAFEBAG_get_nid(bag)) {
      case NID_keyBag:
        if (PKCS12_SAFEBAG_get0_p8inf(bag) != nullptr) keep(PKCS12_SAFEBAG_get0_p8inf(bag));
        break;
      case NID_pkcs8ShroudedKeyBag: read_shrouded(PKCS12_SAFEBAG_get0_pkcs8(bag)); break;
      case NID_certBag: {
        if (PKCS12_SAFEBAG_get_bag_nid(bag) != NID_x509Certificate || out_.certificates.size() >= most_certificates) break;
        const Owned<X509> certificate(PKCS12_SAFEBAG_get1_cert(bag));
        if (certificate) out_.certificates.push_back(der_of<Bytes>(i2d_X509, certificate.get()));
        break;
      }
      default: break;  // revocation lists, secrets of other programs
    }
  }

  void read_shrouded(const X509_SIG* sealed) {
    if (sealed == nullptr) damaged("a key of the PKCS#12 file is empty");
    const X509_ALGOR* how = nullptr;
    X509_SIG_get0(sealed, &how, nullptr);
    cost_.add(how, re_encrypt_pkcs12);
    const Owned<PKCS8_PRIV_KEY_INFO> info(PKCS8_decrypt_ex(sealed, password_.text, password_.size, context(), nullptr));
    if (!info) cannot_decrypt();
    keep(info.get());
  }

  void keep(const PKCS8_PRIV_KEY_INFO* info) {
    if (out_.keys.size() < 2) out_.keys.push_back(key_of(info));
  }

  [[noreturn]] void cannot_decrypt() const {
    if (PKCS12_mac_present(file_) == 1)
      damaged("the password of the PKCS#12 file is right, but a part of it cannot be decrypted with it");
    throw wrong_password("PKCS#12 file");
  }

  PKCS12* file_;
  Password password_;
  PbeCost cost_;
  Pkcs12Contents out_;
};

}  // namespace

Pkcs12Contents read_pkcs12(ByteView bytes, ByteView password) {
  const QuietErrors quiet;
  // Made first, so that what is opened works in our own context.
  PKCS12* file = PKCS12_init_ex(NID_pkcs7_data, context(), nullptr);
  if (file == nullptr) throw std::bad_alloc();
  const unsigned char* at = bytes.data();
  const bool read = d2i_PKCS12(&file, &at, static_cast<long>(bytes.size())) != nullptr;
  const Owned<PKCS12> held(file);
  if (!read) damaged("the PKCS#12 file cannot be read: its parts are cut or altered");
  return Reader(held.get(), password).read();
}

}  // namespace hwbak::crypto
