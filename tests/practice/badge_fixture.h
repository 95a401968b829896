// A practice badge in this process: bytes go in and come out without a terminal, and its clock is the test's.
#pragma once

#include <memory>

#include "base/as_bytes.h"
#include "hwbak/error.h"
#include "io/folder.h"
#include "link/serial/badge_client.h"
#include "practice/cdc_badge/badge.h"

namespace hwbak::practice::cdc_badge {

class PracticeBadge : public ::testing::Test {
 protected:
  // The badge's end of a line; `said` is what it said since it was last asked.
  void switch_on(std::vector<Fault> faults = {}, std::string_view pin = "2468", std::chrono::seconds delay = {}) {
    cdc_badge::Setup setup;
    setup.state = folder / "state";
    setup.faults = std::move(faults);
    setup.delay = delay;
    badge = std::make_unique<Badge>(
        World{real_files(), system_random(), [this] { return now; }, [this](Milliseconds time) { now += time; },
              [this](ByteView bytes) { said.append(bytes.begin(), bytes.end()); }, quick},
        setup, SecretString::copy_of(pin));
    said.clear();
    badge->plug_in();
  }
  // What it answers to these bytes.
  std::string type(std::string_view bytes) {
    said.clear();
    badge->receive(as_bytes(bytes));
    return said;
  }
  // The same without echo and prompt.
  std::string run(const std::string& command) {
    const std::string answer = type(command + "\n"), echo = command + "\r\n";
    EXPECT_TRUE(answer.starts_with(echo) && answer.ends_with("> ")) << answer;
    return answer.substr(echo.size(), answer.size() - echo.size() - 2);
  }
  std::string on_disk(const std::string& name = "backup.cdcbak") { return test::get(folder / "state" / "plugins" / name); }
  void put(const std::string& name, std::string_view text) { test::put(folder / "state" / "plugins" / name, text); }

  static constexpr unsigned quick = 1;
  const test::Folder folder;
  Milliseconds now{1'700'000'000'000};
  std::string said;
  std::unique_ptr<Badge> badge;
};

// The line between the client and this badge; the cable can be pulled after any byte.
class CableToBadge final : public serial::ByteLine {
 public:
  CableToBadge(Badge& badge, std::string& said, Milliseconds& now) : badge_(badge), said_(said), now_(now) {}
  void write(ByteView bytes, serial::Clock::time_point) override {
    for (const std::uint8_t byte : bytes) {
      count();
      badge_.receive(ByteView(&byte, 1));
    }
  }
  std::size_t read(ByteSpan out, serial::Clock::time_point deadline) override {
    if (said_.empty()) {
      now_ += std::chrono::duration_cast<Milliseconds>(deadline - now());
      badge_.tick();
      return 0;
    }
    const std::size_t got = std::min(out.size(), said_.size());
    for (std::size_t i = 0; i < got; ++i) {
      count();
      out[i] = static_cast<std::uint8_t>(said_[i]);
    }
    said_.erase(0, got);
    return got;
  }
  serial::Clock::time_point now() const override { return serial::Clock::time_point(now_); }

  std::size_t breaks_after = SIZE_MAX, passed = 0;

 private:
  void count() {
    if (passed >= breaks_after) throw Error(Outcome::io, "the cable was pulled");
    ++passed;
  }
  Badge& badge_;
  std::string& said_;
  Milliseconds& now_;
};

}  // namespace hwbak::practice::cdc_badge
