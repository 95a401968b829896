// hwbak device init-plan and the manual's lines about the DKEK, against practice HSMs in this process: what is said before
// anything is sent, every step, a fault at every command, and what the device holds then.
#include "tasks/hsm_init.h"

#include "container/wrapped_key/description.h"
#include "support/practice_reader.h"
#include "tasks/hsm_device_keys.h"
#include "tasks/hsm_fixture.h"
#include "tasks/pkcs11_lines.h"

namespace hwbak::tasks {
namespace {

using test::text_fact;

constexpr std::string_view pin = "648219", so_pin = "3537363231383830";
constexpr std::string_view kcv_of_a1 = "2952B3021B693783", kcv_of_both = "84050F370FCDF7BC";

class Init : public test::HsmTask {
 protected:
  test::PracticeReaders readers;
  std::vector<std::string> names{"A1"};
  std::vector<std::filesystem::path> files{"a1.pbe"};
  InitPlanOptions options;
  bool yes = true;
  std::optional<std::string> asked_serial;  // of a question for a wipe
  unsigned questions = 0;

  Init() {
    secrets_.others.add(Secrets::Kind::pin, pin);
    secrets_.others.add(Secrets::Kind::so_pin, so_pin);
    options.run = true;
  }
  static constexpr std::uint32_t few_rounds = 2;

