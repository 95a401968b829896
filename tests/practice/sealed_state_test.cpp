// The sealed state: only its PIN opens it, a changed byte is noticed, a fault leaves the old or the new one.
#include "practice/sealed_state.h"

#include <algorithm>

#include "base/as_bytes.h"
#include "hwbak/error.h"
#include "io/fault_points.h"
#include "support/child.h"
#include "support/vectors.h"

namespace hwbak::practice {
namespace {

constexpr std::string_view plain = "mnemonic = \"abandon zebra\"\n";
constexpr unsigned quick = 1;

SecretString secret(std::string_view text) { return SecretString::copy_of(text); }
bool holds(const Bytes& bytes, std::string_view text) {
  return std::search(bytes.begin(), bytes.end(), text.begin(), text.end()) != bytes.end();
}

class Sealed : public ::testing::Test {
 protected:
  std::string load(std::string_view pin = "12-34") {
    SealedState sealed(real_files(), file, quick);
    const auto found = sealed.load(secret(pin));
    return found ? std::string(found->expose().begin(), found->expose().end()) : "wrong PIN";
  }
  void save(std::string_view text, Files& files = real_files()) {
    SealedState(files, file, quick).save(secret("12-34"), as_bytes(text), system_random());
  }
  Outcome outcome_of_load() {
    try {
      (void)load();
    } catch (const Error& error) {
      return error.outcome();
    }
    return Outcome::ok;
  }
  const test::Folder folder;
  const std::filesystem::path file = folder / "primary.state";
};

TEST_F(Sealed, OnlyItsPinOpensIt) {
  EXPECT_FALSE(SealedState(real_files(), file).exists());
  save(plain);
  EXPECT_TRUE(SealedState(real_files(), file).exists());
  EXPECT_EQ(load(), plain);
  EXPECT_EQ(load("12-35"), "wrong PIN");
  EXPECT_EQ(load(""), "wrong PIN");
}

TEST_F(Sealed, TheFileHoldsNothingOfThePlaintext) {
  save(plain);
  EXPECT_FALSE(holds(test::read_bytes(file), "abandon"));
  test::write_bytes(file, as_bytes(plain));
  EXPECT_TRUE(holds(test::read_bytes(file), "abandon")) << "the search finds what is there";
}

TEST_F(Sealed, TheSameStateIsNeverTheSameFile) {
  save(plain);
  const Bytes first = test::read_bytes(file);
  save(plain);
  const Bytes second = test::read_bytes(file);
  EXPECT_FALSE(std::equal(first.begin() + 10, first.begin() + 26, second.begin() + 10)) << "salt";
  EXPECT_FALSE(std::equal(first.begin() + 26, first.begin() + 38, second.begin() + 26)) << "nonce";
  EXPECT_EQ(first.size(), plain.size() + 38 + 16);
}

TEST_F(Sealed, EveryChangedByteIsNoticed) {
  save(plain);
  const Bytes good = test::read_bytes(file);
  for (std::size_t at = 0; at < good.size(); ++at)
    for (const unsigned change : {0x01u, 0x80u}) {
      Bytes bytes = good;
      bytes[at] ^= static_cast<std::uint8_t>(change);
      test::write_bytes(file, bytes);
      try {
        EXPECT_EQ(load(), "wrong PIN") << at;
      } catch (const Error& error) {
        EXPECT_LT(at, 10u);
        EXPECT_TRUE(error.outcome() == Outcome::damaged || error.outcome() == Outcome::unsupported) << at;
      }
    }
}

TEST_F(Sealed, EveryCutIsNoticed) {
  save(plain);
  const Bytes good = test::read_bytes(file);
  for (std::size_t size = 0; size < good.size(); ++size) {
    test::write_bytes(file, ByteView(good).first(size));
    if (size < 54) {
      EXPECT_EQ(outcome_of_load(), Outcome::damaged) << size;
    } else {
      EXPECT_EQ(load(), "wrong PIN") << size;
    }
  }
}

TEST_F(Sealed, TellsANewerVersionAndACostlyOne) {
  save(plain);
  const Bytes good = test::read_bytes(file);
  Bytes bytes = good;
  bytes[8] = 2;
  test::write_bytes(file, bytes);
  EXPECT_EQ(outcome_of_load(), Outcome::unsupported);
  bytes = good;
  bytes[9] = SealedState::max_rounds_pow + 1;
  test::write_bytes(file, bytes);
  EXPECT_EQ(outcome_of_load(), Outcome::damaged);
}

TEST_F(Sealed, AFileThatIsFarTooLargeIsDamage) {
  test::write_bytes(file, Bytes(2'000'000, 'h'));
  try {
    (void)load();
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.outcome(), Outcome::damaged);
    EXPECT_NE(error.next().find("--state"), std::string::npos);
    EXPECT_EQ(error.next().find("--max-size"), std::string::npos) << error.next();
  }
}

TEST_F(Sealed, AFailureAtAnyStepLeavesTheOldOrTheNewState) {
  for (int step = 0; step <= static_cast<int>(WriteStep::read_back); ++step) {
    save("old");
    io::FaultPoints faults;
    faults.before_step = [&](WriteStep now) { return static_cast<int>(now) == step ? ENOSPC : 0; };
    const auto files = io::files_with_faults(faults);
    EXPECT_THROW(save("new", *files), Error) << step;
    EXPECT_EQ(load(), step <= static_cast<int>(WriteStep::rename) ? "old" : "new");
  }
}

TEST_F(Sealed, AKillAtAnyStepLeavesTheOldOrTheNewState) {
  for (int step = 0; step <= static_cast<int>(WriteStep::read_back); ++step) {
    save("old");
    const int code = test::in_child([&] {
      io::FaultPoints faults;
      faults.before_step = [&](WriteStep now) -> int {
        if (static_cast<int>(now) == step) _exit(42);
        return 0;
      };
      save("new", *io::files_with_faults(faults));
      return 0;
    });
    ASSERT_EQ(code, 42) << "the step was reached";
    EXPECT_EQ(load(), step <= static_cast<int>(WriteStep::rename) ? "old" : "new");
  }
}

}  // namespace
}  // namespace hwbak::practice
