// RSA keys from what backups hold of them, and fresh ones; see private_key.h.
#include <utility>

#include "crypto/key_info.h"
#include "crypto/openssl_keys.h"
#include "crypto/private_key.h"

namespace hwbak::crypto {
namespace {

constexpr int largest_bits = 16384;
constexpr unsigned most_witnesses = 64;

bool is_at_most(ByteView value, int bits) { return without_leading_zeros(value).size() <= static_cast<std::size_t>(bits) / 8; }

// e as OpenSSL and devices take it: odd, at least 3, at most 64 bits; larger ones only make work.
bool is_exponent(const BIGNUM* e) { return BN_is_odd(e) && !BN_is_one(e) && BN_num_bits(e) <= 64; }

// All calculations over one scratch space, which is wiped with it.
class Calculation final {
 public:
  Owned<BIGNUM> product(const BIGNUM* a, const BIGNUM* b) {
    return with([&](BIGNUM* out) { return BN_mul(out, a, b, space()); });
  }
  Owned<BIGNUM> less_one(const BIGNUM* a) {
    return with([&](BIGNUM* out) { return BN_copy(out, a) != nullptr && BN_sub_word(out, 1); });
  }
  Owned<BIGNUM> remainder(const BIGNUM* a, const BIGNUM* modulus) {
    return with([&](BIGNUM* out) { return BN_nnmod(out, a, modulus, space()); });
  }
  Owned<BIGNUM> quotient(const BIGNUM* a, const BIGNUM* divisor) {
    return with([&](BIGNUM* out) { return BN_div(out, nullptr, a, divisor, space()); });
  }
  Owned<BIGNUM> gcd(const BIGNUM* a, const BIGNUM* b) {
    return with([&](BIGNUM* out) { return BN_gcd(out, a, b, space()); });
  }
  Owned<BIGNUM> square(const BIGNUM* a, const BIGNUM* modulus) {
    return with([&](BIGNUM* out) { return BN_mod_sqr(out, a, modulus, space()); });
  }
  // The modulus is odd.
  Owned<BIGNUM> power(const BIGNUM* base, const BIGNUM* exponent, const BIGNUM* modulus) {
    return with([&](BIGNUM* out) {
      return BN_mod_exp_mont_consttime(out, base, exponent, modulus, space(), nullptr);
    });
  }
  // Null when there is none.
  Owned<BIGNUM> inverse(const BIGNUM* a, const BIGNUM* modulus) {
    const QuietErrors quiet;
    auto out = new_number();
    if (BN_mod_inverse(out.get(), a, modulus, space()) == nullptr) return nullptr;
    return out;
  }
  bool product_is_one(const BIGNUM* a, const BIGNUM* b, const BIGNUM* modulus) {
    return BN_is_one(remainder(product(a, b).get(), modulus).get());
  }
  // Fermat's test with base 2 for an odd number: no proof, but nothing that was damaged passes it.
  bool seems_prime(const BIGNUM* p) {
    const auto two = new_number();
    check(BN_set_word(two.get(), 2) == 1, "a number");
    return BN_is_odd(p) && BN_num_bits(p) > 2 && BN_is_one(power(two.get(), less_one(p).get(), p).get());
  }
  BN_CTX* space() { return space_.get(); }

