// The museum of records that do not fit a badge: each is refused with its place and without its value, and skipped on request.
#include <map>

#include "tasks/badge_fixture.h"

namespace hwbak {
namespace {

using namespace test;

class BadgeMisfits : public BadgeTask {
 protected:
  static CreateBadgeOptions options_for(const std::filesystem::path& source) {
    CreateBadgeOptions options;
    const std::string ending = source.extension();
    (ending == ".csv" ? options.csv : ending == ".vcf" ? options.vcf : ending == ".json" ? options.json : options.otpauth).push_back(source);
    return options;
  }
};

TEST_F(BadgeMisfits, NothingOfTheMuseumFits) {
  std::size_t seen = 0;
  for (const auto& entry : std::filesystem::directory_iterator(std::filesystem::path(HWBAK_MUSEUM) / "badge-misfits")) {
    if (entry.path().extension() == ".md") continue;
    const std::string name = entry.path().filename();
    ++seen;
    CreateBadgeOptions options = options_for(entry.path());
    options.output = folder_ / (name + ".cdcbak");
    const Report report = create_badge(context(secrets_), options).report;
    EXPECT_EQ(report.outcome, Outcome::refused) << name << ": " << report.message;
    EXPECT_FALSE(std::filesystem::exists(options.output)) << name;
    const List& refused = list_fact(report.facts, "refused");
    ASSERT_GE(refused.size(), 1u) << name;
    EXPECT_NE(texts_of(refused, "source")[0].find(name), std::string::npos);
    EXPECT_NE(texts_of(refused, "where")[0], "") << name;
    for (const std::string& reason : texts_of(refused, "reason"))
      for (const char* value : {"xxx", "MFRGG", "AAAA", "Bank", "exactly16"}) EXPECT_EQ(reason.find(value), std::string::npos) << name << ": " << reason;

    // Beside a good record it is the only one that is lost.
    options.otpauth.push_back(file("good.txt", "otpauth://totp/good?secret=GEZDGNBVGY3TQOJQ\n"));
    options.skip_misfits = true;
    const Report partial = create_badge(context(secrets_), options).report;
    EXPECT_EQ(partial.outcome, Outcome::partial) << name << ": " << partial.message;
    EXPECT_NE(opened_by_python(options.output, passphrase_).find("\"name\":\"good\""), std::string::npos) << name;
  }
  EXPECT_GE(seen, 34u);
}

TEST_F(BadgeMisfits, ASlipInTheJsonIsNamedWithItsPlace) {
  const auto said = [&](std::string_view json, bool payload) {
    CreateBadgeOptions options;
    const auto path = file("slip.json", json);
    if (payload) options.payload = path;
    else options.json.push_back(path);
    options.output = folder_ / "slip.cdcbak";
    const Report report = create_badge(context(secrets_), options).report;
    EXPECT_EQ(report.outcome, Outcome::damaged);
    EXPECT_FALSE(std::filesystem::exists(options.output));
    EXPECT_EQ(report.message.find("authentic"), std::string::npos) << report.message;
    EXPECT_NE(report.message.find("slip.json"), std::string::npos) << report.message;
    return report.message;
  };
  for (const bool payload : {true, false}) {
    EXPECT_THAT(said("{\n \"modules\": {,}}", payload), testing::HasSubstr("byte 15 (line 2, column 14)"));
    EXPECT_THAT(said("{\"modules\":{}", payload), testing::HasSubstr("ends too early, after byte 13"));
    EXPECT_THAT(said(std::string("{\"modules\":\0{}}", 16), payload), testing::HasSubstr("a NUL stands at byte 11"));
    EXPECT_THAT(said("[]", payload), testing::HasSubstr("JSON, but a list and not an object"));
    EXPECT_THAT(said("{\"modules\":7}", payload), testing::HasSubstr("modules is a number"));
  }
}

}  // namespace
}  // namespace hwbak
