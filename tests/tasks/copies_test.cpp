// copies: numbering, identical and lonely files, damage, wallets.
#include <gtest/gtest.h>

#include "support/vectors.h"

namespace hwbak {
namespace {

using namespace test;

class Copies : public testing::Test {
 protected:
  Folder card_a_, card_b_;
  const Vector& mk4_ = test::vector("mk4-12words.7z");
  const Vector& q1_ = test::vector("q1-testnet-18words.7z");

  static void put(const Vector& vector, const std::filesystem::path& path) { std::filesystem::copy_file(vector.path(), path); }
  Report run(Secrets* secrets = nullptr) {
    Context context;
    context.secrets = secrets;
    return copies(context, {card_a_.path(), card_b_.path()});
  }
  static const Object& file(const Report& report, const std::filesystem::path& path) {
    for (const Value& item : list_fact(report.facts, "files"))
      if (const Object& object = std::get<Object>(item.get()); text_fact(object, "file") == path.string()) return object;
    static const Object none;
    return none;
  }
  static bool truth(const Object& object, std::string_view key) { return std::get<bool>(object.find(key)->get()); }
};

TEST_F(Copies, TellsNewestIdenticalLonelyAndDamaged) {
  put(mk4_, card_a_ / "backup-2.7z");
  put(q1_, card_a_ / "backup-10.7z");
  put(mk4_, card_b_ / "backup.7z");
  Bytes cut = read_bytes(q1_.path());
  cut.resize(cut.size() - 50);
  write_bytes(card_b_ / "backup-3.7z", cut);
  write_bytes(card_b_ / "holiday.jpg", Bytes(5000, 7));
  const Report report = run();
  EXPECT_EQ(report.outcome, Outcome::damaged);
  EXPECT_EQ(list_fact(report.facts, "files").size(), 4u) << "a picture is no backup";
  EXPECT_TRUE(truth(file(report, card_a_ / "backup-10.7z"), "newest")) << "10 is more than 2";
  EXPECT_FALSE(truth(file(report, card_a_ / "backup-2.7z"), "newest"));
  EXPECT_EQ(number_fact(file(report, card_a_ / "backup-2.7z"), "identical"), 2);
  EXPECT_EQ(list_fact(report.facts, "lonely").size(), 2u);
  EXPECT_EQ(list_fact(report.facts, "damaged").size(), 1u);
  EXPECT_TRUE(has_finding(report, "lonely"));
  EXPECT_TRUE(has_finding(report, "newest-uncertain")) << "backup.7z beside backup-3.7z";
}

TEST_F(Copies, WithPasswordsTellsWhichHoldTheSameWallet) {
  put(mk4_, card_a_ / "backup.7z");
  put(q1_, card_b_ / "backup.7z");
  FixedSecrets secrets(mk4_.password);
  secrets.add(Secrets::Kind::password, q1_.password);
  const Report report = run(&secrets);
  EXPECT_EQ(report.outcome, Outcome::ok) << report.message;
  const Object& wallets = object_fact(report.facts, "wallets_by_fingerprint");
  EXPECT_NE(wallets.find("380C7AFD"), nullptr);
  EXPECT_NE(wallets.find("E41D4589"), nullptr);
}

TEST_F(Copies, EmptyFoldersAndMissingOnesAreSaid) {
  EXPECT_EQ(run().message, "no backups were found here");
  Context context;
  const Report report = copies(context, {card_a_ / "not-mounted"});
  EXPECT_EQ(report.outcome, Outcome::io);
}

}  // namespace
}  // namespace hwbak
