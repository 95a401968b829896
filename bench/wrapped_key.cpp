// 1,000 wrapped keys under one DKEK, as `hwbak verify` of a folder checks them, against a loop that does the same
// public-key work and nothing else with OpenSSL: factors of n from n, e and d, or products and inverses of the CRT
// parts; d * G; X25519; and the signature of each request.
//   wrapped_keys    at most 1.2 times the time of that loop
// See ratio.h for the line. The first argument is the folder of the vectors, tests/vectors/pico-hsm.
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

#include <array>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>

#include "base/hex.h"
#include "device/pico_hsm/key.h"
#include "ratio.h"

namespace {

using namespace hwbak;
namespace wk = wrapped_key;

struct Release {
  void operator()(BIGNUM* x) const { BN_clear_free(x); }
  void operator()(BN_CTX* x) const { BN_CTX_free(x); }
  void operator()(EC_GROUP* x) const { EC_GROUP_free(x); }
  void operator()(EC_POINT* x) const { EC_POINT_free(x); }
  void operator()(EVP_PKEY* x) const { EVP_PKEY_free(x); }
  void operator()(EVP_MD_CTX* x) const { EVP_MD_CTX_free(x); }
};
template <class T>
using Owned = std::unique_ptr<T, Release>;
using Number = Owned<BIGNUM>;

void must(bool good) {
  if (!good) std::abort();
}
Number number(ByteView bytes) { return Number(BN_bin2bn(bytes.data(), static_cast<int>(bytes.size()), BN_new())); }
Number fresh() { return Number(BN_new()); }

// One key as the peer gets it: all that had to be decrypted and parsed is there already.
struct Prepared {
  wk::KeyType type = wk::KeyType::aes;
  std::vector<Bytes> parts;
  Owned<EC_GROUP> group;            // of an EC key
  bool x25519 = false;
  Owned<EVP_PKEY> signer;           // of the request beside it
  Bytes signed_body, signature;     // DER, where it is ECDSA
};

bool is_one(const BIGNUM* a, const BIGNUM* b, const BIGNUM* modulus, BN_CTX* space) {
  const Number product = fresh();
  return BN_mod_mul(product.get(), a, b, modulus, space) == 1 && BN_is_one(product.get());
}
Number less_one(const BIGNUM* x) {
  Number out(BN_dup(x));
  BN_sub_word(out.get(), 1);
  return out;
}

void check_rsa(const Prepared& key, BN_CTX* space) {
  const Number d = number(key.parts[0]), n = number(key.parts[1]), e = number(key.parts[2]), product = fresh(),
               odd = fresh();
  BN_set_flags(d.get(), BN_FLG_CONSTTIME);
  BN_mul(product.get(), d.get(), e.get(), space);
  BN_sub_word(product.get(), 1);
  int squarings = 0;
  while (!BN_is_bit_set(product.get(), squarings)) ++squarings;
  BN_rshift(odd.get(), product.get(), squarings);
  BN_set_flags(odd.get(), BN_FLG_CONSTTIME);
  const Number minus_one = less_one(n.get());
  for (;;) {
    Number x = fresh(), root = fresh();
    BN_rand_range(x.get(), n.get());
    BN_mod_exp(x.get(), x.get(), odd.get(), n.get(), space);
    for (int i = 0; i < squarings && !BN_is_one(x.get()) && BN_cmp(x.get(), minus_one.get()) != 0; ++i) {
      BN_copy(root.get(), x.get());
      BN_mod_sqr(x.get(), x.get(), n.get(), space);
    }
    if (BN_is_zero(root.get()) || !BN_is_one(x.get())) continue;
    const Number p = fresh(), q = fresh();
    BN_gcd(p.get(), less_one(root.get()).get(), n.get(), space);
    BN_div(q.get(), nullptr, n.get(), p.get(), space);
    must(is_one(d.get(), e.get(), less_one(p.get()).get(), space) &&
         is_one(d.get(), e.get(), less_one(q.get()).get(), space));
    return;
  }
}

void check_crt(const Prepared& key, BN_CTX* space) {
  std::array<Number, 7> part;   // dP, dQ, p, qInv, q, n, e
  for (std::size_t i = 0; i < part.size(); ++i) part[i] = number(key.parts[i]);
  const Number n = fresh(), two = fresh(), power = fresh(), order = fresh(), d = fresh();
  BN_mul(n.get(), part[2].get(), part[4].get(), space);
  must(BN_cmp(n.get(), part[5].get()) == 0);
  BN_set_word(two.get(), 2);
  for (const std::size_t prime : {2u, 4u}) {
    BN_set_flags(part[prime].get(), BN_FLG_CONSTTIME);
    BN_mod_exp(power.get(), two.get(), less_one(part[prime].get()).get(), part[prime].get(), space);
    must(BN_is_one(power.get()));
  }
  const Number p1 = less_one(part[2].get()), q1 = less_one(part[4].get());
  must(is_one(part[0].get(), part[6].get(), p1.get(), space) && is_one(part[1].get(), part[6].get(), q1.get(), space) &&
       is_one(part[3].get(), part[4].get(), part[2].get(), space));
  BN_mul(order.get(), p1.get(), q1.get(), space);
  must(BN_mod_inverse(d.get(), part[6].get(), order.get(), space) != nullptr);
}

void check_ec(const Prepared& key, BN_CTX* space) {
  const Number d = number(key.parts[5]);
  BN_set_flags(d.get(), BN_FLG_CONSTTIME);
  const Owned<EC_POINT> made(EC_POINT_new(key.group.get())), there(EC_POINT_new(key.group.get()));
  must(EC_POINT_mul(key.group.get(), made.get(), d.get(), nullptr, nullptr, space) == 1 &&
       EC_POINT_oct2point(key.group.get(), there.get(), key.parts[6].data(), key.parts[6].size(), space) == 1 &&
       EC_POINT_cmp(key.group.get(), made.get(), there.get(), space) == 0);
}

void check_x25519(const Prepared& key) {
  // Both byte orders, since only Q tells which it is.
  for (const bool turn : {false, true}) {
    Bytes d = key.parts[5], q(32);
    if (turn) std::ranges::reverse(d);
    const Owned<EVP_PKEY> made(EVP_PKEY_new_raw_private_key(EVP_PKEY_X25519, nullptr, d.data(), d.size()));
    std::size_t size = q.size();
    must(EVP_PKEY_get_raw_public_key(made.get(), q.data(), &size) == 1 && (!turn || q == key.parts[6]));
  }
}

void check_signature(const Prepared& key) {
  const Owned<EVP_MD_CTX> work(EVP_MD_CTX_new());
  must(EVP_DigestVerifyInit(work.get(), nullptr, EVP_sha256(), nullptr, key.signer.get()) == 1 &&
       EVP_DigestVerify(work.get(), key.signature.data(), key.signature.size(), key.signed_body.data(),
                        key.signed_body.size()) == 1);
}

void peer(const Prepared& key, BN_CTX* space) {
  if (key.type == wk::KeyType::rsa) check_rsa(key, space);
  if (key.type == wk::KeyType::rsa_crt) check_crt(key, space);
  if (key.group) check_ec(key, space);
  if (key.x25519) check_x25519(key);
  if (key.signer) check_signature(key);
}

bool ours(const Bytes& file, const wk::DkekKeys& keys) {
  const wk::Survey seen = wk::survey(file);
  const wk::Opening opening = wk::open(seen, keys);
  const pico_hsm::Key key = pico_hsm::read_key(opening, system_random());
  const pico_hsm::Beside beside = pico_hsm::compare(key, {seen.at(seen.description), seen.at(seen.certificate)});
  return opening.fit == wk::Fit::opens && beside.what_differs.empty();
}

Bytes ecdsa_der(const Bytes& pair) {
  const auto half = static_cast<int>(pair.size() / 2);
  ECDSA_SIG* const signature = ECDSA_SIG_new();
  ECDSA_SIG_set0(signature, BN_bin2bn(pair.data(), half, nullptr), BN_bin2bn(pair.data() + half, half, nullptr));
  Bytes out(static_cast<std::size_t>(i2d_ECDSA_SIG(signature, nullptr)));
  unsigned char* at = out.data();
  i2d_ECDSA_SIG(signature, &at);
  ECDSA_SIG_free(signature);
  return out;
}

Prepared prepare(const Bytes& file, const wk::DkekKeys& keys) {
  const wk::Survey seen = wk::survey(file);
  const wk::Opening opening = wk::open(seen, keys);
  const wk::Body body = wk::body_of(opening.plaintext.expose(), opening.type);
  const pico_hsm::Key key = pico_hsm::read_key(body, opening.type, system_random());
  Prepared out;
  out.type = opening.type;
  for (const ByteView part : body.parts) out.parts.emplace_back(part.begin(), part.end());
  out.x25519 = key.byte_order.has_value();
  if (out.type == wk::KeyType::ec && !out.x25519) {
    const int nid = key.curve == "secp256r1" ? NID_X9_62_prime256v1 : OBJ_txt2nid(key.curve.c_str());
    out.group.reset(EC_GROUP_new_by_curve_name(nid));
    must(out.group != nullptr);
  }
  if (seen.certificate.length == 0 || out.x25519) return out;
  const wk::Cvc cvc = wk::read_cvc(seen.at(seen.certificate));
  const Bytes spki = crypto::spki_der(*crypto::public_of(key.key));
  const unsigned char* at = spki.data();
  out.signer.reset(d2i_PUBKEY(nullptr, &at, static_cast<long>(spki.size())));
  out.signed_body = cvc.signed_body;
  out.signature = out.type == wk::KeyType::ec ? ecdsa_der(cvc.signature) : cvc.signature;
  return out;
}

}  // namespace

