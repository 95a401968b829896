// See console.h.
#include "practice/cdc_badge/console.h"

#include "base/cp437.h"
#include "base/unicode.h"

namespace hwbak::practice::cdc_badge {
namespace {

constexpr std::uint8_t ctrl_c = 0x03, backspace = 0x08, line_feed = '\n', carriage_return = '\r', ctrl_u = 0x15,
                       escape_key = 0x1B, rubout = 0x7F;

std::size_t length_by_lead(std::uint8_t lead) noexcept { return lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2; }

}  // namespace

bool Console::feed(std::uint8_t byte) {
  if (escape_ != Escape::none) {
    escape(byte);
    return false;
  }
  switch (byte) {
    case line_feed:
    case carriage_return:
      echo_("\r\n");
      character_size_ = 0;
      return true;
    case ctrl_c:
      echo_("\r\n> ");
      line_.clear();
      break;
    case ctrl_u:
      while (!line_.empty()) rub_out();
      break;
    case backspace:
    case rubout: rub_out(); break;
    case escape_key: escape_ = Escape::begun; break;
    default: text(byte);
  }
  return false;
}

SecretString Console::take() {
  std::string_view line = line_.expose();
  const std::size_t begin = std::min(line.find_first_not_of(" \t"), line.size());
  line = line.substr(begin, line.find_last_not_of(" \t") + 1 - begin);
  SecretString taken = SecretString::copy_of(line);
  if (!taken.empty()) history_.push_front(taken.clone());
  if (history_.size() > max_history) history_.pop_back();
  recalled_ = 0;
  line_.clear();
  return taken;
}

void Console::clear() noexcept {
  line_.clear();
  history_.clear();
  recalled_ = character_size_ = 0;
  escape_ = Escape::none;
}

void Console::text(std::uint8_t byte) {
  if (byte < 0x20) return;
  if (byte < 0x80) {
    character_size_ = 0;
    return store(byte);
  }
  if (byte >= 0xC0) character_size_ = 0;                   // a new character; what was begun is lost
  else if (character_size_ == 0) return;                   // the rest of nothing
  character_[character_size_++] = static_cast<char>(byte);
  if (character_size_ < length_by_lead(static_cast<std::uint8_t>(character_[0]))) return;
  char32_t code = 0;
  const std::string_view whole(character_.data(), character_size_);
  const bool good = utf8_front(whole, code) == whole.size();
  character_size_ = 0;
  if (const auto cp437 = good ? to_cp437(code) : std::nullopt) store(*cp437);
}

void Console::store(std::uint8_t cp437) {
  if (line_.size() >= max_line) return;
  const char c = static_cast<char>(cp437);
  line_.append(c);
  echo_({&c, 1});
}

void Console::rub_out() {
  if (line_.empty()) return;
  line_.pop_back();
  echo_("\b \b");
}

void Console::escape(std::uint8_t byte) {
  if (escape_ == Escape::begun && byte == '[') {
    escape_ = Escape::bracket;
    return;
  }
  const bool arrow = escape_ == Escape::bracket;
  escape_ = Escape::none;
  if (arrow && byte == 'A') recall(+1);
  if (arrow && byte == 'B') recall(-1);
}

void Console::recall(int step) {
  if ((step > 0 && recalled_ >= history_.size()) || (step < 0 && recalled_ == 0)) return;
  recalled_ = step > 0 ? recalled_ + 1 : recalled_ - 1;
  while (!line_.empty()) rub_out();
  if (recalled_ == 0) return;
  line_ = history_[recalled_ - 1].clone();
  echo_(line_.expose());
}

}  // namespace hwbak::practice::cdc_badge
