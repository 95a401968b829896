// Passphrases over the console: what arrives, what would be lost.
#include "link/serial/passphrase.h"

#include "base/as_bytes.h"
#include "hwbak/error.h"

namespace hwbak::serial {
namespace {

SecretString typed(std::string_view text) { return SecretString::copy_of(text); }

std::string refusal(std::string_view passphrase) {
  try {
    (void)sendable(typed(passphrase), "BACKUP EXPORT");
  } catch (const Error& error) {
    EXPECT_EQ(error.outcome(), Outcome::refused);
    return error.sentence();
  }
  return "";
}

std::string sent_for(cdcbak::PassphraseForm form, std::string_view bytes) {
  cdcbak::PassphraseBytes passphrase;
  passphrase.form = form;
  passphrase.bytes = SecretBytes::copy_of(as_bytes(bytes));
  try {
    return std::string(sendable(passphrase, "BACKUP IMPORT").expose());
  } catch (const Error& error) {
    return "refused: " + error.sentence();
  }
}

TEST(SerialPassphrase, GoodOnesGoAsTheyAre) {
  for (const char* good : {"a", "correct horse battery staple", "Gr\xC3\xBC\xC3\x9F" "e", ">!\"$%&/()=?`", "1 2  3"}) {
    EXPECT_EQ(refusal(good), "") << good;
    EXPECT_EQ(sendable(typed(good), "BACKUP EXPORT").expose(), good);
  }
  EXPECT_EQ(refusal(std::string(255 - 14, 'x')), "") << "a whole line";
}

TEST(SerialPassphrase, SaysWhatTheBadgeWouldLose) {
  EXPECT_THAT(refusal(""), ::testing::HasSubstr("empty"));
  EXPECT_THAT(refusal(" a"), ::testing::HasSubstr("blank"));
  EXPECT_THAT(refusal("a "), ::testing::HasSubstr("blank"));
  EXPECT_THAT(refusal("a\tb"), ::testing::HasSubstr("character 2"));
  EXPECT_THAT(refusal("a\nb"), ::testing::HasSubstr("control key"));
  EXPECT_THAT(refusal(std::string("a\0b", 3)), ::testing::HasSubstr("control key"));
  EXPECT_THAT(refusal("a\x7F"), ::testing::HasSubstr("control key"));
  EXPECT_THAT(refusal("\xC2\xA7 1"), ::testing::HasSubstr("character 1")) << "the section sign is Ctrl-U to the console";
  EXPECT_THAT(refusal(std::string(255 - 13, 'x')), ::testing::HasSubstr("241"));
  EXPECT_THAT(refusal("\xD0\xBF" "a\xD0\xB0"), ::testing::HasSubstr("characters 1 and 3 of the passphrase: the badge has no such"));
  EXPECT_THAT(refusal("\xF0\x9F\x94\x91\xF0\x9F\x94\x91\xF0\x9F\x94\x91"), ::testing::HasSubstr("1 and 2 and 1 more"));
  EXPECT_THAT(refusal("\xFF"), ::testing::HasSubstr("no UTF-8"));
  EXPECT_EQ(refusal("\xD0\xBF" "a").find("\xD0\xBF"), std::string::npos) << "the passphrase is not told";
}

TEST(SerialPassphrase, TheBadgeMustComeToTheBytesThatOpenTheFile) {
  using Form = cdcbak::PassphraseForm;
  EXPECT_EQ(sent_for(Form::utf8, "plain"), "plain");
  EXPECT_EQ(sent_for(Form::cp437, "Gr\x81\xE1" "e"), "Gr\xC3\xBC\xC3\x9F" "e");
  EXPECT_EQ(sent_for(Form::cp437_dropped, "-\x81"), "-\xC3\xBC");
  EXPECT_THAT(sent_for(Form::utf8, "Gr\xC3\xBC\xC3\x9F" "e"), ::testing::HasSubstr("refused: the file opens with the UTF-8 bytes"));
  EXPECT_THAT(sent_for(Form::nfd, "u\xCC\x88"), ::testing::HasSubstr("refused"));
}

}  // namespace
}  // namespace hwbak::serial
