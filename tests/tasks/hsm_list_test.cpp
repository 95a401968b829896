// hwbak device list over practice HSMs in this process: what it says of readers, PINs, key domains and keys.
#include <algorithm>

#include "base/hex.h"
#include "container/wrapped_key/description.h"
#include "link/pcsc/hsm_client.h"
#include "support/practice_reader.h"
#include "support/wrapped_keys.h"
#include "tasks/hsm_session.h"

namespace hwbak {
namespace {

class Pins final : public Secrets {
 public:
  explicit Pins(std::string_view pin) { pins_.push_back(SecretString::copy_of(pin)); }
  std::span<const SecretString> ask(const Question& question) override {
    hints.push_back(question.hint);
    return question.kind == Kind::pin ? std::span<const SecretString>(pins_) : std::span<const SecretString>();
  }
  std::vector<std::string> hints;

 private:
  std::vector<SecretString> pins_;
};

const Value& at(const Object& object, std::string_view key) {
  const Value* const found = object.find(key);
  if (found == nullptr) throw std::runtime_error("no fact " + std::string(key));
  return *found;
}
const List& list_at(const Object& object, std::string_view key) { return std::get<List>(at(object, key).get()); }
const Object& object_of(const Value& value) { return std::get<Object>(value.get()); }
std::string text_at(const Object& object, std::string_view key) { return std::get<std::string>(at(object, key).get()); }
std::int64_t number_at(const Object& object, std::string_view key) { return std::get<std::int64_t>(at(object, key).get()); }
bool bool_at(const Object& object, std::string_view key) { return std::get<bool>(at(object, key).get()); }
bool is_null(const Object& object, std::string_view key) { return std::holds_alternative<std::nullptr_t>(at(object, key).get()); }

std::string page_of(const Report& report) {
  std::string out;
  for (const Section& section : report.page) {
    out += section.title + "\n";
    for (const Section::Row& row : section.rows)
      if (const auto* const text = std::get_if<std::string>(&row.value.get())) out += row.label + ": " + *text + "\n";
  }
  return out;
}

class HsmList : public ::testing::Test {
 protected:
  // With the DKEK of the vectors and some of their keys.
  test::PracticeReader& token(const std::string& name, std::optional<unsigned> shares = 1) {
    test::PracticeReader& reader = readers.add(name);
    const auto line = readers.connect(name);
    pcsc::HsmClient hsm(*line);
    const SecretString pin = SecretString::copy_of("648219");
    const Bytes so_pin = from_hex("3537363231383830").value(), dkek = test::test_dkek("A");
    pcsc::Initialisation wanted;
    wanted.pin = &pin;
    wanted.so_pin = so_pin;
    wanted.shares = shares;
    hsm.initialise(wanted);
    if (shares != 1u) return reader;
    (void)hsm.import_share(0, FixedView<32>(dkek.data(), 32));
    hsm.log_in(pin);
    const std::pair<std::uint8_t, const char*> keys[] = {{20, "p256.bin"}, {3, "rsa2048.bin"}, {9, "host-aes256-genuine.bin"}};
    for (const auto& [reference, vector] : keys) {
      const auto survey = wrapped_key::survey(test::wrapped_vector(vector).bytes);
      hsm.unwrap(reference, survey.at(survey.blob));
      if (survey.description.length != 0) hsm.write_file(pcsc::file_id(pcsc::prefix_description, reference), survey.at(survey.description));
    }
    return reader;
  }
  Report list(const HsmDeviceOptions& options = {}) {
    Context context;
    context.secrets = &pins;
    Report report = hsm_list(context, options, readers);
    EXPECT_EQ(report.format, "device");
    EXPECT_EQ(report.subject, "readers");
    EXPECT_FALSE(report.message.empty());
    return report;
  }
  static const Object& reader_in(const Report& report, std::size_t index = 0) { return object_of(list_at(report.facts, "readers").at(index)); }

