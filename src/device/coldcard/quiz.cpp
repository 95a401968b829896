// See quiz.h; docs/formats/coldcard.md, "The quiz".
#include "device/coldcard/quiz.h"

#include <algorithm>
#include <string>

#include "device/coldcard/draw.h"
#include "wallet/bip39.h"

namespace hwbak::coldcard {
namespace {

constexpr unsigned words_per_question = 3;
constexpr std::string_view choice_keys = "123";
constexpr char key_cleartext = '6';

template <class Items>
void shuffle(Items& items, RandomSource& random) {
  for (auto left = static_cast<unsigned>(items.size()); left > 1; --left) std::swap(items[left - 1], items[draw(random, left)]);
}

std::string_view listed_word(RandomSource& random) {
  return wallet::english_words()[draw(random, static_cast<unsigned>(wallet::word_count))];
}

QuizQuestion question_for(std::span<const std::string_view> words, unsigned position, RandomSource& random) {
  const std::string_view right = words[position - 1];
  std::vector<std::string_view> others;  // a word may stand in the list twice
  std::copy_if(words.begin(), words.end(), std::back_inserter(others), [&](std::string_view word) { return word != right; });
  QuizQuestion question;
  question.position = position;
  auto& choices = question.choices;
  choices[0] = right;
  do choices[1] = others.empty() ? listed_word(random) : others[draw(random, static_cast<unsigned>(others.size()))];
  while (choices[1] == right);
  do choices[2] = listed_word(random);
  while (choices[2] == right || choices[2] == choices[1]);
  shuffle(choices, random);
  question.right = static_cast<unsigned>(std::find(choices.begin(), choices.end(), right) - choices.begin());
  return question;
}

void append_numbered(SecretString& page, std::size_t number, std::string_view word) {
  page.append(number < 10 ? " " : "");
  page.append(std::to_string(number));
  page.append(": ");
  page.append(word);
  page.append('\n');
}

std::vector<std::string_view> split(std::string_view words) {
  std::vector<std::string_view> out;
  while (!words.empty()) {
    const std::size_t end = std::min(words.find(' '), words.size());
    out.push_back(words.substr(0, end));
    words.remove_prefix(std::min(end + 1, words.size()));
  }
  return out;
}

// One teaching of one list of words.
class Lesson final {
 public:
  Lesson(Screen& screen, std::string_view title, std::span<const std::string_view> words) : screen_(screen), title_(title), words_(words) {}

  // key_ok, key_cancel or, when offered, key_cleartext.
  [[nodiscard]] char show(bool offer_cleartext) {
    SecretString page;
    for (std::size_t i = 0; i < words_.size(); ++i) append_numbered(page, i + 1, words_[i]);
    page.append("\nWrite them down in this order, then check what you wrote. A short quiz follows.\n");
    if (offer_cleartext) page.append("(6) makes a backup without a password.\n");
    return screen_.page(title_, page.expose(), offer_cleartext ? "yx6" : "yx", true);
  }

  // Asks until the answer is right; false when the user gives up.
  [[nodiscard]] bool ask(const QuizQuestion& question) {
    SecretString page;
    for (std::size_t i = 0; i < question.choices.size(); ++i) append_numbered(page, i + 1, question.choices[i]);
    page.append("\nWhich word is right? OK shows all the words again, X gives up.\n");
    const std::string title = "Word " + std::to_string(question.position) + " is?";
    for (;;) {
      const char key = screen_.page(title, page.expose(), "123yx", true);
      if (key == key_cancel) return false;
      if (key == key_ok) {
        if (show(false) == key_cancel) return false;
      } else if (choice_keys.find(key) == question.right) {
        return true;
      } else if (screen_.page("Wrong", "That is another word. Look at what you wrote down; the same question comes again.\n", "yx",
                              false) == key_cancel) {
        return false;
      }
    }
  }

  [[nodiscard]] bool confirms_cleartext() {
    return screen_.page("Without encryption",
                        "The file will NOT be encrypted. Whoever finds or copies it has the whole wallet.\n\n"
                        "OK goes on without a password, X goes back to the words.\n",
                        "yx", false) == key_ok;
  }

 private:
  Screen& screen_;
  std::string_view title_;
  std::span<const std::string_view> words_;
};

}  // namespace

std::vector<QuizQuestion> quiz_questions(std::span<const std::string_view> words, RandomSource& random) {
  std::vector<unsigned> positions;
  for (unsigned position = 1; position < words.size(); ++position) positions.push_back(position);
  shuffle(positions, random);
  const std::size_t count = std::max<std::size_t>(words.size() / words_per_question, words.empty() ? 0 : 1);
  positions.resize(count == 0 ? 0 : count - 1);
  if (count != 0) positions.push_back(static_cast<unsigned>(words.size()));
  shuffle(positions, random);
  std::vector<QuizQuestion> questions;
  for (const unsigned position : positions) questions.push_back(question_for(words, position, random));
  return questions;
}

WordsEnd teach_words(Screen& screen, std::string_view title, const SecretString& words, RandomSource& random, bool offer_cleartext) {
  const std::vector<std::string_view> list = split(words.expose());
  Lesson lesson(screen, title, list);
  for (char key = 0; key != key_ok;) {
    key = lesson.show(offer_cleartext);
    if (key == key_cancel) return WordsEnd::given_up;
    if (key == key_cleartext && lesson.confirms_cleartext()) return WordsEnd::cleartext;
  }
  for (const QuizQuestion& question : quiz_questions(list, random))
    if (!lesson.ask(question)) return WordsEnd::given_up;
  return WordsEnd::recorded;
}

}  // namespace hwbak::coldcard
