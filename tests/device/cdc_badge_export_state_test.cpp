// What a badge writes after a restore: a genuine backup comes back to the byte.
#include "device/cdc_badge/export_state.h"

#include "base/as_bytes.h"
#include "container/cdcbak/cdcbak.h"
#include "support/badge_vectors.h"

namespace hwbak::cdc_badge {
namespace {

SecretBytes plaintext_of(const std::string& file) {
  const test::BadgeVector& vector = test::badge_vector(file);
  const auto survey = cdcbak::survey(vector.bytes, {});
  std::vector<cdcbak::PassphraseBytes> forms(1);
  forms[0].bytes = SecretBytes::copy_of(vector.passphrase_bytes);
  return std::move(cdcbak::unlock(survey, forms).value().plaintext);
}

TEST(BadgeExportState, GivesAFullBackupBack) {
  const SecretBytes plain = plaintext_of("s02-full.cdcbak");
  BadgeState state;
  ASSERT_TRUE(restore(plain.expose(), {}, state).accepted);
  EXPECT_TRUE(export_state(state, {}, "0.6.5").equals(plain.expose()));
}

TEST(BadgeExportState, KeepsCp437BytesAndWhatIsWrittenRestoresToTheSame) {
  for (const char* file :
       {"s03-unicode.cdcbak", "s04-cp437.cdcbak", "s12-records.cdcbak", "s14-limits.cdcbak", "s15-system-edges.cdcbak"}) {
    BadgeState first, second;
    ASSERT_TRUE(restore(plaintext_of(file).expose(), {}, first).accepted) << file;
    const SecretBytes written = export_state(first, {}, "0.6.6");
    ASSERT_TRUE(restore(written.expose(), {}, second).accepted) << file;
    EXPECT_TRUE(export_state(second, {}, "0.6.6").equals(written.expose())) << file;
  }
}

TEST(BadgeExportState, AnEmptyBadgeHasItsSettings) {
  const SecretBytes written = export_state(BadgeState{}, {0, 7}, "0.6.6");
  const std::string shown(written.expose().begin(), written.expose().end());
  EXPECT_TRUE(shown.starts_with(
      R"({"host_api_level":"0.7","fw_version":"0.6.6","modules":{},"system":{"schema_ver":1,"language":"en","backlight":512,)"))
      << shown;
  EXPECT_EQ(shown.find("badge_name"), std::string::npos);
}

}  // namespace
}  // namespace hwbak::cdc_badge
