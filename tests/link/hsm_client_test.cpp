// The client of an HSM token: against the practice card, against every status word of a device that refuses, and against
// devices that lie.
#include "link/pcsc/hsm_client.h"

#include <rapidcheck/gtest.h>

#include <algorithm>
#include <deque>

#include "container/wrapped_key/description.h"
#include "io/throws.h"
#include "link/pcsc/winscard.h"
#include "support/practice_reader.h"
#include "support/wrapped_keys.h"

namespace hwbak::pcsc {
namespace {

using test::error_of;

const SecretString& pin() {
  static const SecretString text = SecretString::copy_of("648219");
  return text;
}
Bytes so_pin() { return from_hex("3537363231383830").value(); }

FixedView<32> dkek_a() {
  static const Bytes dkek = test::test_dkek("A");
  return FixedView<32>(dkek.data(), 32);
}

Bytes blob_of(std::string_view vector) {
  const auto survey = wrapped_key::survey(test::wrapped_vector(vector).bytes);
  const ByteView blob = survey.at(survey.blob);
  return Bytes(blob.begin(), blob.end());
}

// A client over a practice card.
class HsmClientOnCard : public ::testing::Test {
 protected:
  HsmClientOnCard() : reader(readers.add("practice")) { connect(); }
  void connect() {
    line.reset();
    line = readers.connect("practice");
    hsm.emplace(*line);
  }
  void initialise(std::optional<unsigned> shares, std::optional<unsigned> domains = std::nullopt) {
    Initialisation wanted;
    wanted.pin = &pin();
    const Bytes so = so_pin();
    wanted.so_pin = so;
    wanted.shares = shares;
    wanted.domains = domains;
    hsm->initialise(wanted);
  }
  // With the DKEK of the vectors; logged in.
  void set_up() {
    initialise(1);
    (void)hsm->import_share(0, dkek_a());
    hsm->log_in(pin());
  }

