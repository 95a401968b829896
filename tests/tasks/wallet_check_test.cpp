// wallet check, export and diff of Coldcard backups: whose wallet it is, what other programs get, what changed.
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <chrono>

#include "base/as_bytes.h"
#include "base/hex.h"
#include "device/coldcard/secret.h"
#include "hwbak/wallet.h"
#include "support/vectors.h"
#include "wallet/address.h"
#include "wallet/bip39.h"
#include "wallet/descriptor.h"
#include "wallet/slip132.h"

namespace hwbak {
namespace {

using namespace test;
using wallet::Chain;
using wallet::hardened;
using wallet::Node;

constexpr std::string_view other_words = "abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon about";

class Wallets : public testing::Test {
 protected:
  Wallets() {
    const Bytes bytes = read_bytes(vector("backup.txt").path());
    text_.assign(bytes.begin(), bytes.end());
    main_ = Node::parse(vector("backup.txt").expect().at("xprv").as_string().c_str())->node.clone();
    other_ = Node::from_seed(wallet::seed_from_mnemonic(other_words).expose());
    add("setting.multisig = [" + multisig("ours", ", 0") + ", " + multisig("sorted", "") + "]");
    coldcard::SecretFault fault;
    const auto vault = coldcard::secret_from_mnemonic(other_words, fault);
    add("setting.seeds = [[\"" + wallet::to_text(other_->fingerprint()) + "\", \"" + std::string(coldcard::encode_secret(*vault).expose()) + "\", \"my other\", \"Imported\"]]");
    add("setting.notes = [{\"title\": \"bank\", \"misc\": \"the code is 4711\"}]");
    write();
  }

  static std::uint32_t le(const wallet::Fingerprint& f) { return f[0] | std::uint32_t{f[1]} << 8 | std::uint32_t{f[2]} << 16 | std::uint32_t{f[3]} << 24; }
  // P2WSH of this seed and another: 2 of 2 with the keys as they stand, or 1 of 2.
  std::string multisig(const std::string& name, const std::string& fifth) const {
    const auto key = [](const Node& node) { return "[" + std::to_string(le(node.fingerprint())) + ", \"" + node.derive(cosigner_path())->xpub(Chain::mainnet) + "\"]"; };
    return "[\"" + name + (fifth.empty() ? "\", [1, 2], [" : "\", [2, 2], [") + key(*main_) + ", " + key(*other_) + "], {\"ft\": 14, \"pp\": \"m/48'/0'/0'/2'\"}" + fifth + "]";
  }
  static std::vector<std::uint32_t> cosigner_path() { return {48 | hardened, hardened, hardened, 2 | hardened}; }

  void add(const std::string& line) { text_.insert(text_.find("\n# EOF"), "\n" + line); }
  void replace(std::string_view from, std::string_view to) {
    const auto at = text_.find(from);
    ASSERT_NE(at, std::string::npos);
    text_.replace(at, from.size(), to);
  }
  void write(const char* name = "backup.txt") const { write_bytes(folder_ / name, as_bytes(text_)); }
  Report check(const std::string& against, unsigned gap = 20) const { return wallet_check({}, folder_ / "backup.txt", {against, gap}); }
  ExportResult exported(WalletFormat format, WalletExportOptions options = {}) const {
    options.format = format;
    return export_wallet({}, folder_ / "backup.txt", options);
  }
  static std::string out(const ExportResult& result) {
    const ByteView bytes = result.data.expose();
    return {bytes.begin(), bytes.end()};
  }
  Node account(const Node& node, std::uint32_t purpose, std::uint32_t number = 0) const {
    return std::move(*node.derive(std::array{purpose | hardened, hardened, number | hardened}));
  }
  std::string address_at(const Node& from, wallet::Purpose purpose, std::uint32_t change, std::uint32_t index) const {
    return wallet::address(purpose, from.derive(std::array{change, index})->public_key(), Chain::mainnet);
  }

