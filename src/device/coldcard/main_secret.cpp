// The wallet itself: raw_secret against mnemonic, xprv and xpub (docs/formats/coldcard.md,
// "Consistency", checks 1 to 5). In a damaged text a line counts when
// its own checksum proves it.
#include "base/unicode.h"
#include "device/coldcard/parts.h"

namespace hwbak::coldcard {
namespace {

// A line that should hold the secret in one of its forms.
struct Form {
  const Line* line = nullptr;          // whole, perhaps in doubt
  std::optional<SecretString> text;    // nullopt: no string
  std::optional<WalletSecret> secret;  // decoded; for xpub the node is public
  std::string fault;                   // why not
  std::string agrees_with;             // another form that gives the same key
  bool proven = false;

  [[nodiscard]] bool sound() const noexcept { return line != nullptr && !line->suspect; }
  [[nodiscard]] const wallet::Node* node() const noexcept { return secret ? &*secret->node : nullptr; }
};

struct Forms {
  Form raw, words, xprv, xpub;
};

Form take(const Job& job, std::string_view key) {
  Form form;
  form.line = job.whole(key);
  if (form.line == nullptr) return form;
  form.text = string_value(form.line->value);
  if (!form.text) form.fault = "it is not text";
  return form;
}

WalletSecret of_node(wallet::Node node) {
  WalletSecret secret;
  secret.mode = Mode::xprv;
  secret.node = std::move(node);
  return secret;
}

WalletSecret copy_of(const WalletSecret& secret) {
  WalletSecret copy;
  copy.mode = secret.mode;
  copy.word_count = secret.word_count;
  copy.mnemonic = secret.mnemonic.clone();
  copy.master_secret = secret.master_secret.clone();
  copy.node = secret.node->clone();
  copy.zero_tail = secret.zero_tail;
  return copy;
}

void decode_extended(Form& form, bool want_private) {
  if (!form.text) return;
  auto parsed = wallet::Node::parse(form.text->expose());
  if (parsed && parsed->node.is_private() == want_private)
    form.secret = of_node(parsed->node.rerooted());
  else
    form.fault = parsed ? "it is the other kind of extended key" : "its checksum (Base58Check) does not hold";
}

Forms take_all(const Job& job) {
  Forms forms{take(job, "raw_secret"), take(job, "mnemonic"), take(job, "xprv"), take(job, "xpub")};
  SecretFault fault;
  if (forms.raw.text) {
    forms.raw.secret = decode_secret(forms.raw.text->expose(), fault, job.memo);
    if (!forms.raw.secret) forms.raw.fault = fault.sentence;
  }
  if (forms.words.text) {
    const auto& raw = forms.raw.secret;  // the same words cost no second derivation
    if (raw && raw->mode == Mode::words && raw->mnemonic.equals(forms.words.text->expose()))
      forms.words.secret = copy_of(*raw);
    else
      forms.words.secret = secret_from_mnemonic(forms.words.text->expose(), fault, job.memo);
    if (!forms.words.secret) forms.words.fault = fault.sentence;
  }
  decode_extended(forms.xprv, true);
  decode_extended(forms.xpub, false);
  return forms;
}

void read_chain(Job& job, const Forms& forms) {
  Backup& out = job.out;
  const auto guess = [&] {  // by the prefix of a key that decodes; XTN and XRT share theirs
    for (const Form* form : {&forms.xprv, &forms.xpub})
      if (form->secret) return form->text->expose().starts_with('t') ? wallet::Chain::testnet : wallet::Chain::mainnet;
    return wallet::Chain::mainnet;
  };
  const Line* line = job.sound("chain");
  const auto code = job.text("chain");
  out.chain_given = line != nullptr;
  if (!out.chain_given) {
    if (!job.damaged) return;
    out.chain = guess();
    out.chain_code = wallet::coldcard_code(out.chain);
    return;
  }
  out.chain_code = code ? text_of(*code) : "";
  const auto known = wallet::chain_from_code(out.chain_code);
  out.chain_known = known.has_value();
  out.chain = known ? *known : guess();
  if (!known)
    job.contradict("chain (line " + std::to_string(line->number) +
                   ") names no chain a Coldcard knows (BTC, XTN, XRT): a device refuses to restore this backup.");
}

// Whether two forms give the same key; `a` learns the name of `b`.
void compare(Form& a, const Form& b, std::string_view name_b) {
  if (a.agrees_with.empty() && a.node() != nullptr && b.node() != nullptr && a.node()->same_key(*b.node()))
    a.agrees_with = name_b;
}

void survive(Job& job, Form& form, std::string_view what, std::string proof) {
  form.proven = true;
  job.out.survivors.push_back({std::string(what), std::move(proof)});
}

void prove_forms(Job& job, Forms& forms) {
  compare(forms.words, forms.xprv, "xprv");
  compare(forms.words, forms.xpub, "xpub");
  if (forms.words.secret) {
    const bool rival = forms.xprv.secret || forms.xpub.secret;
    const auto& other = forms.words.agrees_with;
    // Four checksum bits of twelve words are few: bytes in doubt do not stand against 32 bits of Base58Check.
    if (forms.words.sound() || !rival || !other.empty())
      survive(job, forms.words, "mnemonic",
              other.empty() ? "BIP-39 checksum" : "BIP-39 checksum; gives the same key as " + other);
  }
  if (forms.xprv.secret) survive(job, forms.xprv, "xprv", "Base58Check");
  if (forms.xpub.secret) survive(job, forms.xpub, "xpub", "Base58Check");
  if (forms.words.proven) compare(forms.raw, forms.words, "mnemonic");
  compare(forms.raw, forms.xprv, "xprv");
  compare(forms.raw, forms.xpub, "xpub");
  if (!forms.raw.agrees_with.empty())
    survive(job, forms.raw, "raw_secret", "gives the same key as " + forms.raw.agrees_with);
}

void choose(Job& job, const Form& form, std::string_view source) {
  job.out.secret = copy_of(*form.secret);
  job.out.secret_source = source;
}

void choose_damaged(Job& job, const Forms& forms) {
  Backup& out = job.out;
  if (!forms.raw.sound() && !forms.raw.proven) out.secret_fault = "the raw_secret line is damaged";
  if (forms.raw.sound() && !forms.raw.secret) {
    out.secret_fault = "raw_secret does not decode: " + forms.raw.fault;
    job.contradict("raw_secret (line " + std::to_string(forms.raw.line->number) +
                   ") does not decode: " + forms.raw.fault + ".");
  }
  if (forms.raw.proven) return choose(job, forms.raw, "raw_secret");
  if (forms.words.proven) return choose(job, forms.words, "mnemonic");
  if (forms.xprv.proven) return choose(job, forms.xprv, "xprv");
  if (!forms.raw.sound() || !forms.raw.secret) return;
  choose(job, forms.raw, "raw_secret");
  job.find(Severity::warning, "secret-unproven",
           "raw_secret lies outside the damage, but no other line is left to prove it. Compare the fingerprint with "
           "one you know.",
           forms.raw.line);
}

void choose_whole(Job& job, const Forms& forms) {
  if (forms.raw.secret) {
    if (!forms.words.secret && !forms.xprv.secret && !forms.xpub.secret)
      job.find(Severity::warning, "secret-unproven",
               "Nothing else in the file confirms raw_secret. Compare the fingerprint with one you know.", forms.raw.line);
    return choose(job, forms.raw, "raw_secret");
  }
  std::string fault =
      forms.raw.line == nullptr ? "raw_secret is missing" : "raw_secret does not decode: " + forms.raw.fault;
  std::string instead;
  if (forms.words.secret)
    choose(job, forms.words, "mnemonic"), instead = " What is shown comes from the mnemonic line.";
  else if (forms.xprv.secret)
    choose(job, forms.xprv, "xprv"), instead = " What is shown comes from the xprv line.";
  job.contradict(fault + "; a device needs it to restore this backup." + instead);
  job.out.secret_fault = std::move(fault);
}

void check_mnemonic(Job& job, const Form& words) {
  Backup& out = job.out;
  if (words.line == nullptr || (words.line->suspect && !words.proven)) return;
  const std::string line = "mnemonic (line " + std::to_string(words.line->number) + ")";
  if (!words.secret) {
    out.consistent.mnemonic = false;
    return job.contradict(line + " is not a valid mnemonic: " + words.fault + ".");
  }
  if (out.secret_source != "raw_secret") return;  // nothing to hold it against
  out.consistent.mnemonic = out.secret->mode == Mode::words && out.secret->mnemonic.equals(words.text->expose());
  if (*out.consistent.mnemonic) return;
  job.contradict(out.secret->mode == Mode::words
                     ? line + " and raw_secret are different wallets. A device restores raw_secret."
                     : line + " stands beside a raw_secret that is not made of words. A device restores raw_secret.");
}

// `expected` is the text a device would have written for the chosen secret.
Check check_extended(Job& job, const Form& form, std::string_view key, std::string_view expected) {
  if (form.line == nullptr || (form.line->suspect && !form.proven)) return std::nullopt;
  if (form.text && form.text->equals(expected)) return true;
  const Backup& out = job.out;
  std::string sentence = std::string(key) + " (line " + std::to_string(form.line->number) + ") ";
  if (!form.secret)
    sentence += "is not valid: " + form.fault + ".";
  else if (out.secret->node->same_key(*form.node()))
    sentence += "is the right key, but not written as the master key of the chain " + printable(out.chain_code) + ".";
  else
    sentence += "belongs to another wallet than " + out.secret_source + ".";
  if (key == "xprv") sentence += " A device refuses to restore this backup (\"xprv mismatch\").";
  job.contradict(std::move(sentence));
  return false;
}

}  // namespace

void read_main_secret(Job& job) {
  Backup& out = job.out;
  Forms forms = take_all(job);
  read_chain(job, forms);
  if (job.damaged) {
    prove_forms(job, forms);
    choose_damaged(job, forms);
  } else {
    choose_whole(job, forms);
  }
  check_mnemonic(job, forms.words);
  if (out.secret) {
    out.fingerprint = out.secret->node->fingerprint();
    out.consistent.xprv = check_extended(job, forms.xprv, "xprv", out.secret->node->xprv(out.chain).expose());
    out.consistent.xpub = check_extended(job, forms.xpub, "xpub", out.secret->node->xpub(out.chain));
    if (!out.secret->zero_tail)
      job.find(Severity::warning, "raw-secret-tail",
               "raw_secret holds further bytes after its content. A device never writes them.", forms.raw.line);
  } else if (forms.xpub.secret) {
    out.fingerprint = forms.xpub.node()->fingerprint();
  }
}

}  // namespace hwbak::coldcard
