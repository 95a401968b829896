// Patterns against brute force: every text that one stands for, once, in the class with the fewest slips; and what is refused.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <array>
#include <cmath>
#include <map>
#include <set>

#include "hwbak/error.h"
#include "recover/list_plan.h"
#include "recover/pattern_plan.h"
#include "recover/word_template.h"

namespace hwbak::recover {
namespace {

using Texts = std::map<std::string, unsigned>;  // with the fewest slips

std::string text_of(const Plan& plan, std::size_t of_class, std::uint64_t index) {
  SecretString out;
  plan.candidate(of_class, index, out);
  return std::string(out.expose());
}

// In the order of the plan, with the class.
std::vector<std::pair<std::string, std::string>> all_of(const Plan& plan) {
  std::vector<std::pair<std::string, std::string>> out;
  for (std::size_t i = 0; i < plan.classes().size(); ++i)
    for (std::uint64_t k = 0; k < plan.classes()[i].candidates.clamped(); ++k) out.emplace_back(text_of(plan, i, k), plan.classes()[i].name);
  return out;
}

std::set<std::string> set_of(std::string_view lines, std::optional<std::string_view> words = {}) {
  std::set<std::string> out;
  for (const auto& [text, name] : all_of(PatternPlan(lines, words))) EXPECT_TRUE(out.insert(text).second) << text << " twice";
  return out;
}

Outcome outcome_of(std::string_view lines, std::optional<std::string_view> words = {}) {
  try {
    const PatternPlan plan(lines, words);
    return Outcome::ok;
  } catch (const Error& error) {
    EXPECT_FALSE(error.next().empty());
    return error.outcome();
  }
}

// --- brute force ---

void put(Texts& into, const std::string& text, unsigned slips) {
  if (slips > TextGraph::most_slips) return;
  const auto [at, fresh] = into.try_emplace(text, slips);
  if (!fresh) at->second = std::min(at->second, slips);
}

Texts behind_one_another(const Texts& a, const Texts& b) {
  Texts out;
  for (const auto& [first, slips] : a)
    for (const auto& [second, more] : b) put(out, first + second, slips + more);
  return out;
}

void slip(const std::string& text, std::size_t at, std::string done, unsigned used, unsigned most, Texts& out) {
  if (at == text.size()) return put(out, done, used);
  const char c = text[at];
  slip(text, at + 1, done + c, used, most, out);
  if (used == most) return;
  slip(text, at + 1, done, used + 1, most, out);
  slip(text, at + 1, done + c + c, used + 1, most, out);
  for (char other = 'a'; other <= 'z'; ++other)
    if (keys_are_neighbours(c, other)) slip(text, at + 1, done + other, used + 1, most, out);
  if (at + 1 < text.size() && text[at + 1] != c) slip(text, at + 2, done + text[at + 1] + c, used + 1, most, out);
}

struct Made {
  std::string pattern;
  Texts texts;
};

constexpr std::string_view few_words = "ab\nba\nb\n";

// Any number of the range, whatever the size of the test.
unsigned pick(int least, int behind) { return static_cast<unsigned>(*rc::gen::resize(rc::kNominalSize, rc::gen::inRange(least, behind))); }

// The same texts with each letter replaced by all that `variants` has for it.
template <typename Variants>
Texts varied(const Texts& texts, const Variants& variants) {
  Texts out;
  for (const auto& [text, slips] : texts) {
    Texts made{{"", slips}};
    for (const char c : text) {
      Texts longer;
      for (const auto& [begin, used] : made)
        for (const char other : std::string(variants(c))) put(longer, begin + other, used);
      made = std::move(longer);
    }
    for (const auto& [one, used] : made) put(out, one, used);
  }
  return out;
}

// Whether so many ways for each letter, `power` of them together, stay few enough to be spelled out.
bool is_small(const Texts& texts, double ways, std::optional<double> power = {}) {
  double all = 0;
  for (const auto& [text, slips] : texts) {
    const auto length = static_cast<double>(text.size());
    all += power ? std::pow(1 + ways * length, *power) : std::pow(ways, length);
  }
  return all < 200'000;
}

// `plain`: inside of brackets that change letters or slip already.
Made made(unsigned depth, bool plain) {
  const unsigned kind = pick(0, depth == 0 ? 4 : 11);
  if (kind <= 1) {
    const char c = static_cast<char>('a' + pick(0, 3));
    return {std::string(1, c), {{std::string(1, c), 0}}};
  }
  if (kind == 2) return {"[a-c]", {{"a", 0}, {"b", 0}, {"c", 0}}};
  if (kind == 3) return {"\\w", {{"ab", 0}, {"ba", 0}, {"b", 0}}};
  if (kind >= 8 && !plain) {
    const Made inner = made(depth - 1, true);
    const unsigned most = pick(1, 4);
    if (kind < 10 ? !is_small(inner.texts, 3) : !is_small(inner.texts, 9, most)) return inner;
    if (kind == 8)
      return {"(?i:" + inner.pattern + ")", varied(inner.texts, [](char c) { return std::string{c, static_cast<char>(c ^ 0x20)}; })};
    if (kind == 9)
      return {"(?l:" + inner.pattern + ")", varied(inner.texts, [](char c) { return c == 'a' ? "a4@" : c == 'b' ? "b8" : "c"; })};
    Texts out;
    for (const auto& [text, used] : inner.texts) slip(text, 0, "", 0, most, out);
    return {"(?t" + std::to_string(most) + ":" + inner.pattern + ")", out};
  }
  Made one = made(depth - 1, plain);
  if (kind == 4) {
    put(one.texts, "", 0);
    return {"(" + one.pattern + ")?", one.texts};
  }
  constexpr std::size_t most_pairs = 20'000;
  if (kind == 5) {
    if (one.texts.size() * one.texts.size() > most_pairs) return one;
    const unsigned least = pick(0, 2);
    Texts out = one.texts;
    for (const auto& [text, used] : behind_one_another(one.texts, one.texts)) put(out, text, used);
    if (least == 0) put(out, "", 0);
    return {"(" + one.pattern + "){" + std::to_string(least) + ",2}", out};
  }
  const Made other = made(depth - 1, plain);
  if (kind == 6) {
    for (const auto& [text, used] : other.texts) put(one.texts, text, used);
    return {"(" + one.pattern + "|" + other.pattern + ")", one.texts};
  }
  if (one.texts.size() * other.texts.size() > most_pairs) return one;
  return {one.pattern + other.pattern, behind_one_another(one.texts, other.texts)};
}

PatternPlan plan_of(const std::string& lines) {
  return PatternPlan(lines, lines.find("\\w") == lines.npos ? std::nullopt : std::optional(few_words));
}

RC_GTEST_PROP(Pattern, IsEveryTextOnceInTheClassWithTheFewestSlips, ()) {
  const Made one = made(4, false);
  RC_PRE(one.texts.size() < 3000);
  const PatternPlan plan = plan_of(one.pattern);
  constexpr std::array<const char*, 4> names{"as-written", "one-slip", "two-slips", "three-slips"};
  Texts found;
  for (const auto& [text, name] : all_of(plan)) {
    const auto slips = static_cast<unsigned>(std::ranges::find(names, name) - names.begin());
    RC_ASSERT(found.emplace(text, slips).second);
  }
  RC_ASSERT(found == one.texts);
}

RC_GTEST_PROP(Pattern, LaterLinesHaveNothingOfEarlierOnes, ()) {
  const Made one = made(3, false), other = made(3, false);
  RC_PRE(one.texts.size() + other.texts.size() < 3000);
  std::set<std::string> found;
  for (const auto& [text, name] : all_of(plan_of(one.pattern + "\n" + other.pattern))) {
    RC_ASSERT(found.insert(text).second);
    RC_ASSERT(name.starts_with("line-1-") == (one.texts.count(text) != 0));
    RC_ASSERT(one.texts.count(text) + other.texts.count(text) != 0);
  }
  std::set<std::string> wanted;
  for (const Texts* texts : {&one.texts, &other.texts})
    for (const auto& [text, slips] : *texts) wanted.insert(text);
  RC_ASSERT(found == wanted);
}

TEST(Pattern, Parts) {
  using Set = std::set<std::string>;
  EXPECT_EQ(set_of("(horse|cow)s?"), (Set{"horse", "horses", "cow", "cows"}));
  EXPECT_EQ(set_of("a(x|)b"), (Set{"axb", "ab"}));
  EXPECT_EQ(set_of("[ab0-2]{1}-"), (Set{"a-", "b-", "0-", "1-", "2-"}));
  EXPECT_EQ(set_of("x{2,3}"), (Set{"xx", "xxx"}));
  EXPECT_EQ(set_of("x{0,1}"), (Set{"", "x"}));
  EXPECT_EQ(set_of("a\\(\\|\\?\\\\"), (Set{"a(|?\\"}));
  EXPECT_EQ(set_of("(?i:a\xC3\xBC)1"), (Set{"a\xC3\xBC" "1", "A\xC3\xBC" "1", "a\xC3\x9C" "1", "A\xC3\x9C" "1"}));
  EXPECT_EQ(set_of("(?l:so)"), (Set{"so", "5o", "$o", "s0", "50", "$0"}));
  EXPECT_EQ(set_of("(?il:e)E"), (Set{"eE", "EE", "3E"}));
  EXPECT_EQ(set_of("(?t1:ab)"), (Set{"ab", "b", "a", "aab", "abb", "ba", "qb", "wb", "sb", "zb", "xb", "av", "ag", "ah", "an"} ));
  EXPECT_EQ(set_of("(?t:12)"), (Set{"12", "1", "2", "112", "122", "21", "22", "11", "13"}));
  EXPECT_EQ(set_of("\\w-\\w", "a\nab\r\n\na\n"), (Set{"a-a", "a-ab", "ab-a", "ab-ab"}));
  EXPECT_EQ(set_of("\\w\\w", "a\naa\n"), (Set{"aa", "aaa", "aaaa"})) << "aaa in two ways is one candidate";
  EXPECT_EQ(set_of("(?i:\\w)", "ab"), (Set{"ab", "Ab", "aB", "AB"}));
  EXPECT_EQ(set_of("\\d").size(), 10u);
}

TEST(Pattern, CandidatesComeAsWritten) {
  const auto all = all_of(PatternPlan("(horse|cow)[1-3]", {}));
  ASSERT_EQ(all.size(), 6u);
  EXPECT_EQ(all.front().first, "horse1");
  EXPECT_EQ(all.back().first, "cow3");
}

TEST(Pattern, PartsOfASearchArePartsOfItsTexts) {
  const PatternPlan plan("(?t2:correct) (?i:horse)", {});
  std::vector<std::size_t> chosen;
  std::size_t total = 0;
  for (std::size_t i = 0; i < plan.classes().size(); ++i) chosen.push_back(i), total += plan.classes()[i].candidates.clamped();
  std::set<std::string> found;
  for (std::uint64_t part = 1; part <= 3; ++part) {
    const Route route(plan, chosen, {part, 3});
    SecretString text;
    for (std::uint64_t at = 0; at < route.size(); ++at) {
      text.clear();
      route.candidate(at, text);
      EXPECT_TRUE(found.emplace(text.expose()).second);
    }
  }
  EXPECT_EQ(found.size(), total);
}

TEST(Pattern, LargeNumbersAreExact) {
  const PatternPlan plan("[a-z]{10}\\d{4}", {});
  EXPECT_EQ(plan.classes()[0].candidates.digits(), "1411670956533760000");
  EXPECT_EQ(text_of(plan, 0, 0), "aaaaaaaaaa0000");
  EXPECT_EQ(text_of(plan, 0, 1'411'670'956'533'759'999), "zzzzzzzzzz9999");
}

TEST(Pattern, FaultsAreNamedByTheirPlaceAlone) {
  const auto said = [](std::string_view lines, std::optional<std::string_view> words = {}) -> std::string {
    try {
      (void)PatternPlan(lines, words);
    } catch (const Error& error) {
      return error.sentence();
    }
    return "nothing";
  };
  EXPECT_TRUE(said("\xEF\xBB\xBFhorse\r\n\r\nm\xC3\xBC" "de[b-a]x").starts_with("line 3 of the pattern, character 6: "));
  for (const auto& [pattern, place] : {std::pair{"se(cret", 3}, std::pair{"sec[ret", 4}, std::pair{"se\\cret", 3}, std::pair{"se{3,2}cret", 3},
                                       std::pair{"se)cret", 3}, std::pair{"s(?t1:(?t2:e))", 7}, std::pair{"secret\\", 8}, std::pair{"se[]", 3}}) {
    const std::string sentence = said(pattern);
    EXPECT_TRUE(sentence.starts_with("line 1 of the pattern, character " + std::to_string(place) + ": ")) << sentence;
    EXPECT_EQ(sentence.find("cret"), std::string::npos);
  }
  EXPECT_TRUE(said("\\w", "first\n\nsec\xFFret\n").starts_with("line 3 of the word list"));
  EXPECT_EQ(all_of(PatternPlan("a\n\nb\n")).back().second, "line-3-as-written");
}

TEST(List, IsItsLinesEachOnce) {
  constexpr std::string_view text = "\xEF\xBB\xBFtwo words\r\n\r\none\n\xFF\xFE\none\n two \ntwo words";
  const ListPlan plan(text);
  std::vector<std::string> found;
  for (const auto& [line, name] : all_of(plan)) found.push_back(line);
  EXPECT_EQ(found, (std::vector<std::string>{"two words", "one", "\xFF\xFE", " two "}));
  for (const std::string& bad : {std::string(), std::string("\n\r\n"), std::string("a\n") + std::string(ListPlan::longest_line + 1, 'x')}) {
    try {
      (void)ListPlan(bad);
      ADD_FAILURE() << bad.size();
    } catch (const Error& error) {
      EXPECT_EQ(error.outcome(), Outcome::refused);
    }
  }
}

RC_GTEST_PROP(List, IsWhatAMapSays, ()) {
  std::string text;
  std::vector<std::string> wanted;
  for (unsigned i = pick(1, 3000); i-- > 0;) {
    const std::string line = std::to_string(pick(0, 2000));
    wanted.push_back(line);
    text += line + (pick(0, 2) == 0 ? "\n" : "\r\n");
  }
  std::set<std::string> seen;
  std::erase_if(wanted, [&](const std::string& line) { return !seen.insert(line).second; });
  std::vector<std::string> found;
  for (const auto& [line, name] : all_of(ListPlan(text))) found.push_back(line);
  RC_ASSERT(found == wanted);
}

TEST(Pattern, WhatIsRefused) {
  for (const char* bad : {"", "\n\n", "a)", "(a", "[", "[]", "[^a]", "[z-a]", "a{", "a{2", "a{3,2}", "a{0}", "a{257}", "a??", "?", "a]", "a}", "(?x:a)", "(?i", "\\q", "\\",
                          "\\w", "(?t1:(?t1:a))", "\xFF", "[a-z]{256}{2}", "([a-z]{200}){200}", "[a-z]{60}"})
    EXPECT_EQ(outcome_of(bad), Outcome::refused) << bad;
  EXPECT_EQ(outcome_of("\\w", "a\n\xFF\n"), Outcome::refused);
  EXPECT_EQ(outcome_of("\\w", ""), Outcome::refused);
  EXPECT_EQ(outcome_of("\\w", "\xEF\xBB\xBF\r\n\n"), Outcome::refused);
  EXPECT_EQ(outcome_of("\\w", std::string(most_list_bytes + 1, 'a')), Outcome::refused);
  EXPECT_EQ(outcome_of("w", "word\n"), Outcome::refused) << "the list would not be used";
  EXPECT_EQ(outcome_of(std::string(65, '(') + std::string(65, ')')), Outcome::refused);
  EXPECT_EQ(outcome_of(std::string(most_pattern_bytes + 1, 'a')), Outcome::refused);
  std::string nested = "a";
  for (int i = 0; i < 30; ++i) nested = "(" + nested + "){256}";
  EXPECT_EQ(outcome_of(nested), Outcome::refused) << "without unbounded time";
  std::string lines;
  for (int i = 0; i < 17; ++i) lines += "a\n";
  EXPECT_EQ(outcome_of(lines), Outcome::refused);
}

}  // namespace
}  // namespace hwbak::recover