 private:
  template <typename Work>
  Owned<BIGNUM> with(Work work) {
    auto out = new_number();
    check(work(out.get()), "a calculation with numbers");
    return out;
  }
  Owned<BN_CTX> space_ = scratch();
};

RsaKey key_of(const BIGNUM* n, const BIGNUM* e, const BIGNUM* d, const BIGNUM* p, const BIGNUM* q) {
  if (BN_cmp(p, q) < 0) std::swap(p, q);
  return {bytes_of(n), bytes_of(e), secret_bytes_of(d), secret_bytes_of(p), secret_bytes_of(q)};
}

// A root of 1 modulo n other than 1 and -1, from witness^r squared again and again: null without one.
enum class Found { root, only_trivial, no_order };
struct Root {
  Found found = Found::no_order;
  Owned<BIGNUM> value;
};
Root root_of_one(Calculation& calculation, const BIGNUM* witness, const BIGNUM* odd_part, int squarings, const BIGNUM* n) {
  const auto minus_one = calculation.less_one(n);
  Owned<BIGNUM> x = calculation.power(witness, odd_part, n);
  if (BN_is_one(x.get()) || BN_cmp(x.get(), minus_one.get()) == 0) return {Found::only_trivial, nullptr};
  for (int i = 0; i < squarings; ++i) {
    Owned<BIGNUM> next = calculation.square(x.get(), n);
    if (BN_is_one(next.get())) return {Found::root, std::move(x)};
    x = std::move(next);
    if (BN_cmp(x.get(), minus_one.get()) == 0) return {i + 1 < squarings ? Found::only_trivial : Found::no_order, nullptr};
  }
  return {};
}

// x^n = x modulo p for every p whose power n is; for a product of two primes hardly ever. A power of a prime has no root of
// one to find, and all witnesses would be tried in vain.
bool seems_prime_power(Calculation& calculation, const BIGNUM* x, const BIGNUM* n) {
  const auto difference = calculation.power(x, n, n);
  check(BN_sub(difference.get(), difference.get(), x) == 1, "a number");
  return !BN_is_one(calculation.gcd(difference.get(), n).get());
}

Owned<BIGNUM> witness(RandomSource& random, const BIGNUM* n, Calculation& calculation) {
  SecretBytes drawn(static_cast<std::size_t>(BN_num_bytes(n)));
  random.fill(drawn.expose());
  return calculation.remainder(number(drawn.expose()).get(), n);
}

bool exponents_fit(Calculation& calculation, const BIGNUM* e, const BIGNUM* d, const BIGNUM* p, const BIGNUM* q) {
  return calculation.product_is_one(d, e, calculation.less_one(p).get()) &&
         calculation.product_is_one(d, e, calculation.less_one(q).get());
}

}  // namespace

std::optional<RsaKey> rsa_from_exponents(ByteView n_bytes, ByteView e_bytes, ByteView d_bytes, RandomSource& random) {
  if (!is_at_most(n_bytes, largest_bits) || !is_at_most(d_bytes, largest_bits) || !is_at_most(e_bytes, 64)) return std::nullopt;
  const auto n = number(n_bytes), e = number(e_bytes), d = number(d_bytes);
  BN_set_flags(d.get(), BN_FLG_CONSTTIME);
  if (!BN_is_odd(n.get()) || BN_num_bits(n.get()) < 16 || !is_exponent(e.get())) return std::nullopt;
  if (!BN_is_odd(d.get()) || BN_is_one(d.get()) || BN_cmp(d.get(), n.get()) >= 0) return std::nullopt;

  // e * d - 1 is a multiple of the order of every number modulo n: 2^squarings * odd_part.
  Calculation calculation;
  const auto multiple = calculation.less_one(calculation.product(e.get(), d.get()).get());
  int squarings = 0;
  while (!BN_is_bit_set(multiple.get(), squarings)) ++squarings;
  const auto odd_part = new_number();
  check(BN_rshift(odd_part.get(), multiple.get(), squarings) == 1, "a number");
  BN_set_flags(odd_part.get(), BN_FLG_CONSTTIME);

  for (unsigned tried = 0; tried < most_witnesses; ++tried) {
    const auto x = witness(random, n.get(), calculation);
    if (BN_is_zero(x.get())) continue;
    const Root root = root_of_one(calculation, x.get(), odd_part.get(), squarings, n.get());
    if (root.found == Found::no_order) return std::nullopt;
    if (root.found == Found::only_trivial) {
      if (tried == 8 && seems_prime_power(calculation, x.get(), n.get())) return std::nullopt;
      continue;
    }
    const auto p = calculation.gcd(calculation.less_one(root.value.get()).get(), n.get());
    const auto q = calculation.quotient(n.get(), p.get());
    if (!exponents_fit(calculation, e.get(), d.get(), p.get(), q.get())) return std::nullopt;
    return key_of(n.get(), e.get(), d.get(), p.get(), q.get());
  }
  return std::nullopt;
}

std::optional<RsaKey> rsa_from_crt(const RsaCrtParts& parts, ByteView n_bytes, ByteView e_bytes, std::string& what_is_wrong) {
  const auto wrong = [&](const char* sentence) {
    what_is_wrong = sentence;
    return std::nullopt;
  };
  for (const ByteView part : {parts.p, parts.q, parts.dp, parts.dq, parts.qinv, n_bytes})
    if (!is_at_most(part, largest_bits)) return wrong("a number of the RSA key has more than 16384 bits");
  if (!is_at_most(e_bytes, 64)) return wrong("the public exponent e has more than 64 bits");

  const auto n = number(n_bytes), e = number(e_bytes), p = number(parts.p), q = number(parts.q);
  if (!is_exponent(e.get())) return wrong("the public exponent e is even or less than 3");
  Calculation calculation;
  if (BN_cmp(calculation.product(p.get(), q.get()).get(), n.get()) != 0) return wrong("the modulus n is not p times q");
  if (!calculation.seems_prime(p.get())) return wrong("p is not a prime number");
  if (!calculation.seems_prime(q.get())) return wrong("q is not a prime number");

  const auto p1 = calculation.less_one(p.get()), q1 = calculation.less_one(q.get());
  const auto fits = [&](ByteView exponent, const BIGNUM* order) {
    const auto read = number(exponent);
    return BN_cmp(read.get(), order) < 0 && calculation.product_is_one(read.get(), e.get(), order);
  };
  if (!fits(parts.dp, p1.get())) return wrong("dP does not belong to p and e");
  if (!fits(parts.dq, q1.get())) return wrong("dQ does not belong to q and e");
  if (!calculation.product_is_one(number(parts.qinv).get(), q.get(), p.get())) return wrong("qInv is not the inverse of q modulo p");

  const auto both = calculation.product(p1.get(), q1.get());
  const auto order = calculation.quotient(both.get(), calculation.gcd(p1.get(), q1.get()).get());
  const auto d = calculation.inverse(e.get(), order.get());
  if (!d) return wrong("the public exponent e has no private one for these primes");
  return key_of(n.get(), e.get(), d.get(), p.get(), q.get());
}

std::optional<RsaKey> rsa_with_exponent(const RsaKey& key, ByteView e_bytes) {
  Calculation calculation;
  const auto n = number(key.n), e = number(e_bytes), p = number(key.p.expose()), q = number(key.q.expose());
  const auto order = calculation.product(calculation.less_one(p.get()).get(), calculation.less_one(q.get()).get());
  const auto d = calculation.inverse(e.get(), order.get());
  if (!d) return std::nullopt;
  return key_of(n.get(), e.get(), d.get(), p.get(), q.get());
}

bool rsa_exponents_fit(const RsaKey& key) {
  Calculation calculation;
  return exponents_fit(calculation, number(key.e).get(), number(key.d.expose()).get(), number(key.p.expose()).get(),
                       number(key.q.expose()).get());
}

RsaDerived rsa_derived(const RsaKey& key) {
  Calculation calculation;
  const auto d = number(key.d.expose()), p = number(key.p.expose()), q = number(key.q.expose());
  const auto qinv = calculation.inverse(q.get(), p.get());
  check(qinv != nullptr, "RSA: p and q have a common factor");
  return {secret_bytes_of(calculation.remainder(d.get(), calculation.less_one(p.get()).get()).get()),
          secret_bytes_of(calculation.remainder(d.get(), calculation.less_one(q.get()).get()).get()),
          secret_bytes_of(qinv.get())};
}

RsaKey fresh_rsa(unsigned bits) {
  if (bits < 1024 || bits > largest_bits)
    throw Error(Outcome::usage, "RSA keys are made with 1024 to 16384 bits, not " + std::to_string(bits));
  const auto maker = owned(EVP_PKEY_CTX_new_from_name(context(), "RSA", nullptr));
  EVP_PKEY* made = nullptr;
  check(EVP_PKEY_keygen_init(maker.get()) == 1 && EVP_PKEY_CTX_set_rsa_keygen_bits(maker.get(), static_cast<int>(bits)) == 1 &&
            EVP_PKEY_generate(maker.get(), &made) == 1,
        "making an RSA key");
  const Owned<EVP_PKEY> key(made);
  const auto part = [&](const char* name) {
    BIGNUM* value = BN_secure_new();
    const int got = EVP_PKEY_get_bn_param(key.get(), name, &value);
    Owned<BIGNUM> out(value);
    check(got == 1, "a number of an RSA key");
    return out;
  };
  return key_of(part("n").get(), part("e").get(), part("d").get(), part("rsa-factor1").get(), part("rsa-factor2").get());
}

}  // namespace hwbak::crypto
