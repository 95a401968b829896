// Twelve words in every spelling people use.
#include "device/coldcard/words.h"

namespace hwbak::coldcard {
namespace {

constexpr std::string_view canonical = "mass celery settle flash seed never say dust track sick stick reduce";

TEST(Words, AcceptsTheWaysPeopleTypeThem) {
  for (const std::string_view typed : {
           canonical,
           std::string_view("  MASS celery\tSettle flash\nseed never say dust track sick stick reduce \r\n"),
           std::string_view("mass, celery, settle, flash, seed, never, say, dust, track, sick, stick, reduce."),
           std::string_view("1. mass 2. celery 3. settle 4. flash 5. seed 6. never 7. say 8. dust 9. track 10. sick 11. stick 12. reduce"),
           std::string_view("1) mass\n2)celery\n3) settle\n4) flash\n5) seed\n6) never\n7) say\n8) dust\n9) track\n10)sick\n11)stick\n12)reduce"),
           std::string_view("mass cele sett flas seed neve say dust trac sick stic redu"),
       }) {
    const TypedWords words = normalise_words(typed);
    EXPECT_EQ(words.count, 12u) << typed;
    EXPECT_TRUE(words.unknown.empty()) << typed;
    EXPECT_EQ(words.canonical.expose(), canonical) << typed;
  }
}

TEST(Words, NamesUnknownWordsByPosition) {
  const TypedWords words = normalise_words("mass celary settle flash seed never zzz dust track sick stick reduce");
  EXPECT_EQ(words.count, 12u);
  EXPECT_EQ(words.unknown, (std::vector<unsigned>{2, 7}));
  EXPECT_TRUE(words.canonical.empty());
}

TEST(Words, CountsOthers) {
  EXPECT_EQ(normalise_words("").count, 0u);
  EXPECT_EQ(normalise_words("1. 2. 3.").count, 0u);
  EXPECT_EQ(normalise_words("zoo zoo zoo").canonical.expose(), "zoo zoo zoo");
  EXPECT_EQ(normalise_words("mas").unknown, (std::vector<unsigned>{1})) << "three letters are too few";
  std::string many;
  for (int i = 0; i < 10'000; ++i) many += "x ";
  EXPECT_EQ(normalise_words(many).count, max_typed_words);
}

}  // namespace
}  // namespace hwbak::coldcard
