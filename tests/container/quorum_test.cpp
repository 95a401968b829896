// Quorums: the vector of sc-hsm-tool, any k of n and never k - 1, the three traps of its entry, and what is refused.
#include "container/dkek_share/quorum.h"

#include <rapidcheck/gtest.h>

#include <algorithm>
#include <map>

#include "base/hex.h"
#include "container/dkek_share/modular.h"
#include "container/dkek_share/number.h"
#include "crypto/peer.h"
#include "support/replay.h"

namespace hwbak::dkek {
namespace {

constexpr const char* secret_hex = "0c4c6eb852410931";
const std::string prime_line = "prime=ee:b1:38:ca:19:de:9a:5f\n";
const std::vector<std::string> share_lines{"share=1:d2:d9:18:2c:8f:93:02:ac\n", "share=2:ed:4a:fb:5a:74:ed:26:f8\n",
                                           "share=3:5b:a2:18:42:02:4f:76:15\n", "share=4:0c:8f:a7:ad:51:98:8a:62\n",
                                           "share=5:13:a9:9c:62:c8:63:df\n"};

std::string hex(const SecretBytes& bytes) { return to_hex(bytes.expose()); }
std::vector<std::string> passwords(const Quorum& quorum) {
  std::vector<std::string> out;
  for (const QuorumPassword& candidate : passwords_of(quorum)) out.push_back(hex(candidate.password));
  return out;
}
// What is said, and with which outcome.
std::string refusal(const std::string& lines) {
  try {
    (void)parse_quorum(lines);
  } catch (const Error& error) {
    EXPECT_EQ(error.outcome(), Outcome::refused) << error.sentence();
    EXPECT_NE(error.next(), "") << error.sentence();
    return error.sentence();
  }
  return "taken";
}

// Points of a polynomial that is chosen here, beside the product's own splitting.
Quorum points(std::uint64_t prime, const std::vector<std::uint64_t>& coefficients, const std::vector<std::pair<std::uint64_t, std::string>>& ids) {
  Quorum out;
  out.prime = to_bytes(prime);
  for (const auto& [id, text] : ids) {
    std::uint64_t value = 0, power = 1;
    for (const std::uint64_t coefficient : coefficients) {
      value = add_var(value, multiply_var(coefficient, power, prime), prime);
      power = multiply_var(power, id, prime);
    }
    const auto typed = read_digits(text, 10);
    out.shares.push_back({typed ? *typed : read_digits(text, 16).value(), text, to_bytes(value)});
  }
  return out;
}
constexpr std::uint64_t big_prime = 0xeeb138ca19de9a5f;

TEST(Quorum, AnyThreeOfTheVectorsFiveAndMore) {
  for (unsigned chosen = 0; chosen < 32; ++chosen) {
    std::string lines = prime_line;
    for (unsigned i = 0; i < 5; ++i)
      if ((chosen >> i & 1) != 0) lines += share_lines[4 - i];
    const int count = __builtin_popcount(chosen);
    if (count < 2) {
      EXPECT_NE(refusal(lines), "taken");
      continue;
    }
    const auto found = passwords_of(parse_quorum(lines));
    EXPECT_EQ(hex(found.front().password) == secret_hex, count >= 3) << lines;
    EXPECT_EQ(found.front().reading, Reading::padded);
    EXPECT_FALSE(parse_quorum(lines).weak_prime);
  }
}

TEST(Quorum, HowPeopleWriteThem) {
  const std::string printed_form =
      "Share 5 of 5\n\n\nPrime       : ee:b1:38:ca:19:de:9a:5f\nShare ID    : 5\nShare value : 13:a9:9c:62:c8:63:df\n\n\n"
      "Please note ALL values above and press <enter> when finished\n"
      "Prime       : ee:b1:38:ca:19:de:9a:5f\r\nShare ID    : 1\r\nShare value : d2:d9:18:2c:8f:93:02:ac\r\n";
  for (const std::string& lines :
       {prime_line + share_lines[0] + share_lines[2] + share_lines[4], share_lines[4] + share_lines[0] + "# Anna\n\n" + prime_line + share_lines[2],
        std::string("PRIME = EEB138CA19DE9A5F\n share = 1 : d2 d9 18 2c 8f 93 02 ac\nShare=3: 5BA21842024F7615\r\nshare=5:00:13:a9:9c:62:c8:63:df"),
        printed_form + share_lines[2], "share value: 13:a9:9c:62:c8:63:df\nshare id: 5\n" + prime_line + share_lines[0] + share_lines[1]}) {
    EXPECT_EQ(passwords(parse_quorum(lines)), std::vector<std::string>{secret_hex}) << lines;
  }
}

TEST(Quorum, PartsTypedOneByOne) {
  Quorum quorum;
  quorum.prime = parse_prime(" EE:B1:38:ca:19:de:9a:5f ");
  quorum.shares.push_back(parse_share(" 5 ", "13a99c62c863df", quorum.prime.expose()));
  quorum.shares.push_back(parse_share("2", "ed:4a:fb:5a:74:ed:26:f8", quorum.prime.expose()));
  quorum.shares.push_back(parse_share("1", "d2:d9:18:2c:8f:93:02:ac", quorum.prime.expose()));
  check_quorum(quorum);
  EXPECT_EQ(passwords(quorum.clone()), std::vector<std::string>{secret_hex});
  EXPECT_THROW((void)parse_share("5", "", quorum.prime.expose()), Error);
  EXPECT_THROW((void)parse_share("five", "13", quorum.prime.expose()), Error);
  EXPECT_THROW((void)parse_prime(""), Error);
  quorum.shares.push_back(quorum.shares.front().clone());
  EXPECT_THROW(check_quorum(quorum), Error);
  EXPECT_THROW((void)passwords_of(quorum), Error);
}

TEST(Quorum, WhatIsRefusedIsSaidWithItsLine) {
  const std::string two = share_lines[0] + share_lines[1];
  const std::map<std::string, std::string> cases{
      {two, "There is no prime among the lines"},
      {prime_line, "There is no share among the lines"},
      {prime_line + share_lines[0], "There is one share alone, and a quorum needs at least two"},
      {prime_line + two + "prime=ff:ff:ff:ff:ff:ff:ff:c5\n", "Line 4: This prime differs from the one before, and all shares of a quorum have the same"},
      {"\nprime=ee:b1:38:ca:19:de:9a:5e\n" + two, "Line 2: The prime is an even number, and so it is no prime: a digit is wrong"},
      {"prime=ee:b1:38:ca:19:de:9a:61\n" + two, "Line 1: The number that is given as the prime is no prime: a digit is wrong"},
      {"prime=01:ee:b1:38:ca:19:de:9a:5f\n" + two, "Line 1: The prime has more than 64 bits: at most 16 digits"},
      {"prime=\n" + two, "Line 1: The prime is missing"},
      {"prime=ee:b1:38:c:19:de:9a:5f\n" + two,
       "Line 1: The prime has an odd number of digits between two colons: a digit is missing, or there is one too many"},
      {"prime=ee:b1:38:xa\n" + two, "Line 1: The prime has a character that is no digit of a hexadecimal number (0 to 9, a to f), at place 10"},
      {prime_line + two + "share=3:ee:b1:38:ca:19:de:9a:5f\n",
       "Line 4: The value of share 3 is not below the prime, as every value is: a digit of either is wrong"},
      {prime_line + two + "share=0:01\n", "Line 4: A share has the ID 0, which no share can have"},
      {prime_line + two + "share=02:01\n", "Line 4: The ID 2 is there twice"},
      {prime_line + two + "share=x:01\n", "Line 4: The ID of a share is no number"},
      {prime_line + two + "share=99999999999999999999:01\n", "Line 4: The ID of a share is no number"},
      {"prime=07\nshare=1:02\nshare=7:03\n", "Line 3: The ID of a share is not below the prime"},
      {prime_line + two + "share=7\n", "Line 4: A share has no value: it must read share=ID:VALUE"},
      {prime_line + two + "Share ID : 3\nShare ID : 4\n", "Line 5: The ID before has no value"},
      {prime_line + two + "Share value : 3\nShare value : 4\n", "Line 5: The value before has no ID"},
      {prime_line + two + "Share ID : 3\n", "Line 4: The last ID has no value"},
      {prime_line + two + "Share value : 33\n", "Line 4: The last value has no ID"},
      {prime_line + two + "password=hello\n", "Line 4: This is neither a prime nor a share"},
      {prime_line + two + "hello\n", "Line 4: This is neither a prime nor a share"},
  };
  for (const auto& [lines, sentence] : cases) EXPECT_EQ(refusal(lines), sentence) << lines;
  EXPECT_EQ(refusal(""), "There is no prime among the lines");
  EXPECT_EQ(refusal("prime=02\nshare=1:01\nshare=2:01\n"), "Line 1: The prime is an even number, and so it is no prime: a digit is wrong");
  std::string many = prime_line;
  for (int i = 1; i <= 256; ++i) many += "share=" + std::to_string(i) + ":01\n";
  EXPECT_EQ(refusal(many), "There are more than 255 shares");
}

// Trap 1: IDs are printed in decimal, and sc-hsm-tool reads what is typed as hexadecimal.
TEST(Quorum, IdsFromTenOn) {
  const std::uint64_t secret = 0x1122334455667788;
  const std::vector<std::uint64_t> polynomial{secret, 7, 0x1234567890abcdef};
  const auto first_is = [&](const std::vector<std::pair<std::uint64_t, std::string>>& ids, Reading reading) {
    for (const QuorumPassword& found : passwords_of(points(big_prime, polynomial, ids)))
      if (hex(found.password) == "1122334455667788") return found.reading == reading;
    return false;
  };
  EXPECT_TRUE(first_is({{9, "9"}, {10, "10"}, {16, "16"}}, Reading::padded));
  EXPECT_TRUE(first_is({{9, "9"}, {16, "10"}, {22, "16"}}, Reading::hex_ids));
  EXPECT_TRUE(first_is({{9, "9"}, {10, "A"}, {16, "10"}}, Reading::hex_ids));
  EXPECT_EQ(hex(passwords_of(points(big_prime, polynomial, {{9, "9"}, {10, "A"}, {16, "10"}})).front().password), "1122334455667788");
  EXPECT_TRUE(first_is({{9, "9"}, {10, "a"}, {11, "11"}}, Reading::padded));
  // Both readings alike: one try.
  EXPECT_EQ(passwords_of(points(big_prime, polynomial, {{1, "1"}, {2, "2"}, {9, "9"}})).size(), 1u);
}

// Trap 2: sc-hsm-tool encrypts with 8 bytes and later tries the shortest string.
TEST(Quorum, LeadingZeroBytes) {
  const auto found = passwords_of(points(big_prime, {0x0000334455667788, 5}, {{1, "1"}, {2, "2"}}));
  ASSERT_EQ(found.size(), 2u);
  EXPECT_EQ(hex(found[0].password), "0000334455667788");
  EXPECT_EQ(found[0].reading, Reading::padded);
  EXPECT_EQ(hex(found[1].password), "334455667788");
  EXPECT_EQ(found[1].reading, Reading::stripped);
  EXPECT_EQ(passwords(points(big_prime, {0, 5}, {{1, "1"}, {2, "2"}})), std::vector<std::string>{"0000000000000000"});
}

// Trap 3: an old tool's prime may lie below the secret.
TEST(Quorum, PrimesBelowTheSecret) {
  constexpr std::uint64_t prime = 0x1FFFFFFFFFFFFFFF;  // 2^61 - 1
  const std::uint64_t secret = 0x6000000000000123;
  const Quorum quorum = points(prime, {secret % prime, 99}, {{1, "1"}, {4, "4"}});
  EXPECT_TRUE(is_weak_prime(quorum.prime.expose()));
  const auto found = passwords_of(quorum);
  ASSERT_EQ(found.size(), 5u);  // the first has leading zeros, and so two forms
  EXPECT_EQ(hex(found.back().password), "6000000000000123");
  EXPECT_EQ(found.back().reading, Reading::above_prime);
  EXPECT_LE(passwords_of(points(251, {3, 9}, {{1, "1"}, {10, "10"}})).size(), 8u);
  EXPECT_TRUE(parse_quorum("prime=1f:ff:ff:ff:ff:ff:ff:ff\nshare=1:05\nshare=2:06\n").weak_prime);
}

// A subset of `size` of the quorum's shares.
Quorum some_of(const Quorum& quorum, std::size_t size) {
  Quorum out = quorum.clone();
  for (std::size_t i = 0; i < size; ++i) {
    const auto from = *rc::gen::inRange(i, out.shares.size());
    std::swap(out.shares[i], out.shares[from]);
  }
  out.shares.resize(size);
  return out;
}

RC_GTEST_PROP(Quorum, AnyKOfNAndNeverFewer, ()) {
  const auto total = *rc::gen::inRange(3u, 21u);
  const auto threshold = *rc::gen::inRange(2u, total + 1);
  const FreshQuorum fresh = fresh_quorum(threshold, total, system_random());
  RC_ASSERT(fresh.quorum.shares.size() == total);
  RC_ASSERT(fresh.password.expose()[0] >= 1 && fresh.password.expose()[0] < 0x80);
  const std::uint64_t prime = to_number(fresh.quorum.prime.expose());
  RC_ASSERT(prime >> 63 == 1u);
  RC_ASSERT(is_prime_var(prime) && is_prime_var((prime - 1) / 2));
  const auto enough = *rc::gen::inRange<std::size_t>(threshold, total + 1);
  RC_ASSERT(passwords_of(some_of(fresh.quorum, enough)).front().password.equals(fresh.password.expose()));
  if (threshold == 2) return;
  for (const QuorumPassword& wrong : passwords_of(some_of(fresh.quorum, threshold - 1)))
    RC_ASSERT(!wrong.password.equals(fresh.password.expose()));
}

// As printed, read again.
RC_GTEST_PROP(Quorum, WhatIsPrintedIsRead, ()) {
  const FreshQuorum fresh = fresh_quorum(3, 12, system_random());
  const Quorum chosen = some_of(fresh.quorum, 3);
  std::string lines = "Prime       : " + std::string(printed(chosen.prime.expose()).expose()) + "\n";
  for (const QuorumShare& share : chosen.shares)
    lines += "Share ID    : " + std::to_string(share.id) + "\nShare value : " + std::string(printed(share.value.expose()).expose()) + "\n";
  RC_ASSERT(passwords(parse_quorum(lines)).front() == hex(fresh.password));
}

TEST(Quorum, PrintedWithoutLeadingZeros) {
  EXPECT_EQ(printed(to_bytes(0x0013a99c62c863df).expose()).expose(), "13:a9:9c:62:c8:63:df");
  EXPECT_EQ(printed(to_bytes(0x0100).expose()).expose(), "01:00");
  EXPECT_EQ(printed(to_bytes(0).expose()).expose(), "00");
}

TEST(Quorum, NumbersThatMakeNoQuorum) {
  for (const auto& [threshold, total] : {std::pair(1u, 3u), {2u, 2u}, {4u, 3u}, {0u, 0u}, {2u, 256u}}) {
    try {
      (void)fresh_quorum(threshold, total, system_random());
      ADD_FAILURE() << threshold << " of " << total;
    } catch (const Error& error) {
      EXPECT_EQ(error.outcome(), Outcome::usage);
    }
  }
  EXPECT_EQ(fresh_quorum(255, 255, system_random()).quorum.shares.size(), 255u);
}

TEST(Quorum, APasswordIsDrawnAgainWhenItBeginsWithZero) {
  Bytes recorded{0x80, 9, 9, 9, 9, 9, 9, 9, 0x92, 1, 2, 3, 4, 5, 6, 7};  // the first: 00 without its top bit
  recorded.resize(recorded.size() + 8, 0xFF);                              // a prime behind the last: from the first on
  recorded.resize(recorded.size() + 8, 0xFF);                              // not below the prime: drawn again
  test::Replay random(recorded);
  const FreshQuorum fresh = fresh_quorum(2, 3, random);
  EXPECT_EQ(hex(fresh.password), "1201020304050607");
  EXPECT_EQ(to_number(fresh.quorum.prime.expose()) >> 63, 1u);
  EXPECT_TRUE(random.spent());
  test::Replay zeros{Bytes{}};
  EXPECT_THROW((void)fresh_quorum(2, 3, zeros), Error);
}

// Strong pseudoprimes to many bases, the ends of 64 bits, and OpenSSL over random numbers.
TEST(Quorum, Primes) {
  for (const std::uint64_t prime : {2ull, 3ull, 37ull, 41ull, 2305843009213693951ull, 18446744073709551557ull}) EXPECT_TRUE(is_prime_var(prime)) << prime;
  for (const std::uint64_t composite : {0ull, 1ull, 4ull, 1681ull, 3215031751ull, 3825123056546413051ull, 318665857834031151ull,
                                        18446744073709551615ull, 18446744065119617025ull})
    EXPECT_FALSE(is_prime_var(composite)) << composite;
  std::string arguments, expected;
  const Bytes dice = test::random_bytes(8 * 40);
  for (std::size_t i = 0; i < dice.size(); i += 8) {
    const std::uint64_t number = to_number(ByteView(dice).subspan(i, 8)) | 1;
    arguments += std::to_string(number) + " ";
    expected += is_prime_var(number) ? "1" : "0";
  }
  arguments += std::to_string(big_prime);
  EXPECT_EQ(test::run("for n in " + arguments + "; do openssl prime $n | grep -q \"is prime\" && printf 1 || printf 0; done"), expected + "1");
}

}  // namespace
}  // namespace hwbak::dkek
