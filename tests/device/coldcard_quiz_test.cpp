// The quiz, played by lists of keys: right, wrong, again, given up; and the drawn password and its fit.
#include "device/coldcard/quiz.h"

#include <algorithm>
#include <functional>
#include <set>

#include "device/coldcard/draw.h"
#include "device/coldcard/words.h"
#include "wallet/bip39.h"

namespace hwbak::coldcard {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr std::string_view title = "Record this password";

std::vector<std::string_view> split(std::string_view words) {
  std::vector<std::string_view> out;
  for (std::size_t end = 0; (end = words.find(' ')) != words.npos; words.remove_prefix(end + 1)) out.push_back(words.substr(0, end));
  out.push_back(words);
  return out;
}

// Answers every page by a function; remembers what was shown.
class Player final : public Screen {
 public:
  struct Page {
    std::string title, text;
    bool sensitive = false;
    [[nodiscard]] bool is_question() const { return title.ends_with(" is?"); }
    [[nodiscard]] unsigned position() const { return static_cast<unsigned>(std::stoul(title.substr(5))); }
    [[nodiscard]] std::vector<std::string> choices() const {
      std::vector<std::string> out;
      for (const char* number : {" 1: ", " 2: ", " 3: "}) {
        const std::size_t at = text.find(number) + 4;
        out.push_back(text.substr(at, text.find('\n', at) - at));
      }
      return out;
    }
  };
  explicit Player(std::function<char(const Page&)> answer) : answer_(std::move(answer)) {}
  char page(std::string_view heading, std::string_view text, std::string_view keys, bool sensitive) override {
    pages.push_back({std::string(heading), std::string(text), sensitive});
    const char key = pages.size() > 200 ? key_cancel : answer_(pages.back());
    EXPECT_NE(keys.find(key), keys.npos) << key;
    return key;
  }
  std::optional<std::size_t> menu(std::string_view, std::span<const std::string>) override { return std::nullopt; }
  std::optional<SecretString> ask(std::string_view, Entry) override { return std::nullopt; }

  std::vector<Page> pages;

 private:
  std::function<char(const Page&)> answer_;
};

class Quiz : public ::testing::Test {
 protected:
  [[nodiscard]] char right(const Player::Page& question) const {
    const auto choices = question.choices();
    const std::string wanted(list_.at(question.position() - 1));
    return static_cast<char>('1' + (std::find(choices.begin(), choices.end(), wanted) - choices.begin()));
  }
  [[nodiscard]] char wrong(const Player::Page& question) const { return right(question) == '1' ? '2' : '1'; }
  WordsEnd teach(Player& player, bool offer_cleartext = false) {
    return teach_words(player, title, words_, system_random(), offer_cleartext);
  }

