// The transcripts of real tools on the real firmware, replayed: the same answers, but for random and cryptographic fields.
#include <algorithm>
#include <string>

#include "container/wrapped_key/description.h"
#include "crypto/private_key.h"
#include "practice/pico_hsm_fixture.h"

namespace hwbak::practice::pico_hsm {
namespace {

struct Exchange {
  std::string command, answer;
};
struct Recording {
  std::string step;
  std::vector<Exchange> exchanges;
};

std::vector<Recording> recorded() {
  const Bytes raw = test::read_bytes(std::filesystem::path(HWBAK_VECTORS) / "pico-hsm" / "apdu-traces.json");
  const auto document = boost::json::parse({reinterpret_cast<const char*>(raw.data()), raw.size()});
  std::vector<Recording> out;
  for (const auto& run : document.at("runs").as_array()) {
    out.push_back({run.at("step").as_string().c_str(), {}});
    for (const auto& apdu : run.at("apdus").as_array())
      out.back().exchanges.push_back({apdu.at("c").as_string().c_str(), apdu.at("r").as_string().c_str()});
  }
  return out;
}

// Zeros in place of the public key and the signatures.
Bytes without_random(Bytes bytes) {
  const auto cvc = wrapped_key::read_cvc(bytes);
  for (const Bytes& random : {cvc.q.value_or(Bytes()), cvc.n.value_or(Bytes()), cvc.signature, cvc.outer_signature}) {
    if (random.empty()) continue;
    const auto found = std::search(bytes.begin(), bytes.end(), random.begin(), random.end());
    if (found != bytes.end()) std::fill_n(found, random.size(), 0);
  }
  return bytes;
}

class Replay : public PracticeHsm {
 protected:
  void play(const Recording& run) {
    card->reset();
    Bytes theirs, ours;   // of a file of the device that is read in pieces
    bool random_file = false;
    for (const Exchange& exchange : run.exchanges) {
      const std::string answer = send(exchange.command);
      ++count;
      const bool is_select = exchange.command.starts_with("00a4"), is_read = exchange.command.starts_with("00b1");
      if (is_select) random_file = exchange.command == "00a40000022f0200" || exchange.command == "00a4000002ce0000";
      if (is_read && random_file) {
        take(theirs, exchange.answer);
        take(ours, answer);
        EXPECT_EQ(answer.size(), exchange.answer.size());
        if (exchange.answer == "9000") {
          EXPECT_EQ(to_hex(without_random(ours)), to_hex(without_random(theirs))) << run.step;
          theirs.clear();
          ours.clear();
        }
      } else if (exchange.command.starts_with("0046")) {
        EXPECT_EQ(to_hex(without_random(good(answer))), to_hex(without_random(good(exchange.answer)))) << run.step;
      } else if (exchange.command.starts_with("8072")) {
        // KCV, type, algorithms: all before the ciphertext.
        EXPECT_EQ(answer.substr(0, 54), exchange.answer.substr(0, 54));
        EXPECT_EQ(answer.size(), exchange.answer.size());
        EXPECT_TRUE(answer.ends_with("9000"));
      } else {
        EXPECT_EQ(answer, exchange.answer) << run.step << ": " << exchange.command.substr(0, 40);
      }
    }
  }
  static void take(Bytes& into, const std::string& answer) {
    const Bytes bytes = from_hex(answer.substr(0, answer.size() - 4)).value();
    into.insert(into.end(), bytes.begin(), bytes.end());
  }
  std::size_t count = 0;
};

TEST_F(Replay, EveryRunOfTheRealTools) {
  insert();
  for (const Recording& run : recorded()) play(run);
  EXPECT_EQ(count, 297u);
}

// The card may be taken out between any two runs, and the program ended.
TEST_F(Replay, FromTheDiskEveryTime) {
  for (const Recording& run : recorded()) {
    insert();
    play(run);
  }
}

}  // namespace
}  // namespace hwbak::practice::pico_hsm