  test::PracticeReaders readers;
  test::PracticeReader& reader;
  std::unique_ptr<CardLine> line;
  std::optional<HsmClient> hsm;
};

TEST_F(HsmClientOnCard, NeverInitialised) {
  const Token token = hsm->select_applet();
  EXPECT_EQ(token.firmware(), "6.6");
  EXPECT_EQ(hsm->serial(), "");
  EXPECT_EQ(hsm->pin_status().state, PinState::not_initialised);
  EXPECT_EQ(hsm->so_pin_status().state, PinState::not_initialised);
  EXPECT_TRUE(hsm->domains().empty());
  EXPECT_TRUE(hsm->keys().empty());
  const Error error = error_of([&] { hsm->log_in(pin()); });
  EXPECT_EQ(error.outcome(), Outcome::device);
  EXPECT_THAT(error.sentence(), testing::HasSubstr("never initialised"));
}

TEST_F(HsmClientOnCard, FromInitialisationToAKeyThatSigns) {
  initialise(2);
  EXPECT_EQ(hsm->select_applet().options, 1u);
  EXPECT_EQ(hsm->serial(), "ESPICOHSMTR");
  EXPECT_EQ(hsm->pin_status().tries, 3u);
  EXPECT_EQ(hsm->so_pin_status().tries, 15u);
  Bytes second(dkek_a().begin(), dkek_a().end());
  const Bytes first(32, 0x5A);
  for (std::uint8_t& byte : second) byte ^= 0x5A;
  EXPECT_EQ(hsm->import_share(0, FixedView<32>(first.data(), 32)).note, KcvNote::shares_missing);
  EXPECT_EQ(hsm->domain(0)->missing, 1u);
  (void)hsm->import_share(0, FixedView<32>(second.data(), 32));
  EXPECT_EQ(hsm->domain(0)->note, KcvNote::not_logged_in) << "zeros mean nothing before a login";
  EXPECT_FALSE(hsm->domain(0)->kcv);
  hsm->log_in(pin());
  ASSERT_EQ(hsm->domains().size(), 1u);
  EXPECT_EQ(to_hex_upper(*hsm->domains()[0].kcv), "2952B3021B693783");

  const Bytes blob = blob_of("p256.bin");
  hsm->unwrap(20, blob);
  EXPECT_EQ(hsm->keys(), std::vector<std::uint8_t>{20});
  EXPECT_EQ(hsm->metadata(20)->domain, 0u);
  EXPECT_FALSE(hsm->metadata(21));
  const Bytes digest(32, 0x11);
  EXPECT_EQ(hsm->sign(20, 0x70, digest).front(), 0x30);
  EXPECT_TRUE(std::ranges::equal(ByteView(hsm->wrap(20)).first(8), ByteView(blob).first(8)));
  // Another point of the curve: that of the key itself.
  const auto cvc = wrapped_key::read_cvc(*hsm->read_file(file_id(prefix_certificate, 20)));
  EXPECT_EQ(hsm->decrypt(20, 0x80, *cvc.q).size(), 33u);
  EXPECT_TRUE(hsm->free_memory());
  EXPECT_EQ(hsm->challenge(8).size(), 8u);
  EXPECT_NE(hsm->challenge(256), hsm->challenge(256));
}

TEST_F(HsmClientOnCard, FilesInPieces) {
  set_up();
  for (const std::size_t size : {std::size_t{0}, std::size_t{1}, std::size_t{1024}, std::size_t{1999}, std::size_t{2000}, std::size_t{5000}, largest_file}) {
    Bytes contents(size);
    for (std::size_t i = 0; i < size; ++i) contents[i] = static_cast<std::uint8_t>(i * 7 + i / 251);
    hsm->write_file(0xCE09, contents);
    EXPECT_EQ(hsm->read_file(0xCE09), contents) << size;
  }
  EXPECT_EQ(error_of([&] { hsm->write_file(0xCE09, Bytes(largest_file + 1)); }).outcome(), Outcome::refused);
  EXPECT_TRUE(hsm->delete_file(0xCE09));
  EXPECT_FALSE(hsm->delete_file(0xCE09));
  EXPECT_FALSE(hsm->read_file(0xCE09));
}

TEST_F(HsmClientOnCard, DomainsAreSetUpOneByOne) {
  initialise(std::nullopt, 3);
  ASSERT_EQ(hsm->domains().size(), 3u);
  EXPECT_FALSE(hsm->domains()[1].set_up);
  hsm->set_up_domain(1, 1);
  (void)hsm->import_share(1, dkek_a());
  hsm->log_in(pin());
  EXPECT_EQ(hsm->domains()[1].note, KcvNote::readable);
  EXPECT_FALSE(hsm->domains()[2].set_up);
  initialise(std::nullopt);
  EXPECT_EQ(hsm->domain(0)->note, KcvNote::no_dkek);
  EXPECT_FALSE(hsm->domain(1));
}

// Nothing sends a PIN twice: three wrong logins, three commands.
TEST_F(HsmClientOnCard, WrongPinsAreSentOnce) {
  set_up();
  connect();
  const SecretString wrong = SecretString::copy_of("111111");
  const char* const sentences[] = {"2 tries are left", "1 try is left", "blocked"};
  for (const char* const sentence : sentences) {
    reader.sent.clear();
    const Error error = error_of([&] { hsm->log_in(wrong); });
    EXPECT_EQ(error.outcome(), Outcome::device);
    EXPECT_THAT(error.sentence(), testing::HasSubstr(sentence));
    EXPECT_THAT(error.sentence(), testing::Not(testing::HasSubstr("111111")));
    EXPECT_EQ(reader.sent.size(), 1u);
    EXPECT_FALSE(hsm->logged_in());
  }
  EXPECT_EQ(hsm->pin_status().state, PinState::blocked);
  EXPECT_THAT(error_of([&] { hsm->log_in(pin()); }).sentence(), testing::HasSubstr("blocked"));
  EXPECT_THAT(error_of([&] { hsm->log_in_so(Bytes(8, 0x31)); }).sentence(), testing::HasSubstr("SO-PIN; 14 tries are left"));
  EXPECT_EQ(error_of([&] { hsm->log_in_so(Bytes(7)); }).outcome(), Outcome::refused);
  hsm->log_in_so(so_pin());
  reader.sent.clear();
  EXPECT_EQ(error_of([&] { hsm->log_in(SecretString()); }).outcome(), Outcome::refused);
  EXPECT_TRUE(reader.sent.empty());
}

// The card itself gives each of these words.
TEST_F(HsmClientOnCard, WhatTheCardRefuses) {
  set_up();
  const auto sentence = [](auto code) { return error_of(code).sentence(); };
  EXPECT_THAT(sentence([&] { (void)hsm->wrap(9); }), testing::AllOf(testing::HasSubstr("no such key"), testing::HasSubstr("6A82")));
  hsm->unwrap(1, blob_of("host-aes256-genuine.bin"));
  EXPECT_THAT(sentence([&] { (void)hsm->wrap(1); }), testing::AllOf(testing::HasSubstr("do not include 92"), testing::HasSubstr("6985")));
  EXPECT_THAT(sentence([&] { hsm->unwrap(2, Bytes(8)); }), testing::HasSubstr("6984"));
  Bytes damaged = blob_of("p256.bin");
  damaged.back() ^= 1;
  EXPECT_THAT(sentence([&] { hsm->unwrap(2, damaged); }), testing::AllOf(testing::HasSubstr("does not say why"), testing::HasSubstr("6400")));
  EXPECT_THAT(sentence([&] { (void)hsm->import_share(0, dkek_a()); }), testing::AllOf(testing::HasSubstr("loaded already"), testing::HasSubstr("6986")));
  EXPECT_THAT(sentence([&] { (void)hsm->import_share(3, dkek_a()); }), testing::HasSubstr("6A86"));
  EXPECT_THAT(sentence([&] { (void)hsm->import_share(16, dkek_a()); }), testing::HasSubstr("6B00"));
  connect();
  for (const std::string& text : {sentence([&] { (void)hsm->wrap(1); }), sentence([&] { hsm->unwrap(1, blob_of("p256.bin")); }),
                                  sentence([&] { (void)hsm->delete_file(0xCC01); }), sentence([&] { hsm->write_file(0xC401, Bytes(1)); })})
    EXPECT_THAT(text, testing::AllOf(testing::HasSubstr("nobody is logged in"), testing::HasSubstr("6982")));
  hsm->log_in(pin());
  initialise(std::nullopt);
  EXPECT_THAT(sentence([&] { (void)hsm->import_share(0, dkek_a()); }), testing::HasSubstr("none was asked for"));
}

// Says what it is told, one answer after the other; then always the last one.
class Scripted final : public CardLine {
 public:
  explicit Scripted(std::initializer_list<std::string> answers) {
    for (const std::string& hex : answers) answers_.push_back(from_hex(hex).value());
  }
  SecretBytes transmit(ByteView command) override {
    sent.push_back(to_hex(command));
    const Bytes answer = answers_.front();
    if (answers_.size() > 1) answers_.pop_front();
    return SecretBytes::copy_of(answer);
  }
  std::vector<std::string> sent;

