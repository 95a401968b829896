// recover: words that were remembered wrong, in every way that has a class, through a file; and checksums that hold by accident or by craft.
#include <algorithm>
#include <random>
#include <unordered_map>

#include "crypto/aes_cbc.h"
#include "recover/word_plan.h"
#include "support/sevenzip_checksum.h"
#include "tasks/recover_fixture.h"
#include "wallet/bip39.h"

namespace hwbak {
namespace {

using namespace test;

class RecoverWords : public Recover {
 protected:
  static recover::WordPlan plan_of(std::string_view typed) {
    return {recover::read_words(typed, wallet::english_words()), wallet::english_words(), 12};
  }
};

// Each is what a person may have on the paper. The words begin with `abandon` or in the order of the list where that brings them early.
TEST_F(RecoverWords, WhatAPersonDidIsInTheClassThatSaysSo) {
  struct Planted {
    const char* of_class;
    const char* password;
    const char* typed;
  };
  constexpr const char* early = "abandon divorce remind addict add angry grace feature foil stable stereo kite";
  constexpr const char* ordered = "add addict angry divorce kite feature foil grace stereo stable unfair remind";
  for (const Planted& one : {
           Planted{"wrong-and-swapped", early, "zoo divorce remind addict stable angry grace feature foil add stereo kite"},
           Planted{"wrong-and-swapped", early, "kite divorce remind addict add angry grace feature foil stable stereo zoo"},
           Planted{"two-wrong", early, "zoo divorce remind addict add angry grace feature foil zoo stereo kite"},
           Planted{"two-wrong", early, "zoo divorce remind addict add angry grace feature foil stable stereo z?o"},
           Planted{"any-order", ordered, "unfair divorce remind addict add angry grace feature foil stable stereo kite"},
           Planted{"as-typed", ordered, "{unfair divorce remind addict add angry grace feature foil stable stereo kite}"},
           Planted{"as-typed", ordered, "add {angry addict} divorce kite {grace foil stereo feature} stable unfair remind"},
           Planted{"one-wrong", early, "zoo {remind divorce addict} add angry {grace foil feature} stable stereo kite"},
           Planted{"missing-or-doubled", early, "divorce remind addict add angry grace feature foil stereo kite"},
           Planted{"missing-or-doubled", early, "abandon divorce remind addict add add angry grace feature foil stable stereo kite kite"},
           Planted{"missing-or-doubled", early, "abandon divorce remind addict add angry foil grace feature foil stable stereo"},
           Planted{"swapped", early, "abandon divorce remind kite add angry grace feature foil stable stereo addict"},
           Planted{"one-wrong", early, "zoo divorce remind addict angry grace feature foil stable stereo kite"},
       }) {
    const RecoverResult result = run(cheap_file(one.password), one.typed, only({one.of_class}));
    ASSERT_EQ(result.report.outcome, Outcome::ok) << one.of_class << ": " << one.typed << ": " << result.report.message;
    EXPECT_TRUE(result.password.equals(one.password)) << one.typed;
    EXPECT_EQ(text_fact(result.report.facts, "class"), one.of_class);
    EXPECT_LE(number(result.report, "position"), number(result.report, "candidates_total"));
    std::filesystem::remove(folder_ / "cheap.7z");
  }
}

// Any candidate of any class is found where it was planned. The part that begins with it has it at once.
TEST_F(RecoverWords, EveryClassHoldsWhatWasPlannedInIt) {
  std::mt19937_64 dice(20261122);
  const std::vector<std::string> all, of_few{"missing-or-doubled", "wrong-and-swapped"};
  const std::pair<const char*, std::vector<std::string>> remembered[] = {
      {"unfair divorce remind addict add angry grace feature foil stable stereo kite", all},
      {"unfair divorce remind addict add angry grace feature foil stable stereo", of_few},
      {"unfair divorce remind addict add angry grace feature foil stable stereo kite zoo", of_few},
      {"unfair divorce remind addict add angry grace feature foil stable", {"missing-or-doubled"}},
      {"unfair {divorce remind addict add ang?} gra* feature|foil {foil stable ? kite}", {"as-typed", "spelling", "two-wrong"}},
  };
  for (const auto& [typed, classes] : remembered) {
    const recover::WordPlan plan = plan_of(typed);
    for (std::size_t i = 0; i < plan.classes().size(); ++i) {
      const recover::PlannedClass& one = plan.classes()[i];
      if (!classes.empty() && std::ranges::find(classes, one.name) == classes.end()) continue;
      ASSERT_GT(one.candidates.clamped(), 0u) << one.name;
      const std::uint64_t index = dice() % std::min<std::uint64_t>(one.candidates.clamped(), std::uint64_t{1} << 62);
      SecretString password;
      plan.candidate(i, index, password);
      RecoverOptions options = only({one.name});
      options.part = options.parts = index / recover::Route::run + 1;
      const RecoverResult result = run(cheap_file(password.expose()), typed, options);
      ASSERT_EQ(result.report.outcome, Outcome::ok) << one.name << " of " << typed << ": " << result.report.message;
      EXPECT_TRUE(result.password.equals(password.expose()));
      EXPECT_EQ(text_fact(result.report.facts, "class"), one.name);
      EXPECT_EQ(number(result.report, "position"), static_cast<std::int64_t>(index) + 1) << one.name;
    }
  }
}

// --- what is not tried, and what is not written ---

TEST_F(RecoverWords, AClassThatCannotBeCountedIsRefusedByItsName) {
  constexpr const char* sixteen = "{unfair divorce remind addict add angry grace feature foil stable stereo kite zoo camp lamp oval}";
  constexpr const char* thirteen = "{unfair divorce remind addict add angry grace feature foil stable stereo kite zoo}";
  const Report report = run(cheap_file(), thirteen, only({"two-wrong"})).report;
  EXPECT_EQ(report.outcome, Outcome::refused);
  EXPECT_NE(report.message.find("two-wrong cannot be tried"), std::string::npos) << report.message;
  RecoverOptions options = only({"missing-or-doubled"});
  options.max_time = std::chrono::seconds(1);
  const Report counted = run(cheap_file(), thirteen, options).report;
  EXPECT_EQ(counted.outcome, Outcome::refused);
  EXPECT_NE(counted.message.find("6,227,020,800"), std::string::npos) << counted.message;
  const std::string seventeen = std::string(sixteen).insert(1, "act ");
  EXPECT_NE(run(cheap_file(), seventeen).report.message.find("17 words stand between"), std::string::npos);
}

TEST_F(RecoverWords, HowManyWereReadIsSaid) {
  std::string said;
  RecoverOptions options = only({"as-typed"});
  options.announce = [&](const std::vector<Section>& plan) { said = std::get<std::string>(plan.at(0).rows.at(0).value.get()); };
  const RecoverResult whole = run(cheap_file(), "unfair divorce remind addict add angry grace feature foil stable stereo ki*", options);
  EXPECT_EQ(whole.report.outcome, Outcome::ok) << whole.report.message;
  EXPECT_EQ(said, "12 words, 1 of them may be one of several");
  EXPECT_EQ(number(whole.report, "words_read"), 12);
  constexpr const char* joined = "unfair divorce remind addict add angry grace feature foil stable |stereo| kite";
  const Report none = run(cheap_file(), joined, options).report;
  EXPECT_EQ(none.outcome, Outcome::usage);
  EXPECT_NE(none.message.find("(read: 10 words, 1 of them may be one of several)"), std::string::npos) << none.message;
  options.classes.clear();
  options.max_time = std::chrono::seconds(1);
  const Report refused = run(cheap_file(), joined, options).report;
  EXPECT_EQ(refused.outcome, Outcome::refused) << refused.message;
  EXPECT_NE(refused.next.find("10 words were read, and a password that a Coldcard made has 12"), std::string::npos) << refused.next;
}

TEST_F(RecoverWords, AListSaysItsSizeAndNeedsRoomForIt) {
  const auto exported = [&](const char* typed, RecoverOptions options, std::string& said, std::uint64_t& bytes) {
    Remembered remembered;
    remembered.words = SecretString::copy_of(typed);
    options.announce = [&](const std::vector<Section>& plan) {
      for (const Section::Row& row : plan.at(0).rows)
        if (const auto* const value = std::get_if<std::string>(&row.value.get())) said += row.label + ": " + *value + "\n";
    };
    return export_candidates(context_, cheap_file(), remembered, options, [&](ByteView candidate) {
      bytes += candidate.size();
      return true;
    });
  };
  std::string said;
  std::uint64_t bytes = 0;
  const Report list = exported("unfair|zoo divorce remind addict add angry grace feature foil stable stereo ki*", only({"as-typed"}), said, bytes);
  EXPECT_EQ(list.outcome, Outcome::ok) << list.message;
  EXPECT_NE(said.find("size: 1,677 bytes"), std::string::npos) << said;
  EXPECT_EQ(bytes, 1677u);
  RecoverOptions options = only({"as-typed"});
  options.output = folder_ / "list";
  bytes = 0;
  said.clear();
  const Report large = exported("? ? ? ? add angry grace feature foil stable stereo kite", options, said, bytes);
  EXPECT_EQ(large.outcome, Outcome::io) << large.message;
  EXPECT_NE(said.find("17,592,186,044,416 candidates"), std::string::npos) << said;
  EXPECT_EQ(bytes, 0u);
}

// --- checksums ---

struct Key {
  SecretBytes bytes;
  Key(const sevenzip::Folder& folder, std::string_view password)
      : bytes(sevenzip::derive_key(*folder.aes, sevenzip::password_forms({reinterpret_cast<const std::uint8_t*>(password.data()), password.size()}).at(0).expose(), {})) {}
  Bytes open(FixedView<16> iv, ByteView body) const {
    Bytes out(body.size());
    crypto::aes256_cbc_decrypt(FixedView<32>(bytes.expose().data(), 32), iv, body, out);
    return out;
  }
};

// Two blocks of the ciphertext, in a comment of the text, for which the plaintexts under both keys have one checksum. CRC-32 is linear:
// what each block changes is looked for in a table of what the other one does.
Bytes with_one_checksum_for_both(Bytes file, std::string_view right_password, std::string_view wrong_password) {
  constexpr std::size_t block = 16, behind_first = 6 * block, behind_second = 3 * block;  // from the end of the body
  const sevenzip::Folder folder = sevenzip::survey(file, {}).folders.at(0);
  const auto begin = static_cast<std::size_t>(folder.packed.offset), size = static_cast<std::size_t>(folder.packed.length);
  const Key right_key(folder, right_password), wrong_key(folder, wrong_password);
  const ByteView body = ByteView(file).subspan(begin, size);
  const Bytes text = right_key.open(folder.aes->iv, body), noise = wrong_key.open(folder.aes->iv, body);
  std::mt19937_64 dice(7);
  // Other ciphertext blocks so far from the end, and what each makes of the two checksums together.
  struct Choices {
    Bytes blocks;
    std::vector<std::optional<std::uint32_t>> changes;   // nullopt: it would end the line
  };
  const auto choose = [&](std::size_t from_end) {
    constexpr std::size_t many = std::size_t{1} << 18;
    const std::size_t at = size - from_end;
    Choices out;
    for (std::size_t i = 0; i < many * block / 8; ++i)
      for (std::uint64_t bits = dice(), byte = 0; byte < 8; ++byte) out.blocks.push_back(static_cast<std::uint8_t>(bits >> 8 * byte));
    const FixedView<16> before(body.data() + at - block, block);
    const Bytes shown = right_key.open(before, out.blocks), other = wrong_key.open(before, out.blocks);
    for (std::size_t from = 0; from < out.blocks.size(); from += block) {
      std::array<std::uint8_t, behind_first> first{}, second{};  // what changes in the texts
      bool in_one_line = true;
      for (std::size_t i = 0; i < block; ++i) {
        // Decrypted behind one another, and meant to stand behind `before`.
        const auto chained = static_cast<std::uint8_t>(from == 0 ? 0 : out.blocks[from - block + i] ^ before[i]);
        const auto next = static_cast<std::uint8_t>(out.blocks[from + i] ^ body[at + i]);
        const std::size_t place = behind_first - from_end + i;
        first[place] = static_cast<std::uint8_t>(shown[from + i] ^ chained ^ text[at + i]);
        second[place] = static_cast<std::uint8_t>(other[from + i] ^ chained ^ noise[at + i]);
        first[place + block] = second[place + block] = next;
        in_one_line = in_one_line && (shown[from + i] ^ chained) != '\n' && (text[at + block + i] ^ next) != '\n';
      }
      out.changes.push_back(in_one_line ? std::optional(sevenzip::crc32(first) ^ sevenzip::crc32(second)) : std::nullopt);
    }
    return out;
  };
  const Choices first = choose(behind_first), second = choose(behind_second);
  std::unordered_map<std::uint32_t, std::size_t> table;
  for (std::size_t i = 0; i < first.changes.size(); ++i)
    if (first.changes[i]) table.emplace(*first.changes[i], i);
  const std::uint32_t apart = sevenzip::crc32(text) ^ sevenzip::crc32(noise);
  for (std::size_t i = 0; i < second.changes.size(); ++i) {
    const auto with = second.changes[i] ? table.find(apart ^ *second.changes[i]) : table.end();
    if (with == table.end()) continue;
    const auto put = [&](const Choices& from, std::size_t which, std::size_t from_end) {
      std::copy_n(from.blocks.begin() + static_cast<std::ptrdiff_t>(block * which), block, file.begin() + static_cast<std::ptrdiff_t>(begin + size - from_end));
    };
    put(first, with->second, behind_first);
    put(second, i, behind_second);
    const std::uint32_t both = sevenzip::crc32(right_key.open(folder.aes->iv, ByteView(file).subspan(begin, size)));
    return with_checksum(std::move(file), both);
  }
  ADD_FAILURE() << "no two blocks";  // once in e^16
  return file;
}

TEST_F(RecoverWords, AWrongPasswordWhoseChecksumHoldsDoesNotEndTheSearch) {
  std::string liar(right);
  liar.replace(liar.size() - 4, 4, "able");
  Bytes text = read_bytes(vector("backup.txt").path());
  text.push_back('#');
  text.resize((text.size() / 16 + 8) * 16, 'x');
  text.back() = '\n';
  const auto path = cheap_file_of(text);
  write_bytes(path, with_one_checksum_for_both(read_bytes(path), right, liar));
  const Bytes file = read_bytes(path);
  const sevenzip::Folder folder = sevenzip::survey(file, {}).folders.at(0);
  for (const std::string_view password : {std::string_view(liar), right})
    ASSERT_TRUE(sevenzip::open(file, folder, Key(folder, password).bytes.expose(), {}).crc_holds) << "both have the checksum";

  const RecoverResult result = run(path, "unfair divorce remind addict add angry grace feature foil stable stereo able|kite", only({"as-typed"}));
  EXPECT_EQ(result.report.outcome, Outcome::partial) << "of the comment: " << result.report.message;
  EXPECT_TRUE(result.password.equals(right));
  EXPECT_EQ(number(result.report, "position"), 2);
  EXPECT_EQ(number(result.report, "false_hits"), 1);
  const RecoverResult only_liar = run(path, liar, only({"as-typed"}));
  EXPECT_EQ(only_liar.report.outcome, Outcome::exhausted) << only_liar.report.message;
  EXPECT_EQ(number(only_liar.report, "false_hits"), 1);
}

// The checksum holds and what comes out can be read, but no device wrote it.
TEST_F(RecoverWords, ATextThatIsNoBackupIsNoHit) {
  constexpr std::string_view note = "Bread, milk, and a new lamp for the hall. Nothing here is a backup of anything.\n";
  const RecoverResult result = run(cheap_file_of({reinterpret_cast<const std::uint8_t*>(note.data()), note.size()}), right, only({"as-typed"}));
  EXPECT_EQ(result.report.outcome, Outcome::exhausted) << result.report.message;
  EXPECT_EQ(number(result.report, "false_hits"), 1);
  EXPECT_TRUE(result.password.empty());
}

}  // namespace
}  // namespace hwbak
