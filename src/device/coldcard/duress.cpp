// Duress wallets are derived from the main secret, so each can be made again and compared
// (docs/formats/coldcard.md, "Keys" and "Consistency", check 6).
#include <array>

#include "device/coldcard/parts.h"

namespace hwbak::coldcard {
namespace {

constexpr std::array<std::uint32_t, 3> duress_path = {wallet::hardened | 2147431408u, wallet::hardened, wallet::hardened};

// BIP-85 indexes a device uses, by the argument of the trick PIN.
struct DuressWords {
  std::string_view key;
  unsigned words;
  std::uint32_t index;
};
constexpr DuressWords duress_words[] = {
    {"duress_1001_words", 24, 1001}, {"duress_1002_words", 24, 1002}, {"duress_1003_words", 24, 1003},
    {"duress_2001_words", 12, 2001}, {"duress_2002_words", 12, 2002}, {"duress_2003_words", 12, 2003},
};

class DuressReader final {
 public:
  explicit DuressReader(Job& job) : job_(job) {
    if (!job.out.secret) return;
    main_ = &*job.out.secret->node;
    if (job.whole("duress_xprv") == nullptr && job.whole("duress_xpub") == nullptr) return;
    if (auto node = main_->derive(duress_path)) root_ = node->rerooted();
  }

  void read_key(std::string_view key) {
    const Line* line = job_.whole(key);
    if (line == nullptr) return;
    const auto text = string_value(line->value);
    DuressWallet wallet{std::string(key), false, std::nullopt};
    if (text) {
      if (root_)
        wallet.consistent = key == "duress_xprv" ? text->equals(root_->xprv(job_.out.chain).expose())
                                                 : text->equals(root_->xpub(job_.out.chain));
      if (const auto parsed = wallet::Node::parse(text->expose())) wallet.fingerprint = parsed->node.fingerprint();
    }
    const bool checksum_holds = wallet.fingerprint.has_value();
    add(*line, std::move(wallet), checksum_holds ? "Base58Check" : "");
  }

  void read_words(const DuressWords& kind) {
    const Line* line = job_.whole(kind.key);
    if (line == nullptr) return;
    const auto text = string_value(line->value);
    DuressWallet wallet{std::string(kind.key), false, std::nullopt};
    bool checksum_holds = false;
    if (text) {
      const auto made = main_ == nullptr ? std::nullopt : wallet::bip85_words(*main_, kind.words, kind.index);
      wallet.consistent = made && text->equals(made->expose());
      SecretFault fault;
      if (const auto secret = secret_from_mnemonic(text->expose(), fault, job_.memo)) {
        wallet.fingerprint = secret->node->fingerprint();
        checksum_holds = true;
      }
    }
    add(*line, std::move(wallet), checksum_holds ? "BIP-39 checksum" : "");
  }

 private:
  void add(const Line& line, DuressWallet wallet, std::string_view checksum) {
    Backup& out = job_.out;
    if (wallet.consistent || (!line.suspect && !checksum.empty())) {
      if (job_.damaged)
        out.survivors.push_back(
            {wallet.key, wallet.consistent ? "recomputed from the main secret" : std::string(checksum)});
    } else if (line.suspect) {
      return;  // bytes in doubt prove nothing against the wallet
    }
    if (main_ != nullptr) {
      out.consistent.duress = out.consistent.duress.value_or(true) && wallet.consistent;
      if (!wallet.consistent) complain(line);
    }
    out.duress.push_back(std::move(wallet));
  }

  void complain(const Line& line) {
    const std::string what = std::string(line.key) + " (line " + std::to_string(line.number) + ")";
    if (job_.out.secret->mode != Mode::xprv)
      return job_.contradict(what + " is not the duress wallet this secret gives.");
    // Passphrase and temporary wallets may carry the duress wallet of the main seed.
    job_.find(Severity::warning, "duress-of-another-seed",
              what + " is not the duress wallet this key gives. It may belong to the main seed of the device.", &line);
  }

  Job& job_;
  const wallet::Node* main_ = nullptr;
  std::optional<wallet::Node> root_;
};

}  // namespace

void read_duress_wallets(Job& job) {
  DuressReader reader(job);
  reader.read_key("duress_xprv");
  reader.read_key("duress_xpub");
  for (const auto& kind : duress_words) reader.read_words(kind);
}

}  // namespace hwbak::coldcard
