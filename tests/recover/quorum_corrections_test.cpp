// Mistyped quorums: what is put right is among the candidates, each once.
#include "recover/quorum_corrections.h"

#include <rapidcheck/gtest.h>

#include <set>

#include "container/dkek_share/modular.h"
#include "container/dkek_share/number.h"
#include "container/dkek_share/quorum.h"
#include "hwbak/error.h"

namespace hwbak::recover {
namespace {

using Strings = std::vector<std::string>;  // prime, then values; public here, because they are made up

// The first `shares` shares of a fresh quorum.
struct Made {
  std::uint64_t password = 0;
  Strings digits;
};
Made make(unsigned threshold, unsigned shares) {
  dkek::FreshQuorum fresh = dkek::fresh_quorum(threshold, std::max(3u, shares), system_random());
  Made out{dkek::to_number(fresh.password.expose()), {std::string(dkek::printed(fresh.quorum.prime.expose()).expose())}};
  for (unsigned i = 0; i < shares; ++i) out.digits.emplace_back(dkek::printed(fresh.quorum.shares[i].value.expose()).expose());
  for (std::string& digits : out.digits) {
    std::erase(digits, ':');
    digits.insert(0, 16 - digits.size(), '0');
  }
  return out;
}

TypedQuorum typed(const Strings& digits, std::size_t threshold = 0) {
  TypedQuorum out;
  out.prime = SecretString::copy_of(digits[0]);
  for (std::size_t i = 1; i < digits.size(); ++i) out.shares.push_back({i, SecretString::copy_of(digits[i])});
  out.threshold = threshold;
  return out;
}

std::vector<std::uint64_t> all(const QuorumCandidates& candidates) {
  std::vector<std::uint64_t> out;
  for (std::size_t i = 0; i < candidates.size(); ++i) out.push_back(dkek::to_number(candidates[i]));
  return out;
}

bool holds(const QuorumCandidates& candidates, std::uint64_t password) {
  const auto found = all(candidates);
  return std::ranges::find(found, password) != found.end();
}

// One slip of a pen.
void spoil(std::string& digits) {
  const auto at = *rc::gen::inRange<std::size_t>(0, digits.size() - 1);
  const auto digit = "0123456789abcdef"[*rc::gen::inRange<std::size_t>(0, 16)];
  switch (*rc::gen::inRange(0, 4)) {
    case 0: digits[at] = digit; break;
    case 1: std::swap(digits[at], digits[at + 1]); break;
    case 2: digits.erase(at, 1); break;
    default: digits.insert(at, 1, digits[at]); break;
  }
}

RC_GTEST_PROP(QuorumCorrections, OneSlipAnywhereIsPutRight, ()) {
  Made made = make(2, 2);
  spoil(made.digits[*rc::gen::inRange<std::size_t>(0, made.digits.size())]);
  const QuorumCandidates candidates(typed(made.digits), 1);
  RC_ASSERT(holds(candidates, made.password));
  const auto found = all(candidates);
  RC_ASSERT(std::set(found.begin(), found.end()).size() == found.size());
  RC_ASSERT(candidates.size_within(0) <= 1u);
  RC_ASSERT(candidates.size_within(1) == candidates.size());
}

TEST(QuorumCorrections, WithoutASlipThePasswordComesFirst) {
  const Made made = make(3, 3);
  const QuorumCandidates none(typed(made.digits), 0);
  ASSERT_EQ(none.size(), 1u);
  EXPECT_EQ(dkek::to_number(none[0]), made.password);
  const QuorumCandidates one(typed(made.digits), 1);
  EXPECT_EQ(dkek::to_number(one[0]), made.password);
  EXPECT_EQ(one.size_within(0), 1u);
}

TEST(QuorumCorrections, TwoSlipsAreCheckedAgainstTheSharesBehindTheThreshold) {
  Made made = make(2, 4);
  made.digits[1][3] = made.digits[1][3] == '7' ? '8' : '7';
  std::swap(made.digits[4][8], made.digits[4][9]);
  if (made.digits[4][8] == made.digits[4][9]) made.digits[4][8] = made.digits[4][8] == '7' ? '8' : '7';
  const QuorumCandidates candidates(typed(made.digits, 2), 2);
  EXPECT_TRUE(holds(candidates, made.password));
  EXPECT_LT(candidates.size(), 5u) << "the other shares leave nearly nothing else";
}

// By hand: every number within one edit, and Lagrange's formula for two points.
TEST(QuorumCorrections, TheCountIsExact) {
  const Made made = make(2, 2);
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
  std::set<std::uint64_t> expected;
  const auto add = [&](const std::string& prime, const std::string& a, const std::string& b) {
    const std::uint64_t p = number(prime), x = number(a), y = number(b);
    if (!dkek::is_prime_var(p) || x >= p || y >= p) return;
    expected.insert(dkek::subtract_var(dkek::multiply_var(2, x, p), y, p));  // through (1, x) and (2, y)
  };
  for (const std::string& prime : within_one(made.digits[0])) add(prime, made.digits[1], made.digits[2]);
  for (const std::string& value : within_one(made.digits[1])) add(made.digits[0], value, made.digits[2]);
  for (const std::string& value : within_one(made.digits[2])) add(made.digits[0], made.digits[1], value);
  auto found = all(QuorumCandidates(typed(made.digits), 1));
  EXPECT_EQ(std::set(found.begin(), found.end()), expected);
  EXPECT_EQ(found.size(), expected.size());
}

TEST(QuorumCorrections, WhatCannotBeAQuorumIsRefused) {
  const Strings good = make(2, 2).digits;
  const auto refused = [](TypedQuorum quorum, unsigned edits = 1) {
    try {
      (void)QuorumCandidates(quorum, edits);
    } catch (const Error& error) {
      return error.outcome() == Outcome::refused && !error.next().empty();
    }
    return false;
  };
  EXPECT_TRUE(refused(typed({good[0], good[1]})));
  EXPECT_TRUE(refused(typed(good, 3)));
  EXPECT_TRUE(refused(typed({good[0], good[1], "12g4"})));
  EXPECT_TRUE(refused(typed({good[0], good[1], ""})));
  EXPECT_TRUE(refused(typed({good[0], good[1], std::string(19, '1')})));
  TypedQuorum twice = typed(good);
  twice.shares[1].id = 1;
  EXPECT_TRUE(refused(std::move(twice)));
  TypedQuorum zero = typed(good);
  zero.shares[0].id = 0;
  EXPECT_TRUE(refused(std::move(zero)));
  // Three slips and nothing to hold against them: more than anybody can try.
  EXPECT_TRUE(refused(typed(make(3, 3).digits), 3));
}

}  // namespace
}  // namespace hwbak::recover
