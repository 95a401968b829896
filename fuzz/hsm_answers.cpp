// Any bytes as what a card says: every question to an HSM ends after a bounded number of commands, with an answer or with an
// Error. Each answer has its length in two bytes before it; when they run out, the last one is given again and again.
#include <algorithm>
#include <array>
#include <cstdlib>

#include "hwbak/error.h"
#include "link/pcsc/hsm_client.h"
#include "tasks/hsm_device_keys.h"

namespace {

using namespace hwbak;

class Talker final : public pcsc::CardLine {
 public:
  explicit Talker(ByteView bytes) : left_(bytes) {}
  SecretBytes transmit(ByteView command) override {
    // A read of 16 KiB in single bytes, or a list of 255 keys with their files: nothing takes more.
    constexpr std::size_t most = 100'000;
    if (command.size() < 4 || command.size() > pcsc::largest_command || ++commands_ > most) std::abort();
    if (left_.size() >= 2) {
      const std::size_t size = std::min<std::size_t>(static_cast<std::size_t>(left_[0] << 8 | left_[1]), left_.size() - 2);
      last_ = left_.subspan(2, size);
      left_ = left_.subspan(2 + size);
    }
    return SecretBytes::copy_of(last_);
  }

 private:
  ByteView left_, last_;
  std::size_t commands_ = 0;
};

template <class Question>
void ask(ByteView bytes, Question question) {
  Talker card(bytes);
  pcsc::HsmClient hsm(card);
  try {
    question(hsm);
  } catch (const Error& error) {
    if (error.sentence().empty() || error.outcome() != Outcome::device) std::abort();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const ByteView bytes(data, size);
  const SecretString pin = SecretString::copy_of("648219");
  const std::array<std::uint8_t, 32> share{};
  // As `device list` asks.
  ask(bytes, [&](pcsc::HsmClient& hsm) {
    (void)hsm.select_applet();
    (void)hsm.serial();
    (void)hsm.pin_status();
    (void)hsm.so_pin_status();
    hsm.log_in(pin);
    const auto domains = hsm.domains();
    for (const pcsc::DomainStatus& domain : domains)
      if (tasks::in_words(domain).empty()) std::abort();
    for (const std::uint8_t reference : hsm.keys())
      if (const auto key = tasks::read_device_key(hsm, reference)) (void)tasks::fact_of(*key, domains);
  });
  ask(bytes, [](auto& hsm) { (void)hsm.domains(); });
  ask(bytes, [&](auto& hsm) { (void)hsm.import_share(0, share); });
  ask(bytes, [](auto& hsm) { (void)tasks::read_device_key(hsm, 1); });
  ask(bytes, [](auto& hsm) { hsm.write_file(0xC401, Bytes(3000)); });
  ask(bytes, [](auto& hsm) {
    if (hsm.wrap(1).size() > pcsc::largest_answer) std::abort();
  });
  ask(bytes, [](auto& hsm) { hsm.unwrap(1, Bytes(300)); });
  ask(bytes, [](auto& hsm) { (void)hsm.decrypt(1, 0x22, Bytes(256)); });
  ask(bytes, [](auto& hsm) { (void)hsm.free_memory(); });
  ask(bytes, [](auto& hsm) {
    if (hsm.challenge(8).size() != 8) std::abort();
  });
  return 0;
}
