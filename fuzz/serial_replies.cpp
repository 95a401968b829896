// Any bytes as what a badge says: every question of a session ends, with an answer or with an Error, and nothing is sent
// into a transfer. The first byte says how many bytes arrive at a time.
#include <algorithm>
#include <array>
#include <cstdlib>

#include "base/as_bytes.h"
#include "hwbak/error.h"
#include "link/serial/badge_client.h"

namespace {

using namespace hwbak;

// Says its bytes, whatever it is asked; then nothing, while time goes by.
class Talker final : public serial::ByteLine {
 public:
  Talker(ByteView bytes, std::size_t piece) : left_(bytes), piece_(piece) {}
  void write(ByteView bytes, serial::Clock::time_point) override { asked_ = asked_ || !bytes.empty(); }
  std::size_t read(ByteSpan out, serial::Clock::time_point deadline) override {
    const std::size_t got = asked_ ? std::min({out.size(), left_.size(), piece_}) : 0;
    std::copy_n(left_.begin(), got, out.begin());
    left_ = left_.subspan(got);
    now_ = got == 0 ? std::max(now_, deadline) : now_ + std::chrono::milliseconds(1);
    return got;
  }
  serial::Clock::time_point now() const override { return now_; }

 private:
  ByteView left_;
  std::size_t piece_;
  bool asked_ = false;
  serial::Clock::time_point now_{};
};

template <class Question>
void ask(ByteView bytes, std::size_t piece, Question question) {
  Talker talker(bytes, piece);
  serial::BadgeClient badge(talker);
  try {
    question(badge);
  } catch (const Error& error) {
    if (error.sentence().empty() || error.outcome() == Outcome::internal) std::abort();
  }
  // No answer may take longer than the longest patience.
  if (talker.now().time_since_epoch() > std::chrono::minutes(5)) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::size_t piece = std::size_t{1} + data[0];
  const ByteView bytes(data + 1, size - 1);
  const SecretString secret = SecretString::copy_of("1234");
  ask(bytes, piece, [](auto& badge) { (void)badge.greet(); });
  ask(bytes, piece, [&](auto& badge) { (void)badge.authenticate(secret); });
  ask(bytes, piece, [](auto& badge) { (void)badge.version(); });
  ask(bytes, piece, [&](auto& badge) { (void)badge.export_backup(secret); });
  ask(bytes, piece, [&](auto& badge) { (void)badge.import_backup(secret); });
  ask(bytes, piece, [](auto& badge) { (void)badge.delete_backup(); });
  ask(bytes, piece, [](auto& badge) { badge.change_to_root(); });
  ask(bytes, piece, [](auto& badge) { (void)badge.backup_size(); });
  ask(bytes, piece, [](auto& badge) { (void)badge.free_space(); });
  ask(bytes, piece, [](auto& badge) {
    if (badge.read_backup(16).size() != 16) std::abort();
  });
  ask(bytes, piece, [](auto& badge) { badge.write_backup(as_bytes("Q0RDQkFL")); });
  return 0;
}