  Folder folder_;
  std::string text_;
  std::optional<Node> main_, other_;
};

void expect_yes(const Report& report, const std::string& wallet, const std::string& kind, const std::string& path) {
  EXPECT_EQ(report.outcome, Outcome::ok) << report.message;
  ASSERT_TRUE(bool_fact(report.facts, "match"));
  EXPECT_EQ(text_fact(report.facts, "wallet"), wallet);
  EXPECT_EQ(text_fact(report.facts, "kind"), kind);
  EXPECT_EQ(text_fact(report.facts, "path"), path);
}

TEST_F(Wallets, KeysOfEveryFormAreFound) {
  using wallet::KeyUse;
  const Node bip84 = account(*main_, 84);
  for (const KeyUse use : {KeyUse::any, KeyUse::p2sh_p2wpkh, KeyUse::p2wpkh, KeyUse::multisig_p2sh_p2wsh, KeyUse::multisig_p2wsh})
    for (const Chain chain : {Chain::mainnet, Chain::testnet}) expect_yes(check(used_xpub(bip84, use, chain)), "main", "account", "m/84h/0h/0h");
  expect_yes(check(" [A2395005/84h/0h/0h]" + bip84.xpub(Chain::mainnet) + "\n"), "main", "account", "m/84h/0h/0h");
  expect_yes(check(main_->xpub(Chain::mainnet)), "main", "master", "m");
  expect_yes(check(account(*main_, 49, 9).child(1)->xpub(Chain::mainnet)), "main", "chain", "m/49h/0h/9h/1");
  expect_yes(check(main_->derive(cosigner_path())->xpub(Chain::mainnet)), "main", "account", "m/48h/0h/0h/2h");
  expect_yes(check(account(*other_, 44).xpub(Chain::mainnet)), "my other", "account", "m/44h/0h/0h");
  EXPECT_EQ(text_fact(check(account(*other_, 44).xpub(Chain::mainnet)).facts, "wallet_kind"), "seed-vault");
}

TEST_F(Wallets, FingerprintsAreFound) {
  expect_yes(check("a2395005"), "main", "master", "m");
  expect_yes(check("73C5DA0A"), "my other", "master", "m");
}

TEST_F(Wallets, AddressesAreFoundUpToTheGap) {
  using wallet::Purpose;
  const std::pair<std::uint32_t, Purpose> kinds[] = {{44, Purpose::bip44}, {49, Purpose::bip49}, {84, Purpose::bip84}, {86, Purpose::bip86}};
  for (const auto& [number, purpose] : kinds)
    expect_yes(check(address_at(account(*main_, number, 1), purpose, 1, 3), 4), "main", "address", "m/" + std::to_string(number) + "h/0h/1h/1/3");
  const std::string far = address_at(account(*main_, 84), Purpose::bip84, 0, 4);
  const Report no = check(far, 4);
  EXPECT_EQ(no.outcome, Outcome::inconsistent);
  EXPECT_FALSE(bool_fact(no.facts, "match"));
  EXPECT_EQ(number_fact(object_fact(no.facts, "searched"), "gap"), 4);
  EXPECT_EQ(list_fact(object_fact(no.facts, "searched"), "wallets").size(), 2u);
  EXPECT_NE(no.next.find("passphrase"), std::string::npos) << no.next;
  expect_yes(check(far, 5), "main", "address", "m/84h/0h/0h/0/4");
  expect_yes(check(address_at(account(*other_, 84), Purpose::bip84, 0, 0), 2), "my other", "address", "m/84h/0h/0h/0/0");
}

TEST_F(Wallets, MultisigWalletsAreFound) {
  const auto lines = out(exported(WalletFormat::descriptors, {.multisig = "sorted"}));
  const std::string receive = lines.substr(0, lines.find('\n'));
  expect_yes(check(receive), "sorted", "multisig", "0/*");
  wallet::DescriptorFault fault;
  const auto read = wallet::parse_descriptor(receive, fault);
  ASSERT_TRUE(read) << fault.sentence;
  expect_yes(check(wallet::address_of(*read->script_at(0, 7), Chain::mainnet), 8), "sorted", "multisig", "0/7");
  // The same keys in a wallet that is not registered: a key of it is ours.
  std::string stranger = receive.substr(0, receive.find('#'));
  stranger.replace(stranger.find("sortedmulti(1"), 13, "sortedmulti(2");
  const Report report = check(stranger);
  EXPECT_EQ(text_fact(report.facts, "kind"), "signer") << report.message;
  EXPECT_TRUE(has_finding(report, "no-checksum"));
}

TEST_F(Wallets, DescriptorsAreFound) {
  const std::string key = account(*main_, 84).xpub(Chain::mainnet);
  expect_yes(check("wpkh([a2395005/84h/0h/0h]" + key + "/<0;1>/*)"), "main", "account", "m/84h/0h/0h/<0;1>/*");
  const std::string far = account(*main_, 84, 77).xpub(Chain::mainnet);
  expect_yes(check("wpkh([a2395005/84'/0'/77']" + far + "/0/*)"), "main", "account", "m/84h/0h/77h/0/*");
  EXPECT_EQ(check("wpkh(" + far + "/0/*)").outcome, Outcome::inconsistent) << "without its origin nobody looks that far";
  expect_yes(check("addr(" + address_at(account(*main_, 84), wallet::Purpose::bip84, 0, 0) + ")"), "main", "address", "m/84h/0h/0h/0/0");
}

TEST_F(Wallets, AnOriginNamesThePath) {
  const Node far = account(*main_, 84, 77);
  const std::string key = far.xpub(Chain::mainnet);
  expect_yes(check("[a2395005/84h/0h/77h]" + key), "main", "account", "m/84h/0h/77h");
  expect_yes(check("[a2395005/84'/0'/77']" + key + "/0/*"), "main", "account", "m/84h/0h/77h");
  const std::string single = to_hex(far.derive(std::array{0u, 500u})->public_key());
  expect_yes(check("wpkh([a2395005/84h/0h/77h/0/500]" + single + ")"), "main", "address", "m/84h/0h/77h/0/500");
  EXPECT_FALSE(has_finding(check("[a2395005/84h/0h/77h]" + key), "origin-differs"));
  EXPECT_EQ(check("[a2395005/84x]" + key).outcome, Outcome::usage);
}

TEST_F(Wallets, AnOriginThatContradictsIsSaid) {
  const std::string key = account(*main_, 84).xpub(Chain::mainnet);
  for (const std::string origin : {"[deadbeef/84h/0h/0h]", "[a2395005/49h/5h]"}) {
    const Report report = check("wpkh(" + origin + key + "/0/*)");
    EXPECT_EQ(report.outcome, Outcome::ok) << report.message;
    EXPECT_TRUE(has_finding(report, "origin-differs")) << origin;
    EXPECT_TRUE(has_finding(check(origin + key), "origin-differs")) << origin;
  }
  EXPECT_FALSE(has_finding(check("wpkh([a2395005/84h/0h/0h]" + key + "/0/*)"), "origin-differs"));
}

TEST_F(Wallets, OneOutputOfARegisteredMultisigIsItsAddress) {
  const auto at = [](const Node& node, const std::string& path) { return node.derive(cosigner_path())->xpub(Chain::mainnet) + path; };
  const auto both = [&](const std::string& path) { return "wsh(sortedmulti(1," + at(*main_, path) + "," + at(*other_, path) + "))"; };
  expect_yes(check(both("/0/5")), "sorted", "multisig", "0/5");
  expect_yes(check(both("/1/5000")), "sorted", "multisig", "1/5000");
  std::string stranger = both("/0/5");
  stranger.replace(stranger.find("multi(1"), 7, "multi(2");
  EXPECT_EQ(text_fact(check(stranger).facts, "kind"), "signer");
}

TEST_F(Wallets, AnotherSignersKeyIsSaidToBeThat) {
  replace("setting.seeds", "setting.other");
  write();
  const Report report = check(other_->derive(cosigner_path())->xpub(Chain::mainnet));
  EXPECT_EQ(report.outcome, Outcome::inconsistent);
  EXPECT_TRUE(has_finding(report, "other-signer"));
}

TEST_F(Wallets, SecretsAreRefusedAndNeverSaidAgain) {
  const std::string xprv = vector("backup.txt").expect().at("xprv").as_string().c_str();
  const std::string secrets[] = {xprv, "wpkh([a2395005/84h/0h/0h]" + xprv + "/0/*)", std::string(other_words), "L4rK1yDtCWekvXuE6oXD9jCYfFNV2cWRpVuPLBcCU2z8TrisoyY1",
                                 "pkh(L4rK1yDtCWekvXuE6oXD9jCYfFNV2cWRpVuPLBcCU2z8TrisoyY1)", "[a2395005]zprvAdG4iTXWBoARxkkzNpNh8r6Qag3irQB8PzEMk",
                                 "1. Abandon, 2. ability, 3. able 4. about 5. above 6. absent 7. absorb",
                                 "aban abil able abou abov abse abso abst absu abus acce acci",
                                 "abandon-ability-able-about-above-absent-absorb", "abandon.ability.able.about.above.absent", "abandon;ability;able;about;above;absent",
                                 "1.abandon 2.ability 3.able 4.about 5.above 6.absent", "\"abandon\" \"ability\" \"able\" \"about\" \"above\" \"absent\"",
                                 "L4rK1yDtCWekvXuE6oXD9jCYfFNV2cWRpVuPLBcCU2z8TrisoyY2", "[a2395005/84h]L4rK1yDtCWekvXuE6oXD9jCYfFNV2cWRpVuPLBcCU2z8TrisoyY1",
                                 "pkh(L4rK1yDtCWekvXuE6oXD9jCYfFNV2cWRpVuPLBcCU2z8TrisoyY2)",
                                 "0c28fca386c7a227600b2fe50b7cae11ec86d3bf1fbe471be89827e19d72aa1d", "6PRVWUbkzzsbcVac2qwfssoUJAN1Xhrg6bNk8J7Nzm5H7kxEbn2Nh2ZoGg",
                                 "S6c56bnXQiBjk9mqSYE7ykVQ7NzrRy", "SzavMBLoXU6kDrqtUVmffv"};
  for (const std::string& secret : secrets) {
    const Report report = check(secret);
    EXPECT_EQ(report.outcome, Outcome::refused) << report.message;
    EXPECT_EQ(report.message.find(secret.substr(0, 12)), std::string::npos);
    EXPECT_EQ(report.next.find(secret.substr(0, 12)), std::string::npos);
  }
}

TEST_F(Wallets, ASecretInThePlaceOfTheFileIsRefused) {
  const std::string xprv = vector("backup.txt").expect().at("xprv").as_string().c_str();
  for (const std::string& secret : {xprv, std::string(other_words)}) {
    const Report report = wallet_check({}, Subject(secret), {"a2395005", 20});
    EXPECT_EQ(report.outcome, Outcome::refused) << report.message;
    for (const std::string& said : {report.subject, report.message, report.next}) EXPECT_EQ(said.find(secret.substr(0, 12)), std::string::npos) << said;
  }
}

TEST_F(Wallets, OtherWaysOfWritingAreRead) {
  const Node bip84 = account(*main_, 84);
  const std::string address = address_at(bip84, wallet::Purpose::bip84, 0, 0);
  expect_yes(check("bitcoin:" + address + "?amount=1"), "main", "address", "m/84h/0h/0h/0/0");
  expect_yes(check(bip84.xpub(Chain::mainnet) + "/<0;1>/*"), "main", "account", "m/84h/0h/0h");
  expect_yes(check("0xa2395005"), "main", "master", "m");
}

TEST_F(Wallets, AnAddressOfAnotherNetworkIsSaidToBeThat) {
  const Node key = std::move(*main_->derive(std::array{84 | hardened, 1 | hardened, hardened}));
  const Report report = check(wallet::address(wallet::Purpose::bip84, key.derive(std::array{0u, 0u})->public_key(), Chain::testnet));
  expect_yes(report, "main", "address", "m/84h/1h/0h/0/0");
  EXPECT_TRUE(has_finding(report, "other-network"));
  EXPECT_FALSE(has_finding(check(address_at(account(*main_, 84), wallet::Purpose::bip84, 0, 0)), "other-network"));
}

TEST_F(Wallets, NoTextIsTriedForLong) {
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_EQ(check("bc1" + std::string(100'000, 'q')).outcome, Outcome::usage);
  EXPECT_EQ(check("addr(bc1" + std::string(16'000, 'q') + ")").outcome, Outcome::usage);
  EXPECT_EQ(check("xpub" + std::string(100'000, 'q')).outcome, Outcome::usage);
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(2));
}

// The vector of a Q with `count` bytes flipped where its multisig wallet stands.
class DamagedWallets : public testing::Test {
 protected:
  DamagedWallets() {
    const Vector& from = vector("q1-testnet-18words.7z");
    Bytes bytes = read_bytes(from.path());
    constexpr std::size_t multisig = 32 + 1700, count = 200;
    for (std::size_t i = 0; i < count; ++i) bytes[multisig + i] ^= 0xFF;
    write_bytes(folder_ / "damaged.7z", bytes);
    secrets_.add(Secrets::Kind::password, from.password);
    context_.secrets = &secrets_;
  }
  Report check(const std::string& against) const { return wallet_check(context_, folder_ / "damaged.7z", {against, 20}); }

  Folder folder_;
  FixedSecrets secrets_;
  Context context_;
};

TEST_F(DamagedWallets, ANoIsNotCertain) {
  const Report report = check("tb1q3v7hf2534sn7lnardaa6lx7g27np39j7zd9shs6hasja9reg5uzs95kg9n");
  EXPECT_EQ(report.outcome, Outcome::damaged);
  EXPECT_FALSE(bool_fact(report.facts, "match"));
  EXPECT_TRUE(has_finding(report, "not-searched"));
  EXPECT_NE(report.message.find("multisig wallet"), std::string::npos) << report.message;
  EXPECT_NE(report.message.find("bytes 17"), std::string::npos) << report.message;
}

TEST_F(DamagedWallets, AYesTellsTheDamageToo) {
  const Report report = check("E41D4589");
  EXPECT_EQ(report.outcome, Outcome::damaged);
  EXPECT_TRUE(bool_fact(report.facts, "match"));
  EXPECT_TRUE(report.message.starts_with("yes: "));
  EXPECT_NE(report.message.find("bytes 17"), std::string::npos) << report.message;
}

TEST_F(DamagedWallets, AnExportSaysWhatMayBeMissing) {
  const ExportResult result = export_wallet(context_, folder_ / "damaged.7z", {});
  EXPECT_EQ(result.report.outcome, Outcome::damaged) << result.report.message;
  EXPECT_TRUE(has_finding(result.report, "left-out"));
}

TEST_F(Wallets, TypingErrorsAreUsage) {
  std::string key = account(*main_, 84).xpub(Chain::mainnet);
  key[50] = key[50] == 'a' ? 'b' : 'a';
  const Report report = check(key);
  EXPECT_EQ(report.outcome, Outcome::usage);
  EXPECT_NE(report.message.find("character 51"), std::string::npos) << report.message;
  for (const char* text : {"", "hello", "bc1qcr8te4kr609gcawutmrza0j4xv80jy8z306fyv", "wpkh(xpub)", "A239500", "sh(sh(pkh(a)))"}) EXPECT_EQ(check(text).outcome, Outcome::usage) << text;
  EXPECT_EQ(check("combo(02)").outcome, Outcome::unsupported);
  EXPECT_EQ(check("a2395005", 0).outcome, Outcome::usage);
}

TEST_F(Wallets, OtherFilesHoldNoWallet) {
  EXPECT_EQ(wallet_check({}, std::filesystem::path(HWBAK_VECTORS) / "cdc-badge" / "s01-minimal.cdcbak", {"a2395005", 20}).outcome, Outcome::unsupported);
  EXPECT_EQ(wallet_check({}, vector("mk4-12words.7z").path(), {"380C7AFD", 20}).outcome, Outcome::refused);
  FixedSecrets wrong("abandon ability able about above absent absorb abstract absurd abuse access accident");
  Context context;
  context.secrets = &wrong;
  EXPECT_EQ(wallet_check(context, vector("mk4-12words.7z").path(), {"380C7AFD", 20}).outcome, Outcome::wrong_secret);
}

// --- export ---

TEST_F(Wallets, DescriptorsReadBackToTheFirstAddresses) {
  const ExportResult result = exported(WalletFormat::descriptors);
  ASSERT_EQ(result.report.outcome, Outcome::ok) << result.report.message;
  const List& parts = list_fact(object_fact(result.report.facts, "export"), "wallets");
  ASSERT_EQ(parts.size(), 6u);
  const std::string lines = out(result);
  std::size_t at = 0;
  for (const Value& value : parts) {
    const Object& part = std::get<Object>(value.get());
    for (const char* which : {"receive", "change"}) {
      const std::size_t end = lines.find('\n', at);
      EXPECT_EQ(lines.substr(at, end - at), text_fact(part, which));
      at = end + 1;
    }
    wallet::DescriptorFault fault;
    const auto read = wallet::parse_descriptor(text_fact(part, "receive"), fault);
    ASSERT_TRUE(read) << fault.sentence;
    EXPECT_TRUE(read->checksum_given);
    EXPECT_EQ(wallet::address_of(*read->script_at(0, 0), Chain::mainnet), text_fact(part, "first_address"));
  }
  EXPECT_EQ(at, lines.size());
  EXPECT_EQ(lines.find("prv"), std::string::npos);
  EXPECT_NE(lines.find("wsh(multi(2,[a2395005/48h/0h/0h/2h]"), std::string::npos) << lines;
}

TEST_F(Wallets, SecretsOnlyWhereAskedFor) {
  for (const WalletFormat format : {WalletFormat::bip39, WalletFormat::xprv}) {
    const ExportResult refused = exported(format);
    EXPECT_EQ(refused.report.outcome, Outcome::refused);
    EXPECT_TRUE(refused.data.empty());
    EXPECT_EQ(exported(format, {.with_secrets = true}).report.outcome, Outcome::ok);
  }
  const auto& expect = vector("backup.txt").expect();
  EXPECT_EQ(out(exported(WalletFormat::bip39, {.with_secrets = true})), std::string(expect.at("mnemonic").as_string().c_str()) + "\n");
  EXPECT_EQ(out(exported(WalletFormat::xprv, {.with_secrets = true})), std::string(expect.at("xprv").as_string().c_str()) + "\n");
  EXPECT_EQ(out(exported(WalletFormat::bip39, {.with_secrets = true, .vault = "my other"})), std::string(other_words) + "\n");
  EXPECT_EQ(out(exported(WalletFormat::bip39, {.with_secrets = true, .vault = "73c5da0a"})), std::string(other_words) + "\n");
  EXPECT_EQ(exported(WalletFormat::bip39, {.with_secrets = true, .vault = "none"}).report.outcome, Outcome::usage);
  for (const WalletFormat format : {WalletFormat::descriptors, WalletFormat::bitcoin_core, WalletFormat::electrum}) {
    EXPECT_EQ(out(exported(format)).find("prv9"), std::string::npos);
    const ExportResult secret = exported(format, {.with_secrets = true});
    EXPECT_NE(out(secret).find("prv"), std::string::npos);
    const List& parts = list_fact(object_fact(secret.report.facts, "export"), "wallets");
    EXPECT_EQ(text_fact(std::get<Object>(parts[0].get()), "receive").find("prv"), std::string::npos) << "no secret in the report";
  }
}

TEST_F(Wallets, WrittenFilesAreTheOwnersAlone) {
  const auto path = folder_ / "secret.txt";
  ASSERT_EQ(exported(WalletFormat::xprv, {.with_secrets = true, .output = path}).report.outcome, Outcome::ok);
  struct stat status{};
  ASSERT_EQ(::stat(path.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777u, 0600u);
  EXPECT_EQ(exported(WalletFormat::xprv, {.with_secrets = true, .output = path}).report.outcome, Outcome::refused) << "never over a file that is there";
}

TEST_F(Wallets, BitcoinCoreGetsAList) {
  const auto list = boost::json::parse(out(exported(WalletFormat::bitcoin_core))).as_array();
  ASSERT_EQ(list.size(), 12u);
  for (std::size_t i = 0; i < list.size(); ++i) {
    EXPECT_EQ(list[i].at("internal").as_bool(), i % 2 == 1);
    EXPECT_EQ(list[i].at("active").as_bool(), i < 8) << "multisig wallets do not take the place of the accounts";
    EXPECT_FALSE(list[i].as_object().contains("label"));
  }
  const auto alone = boost::json::parse(out(exported(WalletFormat::bitcoin_core, {.multisig = "sorted"}))).as_array();
  ASSERT_EQ(alone.size(), 2u);
  EXPECT_TRUE(alone[0].at("active").as_bool());
}

TEST_F(Wallets, ElectrumGetsOneWalletAFile) {
  const auto one = boost::json::parse(out(exported(WalletFormat::electrum)));
  EXPECT_EQ(one.at("wallet_type").as_string(), "standard");
  EXPECT_TRUE(one.at("keystore").at("xpub").as_string().starts_with("zpub"));
  EXPECT_TRUE(one.at("keystore").at("xprv").is_null());
  EXPECT_EQ(exported(WalletFormat::electrum, {.multisig = "ours"}).report.outcome, Outcome::refused) << "its keys are not sorted";
  const auto two = boost::json::parse(out(exported(WalletFormat::electrum, {.with_secrets = true, .multisig = "sorted"})));
  EXPECT_EQ(two.at("wallet_type").as_string(), "1of2");
  EXPECT_TRUE(two.at("x1/").at("xprv").as_string().starts_with("Zprv"));
  EXPECT_TRUE(two.at("x2/").at("xprv").is_null());
  const ExportResult all = exported(WalletFormat::electrum, {.output = folder_ / "wallets/"});
  EXPECT_EQ(all.report.outcome, Outcome::ok) << all.report.message;
  EXPECT_EQ(list_fact(object_fact(all.report.facts, "export"), "files").size(), 4u);
  EXPECT_TRUE(has_finding(all.report, "export-loss"));
  EXPECT_TRUE(std::filesystem::exists(folder_ / "wallets/sorted.electrum"));
}

TEST_F(Wallets, NoExportWithSecretsThatHasNone) {
  // Of two other seeds: this backup watches it only.
  const Node third = std::move(*Node::from_seed(wallet::seed_from_mnemonic(other_words, "third").expose()));
  std::string watched = multisig("watched", "");
  const std::string own = main_->derive(cosigner_path())->xpub(Chain::mainnet);
  watched.replace(watched.find(std::to_string(le(main_->fingerprint()))), std::to_string(le(main_->fingerprint())).size(), std::to_string(le(third.fingerprint())));
  watched.replace(watched.find(own), own.size(), third.derive(cosigner_path())->xpub(Chain::mainnet));
  replace("setting.multisig = [", "setting.multisig = [" + watched + ", ");
  write();
  for (const WalletFormat format : {WalletFormat::descriptors, WalletFormat::bitcoin_core, WalletFormat::electrum}) {
    const ExportResult result = exported(format, {.with_secrets = true, .multisig = "watched"});
    EXPECT_EQ(result.report.outcome, Outcome::refused) << result.report.message;
    EXPECT_TRUE(result.data.empty());
    EXPECT_EQ(exported(format, {.multisig = "watched"}).report.outcome, Outcome::ok);
  }
}

TEST_F(Wallets, APublicDuressWalletGivesNothing) {
  const Node duress = main_->derive(std::array{hardened | 2147431408u, hardened, hardened})->rerooted();
  add("duress_xpub = \"" + duress.xpub(Chain::mainnet) + "\"");
  write();
  for (const WalletFormat format : {WalletFormat::descriptors, WalletFormat::bitcoin_core, WalletFormat::electrum, WalletFormat::bip39, WalletFormat::xprv})
    for (const bool secrets : {true, false}) {
      const ExportResult result = exported(format, {.with_secrets = secrets, .vault = "duress_xpub"});
      EXPECT_EQ(result.report.outcome, Outcome::refused) << result.report.message;
      EXPECT_TRUE(result.data.empty());
      EXPECT_EQ(result.report.next.find("--as xprv"), std::string::npos);
    }
}

TEST(WalletExport, AVaultEntryIsChosenByEitherFingerprint) {
  const Vector& from = vector("q1-testnet-18words.7z");
  FixedSecrets secrets(from.password);
  Context context;
  context.secrets = &secrets;
  for (const char* fingerprint : {"AABBCCDD", "aabbccdd", "0648F0C8"})
    EXPECT_EQ(export_wallet(context, from.path(), {.vault = fingerprint}).report.outcome, Outcome::ok) << fingerprint;
}

TEST(WalletExport, AWeakSeedIsWarnedOfOnThePage) {
  const Vector& from = vector("q1-testnet-18words.7z");
  FixedSecrets secrets(from.password);
  Context context;
  context.secrets = &secrets;
  const Report report = export_wallet(context, from.path(), {.format = WalletFormat::bip39, .with_secrets = true}).report;
  const auto found = std::ranges::find_if(report.findings, [](const Finding& finding) { return finding.code == "advisory"; });
  ASSERT_NE(found, report.findings.end());
  EXPECT_TRUE(found->on_page);
}

TEST(WalletExport, OfAnXprvBackupHasNoWords) {
  const Vector& from = vector("mk5-xprv-rounds16.7z");
  FixedSecrets secrets(from.password);
  Context context;
  context.secrets = &secrets;
  const ExportResult words = export_wallet(context, from.path(), {.format = WalletFormat::bip39, .with_secrets = true});
  EXPECT_EQ(words.report.outcome, Outcome::refused);
  EXPECT_NE(words.report.message.find("no words exist"), std::string::npos);
  const ExportResult descriptors = export_wallet(context, from.path(), {});
  EXPECT_EQ(descriptors.report.outcome, Outcome::ok);
  EXPECT_TRUE(has_finding(descriptors.report, "no-words"));
}

// --- diff ---

TEST_F(Wallets, TheSameBackupIsTheSame) {
  write("again.txt");
  const Report report = diff({}, folder_ / "backup.txt", folder_ / "again.txt");
  EXPECT_EQ(report.outcome, Outcome::ok) << report.message;
  EXPECT_TRUE(bool_fact(report.facts, "same_wallet"));
  EXPECT_TRUE(bool_fact(report.facts, "same"));
}

std::vector<std::string> named(const List& list) {
  std::vector<std::string> out;
  for (const Value& value : list) out.push_back(text_fact(std::get<Object>(value.get()), "kind") + " " + text_fact(std::get<Object>(value.get()), "identity"));
  return out;
}

TEST_F(Wallets, WhatChangedIsNamed) {
  replace("the code is 4711", "the code is 4712");
  replace("\"my other\"", "\"a new label\"");
  replace(", " + multisig("sorted", ""), "");
  add("setting.nick = \"new\"");
  write("after.txt");
  const Report hidden = diff({}, folder_ / "backup.txt", folder_ / "after.txt");
  EXPECT_EQ(named(list_fact(hidden.facts, "came")), std::vector<std::string>{"setting nick"});
  EXPECT_EQ(named(list_fact(hidden.facts, "went")), std::vector<std::string>{"multisig sorted"});
  EXPECT_EQ(named(list_fact(hidden.facts, "changed")), (std::vector<std::string>{"seed-vault a new label (73C5DA0A)", "note bank"}));
  const Object& note = std::get<Object>(list_fact(hidden.facts, "changed")[1].get());
  EXPECT_EQ(note.find("values"), nullptr) << "names only";
  Context context;
  context.reveal = true;
  const Report shown = diff(context, folder_ / "backup.txt", folder_ / "after.txt");
  const Object& value = std::get<Object>(list_fact(std::get<Object>(list_fact(shown.facts, "changed")[1].get()), "values")[0].get());
  EXPECT_EQ(secret_fact(value, "before"), "the code is 4711");
  EXPECT_EQ(secret_fact(value, "after"), "the code is 4712");
}

TEST_F(Wallets, WhatIsNotUnderstoodIsComparedToo) {
  const auto after = [&](std::string_view from, std::string_view to) {
    const std::string kept = text_;
    replace(from, to);
    write("after.txt");
    text_ = kept;
    return diff({}, folder_ / "backup.txt", folder_ / "after.txt");
  };
  const std::string xpub = text_.substr(text_.find("\nxpub = "), text_.find('\n', text_.find("\nxpub = ") + 1) - text_.find("\nxpub = "));
  const Report gone = after(xpub, "");
  EXPECT_FALSE(bool_fact(gone.facts, "same")) << gone.message;
  EXPECT_EQ(named(list_fact(gone.facts, "went")), std::vector<std::string>{"key xpub"});
  const Report note = after("\"misc\": \"the code", "\"unknown\": 1, \"misc\": \"the code");
  EXPECT_EQ(named(list_fact(note.facts, "changed")), std::vector<std::string>{"setting notes"});
  const Report option = after("\"ft\": 14", "\"ft\": 14, \"zz\": 1");
  EXPECT_EQ(named(list_fact(option.facts, "changed")), std::vector<std::string>{"setting multisig"});
  // The order in which a device writes the members says nothing.
  EXPECT_TRUE(bool_fact(after("{\"title\": \"bank\", \"misc\": \"the code is 4711\"}", "{\"misc\":\"the code is 4711\",  \"title\":\"b\\u0061nk\"}").facts, "same"));
}

TEST_F(Wallets, AnotherWalletIsSaidToBeOne) {
  FixedSecrets secrets(vector("mk4-12words.7z").password);
  Context context;
  context.secrets = &secrets;
  const Report report = diff(context, folder_ / "backup.txt", vector("mk4-12words.7z").path());
  EXPECT_EQ(report.outcome, Outcome::ok) << report.message;
  EXPECT_FALSE(bool_fact(report.facts, "same_wallet"));
  EXPECT_NE(report.message.find("A2395005 before, 380C7AFD after"), std::string::npos) << report.message;
  EXPECT_EQ(text_fact(std::get<Object>(list_fact(report.facts, "changed")[0].get()), "kind"), "wallet");
}

}  // namespace
}  // namespace hwbak
