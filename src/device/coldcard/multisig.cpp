// setting.multisig: wallets shared with other keys (docs/formats/coldcard.md, "Settings" and
// "Consistency", check 7). The list is untrusted: every shape is possible.
#include <algorithm>

#include "device/coldcard/parts.h"
#include "wallet/address.h"

namespace hwbak::coldcard {
namespace {

using Ref = JsonSpans::Ref;

constexpr std::size_t max_wallets = 500;    // more do not fit the 128 KiB a device reads
constexpr std::size_t max_cosigners = 15;   // more do not fit a P2SH script
constexpr std::size_t max_path_steps = 10;  // BIP-48 has four

struct Script {
  std::int64_t code;  // opts.ft
  std::string_view name;
  wallet::ScriptType type;
};
constexpr Script scripts[] = {{8, "p2sh", wallet::ScriptType::p2sh},
                              {14, "p2wsh", wallet::ScriptType::p2wsh},
                              {26, "p2sh-p2wsh", wallet::ScriptType::p2sh_p2wsh}};

class WalletReader final {
 public:
  WalletReader(Job& job, const Line& line, std::size_t number) : job_(job), line_(line), number_(number) {}

  MultisigWallet read(const Ref& value) {
    const auto parts = value.children();
    if (value.kind() != JsonNode::Kind::array || parts.size() < 3) {
      fault("it is not a list of name, [M, N] and keys");
      return std::move(out_);
    }
    out_.name = public_text(parts[0]);
    read_quorum(parts[1]);
    if (parts.size() > 3) opts_ = parts[3];
    if (parts.size() > 4) out_.sorted = parts[4].integer() != 0;
    read_options();
    read_cosigners(parts[2]);
    check_own_key();
    make_address();
    return std::move(out_);
  }

 private:
  // The record cannot be used as it stands.
  void fault(const std::string& sentence) {
    out_.complaints.push_back(sentence + ".");
    job_.unreadable("multisig", "Multisig wallet " + std::to_string(number_) + ": " + sentence + ".", line_);
  }
  // It reads well but does not belong to this seed. The wallet's own secret stays good, and a device
  // restores it, so this is a finding and no contradiction of the backup.
  void foreign(const std::string& sentence) {
    out_.complaints.push_back(sentence + ".");
    job_.find(Severity::warning, "multisig", "Multisig wallet " + std::to_string(number_) + ": " + sentence + ".", &line_);
  }
  // Odd, but no proof of anything wrong.
  void remark(std::string_view code, const std::string& sentence) {
    out_.complaints.push_back(sentence + ".");
    job_.find(Severity::note, code, "Multisig wallet " + std::to_string(number_) + ": " + sentence + ".", &line_);
  }

  void read_quorum(const Ref& value) {
    const auto m = value.element(0), n = value.element(1);
    const auto in_range = [](const std::optional<Ref>& number) {
      const auto i = number ? number->integer() : std::nullopt;
      return i && *i >= 1 && *i <= static_cast<std::int64_t>(max_cosigners) ? static_cast<unsigned>(*i) : 0u;
    };
    out_.m = in_range(m);
    out_.n = in_range(n);
    if (out_.m == 0 || out_.m > out_.n) fault("its M of N is not possible (1 <= M <= N <= 15)");
  }

  void read_options() {
    const auto format = opts_ ? opts_->member("ft") : std::nullopt;
    const auto code = format ? format->integer() : std::int64_t{8};
    const auto* const found =
        std::find_if(std::begin(scripts), std::end(scripts), [&](const Script& s) { return s.code == code; });
    if (found != std::end(scripts)) {
      script_ = found->type;
      out_.script = found->name;
    } else {
      fault("its address format is none a Coldcard knows");
    }
    const auto chain = opts_ ? opts_->member("ch") : std::nullopt;
    out_.chain = chain ? public_text(chain) : "BTC";
    chain_ = wallet::chain_from_code(out_.chain);
    if (!chain_)
      fault("its chain is none a Coldcard knows");
    else if (job_.out.chain_known && *chain_ != job_.out.chain)
      remark("multisig-chain", "it is for another chain than this backup");
  }

  // [fingerprint, xpub] with the common path in opts.pp, or [fingerprint, index, xpub] with paths in opts.d.
  Cosigner read_cosigner(const Ref& value, const std::vector<Ref>& paths) {
    Cosigner key;
    const auto parts = value.children();
    if (value.kind() != JsonNode::Kind::array || parts.size() < 2 || parts.size() > 3) return key;
    const auto xfp = parts[0].integer();
    if (xfp && *xfp >= 0 && *xfp <= 0xFFFFFFFF)
      key.fingerprint = wallet::fingerprint_from_le(static_cast<std::uint32_t>(*xfp));
    key.xpub = public_text(parts.back());
    if (parts.size() == 2) {
      if (opts_) key.path = public_text(opts_->member("pp"));
    } else if (const auto i = parts[1].integer(); i && *i >= 0 && static_cast<std::size_t>(*i) < paths.size()) {
      key.path = public_text(paths[static_cast<std::size_t>(*i)]);
    }
    if (!key.path.empty() && !key.path.starts_with('m')) key.path.insert(0, "m/");
    if (const auto steps = steps_of(key.path)) key.path = wallet::path_text(*steps);
    return key;
  }

