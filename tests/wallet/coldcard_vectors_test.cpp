// What the Coldcard backup vectors say about their wallets: words to keys to fingerprint, clone passwords.
#include "base/hex.h"
#include "base/json_spans.h"
#include "support/read_bytes.h"
#include "wallet/bip32.h"
#include "wallet/bip39.h"

namespace hwbak::wallet {
namespace {

std::string text_of(JsonSpans::Ref object, std::string_view key) {
  const auto value = object.member(key);
  const auto text = value ? value->string() : std::nullopt;
  return text ? std::string(text->expose()) : std::string();
}

class ColdcardVectors : public testing::Test {
 protected:
  const std::string text_ = test::read_text(HWBAK_VECTORS "/coldcard/vectors.json");
  const std::optional<JsonSpans> spans_ = JsonSpans::parse(text_);
  [[nodiscard]] std::vector<JsonSpans::Ref> vectors() const {
    const auto list = spans_ ? spans_->root().member("vectors") : std::nullopt;
    return list ? list->children() : std::vector<JsonSpans::Ref>();
  }
};

TEST_F(ColdcardVectors, WordsAndKeysAgreeWhereTheVectorSaysSo) {
  unsigned from_words = 0;
  unsigned from_xprv = 0;
  for (const auto& vector : vectors()) {
    SCOPED_TRACE(text_of(vector, "file"));
    const auto expect = vector.member("expect");
    if (!expect || !expect->member("xprv")) continue;
    const auto chain = chain_from_code(text_of(*expect, "chain")).value_or(Chain::mainnet);
    const auto stored = Node::parse(text_of(*expect, "xprv"));
    ASSERT_TRUE(stored);
    EXPECT_EQ(stored->testnet, chain != Chain::mainnet);
    EXPECT_EQ(to_text(stored->node.fingerprint()), text_of(*expect, "master_fingerprint"));
    if (expect->member("xpub")) {
      EXPECT_EQ(stored->node.xpub(chain), text_of(*expect, "xpub"));
      EXPECT_TRUE(Node::parse(text_of(*expect, "xpub"))->node.same_key(stored->node));
    }
    ++from_xprv;
    const auto mnemonic = text_of(*expect, "mnemonic");
    if (mnemonic.empty()) continue;
    ASSERT_TRUE(entropy_from_mnemonic(mnemonic));
    const auto master = Node::from_seed(seed_from_mnemonic(mnemonic).expose());
    ASSERT_TRUE(master);
    EXPECT_TRUE(master->xprv(chain).equals(text_of(*expect, "xprv")));
    EXPECT_TRUE(master->same_key(stored->node));
    ++from_words;
  }
  EXPECT_GE(from_xprv, 5u);
  EXPECT_GE(from_words, 4u);
}

TEST_F(ColdcardVectors, ReceiverKeyAndFileNameGiveTheClonePassword) {
  unsigned clones = 0;
  for (const auto& vector : vectors()) {
    const auto key = from_hex(text_of(vector, "receiver_private_key"));
    const auto file = text_of(vector, "file");
    if (!key || key->empty()) continue;
    ++clones;
    const auto sender = from_hex(file.substr(0, 66));
    ASSERT_TRUE(sender && sender->size() == 33 && key->size() == 32) << file;
    const auto password = clone_password(FixedView<32>(*key), FixedView<33>(*sender));
    ASSERT_TRUE(password) << file;
    EXPECT_TRUE(password->equals(text_of(vector, "password"))) << file;
  }
  EXPECT_EQ(clones, 1u);
}

}  // namespace
}  // namespace hwbak::wallet
