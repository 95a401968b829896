// A terminal that plays keys and remembers what was shown.
#pragma once

#include <string>

#include "term/terminal.h"

namespace hwbak::term {

// Plays a list of keys; gone when they are used up.
class PlayedTerminal final : public Terminal {
 public:
  explicit PlayedTerminal(std::string keys) : keys_(std::move(keys)) {}
  void write(std::string_view text) override {
    shown += text;
    seen += text;
  }
  std::optional<std::uint8_t> read() override {
    if (keys_.empty()) return std::nullopt;
    const char key = keys_.front();
    keys_.erase(0, 1);
    if (key == '\x03') throw Interrupted{};
    return static_cast<std::uint8_t>(key);
  }
  bool resumed() override { return false; }
  // A bar stands for a pause between two keys.
  bool more_at_once() override {
    if (keys_.starts_with('|')) {
      keys_.erase(0, 1);
      return false;
    }
    return !keys_.empty();
  }
  std::size_t columns() const override { return width; }
  std::size_t rows() const override { return covered_ ? height : 0; }
  void drop_input() override {}
  void erase_question() override {
    shown.resize(begun_);
    ++erased;
  }
  std::string shown, seen;  // what is still there; all that ever was
  unsigned erased = 0;
  std::size_t width = 80, height = 24;

 protected:
  void begin_question() override { begun_ = shown.size(); }
  void end_question() override {}
  void begin_cover() override {
    covered_ = true;
    begun_ = shown.size();
  }
  void end_cover() override {
    erase_question();
    covered_ = false;
  }

 private:
  std::string keys_;
  std::size_t begun_ = 0;
  bool covered_ = false;
};

}  // namespace hwbak::term