  static std::optional<std::vector<std::uint32_t>> steps_of(std::string_view path) {
    auto steps = wallet::parse_path(path);
    return steps && steps->size() <= max_path_steps ? std::move(steps) : std::nullopt;
  }

  void read_cosigners(const Ref& list) {
    const auto values = list.children();
    if (list.kind() != JsonNode::Kind::array || values.empty() || values.size() > max_cosigners)
      return fault("it does not list 1 to 15 keys");
    if (values.size() != out_.n) fault("it lists " + std::to_string(values.size()) + " keys, not N");
    const auto known_paths = opts_ ? opts_->member("d") : std::nullopt;
    const auto paths =
        known_paths && known_paths->kind() == JsonNode::Kind::array ? known_paths->children() : std::vector<Ref>();
    for (const auto& value : values) {
      Cosigner key = read_cosigner(value, paths);
      auto parsed = wallet::Node::parse(key.xpub);
      key.decodes = parsed && !parsed->node.is_private();
      const std::string which = "key " + std::to_string(out_.cosigners.size() + 1);
      if (!key.decodes)
        fault(which + " is no extended public key, or its checksum does not hold");
      else if (chain_ && parsed->testnet != (*chain_ != wallet::Chain::mainnet))
        foreign(which + " is written for another chain");
      if (key.decodes) nodes_.push_back(std::move(parsed->node));
      out_.cosigners.push_back(std::move(key));
    }
  }

  void check_own_key() {
    const Backup& backup = job_.out;
    if (!backup.fingerprint || out_.cosigners.empty()) return;
    bool compared = false;
    std::size_t node = 0;
    for (const auto& key : out_.cosigners) {
      const wallet::Node* known = key.decodes ? &nodes_[node++] : nullptr;
      if (key.fingerprint != *backup.fingerprint) continue;
      out_.own_key_present = true;
      const auto steps = steps_of(key.path);
      if (known == nullptr || !steps || !backup.secret) continue;
      const auto own = backup.secret->node->derive(*steps);
      compared = true;
      if (own && own->same_key(*known)) out_.own_key_matches = true;
    }
    if (!out_.own_key_present) {
      const std::string sentence =
          "this wallet's fingerprint " + wallet::to_text(*backup.fingerprint) + " is not among its keys";
      // A passphrase or temporary wallet may carry the wallets of another seed.
      if (backup.secret && backup.secret->mode == Mode::xprv) return remark("multisig-without-own-key", sentence);
      return foreign(sentence);
    }
    if (compared && !out_.own_key_matches)
      foreign("the key listed for this wallet is not the one its secret gives at that path");
    if (!compared)
      remark("multisig-path-unknown", "the path of its own key is not stored, so that key could not be compared");
  }

  void make_address() {
    if (!chain_ || !script_ || out_.m == 0 || out_.m > out_.n || nodes_.size() != out_.n ||
        out_.cosigners.size() != out_.n)
      return;
    std::vector<std::array<std::uint8_t, 33>> keys;
    constexpr std::uint32_t first_receive[] = {0, 0};
    for (const auto& node : nodes_) {
      const auto child = node.derive(first_receive);
      if (!child) return;
      keys.push_back(child->public_key());
    }
    out_.first_address = wallet::multisig_address(out_.m, std::move(keys), *script_, out_.sorted, *chain_);
  }

  Job& job_;
  const Line& line_;
  std::size_t number_;
  MultisigWallet out_;
  std::optional<Ref> opts_;
  std::optional<wallet::Chain> chain_;
  std::optional<wallet::ScriptType> script_;
  std::vector<wallet::Node> nodes_;  // of the keys that decode, in order
};

}  // namespace

void read_multisig(Job& job) {
  const Line* line = job.sound("setting.multisig");
  if (line == nullptr) return;
  const auto spans = JsonSpans::parse(line->value);
  if (!spans || spans->root().kind() != JsonNode::Kind::array) return job.wrong_type(*line, "a list");
  for (const auto& value : spans->root().children()) {
    if (job.out.multisig.size() == max_wallets) {
      job.capped = true;
      job.unreadable("too-many-records", "There are more multisig wallets than a device can keep; the rest was not read.", *line);
      return;
    }
    job.out.multisig.push_back(WalletReader(job, *line, job.out.multisig.size() + 1).read(value));
  }
}

}  // namespace hwbak::coldcard
