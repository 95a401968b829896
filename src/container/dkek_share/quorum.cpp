// A quorum for a password: put together and split; see quorum.h. Facts: docs/formats/pico-hsm.md, "A quorum for the password".
#include "container/dkek_share/quorum.h"

#include <algorithm>
#include <array>
#include <span>
#include <utility>

#include "base/hex.h"
#include "container/dkek_share/modular.h"
#include "container/dkek_share/number.h"

namespace hwbak::dkek {
namespace {

constexpr std::size_t most_passwords = 8;
constexpr std::uint64_t top_bit = std::uint64_t{1} << 63;
constexpr int most_draws = 1000;

using Ids = std::vector<std::uint64_t>;

// Points of one polynomial lie at different places, and none at 0, where the secret is.
bool are_places(const Ids& ids, std::uint64_t prime) {
  for (std::size_t i = 0; i < ids.size(); ++i)
    if (ids[i] == 0 || ids[i] >= prime || std::ranges::count(ids, ids[i]) != 1) return false;
  return true;
}

// The value at 0 of the one polynomial of least degree through all points (Lagrange).
std::uint64_t value_at_zero_var(const Quorum& quorum, const Ids& ids, std::uint64_t prime) {
  std::uint64_t sum = 0;
  for (std::size_t i = 0; i < ids.size(); ++i) {
    std::uint64_t above = 1, below = 1;
    for (std::size_t j = 0; j < ids.size(); ++j) {
      if (j == i) continue;
      above = multiply_var(above, ids[j], prime);
      below = multiply_var(below, subtract_var(ids[j], ids[i], prime), prime);
    }
    const std::uint64_t weight = multiply_var(above, invert_var(below, prime), prime);
    sum = add_var(sum, multiply_var(weight, to_number(quorum.shares[i].value.expose()), prime), prime);
  }
  return sum;
}

// The secret in both readings of the IDs, in the order in which they are worth trying.
struct Secrets {
  struct One {
    std::uint64_t number;
    bool hex;
  };
  std::array<One, 2> held{};
  std::size_t count = 0;

  Secrets(const Quorum& quorum, std::uint64_t prime);
  Secrets(const Secrets&) = delete;
  Secrets& operator=(const Secrets&) = delete;
  ~Secrets() { wipe(&held, sizeof held); }
};

Secrets::Secrets(const Quorum& quorum, std::uint64_t prime) {
  Ids as_printed, as_typed;  // decimal; hexadecimal, as sc-hsm-tool takes what is typed
  bool letters = false;      // typed by somebody who thinks in its way
  for (const QuorumShare& share : quorum.shares) {
    as_printed.push_back(share.id);
    as_typed.push_back(read_digits(share.id_text, 16).value_or(0));
    letters = letters || share.id_text.find_first_not_of("0123456789") != std::string::npos;
  }
  const bool alike = as_typed == as_printed, hex_first = letters && !alike;
  for (const bool hex : {hex_first, !hex_first}) {
    const Ids& ids = hex ? as_typed : as_printed;
    if (are_places(ids, prime) && !(hex && alike)) held[count++] = {value_at_zero_var(quorum, ids, prime), hex};
  }
  // The top bit of a password is clear.
  if (count == 2 && held[0].number >= top_bit && held[1].number < top_bit) std::swap(held[0], held[1]);
}

class Passwords final {
 public:
  void padded(std::uint64_t secret, Reading reading) { add(to_bytes(secret), reading); }
  void stripped(std::uint64_t secret, Reading reading) {
    const SecretBytes whole = to_bytes(secret);
    const ByteView bytes = significant(whole.expose());
    if (!bytes.empty()) add(SecretBytes::copy_of(bytes), reading);
  }
  [[nodiscard]] bool full() const { return out_.size() >= most_passwords; }
  std::vector<QuorumPassword> take() { return std::move(out_); }

