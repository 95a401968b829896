// recover: the files that devices wrote, with a mistake of every class in their twelve words, each found at its place.
#include <algorithm>
#include <stdexcept>
#include <utility>

#include "recover/word_plan.h"
#include "tasks/recover_fixture.h"
#include "wallet/bip39.h"

namespace hwbak {
namespace {

using namespace test;
using Words = std::vector<std::string>;

Words words_of(std::string_view text) {
  Words out;
  for (; !text.empty(); text.remove_prefix(std::min(out.back().size() + 1, text.size()))) out.emplace_back(text.substr(0, text.find(' ')));
  return out;
}

std::string line_of(const Words& words) {
  std::string out;
  for (const std::string& word : words) out += (out.empty() ? "" : " ") + word;
  return out;
}

// Another word of the list, for which somebody could have written this one; or the next that has one.
void slip(Words& words, std::size_t at) {
  for (; at < words.size(); ++at)
    for (const std::string_view other : wallet::english_words()) {
      if (!recover::is_slip(other, words[at])) continue;
      words[at] = other;
      return;
    }
  throw std::runtime_error("no word that is like another");
}

struct Mistake {
  const char* of_class;
  void (*make)(Words&);
};
constexpr Mistake mistakes[] = {
    {"as-typed", [](Words& words) { words[3] = words[3].substr(0, 2) + "*"; }},
    {"spelling", [](Words& words) { slip(words, 0); }},
    {"one-wrong", [](Words& words) { words[5] = "zoo"; }},
    {"neighbours-swapped", [](Words& words) { std::swap(words[2], words[3]); }},
    {"missing-or-doubled", [](Words& words) { words.erase(words.begin() + 7); }},
    {"missing-or-doubled", [](Words& words) { words.insert(words.begin() + 4, words[4]); }},
    {"swapped", [](Words& words) { std::swap(words[1], words[9]); }},
    {"two-spelling", [](Words& words) { slip(words, 0), slip(words, 6); }},
    {"wrong-and-swapped", [](Words& words) { words[0] = "zoo", std::swap(words[4], words[8]); }},
    {"two-wrong", [](Words& words) { words[6] = "zoo", words[11] = "able"; }},
    {"any-order", [](Words& words) { std::ranges::reverse(words); }},
};

// Candidates with one beginning stand together, so the place of each is found without going through all of them.
class Finder final {
 public:
  Finder(const recover::WordPlan& plan, std::size_t of_class) : plan_(plan), class_(of_class), end_(plan.classes()[of_class].candidates.clamped()) {}

  std::optional<std::uint64_t> find(const Words& wanted) {
    std::uint64_t from = 0;
    for (std::size_t place = 0; place < wanted.size(); ++place) {
      while (word(from, place) != wanted[place])
        if (from = end_of_run(from, place); from == end_) return std::nullopt;
      end_ = end_of_run(from, place);
    }
    return from;
  }

 private:
  std::string word(std::uint64_t index, std::size_t place) const {
    SecretString text;
    plan_.candidate(class_, index, text);
    return words_of(text.expose()).at(place);
  }
  // Of the candidates that have this word in this place, where those before it agree.
  std::uint64_t end_of_run(std::uint64_t from, std::size_t place) const {
    const std::string same = word(from, place);
    std::uint64_t in = from, step = 1;
    while (in + step < end_ && word(in + step, place) == same) in += std::exchange(step, 2 * step);
    std::uint64_t out = std::min(in + step, end_);
    while (out - in > 1) {
      const std::uint64_t middle = in + (out - in) / 2;
      (word(middle, place) == same ? in : out) = middle;
    }
    return out;
  }

  const recover::WordPlan& plan_;
  std::size_t class_;
  std::uint64_t end_;
};

TEST_F(Recover, AMistakeOfEveryClassInTheWordsOfADevicesFile) {
  std::vector<const Vector*> files;
  for (const Vector& vector : vectors())
    if (vector.device_made() && words_of(vector.password).size() == 12) files.push_back(&vector);
  ASSERT_GE(files.size(), 4u);
  for (std::size_t i = 0; i < std::size(mistakes); ++i) {
    const Vector& vector = *files[i % files.size()];
    const Mistake& mistake = mistakes[i];
    const Words right_words = words_of(vector.password);
    Words remembered = right_words;
    mistake.make(remembered);
    const std::string typed = line_of(remembered);
    const recover::WordPlan plan(recover::read_words(typed, wallet::english_words()), wallet::english_words(), 12);
    const auto of_class = std::ranges::find(plan.classes(), mistake.of_class, &recover::PlannedClass::name);
    ASSERT_NE(of_class, plan.classes().end()) << mistake.of_class;
    const auto index = Finder(plan, static_cast<std::size_t>(of_class - plan.classes().begin())).find(right_words);
    ASSERT_TRUE(index) << mistake.of_class << " of " << vector.file;
    RecoverOptions options = only({mistake.of_class});
    options.part = options.parts = *index / recover::Route::run + 1;  // the part that begins with it
    const RecoverResult result = run(vector.path(), typed, options);
    ASSERT_EQ(result.report.outcome, Outcome::ok) << mistake.of_class << " of " << vector.file << ": " << result.report.message;
    EXPECT_TRUE(result.password.equals(vector.password));
    EXPECT_EQ(text_fact(result.report.facts, "class"), mistake.of_class);
    EXPECT_EQ(number(result.report, "position"), static_cast<std::int64_t>(*index) + 1) << mistake.of_class;
  }
}

}  // namespace
}  // namespace hwbak
