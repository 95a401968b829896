// The plan for remembered words against brute force on a small list: every sequence in the first class that explains it, once.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <map>
#include <set>

#include "hwbak/error.h"
#include "recover/corrections.h"
#include "recover/word_plan.h"
#include "wallet/bip39.h"

namespace hwbak::recover {
namespace {

constexpr std::array<std::string_view, 5> small_list{"act", "action", "camp", "lamp", "zoo"};
using Sequence = std::vector<std::size_t>;

WordList english() { return wallet::english_words(); }

std::string typed_as(const WordPlan& plan, std::size_t of_class, std::uint64_t index) {
  SecretString out;
  plan.candidate(of_class, index, out);
  return std::string(out.expose());
}

std::string spelt(const Sequence& words, WordList list) {
  std::string out;
  for (const std::size_t word : words) out += (out.empty() ? "" : " ") + std::string(list[word]);
  return out;
}

// --- brute force: what the classes mean, written down as plainly as possible ---

enum class At { typed, slip, other };
At at(const WordSlot& slot, std::size_t word) { return slot.typed.has(word) ? At::typed : slot.slips.has(word) ? At::slip : At::other; }

// Slots in an order, against a sequence of the same length: no more slips and wrongs than that.
bool explains(const WordTemplate& t, const std::vector<std::size_t>& order, const Sequence& s, unsigned slips, unsigned wrongs) {
  for (std::size_t i = 0; i < s.size(); ++i) {
    const At found = at(t.slots[order[i]], s[i]);
    if (found == At::typed) continue;
    if (found == At::slip && slips > 0) --slips;
    else if (wrongs > 0) --wrongs;
    else return false;
  }
  return true;
}

using Orders = std::set<std::vector<std::size_t>>;
Orders orders_of(const WordTemplate& t) {
  std::vector<std::size_t> plain(t.slots.size());
  for (std::size_t i = 0; i < plain.size(); ++i) plain[i] = i;
  Orders out{plain};
  for (const auto& loose : t.loose) {
    Orders more;
    for (auto order : out) {
      const auto first = order.begin() + static_cast<std::ptrdiff_t>(loose.first);
      const auto last = first + static_cast<std::ptrdiff_t>(loose.size);
      std::sort(first, last);
      do more.insert(order);
      while (std::next_permutation(first, last));
    }
    out = more;
  }
  return out;
}

bool is_loose(const WordTemplate& t, std::size_t place) {
  return std::ranges::any_of(t.loose, [&](const auto& l) { return place >= l.first && place < l.first + l.size; });
}

Orders swapped(const WordTemplate& t, const Orders& orders, bool neighbours) {
  Orders out = orders;
  for (const auto& order : orders)
    for (std::size_t i = 0; i < order.size(); ++i)
      for (std::size_t j = i + 1; j < order.size(); ++j) {
        if (is_loose(t, i) || is_loose(t, j) || (neighbours && j != i + 1)) continue;
        auto other = order;
        std::swap(other[i], other[j]);
        out.insert(other);
      }
  return out;
}

bool any_of(const WordTemplate& t, const Orders& orders, const Sequence& s, unsigned slips, unsigned wrongs) {
  return std::ranges::any_of(orders, [&](const auto& order) { return explains(t, order, s, slips, wrongs); });
}

// One slot not in the sequence, one word of the sequence in no slot.
bool shifted(const WordTemplate& t, const Orders& orders, const Sequence& s) {
  for (const auto& order : orders)
    for (std::size_t drop = 0; drop < order.size(); ++drop)
      for (std::size_t extra = 0; extra < s.size(); ++extra) {
        auto slots = order;
        auto words = s;
        slots.erase(slots.begin() + static_cast<std::ptrdiff_t>(drop));
        words.erase(words.begin() + static_cast<std::ptrdiff_t>(extra));
        if (explains(t, slots, words, 0, 0)) return true;
      }
  return false;
}

std::string class_of(const WordTemplate& t, const Sequence& s) {
  const Orders orders = orders_of(t);
  if (any_of(t, orders, s, 0, 0)) return "as-typed";
  if (any_of(t, orders, s, 1, 0)) return "spelling";
  if (any_of(t, orders, s, 0, 1)) return "one-wrong";
  if (any_of(t, swapped(t, orders, true), s, 0, 0)) return "neighbours-swapped";
  if (shifted(t, orders, s)) return "missing-or-doubled";
  if (any_of(t, swapped(t, orders, false), s, 0, 0)) return "swapped";
  if (any_of(t, orders, s, 2, 0)) return "two-spelling";
  if (any_of(t, swapped(t, orders, false), s, 0, 1)) return "wrong-and-swapped";
  if (any_of(t, orders, s, 0, 2)) return "two-wrong";
  WordTemplate all;
  all.loose.push_back({0, t.slots.size()});
  for (std::size_t i = 0; i < t.slots.size(); ++i) all.slots.push_back({WordSet(1), WordSet(1), {}});
  if (any_of(t, orders_of(all), s, 0, 0)) return "any-order";
  return {};
}

std::map<std::string, std::set<std::string>> by_brute_force(const WordTemplate& t, WordList list, std::size_t length) {
  std::map<std::string, std::set<std::string>> out;
  Sequence s(length, 0);
  while (true) {
    if (const std::string name = class_of(t, s); !name.empty()) out[name].insert(spelt(s, list));
    std::size_t i = 0;
    for (; i < length && ++s[i] == list.size(); ++i) s[i] = 0;
    if (i == length) return out;
  }
}

// Every candidate of the plan, each of them once over all classes.
std::map<std::string, std::set<std::string>> by_plan(const WordPlan& plan) {
  std::map<std::string, std::set<std::string>> out;
  std::set<std::string> seen;
  for (std::size_t c = 0; c < plan.classes().size(); ++c)
    for (std::uint64_t i = 0; i < plan.classes()[c].candidates.clamped(); ++i) {
      const std::string candidate = typed_as(plan, c, i);
      RC_ASSERT(seen.insert(candidate).second);
      out[plan.classes()[c].name].insert(candidate);
    }
  return out;
}

std::string some_token(std::size_t which, std::size_t word) {
  const std::string plain(small_list[word]);
  switch (which % 6) {
    case 0: return "?";
    case 1: return plain.substr(0, 1) + "*";
    case 2: return plain + "|zoo";
    default: return plain;
  }
}

RC_GTEST_PROP(WordPlan, agreesWithBruteForce, ()) {
  std::string typed;
  const auto open = *rc::gen::inRange<std::size_t>(0, 8);
  for (std::size_t i = 0; i < 4; ++i) {
    if (open == i && i < 3) typed += "{ ";
    typed += some_token(*rc::gen::inRange<std::size_t>(0, 9), *rc::gen::inRange<std::size_t>(0, small_list.size())) + " ";
    if (open < 3 && i == open + 1) typed += "} ";
  }
  RC_LOG() << typed;
  const WordTemplate remembered = read_words(typed, small_list);
  RC_ASSERT(by_plan(WordPlan(remembered, small_list, 4)) == by_brute_force(remembered, small_list, 4));
}

// With another number of words, the missing or superfluous ones come first; what is explained so is there, and each once.
RC_GTEST_PROP(WordPlan, tooFewOrTooMany, ()) {
  const auto count = *rc::gen::elementOf(std::vector<std::size_t>{3, 5});
  std::string typed;
  const auto open = *rc::gen::inRange<std::size_t>(0, 6), words_within = *rc::gen::inRange<std::size_t>(2, 6);
  for (std::size_t i = 0; i < count; ++i) {
    if (open == i) typed += "{ ";
    typed += std::string(small_list[*rc::gen::inRange<std::size_t>(0, small_list.size())]) + " ";
    if (open < count && i == std::min(open + words_within, count) - 1) typed += "} ";
  }
  RC_LOG() << typed;
  const WordTemplate remembered = read_words(typed, small_list);
  const WordPlan plan(remembered, small_list, 4);
  const auto found = by_plan(plan);
  std::set<std::string> expected;
  Sequence s(4, 0);
  for (bool more = true; more;) {
    for (std::vector<std::size_t> order : orders_of(remembered))
      for (std::size_t drop = 0; drop < std::max(s.size(), count); ++drop) {
        Sequence words = s;
        auto left = order;
        if (count < 4) words.erase(words.begin() + static_cast<std::ptrdiff_t>(drop));
        else left.erase(left.begin() + static_cast<std::ptrdiff_t>(drop));
        if (explains(remembered, left, words, 0, 0)) expected.insert(spelt(s, small_list));
      }
    std::size_t i = 0;
    for (; i < s.size() && ++s[i] == small_list.size(); ++i) s[i] = 0;
    more = i < s.size();
  }
  RC_ASSERT(plan.classes().front().name == "missing-or-doubled");
  RC_ASSERT(found.at("missing-or-doubled") == expected);
}

// Parts of a route: together they are the whole, and no candidate is in two.
RC_GTEST_PROP(Route, partsAreAPartition, ()) {
  const WordPlan plan(read_words("act ? camp zoo", small_list), small_list, 4);
  std::vector<std::size_t> chosen;
  for (std::size_t i = 0; i < plan.classes().size(); ++i)
    if (plan.classes()[i].candidates.clamped() != 0 && *rc::gen::arbitrary<bool>()) chosen.push_back(i);
  const Route whole(plan, chosen, {});
  const auto parts = *rc::gen::inRange<std::uint64_t>(1, 9);
  std::set<std::uint64_t> seen;
  for (std::uint64_t part = 1; part <= parts; ++part) {
    const Route route(plan, chosen, {part, parts});
    std::uint64_t last = 0;
    for (std::uint64_t at = 0; at < route.size(); ++at) {
      const Route::Place place = route.place(at);
      RC_ASSERT(seen.insert(place.overall).second);
      RC_ASSERT(at == 0 || place.overall > last);
      last = place.overall;
      SecretString here, there;
      route.candidate(at, here);
      whole.candidate(place.overall, there);
      RC_ASSERT(here.equals(there.expose()));
    }
  }
  RC_ASSERT(seen.size() == whole.size());
}

// Twelve known words of the real list: numbers that can be worked out by hand.
TEST(WordPlan, twelveKnownWords) {
  const WordPlan plan(read_words("unfair divorce remind addict add angry grace feature foil stable stereo kite", english()), english(), 12);
  std::map<std::string, std::uint64_t> count;
  std::uint64_t explained = 0;
  for (const PlannedClass& one : plan.classes()) count[one.name] = one.candidates.clamped();
  EXPECT_EQ(count["as-typed"], 1u);
  EXPECT_EQ(count["spelling"] + count["one-wrong"], 12u * 2047);
  EXPECT_EQ(count["neighbours-swapped"], 11u);
  EXPECT_EQ(count["swapped"], 55u);
  // Two places that differ from what was typed: everything but the 66 swaps and the shifts by one place.
  for (const char* name : {"two-spelling", "two-wrong"}) explained += count[name];
  EXPECT_LT(explained, 66u * 2047 * 2047);
  EXPECT_GT(explained, 66u * 2047 * 2047 - 66u * 2 * 2 * 2047 - 66);
  EXPECT_EQ(typed_as(plan, 0, 0), "unfair divorce remind addict add angry grace feature foil stable stereo kite");
}

TEST(WordPlan, numbersBeyondAllComputersAreExact) {
  const WordPlan plan(read_words("? ? ? ? ? ? ? ? ? ? ? ?", english()), english(), 12);
  EXPECT_EQ(plan.classes()[0].candidates.digits(), "5444517870735015415413993718908291383296");  // 2^132
  EXPECT_EQ(plan.classes()[0].candidates.clamped(), ~std::uint64_t{0});
}

// Of sixteen known words twelve are right: 16! / 4! orders of them, whether they stand between one pair of braces or two words are certain.
TEST(WordPlan, moreKnownWordsThanPlaces) {
  const auto first = [](const char* typed) { return WordPlan(read_words(typed, english()), english(), 12).classes()[0].candidates.clamped(); };
  constexpr const char* sixteen = "{unfair divorce remind addict add angry grace feature foil stable stereo kite zoo camp lamp oval}";
  const WordPlan plan(read_words(sixteen, english()), english(), 12);
  EXPECT_EQ(plan.classes()[0].name, "missing-or-doubled");
  EXPECT_EQ(plan.classes()[0].candidates.clamped(), 871'782'912'000u);
  std::set<std::string> seen;
  for (std::uint64_t i = 0; i < 1000; ++i) seen.insert(typed_as(plan, 0, i * 871'782'911));
  EXPECT_EQ(seen.size(), 1000u);
  EXPECT_FALSE(plan.not_offered().empty());
  // Four of the eight are left out of either half or both, or of the four that are certain.
  EXPECT_GT(first("{unfair divorce remind addict add angry grace feature} {foil stable stereo kite zoo camp lamp oval}"), 8'000'000u);
  EXPECT_EQ(first("{unfair divorce remind addict} {add angry grace feature foil} stable stereo kite"), 24u * 120);
  const WordPlan many(read_words("unfair divorce remind addict add angry grace feature foil stable stereo kite zoo camp lamp oval act", english()), english(), 12);
  EXPECT_TRUE(std::ranges::find(many.not_offered(), "any-order") != many.not_offered().end());
}

TEST(ReadWords, forgives) {
  const auto only = [](const char* typed, const char* word) {
    const WordTemplate t = read_words(typed, english());
    return t.slots.size() == 1 && t.slots[0].typed.count() == 1 && t.slots[0].typed.has(*wallet::word_index(word));
  };
  EXPECT_TRUE(only("LAMP", "lamp"));
  EXPECT_TRUE(only("7. lamp,", "lamp"));
  EXPECT_TRUE(only("abst", "abstract"));
  EXPECT_TRUE(only("abstrakt", "abstract"));
  EXPECT_TRUE(only("l?mp", "lamp"));
  EXPECT_EQ(read_words("?", english()).slots[0].typed.count(), 2048u);
  EXPECT_EQ(read_words("lamp | camp", english()).slots.at(0).typed.count(), 2u);
  EXPECT_EQ(read_words("1.lamp 2.{camp zoo}", english()).loose.at(0).first, 1u);
  const auto places = [](const char* typed) { return read_words(typed, english()).slots.size(); };
  for (const char* list : {"- lamp\n\t- camp, \r\n-  ?\n\n- z*", "* lamp | camp\n* *\n* camp\n* zoo\n", "{\n- lamp\n- 2. camp\n-\n}\n- zoo|\tlamp"})
    EXPECT_EQ(places(list), 4u) << list;
  EXPECT_EQ(read_words("- lamp\n-\n- zoo", english()).slots.at(1).typed.count(), 2048u);
  // Unknown words: there is another line, or more than one word in a line.
  for (const char* gaps : {"mass lamp\n- zoo", "* lamp\n- zoo", "lamp *\n- *", "* * *\n*"}) EXPECT_EQ(places(gaps), 4u) << gaps;
  EXPECT_EQ(places("- lamp zoo\n- camp"), 5u);
  EXPECT_EQ(places("- lamp"), 2u);
  const WordTemplate open = read_words("ca?", english());
  EXPECT_EQ(open.slots[0].typed.count(), 3u);     // can, car, cat
  EXPECT_GT(open.slots[0].slips.count(), 30u);    // and longer ones
  const WordTemplate slipped = read_words("lapm", english());
  EXPECT_TRUE(slipped.slots[0].typed.has(*wallet::word_index("lamp")));
  EXPECT_GT(read_words("xxxxxxxx", english()).slots[0].typed.count(), 0u);
}

TEST(ReadWords, refusesAndNeverQuotes) {
  for (const char* typed : {"", "  ", "lamp } zoo", "{ lamp", "{ lamp { zoo } }", "lamp||camp", "xq*", "la-mp",
                            "a a a a a a a a a a a a a a a a a a a a a a a a a"}) {
    try {
      (void)read_words(typed, english());
      ADD_FAILURE() << typed;
    } catch (const Error& error) {
      EXPECT_EQ(error.outcome(), Outcome::refused) << typed;
      EXPECT_EQ(error.sentence().find("lamp"), std::string::npos);
    }
  }
}

TEST(Slips, ofTheFingersTheEyeAndTheMemory) {
  EXPECT_TRUE(is_slip("lamp", "camp"));     // one letter
  EXPECT_TRUE(is_slip("lapm", "lamp"));     // neighbours
  EXPECT_TRUE(is_slip("act", "action"));    // begins alike
  EXPECT_TRUE(is_slip("fit", "fir"));       // keys side by side
  EXPECT_TRUE(is_slip("rnarch", "march"));  // rn looks like m
  EXPECT_FALSE(is_slip("lamp", "lamp"));
  EXPECT_FALSE(is_slip("zoo", "camp"));
}

TEST(Corrections, inWords) {
  const auto lines = [](const char* typed, const char* right) {
    std::vector<std::string> out;
    for (const SecretString& line : corrections(read_words(typed, english()), right, english()).lines) out.emplace_back(line.expose());
    return out;
  };
  using Lines = std::vector<std::string>;
  EXPECT_EQ(lines("zoo lamp act", "zoo camp act"), Lines{"word 2: you wrote lamp, it is camp"});
  EXPECT_EQ(lines("zoo lamp act", "act lamp zoo"), Lines{"words 1 and 3 were changed over: act comes first, then zoo"});
  EXPECT_EQ(lines("zoo act", "zoo lamp act"), Lines{"word 2 was missing: it is lamp"});
  EXPECT_EQ(lines("zoo zoo act", "zoo act").size(), 1u);
  EXPECT_EQ(lines("zoo ? act", "zoo lamp act"), Lines{"word 2 is lamp"});
  EXPECT_TRUE(lines("zoo lamp act", "zoo lamp act").empty());
}

}  // namespace
}  // namespace hwbak::recover
