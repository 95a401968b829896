// A person at the practice device, played: what to press at each page, which item to choose, what to type.
#pragma once

#include <gtest/gtest.h>

#include <deque>
#include <functional>
#include <sstream>
#include <string>
#include <vector>

#include "device/coldcard/screen.h"

namespace hwbak::test {

// One answer. A page may be checked to hold a text. Pages of words are learnt, and the quiz is answered from them.
struct Answer {
  enum class Kind { key, item, typed, leave } kind = Kind::key;
  char key = 'y';
  std::string text;    // key: what the page must hold; item: the label; typed: what is typed
};

inline Answer ok(std::string holds = {}) { return {Answer::Kind::key, 'y', std::move(holds)}; }
inline Answer cancel(std::string holds = {}) { return {Answer::Kind::key, 'x', std::move(holds)}; }
inline Answer press(char key, std::string holds = {}) { return {Answer::Kind::key, key, std::move(holds)}; }
inline Answer choose(std::string label) { return {Answer::Kind::item, 'y', std::move(label)}; }
inline Answer type(std::string text) { return {Answer::Kind::typed, 'y', std::move(text)}; }
inline Answer leave() { return {Answer::Kind::leave, 'x', {}}; }  // X at a menu or at a question

class ScriptedScreen final : public coldcard::Screen {
 public:
  explicit ScriptedScreen(std::vector<Answer> answers) : answers_(answers.begin(), answers.end()) {}
  ~ScriptedScreen() override { EXPECT_TRUE(answers_.empty()) << answers_.size() << " answers were not asked for"; }

  char page(std::string_view title, std::string_view text, std::string_view keys, bool sensitive) override {
    const std::string whole = std::string(title) + "\n" + std::string(text);
    pages.push_back(whole);
    if (sensitive) sensitive_pages.push_back(whole);
    if (whole.find("Write them down in this order") != std::string::npos) learn(text);
    if (whole.find("Which word is right?") != std::string::npos) return answer_quiz(title, text);
    const Answer answer = next("page", whole);
    EXPECT_EQ(answer.kind, Answer::Kind::key) << whole;
    EXPECT_NE(whole.find(answer.text), std::string::npos) << "wanted: " << answer.text << "\non: " << whole;
    EXPECT_NE(keys.find(answer.key), std::string_view::npos) << "key " << answer.key << " does nothing on: " << whole;
    if (on_page) on_page(whole);
    return answer.key;
  }
  std::optional<std::size_t> menu(std::string_view title, std::span<const std::string> items) override {
    std::string whole = std::string(title) + ":";
    for (const std::string& item : items) whole += " [" + item + "]";
    menus.push_back(whole);
    const Answer answer = next("menu", whole);
    if (answer.kind == Answer::Kind::leave) return std::nullopt;
    EXPECT_EQ(answer.kind, Answer::Kind::item) << whole;
    for (std::size_t i = 0; i < items.size(); ++i)
      if (items[i] == answer.text) return i;
    ADD_FAILURE() << "no item " << answer.text << " in " << whole;
    return std::nullopt;
  }
  std::optional<SecretString> ask(std::string_view title, Entry) override {
    const Answer answer = next("question", std::string(title));
    if (answer.kind == Answer::Kind::leave) return std::nullopt;
    EXPECT_EQ(answer.kind, Answer::Kind::typed) << title;
    return SecretString::copy_of(answer.text);
  }

  // True when one of the pages held the text.
  [[nodiscard]] bool said(std::string_view text) const {
    for (const std::string& page : pages)
      if (page.find(text) != std::string::npos) return true;
    return false;
  }

  std::vector<std::string> pages, sensitive_pages, menus;
  std::vector<std::string> words;  // of the page that taught some last
  unsigned quiz_questions = 0;
  std::function<void(const std::string&)> on_page;

 private:
  // " 1: abandon"
  static std::vector<std::string> numbered(std::string_view text) {
    std::vector<std::string> found;
    std::istringstream lines{std::string(text)};
    for (std::string line; std::getline(lines, line);)
      if (const auto at = line.find(": "); at != std::string::npos && at <= 2) found.push_back(line.substr(at + 2));
    return found;
  }
  void learn(std::string_view text) { words = numbered(text); }
  char answer_quiz(std::string_view title, std::string_view text) {
    ++quiz_questions;
    const auto position = std::stoul(std::string(title.substr(title.find(' '))));
    const auto choices = numbered(text);
    for (std::size_t i = 0; i < choices.size(); ++i)
      if (choices[i] == words.at(position - 1)) return static_cast<char>('1' + i);
    ADD_FAILURE() << "the right word is no choice: " << text;
    return 'x';
  }
  // Beyond the script the person has gone away.
  Answer next(std::string_view what, const std::string& whole) {
    if (answers_.empty()) {
      ADD_FAILURE() << "no answer left for this " << what << ": " << whole;
      if (++unanswered_ > 50) throw std::runtime_error("the device asks for ever");
      return {what == "page" ? Answer::Kind::key : Answer::Kind::leave, 'x', {}};
    }
    const Answer answer = answers_.front();
    answers_.pop_front();
    return answer;
  }

  std::deque<Answer> answers_;
  int unanswered_ = 0;
};

}  // namespace hwbak::test
