// Arithmetic modulo a 64-bit number, for quorums of 64 bits (docs/formats/pico-hsm.md, "A quorum for the password"). The time it takes
// depends on its numbers (_var): it runs on the owner's own machine, a few times for each secret.
#pragma once

#include <cstdint>

namespace hwbak::dkek {

__extension__ typedef unsigned __int128 Wide;

// Of numbers below `p`.
[[nodiscard]] constexpr std::uint64_t add_var(std::uint64_t a, std::uint64_t b, std::uint64_t p) noexcept {
  return static_cast<std::uint64_t>((static_cast<Wide>(a) + b) % p);
}
[[nodiscard]] constexpr std::uint64_t subtract_var(std::uint64_t a, std::uint64_t b, std::uint64_t p) noexcept {
  return a >= b ? a - b : p - (b - a);
}
[[nodiscard]] constexpr std::uint64_t multiply_var(std::uint64_t a, std::uint64_t b, std::uint64_t p) noexcept {
  return static_cast<std::uint64_t>(static_cast<Wide>(a) * b % p);
}
[[nodiscard]] constexpr std::uint64_t power_var(std::uint64_t base, std::uint64_t exponent, std::uint64_t p) noexcept {
  std::uint64_t out = 1 % p;
  for (base %= p; exponent != 0; exponent >>= 1, base = multiply_var(base, base, p))
    if ((exponent & 1) != 0) out = multiply_var(out, base, p);
  return out;
}
// `p` is a prime, `a` not a multiple of it.
[[nodiscard]] constexpr std::uint64_t invert_var(std::uint64_t a, std::uint64_t p) noexcept { return power_var(a, p - 2, p); }

// Miller and Rabin's test with the first twelve primes as bases: no composite number below 2^64 passes it (Sorenson and Webster, 2015).
[[nodiscard]] constexpr bool is_prime_var(std::uint64_t n) noexcept {
  constexpr std::uint64_t bases[] = {2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37};
  if (n < 2) return false;
  for (const std::uint64_t base : bases)
    if (n % base == 0) return n == base;
  std::uint64_t odd = n - 1;
  int twos = 0;
  for (; odd % 2 == 0; odd /= 2) ++twos;
  for (const std::uint64_t base : bases) {
    std::uint64_t x = power_var(base, odd, n);
    if (x == 1 || x == n - 1) continue;
    bool witness = true;
    for (int i = 1; i < twos && witness; ++i) {
      x = multiply_var(x, x, n);
      witness = x != n - 1;
    }
    if (witness) return false;
  }
  return true;
}

}  // namespace hwbak::dkek
