// DKEK share files: the vectors of real cards, every byte changed, every length, paper copies, and the openssl program as a peer.
#include "container/dkek_share/dkek_share.h"

#include <rapidcheck/gtest.h>

#include <set>

#include "base/as_bytes.h"
#include "base/base64.h"
#include "base/hex.h"
#include "crypto/dkek_kdf.h"
#include "crypto/peer.h"
#include "support/replay.h"
#include "support/vectors.h"

namespace hwbak::dkek {
namespace {

using Key = std::array<std::uint8_t, 48>;
constexpr std::string_view password = "correct horse 42";
constexpr const char* a1_share = "e9bf5992f455e0ed13d641c70ff7abd90ba39018f7b8a998efffcf815a5cfa67";
constexpr const char* a2_share = "3583e033aea48a2472489c0e2ac573c415e06337757d1ddfed3fcf50a19ddf48";

Bytes vector_file(std::string_view name) { return test::read_bytes(std::filesystem::path(HWBAK_VECTORS) / "pico-hsm" / name); }

Bytes small(std::string_view word = password, std::uint32_t rounds = 10) {
  const Bytes share = from_hex(a1_share).value();
  return write(FixedView<32>(share.data(), 32), as_bytes(word), rounds, system_random());
}
Key key_of(const Survey& survey, std::string_view word = password, std::uint32_t rounds = 10) {
  Key key;
  const crypto::DkekKdfJob job{as_bytes(word), survey.salt, rounds, key};
  EXPECT_TRUE(crypto::derive_dkek_share_keys({&job, 1}));
  return key;
}
std::optional<Opening> try_open(ByteView file, std::string_view word = password) {
  const Survey seen = survey(file);
  return open(seen, key_of(seen, word));
}
std::string share_of(const std::optional<Opening>& opening) { return opening ? to_hex(opening->share.expose()) : "closed"; }

Error refusal(ByteView file) {
  try {
    (void)survey(file);
  } catch (const Error& error) {
    return error;
  }
  return Error(Outcome::ok, "no refusal");
}
std::set<std::string> remarks(const Survey& survey) {
  std::set<std::string> out;
  for (const Remark& remark : survey.remarks) out.insert(remark.code);
  return out;
}

// The shares of real cards, side by side; and the first is written again byte for byte from its salt.
TEST(DkekShare, RealFilesOpenAndAreReproduced) {
  const Bytes a1 = vector_file("dkek-a1.pbe"), a2 = vector_file("dkek-a2.pbe");
  const Survey first = survey(a1), second = survey(a2);
  const Bytes quorum_password = from_hex("0c4c6eb852410931").value();
  Key keys[2];
  const crypto::DkekKdfJob jobs[] = {{as_bytes(password), first.salt, kdf_rounds, keys[0]},
                                     {quorum_password, second.salt, kdf_rounds, keys[1]}};
  ASSERT_TRUE(crypto::derive_dkek_share_keys(jobs));
  const auto one = open(first, keys[0]), two = open(second, keys[1]);
  EXPECT_EQ(share_of(one), a1_share);
  EXPECT_EQ(share_of(two), a2_share);
  EXPECT_TRUE(one->mended.empty() && two->mended.empty());
  EXPECT_FALSE(open(first, keys[1]));

  const FixedView<32> share(one->share.expose().data(), 32);
  EXPECT_EQ(to_text(kcv_of(share)), "2952B3021B693783");
  const SecretBytes* both[] = {&one->share, &two->share};
  const SecretBytes dkek = combine(both);
  EXPECT_EQ(to_text(kcv_of(FixedView<32>(dkek.expose().data(), 32))), "84050F370FCDF7BC");

  EXPECT_EQ(seal(share, first.salt, keys[0]), a1);
}

TEST(DkekShare, AFileIsItsKeyUnderADrawnSalt) {
  const Bytes share = from_hex(a1_share).value(), salt{1, 2, 3, 4, 5, 6, 7, 8};
  test::Replay recorded(salt);
  const Bytes file = write(FixedView<32>(share.data(), 32), as_bytes(password), 10, recorded);
  EXPECT_TRUE(recorded.spent());
  const Survey seen = survey(file);
  EXPECT_TRUE(std::ranges::equal(seen.salt, salt));
  EXPECT_EQ(file, seal(FixedView<32>(share.data(), 32), seen.salt, key_of(seen)));
}

TEST(DkekShare, TheSameShareTwiceIsZero) {
  const SecretBytes share = SecretBytes::copy_of(from_hex(a1_share).value());
  const SecretBytes* twice[] = {&share, &share};
  const SecretBytes dkek = combine(twice);
  EXPECT_EQ(kcv_of(FixedView<32>(dkek.expose().data(), 32)), zero_dkek_kcv);
  const SecretBytes shorter(31);
  const SecretBytes* wrong[] = {&share, &shorter};
  EXPECT_THROW((void)combine(wrong), Error);
}

TEST(DkekShare, AWrongPasswordDoesNotOpen) {
  const Bytes file = small();
  EXPECT_EQ(share_of(try_open(file)), a1_share);
  for (int i = 0; i < 2000; ++i) EXPECT_FALSE(try_open(file, "wrong " + std::to_string(i))) << i;
  const Bytes share(32);
  try {
    (void)write(FixedView<32>(share.data(), 32), {}, 1, system_random());
    ADD_FAILURE() << "an empty password";
  } catch (const Error& error) {
    EXPECT_EQ(error.outcome(), Outcome::refused);
  }
}

// Magic: unsupported. Salt: a wrong key. First block: a wrong share that only a KCV tells, and that finds the byte again. Second
// and third: mended, and said.
TEST(DkekShare, EveryByteChanged) {
  const Bytes whole = small();
  const Key key = key_of(survey(whole));
  const Bytes share = from_hex(a1_share).value();
  const Kcv kcv = kcv_of(FixedView<32>(share.data(), 32));
  const auto fits = [&](FixedView<32> candidate) { return kcv_of(candidate) == kcv; };
  for (std::size_t at = 0; at < whole.size(); ++at) {
    for (const unsigned change : {0x01u, 0x80u, 0xFFu, 0x10u}) {
      Bytes file = whole;
      file[at] = static_cast<std::uint8_t>(file[at] ^ change);
      const std::string label = "byte " + std::to_string(at) + " changed by " + std::to_string(change);
      EXPECT_TRUE(recognise(file)) << label;
      if (at < 8) {
        EXPECT_EQ(refusal(file).outcome(), Outcome::unsupported) << label;
        EXPECT_NE(refusal(file).next(), "") << label;
        continue;
      }
      const auto opening = try_open(file);
      if (at < 16) {
        EXPECT_FALSE(opening) << label;
      } else if (at < 32) {
        ASSERT_TRUE(opening) << label;
        EXPECT_TRUE(opening->mended.empty());
        EXPECT_NE(share_of(opening), a1_share) << label;
        const auto found = mend_first_block(survey(file), key, fits);
        ASSERT_TRUE(found) << label;
        EXPECT_EQ(found->at, at - 16);
        EXPECT_EQ(to_hex(found->share.expose()), a1_share);
      } else {
        EXPECT_EQ(share_of(opening), a1_share) << label;
        EXPECT_EQ(opening->mended, std::vector<std::size_t>{at - 16}) << label;
      }
    }
  }
}

RC_GTEST_PROP(DkekShare, HalfABlockIsMended, ()) {
  const Bytes whole = small();
  Bytes file = whole;
  const auto begin = *rc::gen::element<std::size_t>(32, 48);
  const auto places = *rc::gen::container<std::set<std::size_t>>(rc::gen::inRange(begin, begin + 16));
  for (const std::size_t at : places) file[at] = static_cast<std::uint8_t>(file[at] ^ *rc::gen::inRange(1, 256));
  const auto opening = try_open(file);
  if (places.size() > max_mended) {
    RC_ASSERT(!opening);
    return;
  }
  RC_ASSERT(share_of(opening) == a1_share);
  RC_ASSERT(opening->mended.size() == places.size());
  RC_ASSERT(std::ranges::equal(opening->mended, places, {}, [](std::size_t place) { return place + 16; }));
}

TEST(DkekShare, TwoDamagedBlocksAreNoWrongShare) {
  const Bytes whole = small();
  Bytes file = whole;
  file[40] ^= 1;
  file[50] ^= 1;
  EXPECT_FALSE(try_open(file));
  EXPECT_FALSE(mend_first_block(survey(file), key_of(survey(file)), [](FixedView<32>) { return true; }));
}

TEST(DkekShare, BothMendsTogether) {
  Bytes file = small();
  const Kcv kcv = kcv_of(FixedView<32>(from_hex(a1_share).value().data(), 32));
  file[20] ^= 4;
  file[63] ^= 4;
  const auto found = mend_first_block(survey(file), key_of(survey(file)), [&](FixedView<32> share) { return kcv_of(share) == kcv; });
  ASSERT_TRUE(found);
  EXPECT_EQ(found->at, 4u);
  EXPECT_FALSE(mend_first_block(survey(file), key_of(survey(file)), [](FixedView<32>) { return false; }));
}

TEST(DkekShare, EveryLength) {
  Bytes file = small();
  for (std::size_t size = 0; size < file_size; ++size) {
    const Error error = refusal(ByteView(file).first(size));
    EXPECT_EQ(error.outcome(), Outcome::damaged) << size;
    EXPECT_EQ(error.offset(), size);
    EXPECT_NE(error.sentence().find(std::to_string(64 - size) + (size == 63 ? " byte" : size == 0 ? " bytes of" : " bytes")), std::string::npos)
        << error.sentence();
    EXPECT_NE(error.next(), "");
    EXPECT_EQ(recognise(ByteView(file).first(size)), size >= 4) << size;
  }
  EXPECT_TRUE(remarks(survey(file)).empty());
  // Cut where it is said that any bytes will do.
  Bytes patched = file;
  for (std::size_t i = 56; i < 64; ++i) patched[i] = 0;
  EXPECT_EQ(share_of(try_open(patched)), a1_share);
  file.resize(80);
  EXPECT_EQ(remarks(survey(file)), std::set<std::string>{"trailing-bytes"});
  EXPECT_EQ(share_of(try_open(file)), a1_share);
  EXPECT_EQ(refusal(Bytes(64, 'x')).outcome(), Outcome::unsupported);
  EXPECT_EQ(refusal(Bytes(64, 'x')).next(), "");
}

TEST(DkekShare, PaperCopies) {
  const Bytes file = small(), base64 = to_base64(file);
  const std::string line(base64.begin(), base64.end());
  for (const std::string& text :
       {line, line + "\n", line.substr(0, 64) + "\n" + line.substr(64) + "\n", "\r\n  " + line.substr(0, 7) + " \t" + line.substr(7) + "\r\n"}) {
    EXPECT_TRUE(recognise(as_bytes(text)));
    const Survey seen = survey(as_bytes(text));
    EXPECT_EQ(seen.form, Form::base64);
    EXPECT_TRUE(seen.remarks.empty());
    EXPECT_EQ(share_of(try_open(as_bytes(text))), a1_share);
  }
  const Error bad = refusal(as_bytes(line.substr(0, 30) + "?" + line.substr(31)));
  EXPECT_EQ(bad.outcome(), Outcome::damaged);
  EXPECT_EQ(bad.offset(), 30u);
  const Error cut = refusal(as_bytes(line.substr(0, 86)));
  EXPECT_EQ(cut.outcome(), Outcome::damaged);
  EXPECT_NE(cut.next().find("\"==\""), std::string::npos) << cut.next();
  EXPECT_EQ(refusal(as_bytes(line.substr(0, 44))).outcome(), Outcome::damaged);
  EXPECT_EQ(remarks(survey(as_bytes(line + "\nshare 1 of 3"))), std::set<std::string>{"trailing-bytes"});
  std::string spare = line;
  spare[85] = static_cast<char>(spare[85] + 1);  // its low bits belong to no byte
  EXPECT_EQ(remarks(survey(as_bytes(spare))), std::set<std::string>{"base64-spare-bits"});
  EXPECT_FALSE(recognise(as_bytes("correct horse")));
}

// Key and IV from lines that share nothing with this project; the openssl program decrypts.
TEST(DkekSharePeer, OpensslOpensWhatIsWritten) {
  const char* const program =
      "import hashlib,subprocess,sys\n"
      "word,rounds=bytes.fromhex(sys.argv[1]),int(sys.argv[2])\n"
      "data=sys.stdin.buffer.read()\n"
      "assert len(data)==64 and data[:8]==b\"Salted__\"\n"
      "d=b\"\";last=b\"\"\n"
      "for i in range(3):\n"
      "  last=last+word+data[8:16]\n"
      "  for j in range(rounds): last=hashlib.md5(last).digest()\n"
      "  d+=last\n"
      "print(subprocess.run([\"openssl\",\"enc\",\"-d\",\"-aes-256-cbc\",\"-K\",d[:32].hex(),\"-iv\",d[32:].hex()],\n"
      "  input=data[16:],stdout=subprocess.PIPE,check=True).stdout.hex(),end=\"\")";
  for (const std::string_view word : {"a", "correct horse 42", "Gr\xC3\xBC\xC3\x9F""e, and longer than one block of MD5 can hold, salt and all"}) {
    const Bytes file = small(word, 1000);
    EXPECT_EQ(test::run("/usr/bin/python3 -c '" + std::string(program) + "' " + to_hex(as_bytes(word)) + " 1000", file), a1_share);
  }
}

}  // namespace
}  // namespace hwbak::dkek