  test::PracticeReaders readers;
  Pins pins{"648219"};
};

TEST_F(HsmList, WithoutALoginAKcvIsNotKnown) {
  token("Practice 00 00");
  const Report report = list();
  EXPECT_EQ(report.outcome, Outcome::ok);
  EXPECT_EQ(report.message, "1 HSM answers");
  EXPECT_EQ(report.next, "back its keys up: `hwbak device backup --reader 'Practice 00 00' --to DIR`");
  const Object& reader = reader_in(report);
  EXPECT_EQ(text_at(reader, "name"), "Practice 00 00");
  EXPECT_EQ(text_at(reader, "token"), "hsm");
  EXPECT_EQ(text_at(reader, "firmware"), "6.6");
  EXPECT_EQ(text_at(reader, "serial"), "ESPICOHSMTR");
  EXPECT_EQ(number_at(reader, "pin_tries"), 3);
  EXPECT_EQ(number_at(reader, "so_pin_tries"), 15);
  EXPECT_FALSE(bool_at(reader, "logged_in"));
  const Object& domain = object_of(list_at(reader, "domains").at(0));
  EXPECT_EQ(number_at(domain, "shares_missing"), 0);
  EXPECT_TRUE(is_null(domain, "kcv"));
  EXPECT_EQ(text_at(domain, "kcv_note"), "not-logged-in");
  EXPECT_THAT(page_of(report), testing::Not(testing::HasSubstr("0000000000000000")));
  EXPECT_THAT(page_of(report), testing::HasSubstr("without a login in the same session a Pico HSM shows zeros"));
  EXPECT_TRUE(pins.hints.empty());
}

TEST_F(HsmList, LoggedIn) {
  token("Practice");
  const Report report = list({"", true});
  EXPECT_EQ(report.outcome, Outcome::ok);
  const Object& reader = reader_in(report);
  EXPECT_TRUE(bool_at(reader, "logged_in"));
  EXPECT_EQ(number_at(reader, "pin_tries"), 3);
  EXPECT_EQ(text_at(object_of(list_at(reader, "domains").at(0)), "kcv"), "2952B3021B693783");
  EXPECT_EQ(text_at(object_of(list_at(reader, "domains").at(0)), "kcv_note"), "readable");
  ASSERT_EQ(pins.hints.size(), 1u);
  EXPECT_THAT(pins.hints[0], testing::HasSubstr("3 tries are left"));
  const List& keys = list_at(reader, "keys");
  ASSERT_EQ(keys.size(), 3u);
  const Object &rsa = object_of(keys[0]), &aes = object_of(keys[1]), &ec = object_of(keys[2]);
  EXPECT_EQ(number_at(rsa, "reference"), 3);
  EXPECT_EQ(text_at(rsa, "key_type"), "rsa");
  EXPECT_EQ(number_at(rsa, "key_size"), 2048);
  EXPECT_TRUE(is_null(rsa, "curve"));
  EXPECT_TRUE(bool_at(rsa, "exportable"));
  EXPECT_TRUE(is_null(rsa, "why_not"));
  EXPECT_TRUE(is_null(rsa, "counter"));
  const auto survey = wrapped_key::survey(test::wrapped_vector("p256.bin").bytes);
  const auto described = wrapped_key::read_description(survey.at(survey.description));
  EXPECT_EQ(number_at(ec, "reference"), 20);
  EXPECT_EQ(text_at(ec, "curve"), "secp256r1");
  EXPECT_EQ(text_at(ec, "label"), described.label);
  EXPECT_EQ(text_at(ec, "key_id"), to_hex(described.id));
  EXPECT_EQ(number_at(ec, "domain"), 0);
  EXPECT_EQ(text_at(aes, "key_type"), "aes");
  EXPECT_EQ(number_at(aes, "key_size"), 256);
  EXPECT_FALSE(bool_at(aes, "exportable"));
  EXPECT_THAT(text_at(aes, "why_not"), testing::HasSubstr("lack 92"));
  EXPECT_EQ(list_at(aes, "allowed_algorithms").size(), 4u);
  EXPECT_THAT(page_of(report), testing::AllOf(testing::HasSubstr("KCV 2952B3021B693783"), testing::HasSubstr("EC secp256r1"),
                                              testing::HasSubstr("cannot be exported: its allowed algorithms lack 92")));
}

// The PIN goes over the line once, and the try that it cost is shown.
TEST_F(HsmList, AWrongPinIsSentOnce) {
  test::PracticeReader& reader = token("Practice");
  pins = Pins("648218");
  reader.sent.clear();
  const Report report = list({"", true});
  EXPECT_EQ(report.outcome, Outcome::device);
  EXPECT_THAT(report.message, testing::HasSubstr("refused the PIN; 2 tries are left"));
  EXPECT_EQ(number_at(reader_in(report), "pin_tries"), 2);
  EXPECT_THAT(page_of(report), testing::HasSubstr("PIN: 2 tries are left"));
  const auto with_pin = std::ranges::count_if(reader.sent, [](const Bytes& command) { return command.size() > 5 && command[1] == 0x20; });
  EXPECT_EQ(with_pin, 1);
  pins = Pins("1");
  reader.sent.clear();
  EXPECT_EQ(list({"", true}).outcome, Outcome::refused) << "no PIN of a device is that short";
  EXPECT_EQ(number_at(reader_in(list()), "pin_tries"), 2);
  pins = Pins("648218");
  (void)list({"", true});
  (void)list({"", true});
  const Report blocked = list({"", true});
  EXPECT_THAT(blocked.message, testing::HasSubstr("blocked"));
  EXPECT_EQ(text_at(reader_in(blocked), "pin"), "blocked");
  EXPECT_EQ(number_at(reader_in(blocked), "pin_tries"), 0);
  EXPECT_EQ(pins.hints.size(), 2u) << "nobody is asked for a PIN that cannot help";
}

TEST_F(HsmList, SeveralReaders) {
  token("Alpha token");
  readers.add_empty("Beta reader\x1b[2J");
  test::PracticeReader& foreign = readers.add("Gamma reader");
  foreign.instead = [](ByteView) { return Bytes{0x6A, 0x82}; };
  Report report = list();
  EXPECT_EQ(report.outcome, Outcome::ok);
  EXPECT_EQ(text_at(reader_in(report, 1), "token"), "none");
  EXPECT_THAT(text_at(reader_in(report, 1), "name"), testing::Not(testing::HasSubstr("\x1b")));
  EXPECT_THAT(text_at(reader_in(report, 1), "message"), testing::HasSubstr("no card"));
  EXPECT_EQ(text_at(reader_in(report, 2), "token"), "foreign");
  EXPECT_EQ(list({"", true}).outcome, Outcome::ok) << "one HSM, so the PIN is meant for it";

  token("Delta token");
  EXPECT_EQ(list().message, "2 HSMs answer");
  pins.hints.clear();
  report = list({"", true});
  EXPECT_EQ(report.outcome, Outcome::refused);
  EXPECT_TRUE(pins.hints.empty());
  report = list({"Delta", true});
  EXPECT_EQ(report.outcome, Outcome::ok);
  ASSERT_EQ(list_at(report.facts, "readers").size(), 1u);
  EXPECT_TRUE(bool_at(reader_in(report), "logged_in"));
  EXPECT_EQ(list({"Gamma", false}).outcome, Outcome::device);
  EXPECT_THAT(list({"Zeta", false}).message, testing::AllOf(testing::HasSubstr("no reader has Zeta"), testing::HasSubstr("Alpha token")));
}

TEST_F(HsmList, NothingThere) {
  EXPECT_EQ(list().outcome, Outcome::device);
  EXPECT_THAT(list().next, testing::HasSubstr("systemctl start pcscd"));
  readers.add("Blank");
  const Report report = list();
  EXPECT_EQ(report.outcome, Outcome::ok);
  EXPECT_TRUE(is_null(reader_in(report), "serial"));
  EXPECT_EQ(text_at(reader_in(report), "pin"), "not-initialised");
  EXPECT_THAT(report.next, testing::HasSubstr("init-plan"));
  EXPECT_EQ(list({"", true}).outcome, Outcome::device);
  EXPECT_THAT(list({"", true}).message, testing::HasSubstr("never initialised"));
}

TEST_F(HsmList, SharesMissingAndNoDkek) {
  token("One", 3);
  EXPECT_THAT(page_of(list()), testing::HasSubstr("3 of 3 shares are missing"));
  EXPECT_EQ(text_at(object_of(list_at(reader_in(list()), "domains").at(0)), "kcv_note"), "shares-missing");
  token("Two", std::nullopt);
  EXPECT_THAT(page_of(list({"Two", false})), testing::HasSubstr("no DKEK"));
}

bool tells(const Report& report, std::string_view code) {
  return std::ranges::find(report.findings, code, &Finding::code) != report.findings.end();
}

// With --dkek-shares 0 a Pico HSM counts one share, loaded; another card may count none.
TEST_F(HsmList, ADkekThatTheDeviceDrewItself) {
  test::PracticeReader& reader = token("Own", 0);
  const Report report = list({"", true});
  const Object& domain = object_of(list_at(reader_in(report), "domains").at(0));
  EXPECT_EQ(number_at(domain, "shares"), 1) << "as the firmware writes it";
  EXPECT_THAT(page_of(report), testing::HasSubstr("drew itself (--dkek-shares 0) reads the same"));
  EXPECT_FALSE(tells(report, "internal-dkek")) << "not certain";
  EXPECT_THAT(report.next, testing::HasSubstr("make keys on it"));
  reader.instead = [](ByteView command) -> std::optional<Bytes> {
    if (command[1] != 0x52) return std::nullopt;
    if (command[3] != 0) return from_hex("6a86");
    return from_hex("000001020304050607089000");
  };
  const Report none = list({"", true});
  EXPECT_TRUE(tells(none, "internal-dkek"));
  EXPECT_THAT(page_of(none), testing::HasSubstr("nobody outside the device has this DKEK"));
}

TEST_F(HsmList, ADkekOfZerosIsNamed) {
  (void)token("Zeros", 2);
  {
    const auto line = readers.connect("Zeros");
    pcsc::HsmClient hsm(*line);
    const Bytes share = test::test_dkek("A");
    (void)hsm.select_applet();
    for (int i = 0; i < 2; ++i) (void)hsm.import_share(0, FixedView<32>(share.data(), 32));
  }
  const Report report = list({"", true});
  EXPECT_TRUE(tells(report, "zero-dkek"));
  EXPECT_THAT(page_of(report), testing::HasSubstr("KCV 66687AADF862BD77: a DKEK of nothing but zeros"));
}

TEST_F(HsmList, KeysThatNeverLeaveAreNotToBeBackedUp) {
  (void)token("Kept", std::nullopt);
  const auto line = readers.connect("Kept");
  pcsc::HsmClient hsm(*line);
  (void)hsm.select_applet();
  hsm.log_in(SecretString::copy_of("648219"));
  EXPECT_EQ(to_hex(line->transmit(from_hex("004801b000").value()).expose()).substr(0, 4), "9000");
  const Report report = list();
  EXPECT_EQ(list_at(reader_in(report), "keys").size(), 1u);
  EXPECT_THAT(report.next, testing::HasSubstr("none of its keys can be exported"));
}

TEST_F(HsmList, PulledOutAtAnyTime) {
  test::PracticeReader& reader = token("Practice");
  reader.sent.clear();
  (void)list({"", true});
  const std::size_t commands = reader.sent.size();
  for (std::size_t after = 0; after < commands; ++after) {
    reader.pulled_after = after;
    const Report report = list({"", true});
    EXPECT_EQ(report.outcome, Outcome::device) << after;
    EXPECT_THAT(report.message, testing::HasSubstr("taken out"));
    EXPECT_EQ(list_at(report.facts, "readers").size(), 1u);
    reader.pulled_after = SIZE_MAX;
  }
}

TEST_F(HsmList, SessionsFindTheirToken) {
  token("Alpha token");
  Context context;
  context.secrets = &pins;
  {
    tasks::HsmSession session(context, readers, {"", true});
    EXPECT_EQ(session.reader(), "Alpha token");
    EXPECT_EQ(session.serial(), "ESPICOHSMTR");
    EXPECT_EQ(session.pin().tries, 3u);
    EXPECT_TRUE(session.hsm().logged_in());
    Report report;
    session.describe(report);
    EXPECT_EQ(text_at(report.facts, "firmware"), "6.6");
  }
  readers.add("Beta token");
  EXPECT_EQ(tasks::HsmSession(context, readers, {"Beta", false}).serial(), "");
  for (const char* const wanted : {"", "token"}) {
    try {
      const tasks::HsmSession session(context, readers, {wanted, false});
      FAIL() << "several could be meant";
    } catch (const Error& error) {
      EXPECT_EQ(error.outcome(), Outcome::refused);
    }
  }
}

}  // namespace
}  // namespace hwbak