int main(int count, char** arguments) {
  const auto dkek = from_hex("e9bf5992f455e0ed13d641c70ff7abd90ba39018f7b8a998efffcf815a5cfa67");
  const wk::DkekKeys keys = wk::keys_of(FixedView<32>(dkek->data(), 32));
  std::vector<std::filesystem::path> names;
  for (const auto& entry : std::filesystem::directory_iterator(count > 1 ? arguments[1] : "."))
    if (entry.path().extension() == ".bin") names.push_back(entry.path());
  std::ranges::sort(names);
  std::vector<Bytes> files;
  std::vector<Prepared> prepared;
  for (const auto& name : names) {
    std::ifstream in(name, std::ios::binary);
    files.emplace_back(std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>());
    prepared.push_back(prepare(files.back(), keys));
  }
  if (files.size() != 18) {
    std::puts("wrapped_keys: the folder of the vectors is wanted");
    return EXIT_FAILURE;
  }
  constexpr std::size_t all = 1000;
  std::size_t good = 0;
  const Owned<BN_CTX> space(BN_CTX_new());
  const auto check_all = [&] {
    for (std::size_t i = good = 0; i < all; ++i) good += ours(files[i % files.size()], keys);
  };
  const auto peer_all = [&] {
    for (std::size_t i = 0; i < all; ++i) peer(prepared[i % prepared.size()], space.get());
  };
  bench::speed("wrapped_keys", 1 / 1.2, 3, check_all, peer_all,
               "1,000 keys of all kinds; at most 1.2 times the peer's time");
  return good == all ? EXIT_SUCCESS : EXIT_FAILURE;
}
