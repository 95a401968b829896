// Mistyped quorums: what is put right is among the candidates, each once; the lines that were put right give the password to every command.
#include "recover/quorum_corrections.h"

#include <rapidcheck/gtest.h>

#include <map>
#include <set>

#include "container/dkek_share/dkek_share.h"
#include "container/dkek_share/modular.h"
#include "container/dkek_share/number.h"
#include "container/dkek_share/quorum.h"
#include "crypto/dkek_kdf.h"
#include "hwbak/error.h"
#include "recover/quorum_answer.h"
#include "recover/quorum_plan.h"
#include "recover/search.h"

namespace hwbak::recover {
namespace {

using Strings = std::vector<std::string>;  // prime, then values; public here, because they are made up

// The first `shares` shares of a fresh quorum.
struct MadeQuorum {
  std::uint64_t password = 0;
  Strings digits;
};
MadeQuorum make(unsigned threshold, unsigned shares) {
  dkek::FreshQuorum fresh = dkek::fresh_quorum(threshold, std::max(3u, shares), system_random());
  MadeQuorum out{dkek::to_number(fresh.password.expose()), {std::string(dkek::printed(fresh.quorum.prime.expose()).expose())}};
  for (unsigned i = 0; i < shares; ++i) out.digits.emplace_back(dkek::printed(fresh.quorum.shares[i].value.expose()).expose());
  for (std::string& digits : out.digits) {
    std::erase(digits, ':');
    digits.insert(0, 16 - digits.size(), '0');
  }
  return out;
}

TypedQuorum typed(const Strings& digits, std::size_t threshold = 0) {
  std::string lines = "prime=" + digits[0] + "\n";
  for (std::size_t i = 1; i < digits.size(); ++i) lines += "share=" + std::to_string(i) + ":" + digits[i] + "\n";
  return read_typed_quorum(lines, threshold);
}

using Passwords = std::vector<std::string>;  // bytes
Passwords all(const QuorumCandidates& candidates, std::size_t edits) {
  Passwords out;
  for (std::size_t i = 0; i < candidates.size(edits); ++i) {
    const SecretBytes one = candidates.password(edits, i);
    out.emplace_back(reinterpret_cast<const char*>(one.expose().data()), one.size());
  }
  return out;
}

std::string bytes_of(std::uint64_t password) {
  const SecretBytes bytes = dkek::to_bytes(password);
  return {reinterpret_cast<const char*>(bytes.expose().data()), bytes.size()};
}
ByteView view(const std::string& text) { return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()}; }

// The edits of its class; nullopt: not there.
std::optional<unsigned> edits_to(const QuorumCandidates& candidates, const std::string& password) {
  for (std::size_t edits = 0; edits < candidates.levels(); ++edits)
    if (const auto found = all(candidates, edits); std::ranges::find(found, password) != found.end()) return static_cast<unsigned>(edits);
  return std::nullopt;
}

char other(char digit) { return digit == '7' ? '8' : '7'; }

std::string text(const SecretString& secret) { return std::string(secret.expose()); }

// One slip of a pen.
void spoil(std::string& digits) {
  const auto at = *rc::gen::inRange<std::size_t>(0, digits.size() - 1);
  const auto digit = "0123456789abcdef?"[*rc::gen::inRange<std::size_t>(0, 17)];
  switch (*rc::gen::inRange(0, 4)) {
    case 0: digits[at] = digit; break;
    case 1: std::swap(digits[at], digits[at + 1]); break;
    case 2: digits.erase(at, 1); break;
    default: digits.insert(at, 1, digits[at]); break;
  }
}

RC_GTEST_PROP(QuorumCorrections, OneSlipAnywhereIsPutRight, ()) {
  MadeQuorum made = make(2, 2);
  spoil(made.digits[*rc::gen::inRange<std::size_t>(0, made.digits.size())]);
  const TypedQuorum quorum = typed(made.digits);
  const QuorumCandidates candidates(quorum, 1);
  const auto edits = edits_to(candidates, bytes_of(made.password));
  RC_ASSERT(edits.has_value());
  Passwords both = all(candidates, 0);
  for (const std::string& one : all(candidates, 1)) both.push_back(one);
  RC_ASSERT(std::set(both.begin(), both.end()).size() == both.size());
  // As any command reads it.
  const QuorumAnswer answer = quorum_answer(quorum, view(bytes_of(made.password)), *edits);
  const auto passwords = dkek::passwords_of(dkek::parse_quorum(answer.lines.expose()));
  RC_ASSERT(std::ranges::any_of(passwords, [&](const auto& one) { return one.password.equals(view(bytes_of(made.password))); }));
  RC_ASSERT(answer.wrong.size() <= answer.corrections.size());
  RC_ASSERT(answer.wrong.size() <= 1u);
  RC_ASSERT(*edits == 0u || answer.wrong.size() == 1u);
}

TEST(QuorumCorrections, WithoutASlipTheReadingsOfAnyCommandAreTheFirstClass) {
  for (const std::string_view lines : {"prime=ffffffffffffffc5\nshare=1:05\nshare=2:06",                    // small: also without its zeros
                                       "prime=eeb138ca19de9a5f\nshare=10:123456789\nshare=11:abcdef",      // decimal and hexadecimal IDs
                                       "prime=3fffffffffffffc7\nshare=3:12345\nshare=4:1000000000000000",  // a prime below the password
                                       "prime=020000000000010d\nshare=1:018131a9b2c0965a\nshare=2:01ad0dfe102be1e1",  // far below it
                                       "prime=020000000000010d\nshare=10:018131a9b2c0965a\nshare=11:01ad0dfe102be1e1",
                                       "prime=200000000000000f\nshare=10:0bc131a9b2c0965a\nshare=11:1bad0dfe102be1e1",
                                       "prime=eeb138ca19de9a5f\nshare=A:12345\nshare=B:1000000000000000"}) {
    Passwords expected;
    for (const auto& one : dkek::passwords_of(dkek::parse_quorum(lines))) expected.emplace_back(reinterpret_cast<const char*>(one.password.expose().data()), one.password.size());
    Passwords found = all(QuorumCandidates(read_typed_quorum(lines, 0), 0), 0);
    std::ranges::sort(expected);
    std::ranges::sort(found);
    EXPECT_EQ(found, expected) << lines;
  }
}

RC_GTEST_PROP(QuorumCorrections, ASmallPrimeHasTheReadingsOfAnyCommand, ()) {
  const auto id = [] { return *rc::gen::element<std::string>("1", "2", "9", "10", "11", "12", "a", "b", "C", "1f"); };
  const std::string first = id(), second = id();
  RC_PRE(dkek::read_digits(first, 16) != dkek::read_digits(second, 16));
  std::uint64_t prime = (*rc::gen::arbitrary<std::uint64_t>() | std::uint64_t{1} << 63) >> *rc::gen::inRange(0, 12) | 1;
  while (!dkek::is_prime_var(prime)) prime -= 2;
  const auto value = [&] { return std::string(dkek::printed(dkek::to_bytes(*rc::gen::arbitrary<std::uint64_t>() % prime).expose()).expose()); };
  const std::string lines = "prime=" + std::string(dkek::printed(dkek::to_bytes(prime).expose()).expose()) + "\nshare=" + first + ":" + value() + "\nshare=" + second + ":" + value();
  std::set<std::string> expected;
  for (const auto& one : dkek::passwords_of(dkek::parse_quorum(lines))) expected.emplace(reinterpret_cast<const char*>(one.password.expose().data()), one.password.size());
  const Passwords found = all(QuorumCandidates(read_typed_quorum(lines, 0), 0), 0);
  RC_ASSERT(std::set(found.begin(), found.end()) == expected);
}

TEST(QuorumCorrections, TwoSlipsAreCheckedAgainstTheSharesBehindTheThreshold) {
  MadeQuorum made = make(2, 4);
  made.digits[1][3] = other(made.digits[1][3]);
  std::swap(made.digits[4][8], made.digits[4][9]);
  if (made.digits[4][8] == made.digits[4][9]) made.digits[4][8] = other(made.digits[4][8]);
  const QuorumCandidates candidates(typed(made.digits, 2));
  EXPECT_EQ(edits_to(candidates, bytes_of(made.password)), 2u);
  EXPECT_LT(candidates.size(0) + candidates.size(1) + candidates.size(2), 5u) << "the other shares leave nearly nothing else";
  EXPECT_EQ(candidates.levels(), 4u) << "so three can be counted";
}

// By hand: every number within one edit, and Lagrange's formula for two points.
TEST(QuorumCorrections, TheCountIsExact) {
  const MadeQuorum made = make(2, 2);
  const auto number = [](const std::string& digits) { return std::stoull(digits, nullptr, 16); };
  const auto within_one = [&](const std::string& digits) {
    std::set<std::string> out{digits};
    for (std::size_t i = 0; i < digits.size(); ++i) {
      for (const char digit : std::string("0123456789abcdef")) out.insert(digits.substr(0, i) + digit + digits.substr(i + 1));
      out.insert(digits.substr(0, i) + digits.substr(i + 1));
      if (i != 0) out.insert(digits.substr(0, i - 1) + digits[i] + digits[i - 1] + digits.substr(i + 1));
    }
    return out;
  };
  std::set<std::string> expected;
  const auto add = [&](const std::string& prime, const std::string& a, const std::string& b) {
    const std::uint64_t p = number(prime), x = number(a), y = number(b);
    if (!dkek::is_prime_var(p) || x >= p || y >= p) return;
    std::uint64_t secret = dkek::subtract_var(dkek::multiply_var(2, x, p), y, p);  // through (1, x) and (2, y)
    expected.insert(bytes_of(secret));
    if (const auto stripped = bytes_of(secret); stripped[0] == 0 && secret != 0) expected.insert(stripped.substr(stripped.find_first_not_of('\0')));
    const int above = bytes_of(secret)[0] == 0 && secret != 0 ? 6 : 7;  // eight in all
    for (int i = 0; i < above && secret < (std::uint64_t{1} << 63) - std::min(p, std::uint64_t{1} << 63); ++i) expected.insert(bytes_of(secret += p));
  };
  for (const std::string& prime : within_one(made.digits[0])) add(prime, made.digits[1], made.digits[2]);
  for (const std::string& value : within_one(made.digits[1])) add(made.digits[0], value, made.digits[2]);
  for (const std::string& value : within_one(made.digits[2])) add(made.digits[0], made.digits[1], value);
  const QuorumCandidates candidates(typed(made.digits), 1);
  Passwords found = all(candidates, 0);
  for (const std::string& one : all(candidates, 1)) found.push_back(one);
  EXPECT_EQ(std::set(found.begin(), found.end()), expected);
  EXPECT_EQ(found.size(), expected.size());
}

TEST(QuorumCorrections, WhatWasWrongIsToldWithItsPlace) {
  const std::string prime = "eeb138ca19de9a5f", one = "d2d9182c8f9302ac", two = "ed4afb5a74ed26f8", three = "5ba21842024f7615";
  const std::string right = "\x0c\x4c\x6e\xb8\x52\x41\x09\x31";
  struct Case {
    std::string prime, one, two, three;
    Strings corrections;
    std::vector<std::uint64_t> wrong;
  };
  for (const Case& c : {
           Case{prime, one, two, three, {}, {}},
           Case{"ee:b1:38:ca:19:de:9a:f5", one, two, three, {"prime, digits 15 and 16 were changed over: you wrote f5, it is 5f"}, {0}},
           Case{"eeb138da19de9a5f", one, two, three, {"prime, digit 7: you wrote d, it is c"}, {0}},
           Case{prime, "d2d9182c8f9302a", two, three, {"share 1, behind digit 15: a digit is missing, it is c"}, {1}},
           Case{prime, one, "eed4afb5a74ed26f8", three, {"share 2, digit 1: you wrote e, which is one digit too many"}, {2}},
           Case{prime, one, two, "5ba2184202?f7615", {"share 3, digit 11 is 4"}, {}},
           Case{prime, one, "?" + two, "00" + three, {"share 2, digit 1 is 0"}, {}},
           Case{prime, "d2d9182c8f930cac", two, "5ba21843024f7615",
                {"share 1, digit 14: you wrote c, it is 2", "share 3, digit 8: you wrote 3, it is 2"}, {1, 3}},
       }) {
    // With a fourth share the others cannot be put right in another way.
    const TypedQuorum quorum = typed({c.prime, c.one, c.two, c.three, "0c8fa7ad51988a62"}, 3);
    const auto edits = edits_to(QuorumCandidates(quorum, 2), right);
    ASSERT_TRUE(edits.has_value()) << (c.corrections.empty() ? "nothing wrong" : c.corrections[0]);
    const QuorumAnswer answer = quorum_answer(quorum, view(right), *edits);
    Strings corrections;
    for (const SecretString& line : answer.corrections) corrections.push_back(text(line));
    EXPECT_EQ(corrections, c.corrections);
    EXPECT_EQ(answer.wrong, c.wrong);
    EXPECT_EQ(answer.others, 0u);
    EXPECT_EQ(text(answer.lines), "prime=ee:b1:38:ca:19:de:9a:5f\nshare=1:d2:d9:18:2c:8f:93:02:ac\nshare=2:ed:4a:fb:5a:74:ed:26:f8\n"
                                  "share=3:5b:a2:18:42:02:4f:76:15\nshare=4:0c:8f:a7:ad:51:98:8a:62\n")
        << "as sc-hsm-tool prints them";
  }
}

// Custodians each have the prime; one of them wrote it down wrong.
TEST(QuorumCorrections, PrimesThatDiffer) {
  const TypedQuorum quorum = read_typed_quorum("prime=eeb138ca19de9a5f\nshare=1:d2d9182c8f9302ac\nprime=eeb138ca19de9a55\nshare=2:ed4afb5a74ed26f8\n"
                                               "Prime : ee:b1:38:ca:19:de:9a:5f\nShare ID : 3\nShare value : 5b:a2:18:42:02:4f:76:15\n", 0);
  ASSERT_EQ(quorum.primes.size(), 2u);
  const QuorumCandidates candidates(quorum, 0);
  EXPECT_EQ(edits_to(candidates, "\x0c\x4c\x6e\xb8\x52\x41\x09\x31"), 0u);
  const QuorumAnswer answer = quorum_answer(quorum, view("\x0c\x4c\x6e\xb8\x52\x41\x09\x31"), 0);
  ASSERT_EQ(answer.corrections.size(), 1u);
  EXPECT_EQ(text(answer.corrections[0]), "prime in line 3, digit 16: you wrote 5, it is f");
}

TEST(QuorumCorrections, WhatCannotBeAQuorumIsRefused) {
  const std::string good = "prime=eeb138ca19de9a5f\nshare=1:d2d9182c8f9302ac\nshare=2:ed4afb5a74ed26f8\n";
  std::string many = "prime=11\n", primes;
  for (int i = 1; i <= 300; ++i) many += "share=" + std::to_string(i) + ":5\n", primes += "prime=" + std::to_string(i) + "\n";
  struct Case {
    std::string lines;
    std::size_t threshold;
    const char* said;
  };
  for (const Case& c : {Case{"", 0, "no prime"}, Case{"share=1:5\nshare=2:6", 0, "no prime"}, Case{"prime=11", 0, "no share"}, Case{"prime=11\nshare=1:2", 0, "one share"},
                        Case{good, 3, "--threshold"}, Case{good + "share=2:5", 0, "twice"}, Case{good + "share=02:5", 0, "twice"}, Case{good + "share=0:5", 0, "ID 0"},
                        Case{good + "share=x:5", 0, "no number"}, Case{good + "share=3:12g4", 0, "place 3"}, Case{good + "share=3:", 0, "missing"},
                        Case{good + "share=3:" + std::string(19, '1'), 0, "18 digits"}, Case{good + "share=3:" + std::string(1 << 20, '1'), 0, "18 digits"},
                        Case{good + "share=3:????", 0, "cannot be read"}, Case{good + "nonsense", 0, "Line 4"}, Case{many, 0, "255"}, Case{good + primes, 0, "255"}}) {
    try {
      (void)read_typed_quorum(c.lines, c.threshold);
      ADD_FAILURE() << c.said;
    } catch (const Error& error) {
      EXPECT_EQ(error.outcome(), Outcome::refused);
      EXPECT_NE(error.sentence().find(c.said), std::string::npos) << error.sentence();
      EXPECT_FALSE(error.next().empty());
    }
  }
}

// Numbers that no quorum has, but that somebody may type.
TEST(QuorumCorrections, OddNumbersLeadToFewCandidatesOrNone) {
  for (const char* const prime : {"0", "1", "2", "4", "ffffffffffffffff", "ffffffffffffffffff"})
    for (const char* const value : {"0", "1", "ffffffffffffffff"}) {
      const QuorumCandidates candidates(typed({prime, value, value}), 1);
      EXPECT_GE(candidates.levels(), 1u);
      const QuorumPlan plan(typed({prime, value, value}));
      SecretString out;
      for (std::size_t i = 0; i < plan.classes().size(); ++i)
        if (plan.classes()[i].candidates.clamped() != 0) plan.candidate(i, plan.classes()[i].candidates.clamped() - 1, out);
    }
}

TEST(QuorumPlan, WhatCannotBeCountedIsNamed) {
  const QuorumPlan plan(typed(make(3, 3).digits));
  ASSERT_EQ(plan.classes().size(), 3u);
  EXPECT_EQ(plan.classes()[0].name, "as-typed");
  EXPECT_LE(plan.classes()[0].candidates.clamped(), 2u);
  EXPECT_LT(plan.classes()[1].candidates.clamped(), 2'000u);
  ASSERT_EQ(plan.not_offered().size(), 1u);
  EXPECT_EQ(plan.not_offered()[0], "three-digits") << "three slips and nothing to hold against them: more than anybody can try";
  // Nor is much done for it.
  Strings digits = make(2, 3).digits;
  for (int i = 0; i < 250; ++i) digits.push_back(digits[1]);
  const QuorumPlan large(typed(digits));
  EXPECT_EQ(large.classes().size(), 2u);
}

// A share file whose derivation is quick, searched as a whole.
TEST(QuorumPlan, ASlipIsFoundByItsFile) {
  constexpr std::uint32_t rounds = 2;
  for (const auto& [of_class, change] : std::map<std::string, std::function<void(Strings&)>>{
           {"as-typed", [](Strings&) {}},
           {"one-digit", [](Strings& digits) { digits[2][5] = other(digits[2][5]); }},
           {"two-digits", [](Strings& digits) { digits[1][0] = other(digits[1][0]), digits[2].erase(7, 1); }},
       }) {
    MadeQuorum made = make(2, 2);
    const Bytes file = dkek::write(std::array<std::uint8_t, 32>{1, 2, 3}, view(bytes_of(made.password)), rounds, system_random());
    change(made.digits);
    const TypedQuorum quorum = typed(made.digits);
    const QuorumPlan plan(quorum);
    TrialOptions options;
    options.dkek_rounds = rounds;
    const Trials trials = trials_for(trial_for(file, std::move(options)), 2);
    const Route route(plan, {0, 1, 2}, {1, 1});
    const SearchEnd end = search(route, trials, 0, [](const SearchState&) { return true; });
    ASSERT_TRUE(end.hit.has_value()) << of_class;
    const auto place = route.place(*end.hit);
    SecretString password;
    route.candidate(*end.hit, password);
    EXPECT_EQ(text(password), bytes_of(made.password));
    const QuorumAnswer answer = quorum_answer(quorum, password.expose_bytes(), static_cast<unsigned>(place.of_class));
    const auto passwords = dkek::passwords_of(dkek::parse_quorum(answer.lines.expose()));
    EXPECT_TRUE(std::ranges::any_of(passwords, [&](const auto& one) { return one.password.equals(password.expose_bytes()); }));
    // With what is drawn at random another digit may by accident lead there sooner; the class is never later.
    const std::array names{"as-typed", "one-digit", "two-digits"};
    EXPECT_LE(names.begin() + static_cast<std::ptrdiff_t>(place.of_class), std::ranges::find(names, of_class));
  }
}

}  // namespace
}  // namespace hwbak::recover