  const SecretString words_ = draw_password(system_random());
  const std::vector<std::string_view> list_ = split(words_.expose());
};

TEST_F(Quiz, AsksForTheLastWordAndThreeOthers) {
  std::set<unsigned> positions, places;
  bool last_moves = false;
  for (int i = 0; i < 200; ++i) {
    const auto questions = quiz_questions(list_, system_random());
    ASSERT_EQ(questions.size(), 4u);
    std::set<unsigned> mine;
    for (const QuizQuestion& question : questions) {
      mine.insert(question.position);
      ASSERT_LT(question.right, 3u);
      const auto& choices = question.choices;
      EXPECT_EQ(choices[question.right], list_[question.position - 1]);
      EXPECT_EQ((std::set<std::string_view>(choices.begin(), choices.end()).size()), 3u);
      EXPECT_GE(std::count_if(choices.begin(), choices.end(),
                              [&](std::string_view word) { return std::find(list_.begin(), list_.end(), word) != list_.end(); }),
                2);
      for (const std::string_view word : choices) EXPECT_TRUE(wallet::word_index(word));
      places.insert(question.right);
    }
    EXPECT_EQ(mine.size(), 4u);
    EXPECT_TRUE(mine.contains(12));
    last_moves |= questions.back().position != 12;
    positions.merge(mine);
  }
  EXPECT_EQ(positions.size(), 12u);
  EXPECT_EQ(places.size(), 3u);
  EXPECT_TRUE(last_moves);
}

TEST_F(Quiz, CopesWithOddLists) {
  const std::vector<std::string_view> same(12, "abandon"), one = {"zoo"};
  for (const QuizQuestion& question : quiz_questions(same, system_random())) {
    EXPECT_EQ(question.choices[question.right], "abandon");
    EXPECT_EQ(std::count(question.choices.begin(), question.choices.end(), "abandon"), 1);
  }
  EXPECT_EQ(quiz_questions(one, system_random()).size(), 1u);
  EXPECT_TRUE(quiz_questions({}, system_random()).empty());
  const std::vector<std::string_view> twenty_four(24, "zoo");
  EXPECT_EQ(quiz_questions(twenty_four, system_random()).size(), 8u);
}

TEST_F(Quiz, RightAnswersRecordTheWords) {
  Player player([&](const Player::Page& page) { return page.is_question() ? right(page) : key_ok; });
  EXPECT_EQ(teach(player), WordsEnd::recorded);
  ASSERT_EQ(player.pages.size(), 5u);
  EXPECT_EQ(player.pages[0].title, title);
  EXPECT_THAT(player.pages[0].text, HasSubstr(" 1: " + std::string(list_[0]) + "\n"));
  EXPECT_THAT(player.pages[0].text, HasSubstr("\n12: " + std::string(list_[11]) + "\n"));
  EXPECT_THAT(player.pages[0].text, Not(HasSubstr("(6)")));
  for (const auto& page : player.pages) EXPECT_TRUE(page.sensitive);
}

TEST_F(Quiz, AWrongAnswerRepeatsTheQuestion) {
  int mistakes = 3;
  Player player([&](const Player::Page& page) { return !page.is_question() ? key_ok : mistakes-- > 0 ? wrong(page) : right(page); });
  EXPECT_EQ(teach(player), WordsEnd::recorded);
  ASSERT_EQ(player.pages.size(), 5u + 2 * 3);
  for (const std::size_t i : {1u, 3u, 5u}) {
    EXPECT_EQ(player.pages[i].text, player.pages[i + 2].text) << "the same choices in the same order";
    EXPECT_EQ(player.pages[i].title, player.pages[i + 2].title);
    EXPECT_EQ(player.pages[i + 1].title, "Wrong");
    EXPECT_FALSE(player.pages[i + 1].sensitive);
  }
}

TEST_F(Quiz, OkShowsTheWordsAgain) {
  bool again = true;
  Player player([&](const Player::Page& page) {
    if (!page.is_question()) return key_ok;
    return std::exchange(again, false) ? key_ok : right(page);
  });
  EXPECT_EQ(teach(player), WordsEnd::recorded);
  ASSERT_EQ(player.pages.size(), 7u);
  EXPECT_EQ(player.pages[2].text, player.pages[0].text);
  EXPECT_EQ(player.pages[3].text, player.pages[1].text) << "then the same question";
}

TEST_F(Quiz, XGivesUpAnywhere) {
  // At the words, at a question, at the words shown again, after a wrong answer.
  for (const std::string keys : {"x", "yx", "yyx", "ywx"}) {
    std::size_t next = 0;
    Player player([&](const Player::Page& page) {
      const char key = keys.at(next++);
      return key == 'w' ? wrong(page) : key;
    });
    EXPECT_EQ(teach(player, true), WordsEnd::given_up) << keys;
    EXPECT_EQ(next, keys.size()) << keys;
  }
}

TEST_F(Quiz, CleartextIsOfferedOnlyWhereItMayBeAndConfirmed) {
  std::size_t next = 0;
  std::string keys = "6y";
  Player player([&](const Player::Page&) { return keys.at(next++); });
  EXPECT_EQ(teach(player, true), WordsEnd::cleartext);
  EXPECT_THAT(player.pages[0].text, HasSubstr("(6)"));
  EXPECT_THAT(player.pages[1].text, HasSubstr("NOT be encrypted"));
  EXPECT_FALSE(player.pages[1].sensitive);

  next = 0;
  keys = "6xx";
  EXPECT_EQ(teach(player, true), WordsEnd::given_up) << "back to the words";
  EXPECT_EQ(player.pages[2].text, player.pages[4].text);
}

TEST(Draw, IsFair) {
  class Sequence final : public RandomSource {
   public:
    void fill(ByteSpan out) override {
      for (std::uint8_t& byte : out) byte = bytes_.at(next_++);
    }

   private:
    std::vector<std::uint8_t> bytes_ = {0xFF, 0xFF, 0xFE, 0xFF, 0x01, 0x02};
    std::size_t next_ = 0;
  } random;
  EXPECT_EQ(draw(random, 3), 65534 % 3u) << "65535 would favour 0";
  EXPECT_EQ(draw(random, 1000), 513u);
}

TEST(DrawPassword, TakesTheFirstHalfOfALongPhrase) {
  class Same final : public RandomSource {
   public:
    void fill(ByteSpan out) override {
      EXPECT_EQ(out.size(), 32u);
      std::fill(out.begin(), out.end(), std::uint8_t{0x7F});
    }
  } random;
  EXPECT_EQ(draw_password(random).expose(), "legal winner thank year wave sausage worth useful legal winner thank year");
  const SecretString drawn = draw_password(system_random());
  EXPECT_EQ(split(drawn.expose()).size(), password_words);
  EXPECT_TRUE(normalise_words(drawn.expose()).canonical.equals(drawn.expose()));
}

TEST(DeviceFit, HasTheDevicesLimits) {
  const std::string x31(31, 'x'), x32(32, 'x'), x128(128, 'x'), x129(129, 'x');
  EXPECT_EQ(device_fit(""), PasswordFit::too_short);
  EXPECT_EQ(device_fit(x31), PasswordFit::too_short);
  EXPECT_EQ(device_fit(x32), PasswordFit::fits);
  EXPECT_EQ(device_fit(x128), PasswordFit::fits);
  EXPECT_EQ(device_fit(x129), PasswordFit::too_long);
  EXPECT_EQ(device_fit(x31 + " "), PasswordFit::fits);
  EXPECT_EQ(device_fit(x31 + "~"), PasswordFit::fits);
  for (const char* odd : {"\x1F", "\x7F", "\xC3\xA4", "\n"}) EXPECT_EQ(device_fit(x32 + odd), PasswordFit::other_characters);
}

}  // namespace
}  // namespace hwbak::coldcard
