// The scanner finds what is left in memory, whatever its shape and place, and nothing where
// nothing is left. Without this its silence about hwbak would mean nothing.
#include "memory_scan/scanner.h"

namespace hwbak {
namespace {

using test::Scan;
using ::testing::HasSubstr;
using ::testing::Not;

const std::string words = "trim thing monkey alarm unlock seminar smile bag later file misery rent";
const std::string hex = "80e8bc163c82eee18733288c7d4ac636db";
const std::string xprv =
    "xprv9s21ZrQH143K2xVkqGmmXgMD9VBaqfm6UpTiJQKNVk55CeupLTjx9zSfyHv2spWgwxyUwaAeTGdVTwDxjKbdvxLwQvdZb6XYvtk5583H9Su";

Scan control(const std::string& where, const std::string& secret, const std::string& looked_for,
             const std::vector<std::string>& options = {}) {
  const test::Folder folder;
  test::put(folder / "secret", secret + "\n");
  return test::scan(options, looked_for + "\n", {HWBAK_MEMORY_SCAN_CONTROL, where, (folder / "secret").string()});
}
Scan control(const std::string& where, const std::string& secret) { return control(where, secret, secret); }

TEST(Control, FindsWhatIsLeft) {
  // Long enough that enough is left: what is freed loses its first 16 bytes to the allocator.
  for (const std::string& secret : {words, xprv, hex + hex, std::string("a passphrase of more than a few characters, which stays")}) {
    for (const char* where : {"freed-heap", "stack", "static", "thread", "utf16", "half"}) {
      const Scan scan = control(where, secret);
      EXPECT_EQ(scan.exit, 1) << where << "\n" << scan.found;
      EXPECT_THAT(scan.found, HasSubstr("found line 1"));
      EXPECT_THAT(scan.found, Not(HasSubstr(secret.substr(0, 8)))) << "it does not print the secret";
    }
  }
}

TEST(Control, SaysWhere) {
  EXPECT_THAT(control("freed-heap", words).found, HasSubstr("UTF-8 in [heap]+0x"));
  EXPECT_THAT(control("stack", words).found, HasSubstr("UTF-8 in [stack]+0x"));
  EXPECT_THAT(control("utf16", words).found, HasSubstr("UTF-16 in [heap]+0x"));
}

TEST(Control, FindsHexadecimalAsBytes) {
  const Scan scan = control("bytes", hex);
  EXPECT_EQ(scan.exit, 1) << scan.found;
  EXPECT_THAT(scan.found, HasSubstr("as bytes"));
}

TEST(Control, FindsTheKeyInsideAnExtendedKey) {
  // BIP-32, test vector 1, the master key: its 32 bytes are published beside it.
  const Scan scan = control("bytes", "e8f32e723decf4051aefac8e2c93c9c5b214313817cdb01a1494b917c8436b35",
                            "xprv9s21ZrQH143K3QTDL4LXw2F7HEK3wJUD2nW2nRk4stbPy6cq3jPPqjiChkVvvNKmPGJxWUtg6LnF5kejMRNNU3TGtRBeJgk33yuGBxrMPHi");
  EXPECT_EQ(scan.exit, 1) << scan.found;
  EXPECT_THAT(scan.found, HasSubstr("its private key"));
}

TEST(Control, FindsNothingWhereNothingIsLeft) {
  for (const std::string& secret : {words, xprv, hex}) {
    for (const char* where : {"nowhere", "deleted", "stack-scrubbed"}) {
      const Scan scan = control(where, secret);
      EXPECT_EQ(scan.exit, 0) << where << "\n" << scan.found;
      EXPECT_EQ(scan.output, "done\n");
    }
  }
}

TEST(Control, FindsASecretThatIsInUse) {
  const Scan scan = control("nowhere", words, words, {"--at-output"});
  EXPECT_EQ(scan.exit, 1) << "in the locked pages\n" << scan.found;
}

TEST(Control, NeverPassesWithoutHavingLooked) {
  EXPECT_EQ(control("nowhere", words, "").exit, 2) << "nothing to look for";
  EXPECT_EQ(control("nowhere", words, "abc").exit, 2) << "too short to mean anything";
  EXPECT_EQ(control("nowhere", "", words).exit, 2) << "the program failed";
  EXPECT_EQ(control("crash", words, hex).exit, 2) << "the program crashed";
  EXPECT_EQ(control("nowhere", words, hex, {"--expect-exit", "3"}).exit, 2) << "another exit code than promised";
  EXPECT_EQ(test::scan({}, words, {"/nonexistent"}).exit, 2) << "there is no program";
}

}  // namespace
}  // namespace hwbak