  void use_both() {
    names = {"A1", "A2"};
    files = {"a1.pbe", "a2.pbe"};
  }
  [[nodiscard]] InitShares source() const {
    return {[this](const Context&) {
              std::vector<std::string> shares;
              for (const std::string& name : names)
                shares.emplace_back(test::hsm_share(name).at("share_hex").as_string().c_str());
              return test::opened_set(shares);
            },
            few_rounds};
  }
  Report plan() {
    Context with = context();
    if (options.write.files.empty()) with.shares = files;
    const auto confirm = [&](const InitQuestion& question) {
      ++questions;
      EXPECT_FALSE(question.plan.empty());
      if (question.wipes) asked_serial = question.serial;
      return yes;
    };
    return init_plan_with(with, options, confirm, {}, readers, source());
  }
  // With the DKEK of A1, and this many keys "key-1", ...
  void make_ready(const std::string& reader, unsigned keys = 0) {
    const auto line = readers.connect(reader);
    pcsc::HsmClient hsm(*line);
    initialise(hsm, 1);
    const SecretBytes share = test::vector_set({"A1"}).dkek();
    (void)hsm.import_share(0, FixedView<32>(share.expose().data(), 32));
    for (unsigned i = 1; i <= keys; ++i) {
      const auto survey = wrapped_key::survey(test::read_bytes(test::hsm_file("p256.bin")));
      hsm.unwrap(static_cast<std::uint8_t>(i), survey.at(survey.blob));
      wrapped_key::Description described;
      described.label = "key-" + std::to_string(i);
      described.id = {static_cast<std::uint8_t>(0x10 + i)};
      described.key_reference = i;
      described.bits = 256;
      hsm.write_file(pcsc::file_id(pcsc::prefix_description, static_cast<std::uint8_t>(i)),
                     wrapped_key::write_description(described));
    }
  }
  // Awaits so many shares, less the one that is given.
  void make_awaiting(unsigned shares, ByteView given = {}) {
    const auto line = readers.connect("Practice");
    pcsc::HsmClient hsm(*line);
    initialise(hsm, shares);
    if (!given.empty()) (void)hsm.import_share(0, FixedView<32>(given.data(), 32));
  }
  static void initialise(pcsc::HsmClient& hsm, std::optional<unsigned> shares) {
    (void)hsm.select_applet();
    const SecretString the_pin = SecretString::copy_of(pin);
    const Bytes so = from_hex(so_pin).value();
    pcsc::Initialisation wanted;
    wanted.pin = &the_pin;
    wanted.so_pin = so;
    wanted.shares = shares;
    hsm.initialise(wanted);
  }
  static std::size_t count(const test::PracticeReader& reader, std::uint8_t ins, std::size_t longer_than = 5) {
    return static_cast<std::size_t>(
        std::ranges::count_if(reader.sent, [&](const Bytes& sent) { return sent.size() > longer_than && sent[1] == ins; }));
  }
  static std::size_t initialised(const test::PracticeReader& reader) { return count(reader, 0x50); }
  static std::size_t imported(const test::PracticeReader& reader) { return count(reader, 0x52); }
  static std::size_t pins_sent(const test::PracticeReader& reader) { return count(reader, 0x20); }
  static std::vector<std::string> commands(const Report& report, std::string_view of = "sc_hsm_tool") {
    return test::members(std::get<List>(report.facts.find("steps")->get()), of);
  }
  static std::int64_t number(const Object& facts, std::string_view key) {
    const Value* const value = facts.find(key);
    return value != nullptr ? std::get<std::int64_t>(value->get()) : -1;
  }
};

TEST_F(Init, ThePlanNeedsNoDevice) {
  options.run = false;
  use_both();
  const Report report = plan();
  EXPECT_EQ(report.outcome, Outcome::ok) << report.message;
  EXPECT_EQ(text_fact(report.facts, "kcv"), kcv_of_both);
  EXPECT_EQ(report.facts.find("device"), nullptr);
  EXPECT_THAT(
      commands(report),
      testing::IsSupersetOf({"sc-hsm-tool --initialize --so-pin env:HSM_SO_PIN --pin env:HSM_PIN --dkek-shares 2",
                             "sc-hsm-tool --import-dkek-share share-1.pbe", "sc-hsm-tool --import-dkek-share share-2.pbe"}));
  EXPECT_THAT(commands(report, "hwbak"),
              testing::Contains("hwbak device init-plan --share share-1.pbe --share share-2.pbe --run"));
  EXPECT_EQ(questions, 0u);
  options.reader = "none";
  EXPECT_EQ(plan().outcome, Outcome::device) << "a reader that was named must be there";
}

TEST_F(Init, ThePlanOfSharesYetToBeMade) {
  options.run = false;
  options.write.files = {{"one.pbe", 0, 0}, {"two.pbe", 2, 3}};
  const Report report = plan();
  EXPECT_EQ(report.outcome, Outcome::ok) << report.message;
  EXPECT_THAT(commands(report, "hwbak"),
              testing::Contains("hwbak create dkek-share --write-share one.pbe --write-share two.pbe=quorum:2/3"));
  EXPECT_THAT(commands(report),
              testing::IsSupersetOf({"sc-hsm-tool --create-dkek-share one.pbe && sc-hsm-tool --create-dkek-share two.pbe "
                                     "--pwd-shares-threshold 2 --pwd-shares-total 3",
                                     "sc-hsm-tool --import-dkek-share two.pbe --pwd-shares-total 2"}));
  EXPECT_FALSE(std::filesystem::exists("one.pbe"));
  options.write.files.clear();
  files.clear();
  EXPECT_EQ(plan().outcome, Outcome::ok) << "one new share is assumed";
}

TEST_F(Init, ThePlanNamesWhatWouldBeLost) {
  auto& reader = readers.add("Practice");
  make_ready("Practice", 2);
  reader.sent.clear();
  options.run = false;
  const Report report = plan();
  EXPECT_EQ(report.outcome, Outcome::ok) << report.message;
  const auto& device = std::get<Object>(report.facts.find("device")->get());
  EXPECT_THAT(test::strings_of(std::get<List>(device.find("keys")->get())),
              testing::ElementsAre("key 1 \"key-1\"", "key 2 \"key-2\""));
  EXPECT_FALSE(text_fact(device, "serial").empty());
  EXPECT_THAT(commands(report, "does"), testing::Contains(testing::HasSubstr("key 1 \"key-1\", key 2 \"key-2\"")));
  EXPECT_EQ(initialised(reader) + imported(reader) + pins_sent(reader), 0u);
}

TEST_F(Init, AFreshDeviceIsMadeReady) {
  auto& reader = readers.add("Practice");
  use_both();
  const Report report = plan();
  EXPECT_EQ(report.outcome, Outcome::ok) << report.message;
  EXPECT_EQ(text_fact(report.facts, "device_kcv"), kcv_of_both);
  EXPECT_EQ(number(report.facts, "shares_imported"), 2);
  EXPECT_EQ(questions, 1u);
  EXPECT_FALSE(asked_serial) << "nothing is lost";
  EXPECT_EQ(initialised(reader), 1u);
  EXPECT_EQ(imported(reader), 2u);
  EXPECT_EQ(pins_sent(reader), 1u);
}

TEST_F(Init, AWipeIsAskedForWithTheSerial) {
  auto& reader = readers.add("Practice");
  make_ready("Practice", 1);
  reader.sent.clear();
  yes = false;
  Report report = plan();
  EXPECT_EQ(report.outcome, Outcome::refused);
  EXPECT_THAT(report.message, testing::HasSubstr("nothing was sent"));
  ASSERT_TRUE(asked_serial);
  EXPECT_FALSE(asked_serial->empty());
  EXPECT_EQ(initialised(reader) + imported(reader) + pins_sent(reader), 0u);
  yes = true;
  report = plan();
  EXPECT_EQ(report.outcome, Outcome::ok) << report.message;
  EXPECT_EQ(initialised(reader), 1u);
}

TEST_F(Init, NewSharesAreWrittenFirst) {
  (void)readers.add("Practice");
  options.write.files = {{folder_ / "one.pbe", 0, 0}, {folder_ / "two.pbe", 0, 0}};
  secrets_.add(Secrets::ShareQuestion::List::written, 0, "a password of the first");
  secrets_.add(Secrets::ShareQuestion::List::written, 1, "a password of the second");
  const Report report = plan();
  EXPECT_EQ(report.outcome, Outcome::ok) << report.message;
  EXPECT_EQ(text_fact(report.facts, "device_kcv"), text_fact(report.facts, "kcv"));
  EXPECT_EQ(std::filesystem::file_size(folder_ / "two.pbe"), 64u);
  EXPECT_EQ(report.format, "device");
}

TEST_F(Init, PinsAreCheckedBeforeAnythingIsSent) {
  auto& reader = readers.add("Practice");
  for (const auto& [user, so] : {std::pair("12345", "3537363231383830"),
                                 {"12345678901234567", "3537363231383830"},
                                 {"648219", "353736323138383"},
                                 {"648219", "35373632313838300"},
                                 {"648219", "353736323138383x"}}) {
    test::ShareSecrets wrong;
    wrong.others.add(Secrets::Kind::pin, user);
    wrong.others.add(Secrets::Kind::so_pin, so);
    Context with = context();
    with.secrets = &wrong;
    with.shares = files;
    const Report report = init_plan_with(
        with, options, [](const InitQuestion&) { return true; }, {}, readers, source());
    EXPECT_EQ(report.outcome, Outcome::refused) << report.message;
    EXPECT_EQ(initialised(reader) + imported(reader) + pins_sent(reader), 0u);
  }
}

TEST_F(Init, SharesThatAreNotGoodStopIt) {
  auto& reader = readers.add("Practice");
  names = {"A1", "A1"};  // cancel each other
  EXPECT_EQ(plan().outcome, Outcome::refused);
  const auto closed = [](Outcome outcome) {
    return InitShares{[outcome](const Context&) {
                        ShareSet set = test::vector_set({"A1"});
                        set.shares[0].share.clear();
                        set.shares[0].error.emplace(outcome, "it does not open");
                        return set;
                      },
                      few_rounds};
  };
  Context with = context();
  with.shares = files;
  for (const Outcome outcome : {Outcome::wrong_secret, Outcome::refused, Outcome::io})
    EXPECT_EQ(init_plan_with(
                  with, options, [](const InitQuestion&) { return true; }, {}, readers, closed(outcome))
                  .outcome,
              outcome);
  EXPECT_EQ(initialised(reader) + imported(reader) + pins_sent(reader), 0u);
  options.run = false;
  const Report unknown = init_plan_with(with, options, {}, {}, readers, closed(Outcome::refused));
  EXPECT_EQ(unknown.outcome, Outcome::ok) << "no password was given: a plan without the KCV";
  EXPECT_EQ(unknown.facts.find("kcv"), nullptr);
  EXPECT_EQ(init_plan_with(with, options, {}, {}, readers, closed(Outcome::wrong_secret)).outcome, Outcome::wrong_secret);
}

// The card is pulled after every single command once; what is said is true, and the next run ends well.
TEST_F(Init, AFaultAtEveryCommand) {
  use_both();
  std::set<std::string> accounts;
  for (std::size_t at = 0;; ++at) {
    auto& reader = readers.add("Practice " + std::to_string(at));
    options.reader = reader.name;
    reader.pulled_after = at;
    const Report report = plan();
    if (report.outcome == Outcome::ok) {
      EXPECT_GT(at, 8u);
      break;
    }
    EXPECT_EQ(report.outcome, Outcome::device) << at << report.message;
    EXPECT_FALSE(report.next.empty()) << at;
    EXPECT_EQ(report.facts.find("device_now"), nullptr) << "it does not answer";
    if (const auto said = report.message.find("any more. "); said != std::string::npos)
      accounts.insert(report.message.substr(said + 10));
    reader.pulled_after = SIZE_MAX;
    const std::size_t before = initialised(reader);
    const Report again = plan();
    EXPECT_EQ(again.outcome, Outcome::ok) << at << ": " << again.message;
    EXPECT_EQ(text_fact(again.facts, "device_kcv"), kcv_of_both);
    EXPECT_LE(initialised(reader), before + 1);
    ASSERT_LT(at, 100u);
  }
  EXPECT_GE(accounts.size(), 4u) << testing::PrintToString(accounts);
}

TEST_F(Init, ADeviceThatAwaitsSharesIsNotInitialisedAgain) {
  auto& reader = readers.add("Practice");
  use_both();
  reader.instead = [&](ByteView command) -> std::optional<Bytes> {  // the second import fails once
    if (command[1] != 0x52 || command.size() <= 5 || imported(reader) != 2) return std::nullopt;
    return Bytes{0x64, 0x00};
  };
  const Report failed = plan();
  EXPECT_EQ(failed.outcome, Outcome::device);
  EXPECT_EQ(number(failed.facts, "shares_imported"), 1);
  EXPECT_EQ(number(std::get<Object>(failed.facts.find("device_now")->get()), "missing"), 1);
  EXPECT_THAT(failed.message, testing::HasSubstr("awaits 1 of 2 shares"));
  EXPECT_THAT(failed.next, testing::HasSubstr("goes on with the import"));
  reader.instead = {};
  reader.sent.clear();
  const Report again = plan();
  EXPECT_EQ(again.outcome, Outcome::ok) << again.message;
  EXPECT_EQ(initialised(reader), 0u);
  EXPECT_EQ(imported(reader), 1u);
  EXPECT_FALSE(asked_serial);
}

// The device has the second share already; imported once more it cancels itself.
TEST_F(Init, AShareThatWasInItGivesADkekOfZeros) {
  (void)readers.add("Practice");
  use_both();
  make_awaiting(2, test::vector_set({"A2"}).dkek().expose());
  const Report report = plan();
  EXPECT_EQ(report.outcome, Outcome::device);
  EXPECT_EQ(text_fact(report.facts, "device_kcv"), "66687AADF862BD77");
  EXPECT_THAT(report.message, testing::AllOf(testing::HasSubstr("was in it already"), testing::HasSubstr("everybody knows")));
  names = {"A1", "A1"};
  options.run = false;
  EXPECT_EQ(plan().outcome, Outcome::refused) << "no plan that --run would refuse";
}

TEST_F(Init, TheAnswerSaysWhatTheDeviceIsNow) {
  (void)readers.add("Practice");
  const Report report = plan();
  ASSERT_EQ(report.outcome, Outcome::ok) << report.message;
  const auto row = [&](std::string_view title, std::string_view label) -> std::string {
    for (const Section& section : report.page)
      for (const Section::Row& one : section.rows)
        if (section.title == title && one.label == label) return std::get<std::string>(one.value.get());
    return "no such row";
  };
  EXPECT_THAT(row("The device before", "state"), testing::HasSubstr("never initialised"));
  EXPECT_THAT(row("What was done", "state now"), testing::HasSubstr("has a DKEK of 1 share"));
  for (const Finding& finding : report.findings) EXPECT_NE(finding.code, "share-unproven") << "the device's KCV showed it";
}

// Keys without a DKEK have no backup, and there is no DKEK to lose.
TEST_F(Init, ThePlanForADeviceWithoutADkek) {
  (void)readers.add("Practice");
  const auto line = readers.connect("Practice");
  pcsc::HsmClient hsm(*line);
  initialise(hsm, std::nullopt);
  EXPECT_EQ(to_hex(line->transmit(from_hex("004801b000").value()).expose()).substr(0, 4), "9000");
  options.run = false;
  const Report report = plan();
  EXPECT_EQ(report.outcome, Outcome::ok) << report.message;
  EXPECT_THAT(commands(report, "hwbak"), testing::Not(testing::Contains(testing::HasSubstr("SHARE-OF-ITS-PRESENT-DKEK"))));
  EXPECT_THAT(commands(report, "does"), testing::AllOf(testing::Contains(testing::HasSubstr("has no backup and can have none")),
                                                       testing::Contains(testing::HasSubstr("1 key is gone then"))));
}

TEST_F(Init, AnotherKcvIsNotReady) {
  (void)readers.add("Practice");
  use_both();
  make_awaiting(2, Bytes(32, 7));  // not ours
  const Report report = plan();
  EXPECT_EQ(report.outcome, Outcome::device);
  EXPECT_NE(text_fact(report.facts, "device_kcv"), kcv_of_both);
  EXPECT_THAT(report.message, testing::AllOf(testing::HasSubstr(kcv_of_both), testing::HasSubstr("were others")));
  EXPECT_NE(report.facts.find("device_now"), nullptr);
}

TEST_F(Init, AWrongPinIsSentOnce) {
  auto& reader = readers.add("Practice");
  make_awaiting(1);
  reader.sent.clear();
  test::ShareSecrets wrong;
  wrong.others.add(Secrets::Kind::pin, "111111");
  Context with = context();
  with.secrets = &wrong;
  with.shares = files;
  const Report report = init_plan_with(
      with, options, [](const InitQuestion&) { return true; }, {}, readers, source());
  EXPECT_EQ(report.outcome, Outcome::device);
  EXPECT_EQ(pins_sent(reader), 1u);
  EXPECT_THAT(report.next, testing::HasSubstr(kcv_of_a1)) << "it has its share; initialising is not what is left";
}

TEST_F(Init, ALockedDeviceThatAwaitsShares) {
  auto& reader = readers.add("Practice");
  {
    const auto line = readers.connect("Practice");
    pcsc::HsmClient hsm(*line);
    initialise(hsm, 1);
    (void)hsm.select_applet();
    for (int i = 0; i < 3; ++i) EXPECT_THROW(hsm.log_in(SecretString::copy_of("111111")), Error);
  }
  reader.sent.clear();
  const Report report = plan();
  EXPECT_EQ(report.outcome, Outcome::device);
  EXPECT_THAT(report.message, testing::HasSubstr("blocked"));
  EXPECT_EQ(initialised(reader) + imported(reader) + pins_sent(reader), 0u);
}

// --- the lines of the manual ---

class Lines : public Init {
 protected:
  GenerateDkekOptions line;
  Lines() {
    line.place = {folder_ / "state" / "hwbak", {0x01}};
    secrets_.others.add(Secrets::Kind::new_password, "a password for the share");
  }
  Report generate(bool log_in = false) { return pkcs11_generate_with(context(), {"", log_in}, line, {}, readers, few_rounds); }
  [[nodiscard]] std::filesystem::path file() const { return folder_ / "state" / "hwbak" / "dkek-01.pbe"; }
};

TEST_F(Lines, AShareIsMadeAndStaysWhereNoDeviceAwaitsIt) {
  const Report report = generate();
  EXPECT_EQ(report.outcome, Outcome::refused) << report.message;
  EXPECT_EQ(std::filesystem::file_size(file()), 64u);
  EXPECT_THAT(commands(report), testing::Contains(testing::HasSubstr("--initialize")));
  EXPECT_THAT(text_fact(report.facts, "stands_for"), testing::StartsWith("sc-hsm-tool --create-dkek-share "));
  const Report again = generate();
  EXPECT_EQ(again.outcome, Outcome::refused);
  EXPECT_EQ(again.facts.find("kcv"), nullptr) << "the first one stays";
}

TEST_F(Lines, AReadyDeviceIsLeftAlone) {
  auto& reader = readers.add("Practice");
  make_ready("Practice", 1);
  reader.sent.clear();
  const Report report = generate();
  EXPECT_EQ(report.outcome, Outcome::refused);
  EXPECT_EQ(initialised(reader) + imported(reader) + pins_sent(reader), 0u);
  EXPECT_THAT(commands(report, "does"), testing::Contains(testing::HasSubstr("key-1")));
}

TEST_F(Lines, ADeviceThatAwaitsAShareGetsIt) {
  auto& reader = readers.add("Practice");
  make_awaiting(1);
  reader.sent.clear();
  const Report report = generate(true);
  EXPECT_EQ(report.outcome, Outcome::ok) << report.message;
  EXPECT_EQ(text_fact(report.facts, "device_kcv"), text_fact(report.facts, "kcv"));
  EXPECT_EQ(imported(reader), 1u);
  EXPECT_EQ(initialised(reader), 0u);
}

TEST_F(Lines, OneOfSeveralShares) {
  (void)readers.add("Practice");
  make_awaiting(2);
  const Report report = generate(true);
  EXPECT_EQ(report.outcome, Outcome::ok) << report.message;
  EXPECT_EQ(number(report.facts, "missing"), 1);
  EXPECT_EQ(report.facts.find("device_kcv"), nullptr);
}

TEST_F(Lines, TheShareIsCopiedAsItIs) {
  (void)generate();
  const Subject copy = folder_ / "dkek-share.bin";
  const Report report = pkcs11_export_share(context(), line.place, copy, false);
  EXPECT_EQ(report.outcome, Outcome::ok) << report.message;
  EXPECT_EQ(test::read_bytes(copy), test::read_bytes(file()));
  EXPECT_EQ(pkcs11_export_share(context(), line.place, copy, false).outcome, Outcome::refused) << "nothing is written over";
  EXPECT_EQ(pkcs11_export_share(context(), {line.place.folder, {0x02}}, folder_ / "other", false).outcome, Outcome::refused);
}

TEST_F(Lines, AKeyIsWrappedByItsId) {
  (void)readers.add("Practice");
  make_ready("Practice", 2);
  WrapKeyOptions wrap;
  wrap.id = {0x12};
  wrap.output = folder_ / "key.wrapped";
  wrap.share = DkekPlace{folder_ / "nowhere", {0x01}};
  const Report report = pkcs11_wrap(context(), {"", true}, wrap, readers);
  EXPECT_EQ(report.outcome, Outcome::ok) << report.message;
  EXPECT_EQ(number(report.facts, "key_reference"), 2);
  EXPECT_THAT(text_fact(report.facts, "stands_for"), testing::HasSubstr("--key-reference 2"));
  EXPECT_EQ(report.findings.at(0).code, "share-not-here");
  const Report opened = verified(wrap.output);
  EXPECT_EQ(opened.outcome, Outcome::ok) << opened.message;
  EXPECT_EQ(text_fact(opened.facts, "label"), "key-2");
  wrap.output = folder_ / "other";
  wrap.id = {0x77};
  EXPECT_EQ(pkcs11_wrap(context(), {"", true}, wrap, readers).outcome, Outcome::refused);
  EXPECT_FALSE(std::filesystem::exists(wrap.output));
}

TEST_F(Lines, AKeyComesBackWithTheIdAndLabelOfTheLine) {
  auto& reader = readers.add("Practice");
  make_ready("Practice", 1);
  reader.sent.clear();
  HsmRestoreOptions restore;
  restore.id = Bytes{0x12};
  restore.label = "restored-key";
  const Subject key = test::hsm_file("p384.bin");
  const Report report = pkcs11_unwrap(context(), {"", true}, key, restore, readers);
  EXPECT_EQ(report.outcome, Outcome::ok) << report.message;
  EXPECT_EQ(report.command, "pkcs11-tool");
  EXPECT_THAT(text_fact(report.facts, "stands_for"),
              testing::MatchesRegex("sc-hsm-tool --unwrap-key .*p384.bin --key-reference [0-9]+ --pin env:PIN"));
  const auto line_to = readers.connect("Practice");
  pcsc::HsmClient hsm(*line_to);
  (void)hsm.select_applet();
  std::vector<std::string> labels;
  for (const std::uint8_t reference : hsm.keys()) labels.push_back(read_device_key(hsm, reference)->label());
  EXPECT_THAT(labels, testing::UnorderedElementsAre("key-1", "restored-key")) << "nothing is written over";
  EXPECT_EQ(initialised(reader), 0u);
}

}  // namespace
}  // namespace hwbak::tasks
