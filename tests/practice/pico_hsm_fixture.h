// A practice HSM in this process: commands as hexadecimal digits, answers the same.
#pragma once

#include <memory>

#include "base/hex.h"
#include "hwbak/error.h"
#include "io/folder.h"
#include "practice/pico_hsm/card.h"
#include "support/wrapped_keys.h"

namespace hwbak::practice::pico_hsm {

class PracticeHsm : public ::testing::Test {
 protected:
  void insert(Files& files = real_files()) {
    card = std::make_unique<Card>(folder / "state", files, system_random(), behaviour, quick);
  }
  Bytes send(ByteView command) {
    const SecretBytes answer = card->transmit(command);
    return Bytes(answer.expose().begin(), answer.expose().end());
  }
  std::string send(std::string_view hex) { return to_hex(send(ByteView(from_hex(hex).value()))); }
  // With an extended length, and the longest answer.
  std::string send(std::string_view header, ByteView data) {
    Bytes command = from_hex(header).value();
    command.push_back(0);
    command.push_back(static_cast<std::uint8_t>(data.size() >> 8));
    command.push_back(static_cast<std::uint8_t>(data.size()));
    command.insert(command.end(), data.begin(), data.end());
    command.resize(command.size() + 2);
    return to_hex(send(ByteView(command)));
  }
  // What came before a status of 9000.
  static Bytes good(const std::string& answer) {
    EXPECT_TRUE(answer.ends_with("9000")) << answer;
    return answer.ends_with("9000") ? from_hex(answer.substr(0, answer.size() - 4)).value() : Bytes();
  }
  // Ready for use, with the DKEK of the vectors; logged in.
  void set_up(const std::string& options = "0001") {
    insert();
    EXPECT_EQ(send("805000001c8002" + options + "810636343832313982083537363231383830910103920101"), "9000");
    EXPECT_EQ(send("8052000020" + to_hex(test::test_dkek("A"))), "01002952b3021b6937839000");
  }
  std::string log_in() { return send("0020008106363438323139"); }
  static Bytes blob_of(const test::WrappedVector& vector) {
    const auto survey = wrapped_key::survey(vector.bytes);
    const ByteView blob = survey.at(survey.blob);
    return Bytes(blob.begin(), blob.end());
  }

  static constexpr unsigned quick = 1;
  Behaviour behaviour;
  const test::Folder folder;
  std::unique_ptr<Card> card;
};

}  // namespace hwbak::practice::pico_hsm