 private:
  void add(SecretBytes password, Reading reading) {
    const bool known = std::ranges::any_of(out_, [&](const QuorumPassword& other) { return other.password.equals(password.expose()); });
    if (!known && !full()) out_.push_back({reading, std::move(password)});
  }
  std::vector<QuorumPassword> out_;
};

[[noreturn]] void no_randomness() {
  throw Error(Outcome::io, "The random numbers of this system are not random: they give the same again and again", std::nullopt,
              "Use another computer.");
}

// Each number below `limit` with the same chance.
std::uint64_t draw_below(std::uint64_t limit, RandomSource& random) {
  SecretBytes bytes(8);
  for (int i = 0; i < most_draws; ++i) {
    random.fill(bytes.expose());
    const std::uint64_t number = to_number(bytes.expose());
    if (number < limit) return number;
  }
  no_randomness();
}

// A first byte of 00 would be lost on the way back through sc-hsm-tool, which could then not open its own file.
SecretBytes draw_password(RandomSource& random) {
  SecretBytes out(8);
  for (int i = 0; i < most_draws; ++i) {
    random.fill(out.expose());
    out.expose()[0] &= 0x7F;
    if (out.expose()[0] != 0) return out;
  }
  no_randomness();
}

// A prime p of 64 bits with (p - 1) / 2 a prime too: the first behind a random place. All above 7 are 11 modulo 12.
std::uint64_t draw_safe_prime(RandomSource& random) {
  constexpr std::uint64_t step = 12, rest = 11;
  constexpr int most_steps = 1'000'000;  // some 300 are needed
  std::array<std::uint8_t, 8> bytes;
  random.fill(bytes);
  const std::uint64_t place = to_number(bytes) | top_bit;
  std::uint64_t candidate = place - place % step + rest;
  for (int i = 0; i < most_steps; ++i, candidate += step) {
    if (candidate < top_bit) candidate = top_bit - top_bit % step + rest;  // past the last of 64 bits: from the first on
    if (candidate >= top_bit && is_prime_var((candidate - 1) / 2) && is_prime_var(candidate)) return candidate;
  }
  no_randomness();
}

}  // namespace

QuorumShare QuorumShare::clone() const { return {id, id_text, value.clone()}; }

Quorum Quorum::clone() const {
  Quorum out;
  out.prime = prime.clone();
  for (const QuorumShare& share : shares) out.shares.push_back(share.clone());
  out.weak_prime = weak_prime;
  return out;
}

bool is_weak_prime(ByteView prime) { return to_number(prime) < top_bit; }

std::vector<QuorumPassword> passwords_of(const Quorum& quorum) {
  check_quorum(quorum);
  const std::uint64_t prime = to_number(quorum.prime.expose());
  Secrets secrets(quorum, prime);
  const std::span<Secrets::One> found(secrets.held.data(), secrets.count);
  Passwords out;
  for (const Secrets::One& c : found) {
    out.padded(c.number, c.hex ? Reading::hex_ids : Reading::padded);
    out.stripped(c.number, c.hex ? Reading::hex_ids : Reading::stripped);
  }
  for (Secrets::One& c : found) {
    while (!out.full() && prime < top_bit && c.number < top_bit - prime) {
      c.number += prime;
      out.padded(c.number, Reading::above_prime);
    }
  }
  secret::scrub_stack(4096);
  return out.take();
}

FreshQuorum fresh_quorum(unsigned threshold, unsigned total, RandomSource& random) {
  if (total < 3 || total > max_custodians || threshold < 2 || threshold > total)
    throw Error(Outcome::usage, "A quorum of " + std::to_string(threshold) + " of " + std::to_string(total) + " cannot be made: at least 3 and at most " +
                                    std::to_string(max_custodians) + " shares, and at least 2 and at most all of them to open",
                std::nullopt, "Choose other numbers, for example 3 of 5.");
  FreshQuorum out;
  out.password = draw_password(random);
  const std::uint64_t prime = draw_safe_prime(random);
  out.quorum.prime = to_bytes(prime);
  std::vector<SecretBytes> coefficients;
  for (unsigned i = 1; i < threshold; ++i) coefficients.push_back(to_bytes(draw_below(prime, random)));
  for (std::uint64_t id = 1; id <= total; ++id) {
    std::uint64_t value = 0;
    for (std::size_t i = coefficients.size(); i-- > 0;)
      value = multiply_var(add_var(value, to_number(coefficients[i].expose()), prime), id, prime);
    value = add_var(value, to_number(out.password.expose()), prime);
    out.quorum.shares.push_back({id, std::to_string(id), to_bytes(value)});
  }
  secret::scrub_stack(4096);
  return out;
}

SecretString printed(ByteView number) {
  const ByteView bytes = significant(number);
  SecretString out;
  for (const std::uint8_t& byte : bytes.empty() ? ByteView(number.last(1)) : bytes) {
    if (!out.empty()) out.append(':');
    out.append(to_hex_secret({&byte, 1}).expose());
  }
  return out;
}

}  // namespace hwbak::dkek
