// A badge that says what a test wrote down for it, on a line without hardware and with a clock that moves only when
// somebody waits.
#pragma once

#include <deque>
#include <functional>
#include <string>

#include "hwbak/error.h"
#include "link/serial/byte_line.h"

namespace hwbak::test {

class ScriptedPeer final : public serial::ByteLine {
 public:
  using Handler = std::function<void(ScriptedPeer& peer, const std::string& line)>;
  explicit ScriptedPeer(Handler handler) : handler_(std::move(handler)) {}

  // What the badge says, after some time; it arrives in pieces of `piece` bytes.
  void say(const std::string& bytes, std::chrono::milliseconds after = {}) {
    for (std::size_t at = 0; at < bytes.size(); at += piece) incoming_.push_back({now_ + after, bytes.substr(at, piece)});
  }
  // The next bytes are data, not commands; `done` is called with them.
  void expect_data(std::size_t size, std::function<void(const std::string& data)> done) {
    wanted_ = size;
    done_ = std::move(done);
  }

  void write(ByteView bytes, serial::Clock::time_point) override {
    for (const std::uint8_t byte : bytes) {
      count();
      sent += static_cast<char>(byte);
      take(static_cast<char>(byte));
    }
  }
  std::size_t read(ByteSpan out, serial::Clock::time_point deadline) override {
    if (incoming_.empty() || incoming_.front().first > deadline) {
      if (talks_for_ever) return chatter(out);
      if (broken_at_end && incoming_.empty()) throw Error(Outcome::io, "the line broke");
      now_ = std::max(now_, deadline);
      return 0;
    }
    now_ = std::max(now_, incoming_.front().first);
    std::string& front = incoming_.front().second;
    const std::size_t got = std::min(out.size(), front.size());
    for (std::size_t i = 0; i < got; ++i) {
      count();
      out[i] = static_cast<std::uint8_t>(front[i]);
    }
    front.erase(0, got);
    if (front.empty()) incoming_.pop_front();
    return got;
  }
  serial::Clock::time_point now() const override { return now_; }

  std::size_t piece = 1024;
  std::size_t breaks_after = SIZE_MAX;   // bytes in both directions, then the cable is out
  std::size_t passed = 0;
  bool talks_for_ever = false, broken_at_end = false;
  std::string sent;
  std::vector<std::string> lines;        // commands that came whole

 private:
  std::size_t chatter(ByteSpan out) {
    for (auto& byte : out) byte = 'x';
    now_ += std::chrono::milliseconds(1);
    return out.size();
  }
  void count() {
    if (passed >= breaks_after) throw Error(Outcome::io, "the cable was pulled");
    ++passed;
  }
  void take(char byte) {
    if (wanted_ != 0) {
      data_ += byte;
      if (data_.size() < wanted_) return;
      wanted_ = 0;
      done_(std::exchange(data_, {}));
    } else if (byte == '\n') {
      lines.push_back(std::exchange(line_, {}));
      handler_(*this, lines.back());
    } else {
      line_ += byte;
    }
  }

  Handler handler_;
  serial::Clock::time_point now_{};
  std::deque<std::pair<serial::Clock::time_point, std::string>> incoming_;
  std::string line_, data_;
  std::size_t wanted_ = 0;
  std::function<void(const std::string&)> done_;
};

// Echo, the lines, prompt: as a badge answers.
inline std::string answer(const std::string& command, const std::string& lines) { return command + "\r\n" + lines + "> "; }

// A peer with one fixed answer for each command, by its first words.
inline ScriptedPeer::Handler fixed(std::vector<std::pair<std::string, std::string>> answers) {
  return [answers = std::move(answers)](ScriptedPeer& peer, const std::string& line) {
    for (const auto& [front, lines] : answers)
      if (line.starts_with(front)) return peer.say(answer(line, lines));
    peer.say(answer(line, "ERROR: Unknown command '" + line.substr(0, line.find(' ')) + "'\r\n"));
  };
}

}  // namespace hwbak::test