 private:
  std::deque<Bytes> answers_;
};

TEST(HsmClientScripted, EveryStatusWordHasATrueSentence) {
  const std::vector<std::tuple<StatusWord, Tried, std::string>> cases{
      {StatusWord::not_logged_in, Tried::wrap, "nobody is logged in"},
      {StatusWord::not_logged_in, Tried::write_file, "nobody is logged in"},
      {StatusWord::no_file, Tried::wrap, "there is no such key"},
      {StatusWord::no_reference, Tried::wrap, "no DKEK, or shares of it are missing"},
      {StatusWord::conditions, Tried::wrap, "do not include 92"},
      {StatusWord::no_button, Tried::wrap, "button was not pressed"},
      {StatusWord::no_button, Tried::unwrap, "button was not pressed"},
      {StatusWord::wrong_p1p2, Tried::unwrap, "does not know this variant"},
      {StatusWord::bad_data, Tried::unwrap, "too short, or of a type"},
      {StatusWord::failed, Tried::unwrap, "does not say why"},
      {StatusWord::no_file, Tried::unwrap, "nothing to restore"},
      {StatusWord::wrong_data, Tried::unwrap, "another one than that of the file"},
      {StatusWord::full, Tried::unwrap, "memory is full"},
      {StatusWord::no_reference, Tried::user_pin, "never initialised"},
      {StatusWord::bad_data, Tried::user_pin, "transport PIN"},
      {StatusWord::pin_blocked, Tried::user_pin, "blocked"},
      {StatusWord::pin_blocked, Tried::so_pin, "SO-PIN of the device is blocked"},
      {StatusWord::wrong_length, Tried::user_pin, "of this length"},
      {StatusWord::wrong_p1p2, Tried::domain_status, "never initialised"},
      {StatusWord::wrong_length, Tried::import_share, "32 bytes"},
      {StatusWord::no_reference, Tried::import_share, "not set up"},
      {StatusWord::unknown_instruction, Tried::list_files, "card of another kind"},
      {static_cast<StatusWord>(0x6581), Tried::write_file, "no meaning that is known"},
  };
  for (const auto& [word, tried, part] : cases) {
    const Error error = refusal(word, tried, "this");
    EXPECT_EQ(error.outcome(), Outcome::device);
    EXPECT_THAT(error.sentence(), testing::HasSubstr(part)) << hex(word);
    EXPECT_THAT(error.sentence(), testing::HasSubstr(hex(word)));
  }
  EXPECT_EQ(hex(StatusWord::no_reference), "6A88");
}

TEST(HsmClientScripted, NotAnHsm) {
  Scripted foreign{"6a82"}, wordless{"9000"}, no_version{"620785020001ff069000"}, bare{"6204850200019000"}, bare_whole{"62048502ffff9000"};
  EXPECT_FALSE(HsmClient(foreign).try_select_applet());
  EXPECT_FALSE(HsmClient(wordless).try_select_applet());
  EXPECT_FALSE(HsmClient(no_version).try_select_applet()) << "a length that lies";
  EXPECT_EQ(HsmClient(bare).try_select_applet()->options, 1u);
  EXPECT_EQ(HsmClient(bare_whole).try_select_applet()->options, 0xFFFFu);
  Scripted older{"6f068501008201019000"};
  EXPECT_FALSE(HsmClient(older).try_select_applet()) << "one byte of options";
  Scripted information{"6f07850500" "01ff03059000"};
  EXPECT_EQ(HsmClient(information).try_select_applet()->firmware(), "3.5");
  EXPECT_THAT(error_of([&] { (void)HsmClient(foreign).select_applet(); }).sentence(), testing::HasSubstr("no SmartCard-HSM"));
}

TEST(HsmClientScripted, AnswersInPieces) {
  Scripted pieces{"0102030461" "04", "0506070861" "02", "090a9000"};
  EXPECT_EQ(to_hex(HsmClient(pieces).wrap(1)), "0102030405060708090a");
  EXPECT_EQ(pieces.sent, (std::vector<std::string>{"80720192000000", "00c0000004", "00c0000002"}));
  Scripted other_length{"6c08", "00010203040506079000"};
  EXPECT_EQ(HsmClient(other_length).challenge(8).size(), 8u);
  EXPECT_EQ(other_length.sent, (std::vector<std::string>{"0084000008", "0084000008"}));
  Scripted for_ever{"6c08"};
  EXPECT_EQ(error_of([&] { (void)HsmClient(for_ever).challenge(8); }).outcome(), Outcome::device);
  EXPECT_EQ(for_ever.sent.size(), 2u);
  Scripted with_pin{"6c08"};
  EXPECT_EQ(error_of([&] { HsmClient(with_pin).log_in(pin()); }).outcome(), Outcome::device);
  EXPECT_EQ(with_pin.sent.size(), 1u) << "a PIN is never sent again";
}

TEST(HsmClientScripted, AReaderWithoutExtendedLengths) {
  std::string full;
  for (unsigned i = 0; i < 256; ++i) full += "ab";
  Scripted card{"6700", full + "9000", "cdcd9000"};
  EXPECT_EQ(HsmClient(card).read_file(0xCE01)->size(), 258u);
  EXPECT_EQ(card.sent, (std::vector<std::string>{"00b1ce0100000454020000" "07d0", "00b1ce01045402000000", "00b1ce01045402010000"}));
  Scripted never{"6700"};
  EXPECT_EQ(error_of([&] { (void)HsmClient(never).read_file(0xCE01); }).outcome(), Outcome::device);
  EXPECT_EQ(never.sent.size(), 2u);
  Scripted nothing{"9000"};
  const Bytes too_long(65536);
  EXPECT_EQ(error_of([&] { HsmClient(nothing).unwrap(1, too_long); }).outcome(), Outcome::device);
  EXPECT_EQ(error_of([&] { HsmClient(nothing).initialise({}); }).outcome(), Outcome::refused);
  EXPECT_TRUE(nothing.sent.empty());
}

// A share that is taken twice cancels itself, and a signature may use up a counter.
TEST(HsmClientScripted, WhatCountsIsNotSentTwice) {
  const Bytes share(32, 7);
  Scripted importing{"6c0a", "010000000000000000009000"};
  EXPECT_EQ(error_of([&] { (void)HsmClient(importing).import_share(0, FixedView<32>(share.data(), 32)); }).outcome(), Outcome::device);
  EXPECT_EQ(importing.sent.size(), 1u);
  Scripted asking{"6c0a", "010000000000000000009000"};
  EXPECT_EQ(HsmClient(asking).domain(0)->shares, 1u);
  EXPECT_EQ(asking.sent.size(), 2u) << "a question alone may be asked again";
}

TEST(HsmClientScripted, LiesAreFound) {
  const auto says = [](std::initializer_list<std::string> answers, auto question) {
    Scripted card(answers);
    HsmClient hsm(card);
    const Error error = error_of([&] { question(hsm); });
    EXPECT_EQ(error.outcome(), Outcome::device) << error.sentence();
    EXPECT_LE(card.sent.size(), 20u);
    return error.sentence();
  };
  const auto list = [](HsmClient& hsm) { (void)hsm.list(); };
  EXPECT_THAT(says({""}, list), testing::HasSubstr("it has 0 bytes"));
  EXPECT_THAT(says({"90"}, list), testing::HasSubstr("it has 1 bytes"));
  EXPECT_THAT(says({"6100"}, list), testing::HasSubstr("does not end"));
  EXPECT_THAT(says({"cc019001"}, list), testing::HasSubstr("no meaning"));
  EXPECT_THAT(says({"cc01cc9000"}, list), testing::HasSubstr("3 bytes"));
  std::string piece, endless;
  for (unsigned i = 0; i < 2048; ++i) piece += "cc01";
  EXPECT_THAT(says({piece + "6100"}, list), testing::HasSubstr("more than 16384 bytes"));
  EXPECT_THAT(says({piece + "cc019000"}, list), testing::HasSubstr("4098 bytes"));
  for (std::size_t i = 0; i < largest_reply; ++i) endless += "00";
  EXPECT_THAT(says({endless + "9000"}, list), testing::HasSubstr("cannot be"));
  const auto metadata = [](HsmClient& hsm) { (void)hsm.metadata(1); };
  EXPECT_THAT(says({"9000"}, metadata), testing::HasSubstr("key 1"));
  EXPECT_THAT(says({"62808101009000"}, metadata), testing::HasSubstr("key 1"));
  EXPECT_THAT(says({"6203810aff9000"}, metadata), testing::HasSubstr("key 1"));
  EXPECT_THAT(says({"6205a503" "9002009000"}, metadata), testing::HasSubstr("key 1"));
  EXPECT_THAT(says({"6204a502" "90009000"}, metadata), testing::HasSubstr("wrong length"));
  EXPECT_THAT(says({"6206a504" "920200019000"}, metadata), testing::HasSubstr("wrong length"));
  const auto domain = [](HsmClient& hsm) { (void)hsm.domain(0); };
  EXPECT_THAT(says({"0100000000000000009000"}, domain), testing::HasSubstr("9 bytes"));
  EXPECT_THAT(says({"010200000000000000009000"}, domain), testing::HasSubstr("more shares are missing"));
  EXPECT_THAT(says({"01029000"}, [](HsmClient& hsm) { (void)hsm.challenge(8); }), testing::HasSubstr("2 random bytes"));
  // A file without an end.
  std::string full;
  for (unsigned i = 0; i < 2000; ++i) full += "aa";
  EXPECT_THAT(says({full + "9000"}, [](HsmClient& hsm) { (void)hsm.read_file(0xCE01); }), testing::HasSubstr("more than 16384"));
  Scripted doubles{"cc01cc01c401cc019000"};
  EXPECT_EQ(HsmClient(doubles).list(), (std::vector<FileId>{0xCC01, 0xC401}));
  Scripted always{"6a88"};
  EXPECT_EQ(HsmClient(always).domains().size(), most_domains);
}

RC_GTEST_PROP(HsmClientScripted, AnyAnswerEndsInAnAnswerOrAnError, (const std::vector<std::uint8_t>& answer)) {
  Scripted card{to_hex(answer)};
  HsmClient hsm(card);
  const auto ends = [](auto question) {
    try {
      question();
    } catch (const Error& error) {
      RC_ASSERT(error.outcome() == Outcome::device);
    }
  };
  ends([&] { (void)hsm.try_select_applet(); });
  ends([&] { (void)hsm.serial(); });
  ends([&] { (void)hsm.pin_status(); });
  ends([&] { (void)hsm.domains(); });
  ends([&] { (void)hsm.keys(); });
  ends([&] { (void)hsm.metadata(1); });
  ends([&] { (void)hsm.read_file(0xC401); });
}

TEST_F(HsmClientOnCard, PulledBetweenAnyTwoCommands) {
  set_up();
  hsm->unwrap(5, blob_of("p384.bin"));
  const auto work = [&] {
    connect();
    (void)hsm->select_applet();
    (void)hsm->serial();
    hsm->log_in(pin());
    (void)hsm->domains();
    for (const std::uint8_t reference : hsm->keys()) (void)hsm->metadata(reference);
    hsm->write_file(0xC405, Bytes(1500));
    (void)hsm->wrap(5);
  };
  reader.sent.clear();
  work();
  const std::size_t commands = reader.sent.size();
  ASSERT_GT(commands, 8u);
  for (std::size_t after = 0; after < commands; ++after) {
    reader.pulled_after = after;
    const Error error = error_of(work);
    EXPECT_EQ(error.outcome(), Outcome::device);
    EXPECT_THAT(error.sentence(), testing::HasSubstr("taken out")) << after;
    reader.pulled_after = SIZE_MAX;
  }
  work();
}

TEST(Winscard, ErrorsInWords) {
  EXPECT_EQ(in_words(Code::removed_card), "the card was taken out");
  EXPECT_EQ(in_words(code_of(static_cast<Long>(0x80100068))), "the card was reset: it lost power for a moment, or another program reset it");
  EXPECT_THAT(in_words(static_cast<Code>(0x80100001)), testing::HasSubstr("80100001"));
}

}  // namespace
}  // namespace hwbak::pcsc
