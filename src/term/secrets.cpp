// See secrets.h.
#include "term/secrets.h"

#include "device/coldcard/words.h"
#include "hwbak/error.h"
#include "term/word_entry.h"

namespace hwbak::term {
namespace {

constexpr unsigned most_typed_again = 5;
constexpr unsigned most_new_tries = 3;

constexpr WhenEmpty no_key{"no key", "give the receiver's private key"};
constexpr WhenEmpty no_new_password{"an empty new password", "put the new password there"};
constexpr WhenEmpty no_seed{"no seed words", "put the words of the seed, or its xprv, there"};

// Words were meant, even though it is not twelve good ones: most are on the list.
bool nearly_words(const coldcard::TypedWords& words) noexcept {
  constexpr unsigned slack = 2;
  return words.count + slack >= coldcard::password_words && words.count <= coldcard::password_words + slack &&
         words.unknown.size() <= slack;
}

// A slip of the fingers does not end a command that has asked for much else before.
SecretString typed_twice(Terminal& terminal, const std::string& of = {}, const std::string& what = "password") {
  for (unsigned tries = 1;; ++tries) {
    auto first = ask_password(terminal, "New " + what + of + " (not shown): ");
    const auto second = first && !first->empty() ? ask_password(terminal, "The same again: ") : std::nullopt;
    if (!second)
      throw Error(Outcome::refused, "no new " + what + " was given; nothing was written", std::nullopt, "run the command again");
    if (first->equals(second->expose())) return std::move(*first);
    if (tries == most_new_tries)
      throw Error(Outcome::refused, "the two new " + what + "s differ; nothing was written", std::nullopt, "run the command again");
    terminal.write("The two differ. Type the new " + what + " once more.\r\n");
  }
}

}  // namespace

std::vector<std::filesystem::path> files_of(const SecretOptions& options) {
  std::vector<std::filesystem::path> out;
  const auto add = [&](const Source& source) {
    if (source.kind == Source::Kind::file) out.emplace_back(source.argument);
  };
  for (const auto* const one : {&options.password, &options.passwords, &options.new_password, &options.receiver_key, &options.mnemonic, &options.pin, &options.so_pin,
                                &options.dkek, &options.quorum})
    if (*one) add(**one);
  for (const auto* const list : {&options.shares, &options.new_shares, &options.written})
    for (const ShareSource& share : *list) add(share.source);
  return out;
}

Terminal* ProgramSecrets::terminal() {
  if (!terminal_) terminal_ = open_terminal_();
  return terminal_->get();
}

SecretBytes ProgramSecrets::read(const Source& source, std::size_t max_size) {
  if (source.kind != Source::Kind::environment) return read_source(source, max_size);
  auto known = environment_.find(source.argument);
  if (known == environment_.end()) known = environment_.emplace(source.argument, read_source(source, max_size)).first;
  return known->second.clone();
}

std::span<const SecretString> ProgramSecrets::ask(const Question& question) {
  auto& answer = answers_[static_cast<std::size_t>(question.kind)];
  if (answer) return *answer;
  const bool from_terminal = !options_.passwords && (!options_.password || options_.password->kind == Source::Kind::terminal);
  if (question.only_given && question.kind == Kind::password && from_terminal) return {};
  Candidates candidates;
  switch (question.kind) {
    case Kind::password:
      if (!options_.no_password) candidates = passwords(question);
      break;
    case Kind::new_password:
      // Where words are usual, none given means that they are drawn.
      if (options_.new_password || (!question.words_likely && options_.may_prompt)) candidates = typed_new(question);
      break;
    case Kind::mnemonic:
      if (options_.mnemonic || options_.may_prompt) candidates = seed(question);
      break;
    case Kind::pin:
      if (options_.typed_pin) candidates.push_back(options_.typed_pin->clone());
      else if (options_.pin) candidates = pin(question, *options_.pin);
      break;
    case Kind::so_pin:
      if (options_.so_pin) candidates = pin(question, *options_.so_pin);
      break;
    case Kind::dkek:
      if (options_.dkek) candidates = dkek();
      break;
    case Kind::receiver_key:
      if (options_.receiver_key && !options_.no_password) {
        const Source& source = *options_.receiver_key;
        if (source.kind == Source::Kind::terminal) candidates = typed(question);
        else candidates.push_back(decode_secret(read(source, max_secret_size).expose(), Encoding::text, source, no_key));
      }
      break;
  }
  answer = std::move(candidates);
  return *answer;
}

std::span<const SecretString> ProgramSecrets::ask_again(const Question& question) {
  if (!prompted_ || question.kind != Kind::password || again_.size() >= most_typed_again) return {};
  again_.push_back(typed(question, "This password does not open it. Try again, or press Ctrl-D.\r\n"));
  return again_.back();
}

ProgramSecrets::Candidates ProgramSecrets::passwords(const Question& question) {
  Candidates candidates;
  if (options_.password && options_.password->kind != Source::Kind::terminal) {
    const Source& source = *options_.password;
    add(candidates, decode_secret(read(source, max_secret_size).expose(), options_.encoding, source), question.words_likely, true);
  } else if (options_.password || (!options_.passwords && options_.may_prompt && terminal() != nullptr)) {
    candidates = typed(question);
  }
  if (options_.passwords) add_list(candidates, *options_.passwords, question.words_likely);
  return candidates;
}

ProgramSecrets::Candidates ProgramSecrets::typed(const Question& question, std::string before) {
  Terminal* const where = terminal();
  if (where == nullptr)
    throw Error(Outcome::refused, "there is no terminal to ask for the password", std::nullopt,
                "give --password-from file:PATH, fd:N, env:NAME or stdin");
  prompted_ = true;
  if (!question.hint.empty()) before += question.hint + "\r\n";
  where->write(before);
  std::optional<SecretString> answer;
  if (question.kind == Kind::receiver_key) {
    answer = ask_password(*where, "Receiver's key for " + question.subject + " (not shown): ");
  } else if (question.words_likely && options_.encoding == Encoding::text) {
    answer = ask_words(*where, "Password of " + question.subject, before);
  } else {
    answer = ask_password(*where, "Password of " + question.subject + " (not shown): ");
  }
  Candidates candidates;
  if (!answer) return candidates;
  if (answer->empty())
    throw Error(Outcome::refused, "an empty password was typed", std::nullopt, "run the command again and type the password");
  const Encoding encoding = question.kind == Kind::receiver_key ? Encoding::text : options_.encoding;
  add(candidates, decode_secret(answer->expose_bytes(), encoding, Source{}), question.words_likely, false);
  return candidates;
}

// Exactly one: a new password is used as it is, or in the spelling the device itself would give its words.
ProgramSecrets::Candidates ProgramSecrets::typed_new(const Question& question) {
  const Source source = options_.new_password.value_or(Source{});
  SecretString password;
  if (source.kind != Source::Kind::terminal) {
    password = decode_secret(read(source, max_secret_size).expose(), options_.encoding, source, no_new_password);
  } else {
    Terminal* const where = terminal();
    if (where == nullptr)
      throw Error(Outcome::refused, "there is no terminal to ask for the new password", std::nullopt,
                  "give --new-password-from file:PATH, fd:N, env:NAME or stdin");
    password = decode_secret(typed_twice(*where).expose_bytes(), options_.encoding, source);
  }
  Candidates candidates;
  add(candidates, std::move(password), question.words_likely, false);
  if (candidates.size() > 1)
    new_password_remarks_.push_back({Severity::note, "password-respelled",
                        "the new password is twelve words; it is kept as a device spells them: lower case, one blank between two", ""});
  candidates.resize(1);
  return candidates;
}

// Each share file has a password of its own.
Secrets::ShareSecret ProgramSecrets::typed_new_share(const ShareQuestion& question) {
  return {decode_secret(typed_twice(*terminal(), " of " + question.subject).expose_bytes(), options_.encoding, Source{}), false};
}

// Seed words in the one spelling that gives the wallet; what is no list of words is left as it came.
ProgramSecrets::Candidates ProgramSecrets::seed(const Question& question) {
  Candidates candidates;
  SecretString given;
  if (options_.mnemonic && options_.mnemonic->kind != Source::Kind::terminal) {
    const Source& source = *options_.mnemonic;
    given = decode_secret(read(source, max_secret_size).expose(), Encoding::text, source, no_seed);
  } else {
    Terminal* const where = terminal();
    if (where == nullptr)
      throw Error(Outcome::refused, "there is no terminal to ask for the seed words", std::nullopt,
                  "give --mnemonic-from file:PATH, fd:N, env:NAME or stdin, or --text FILE");
    auto typed = ask_seed(*where, question.subject.empty() ? "Seed words" : "Seed words of " + question.subject);
    if (!typed) return candidates;
    given = std::move(*typed);
  }
  coldcard::TypedWords words = coldcard::normalise_words(given.expose());
  const bool good = words.count > 1 && words.unknown.empty();
  candidates.push_back(good ? std::move(words.canonical) : std::move(given));
  return candidates;
}

// Exactly one, never completed or corrected: a device counts tries.
ProgramSecrets::Candidates ProgramSecrets::pin(const Question& question, const Source& source) {
  Candidates candidates;
  const bool so = question.kind == Kind::so_pin;
  const std::string word = so ? "SO-PIN" : "PIN";
  if (source.kind != Source::Kind::terminal) {
    candidates.push_back(decode_secret(read(source, max_secret_size).expose(), Encoding::text, source));
    return candidates;
  }
  Terminal* const where = terminal();
  if (where == nullptr)
    throw Error(Outcome::refused, "there is no terminal to ask for the " + word, std::nullopt,
                std::string("give ") + (so ? "--so-pin-from" : "--pin-from") + " file:PATH, fd:N, env:NAME or stdin");
  if (!question.hint.empty()) where->write(question.hint + "\r\n");
  if (question.fresh) candidates.push_back(typed_twice(*where, " of " + question.subject, word));
  else if (auto typed = ask_password(*where, word + " of " + question.subject + " (not shown): ")) candidates.push_back(std::move(*typed));
  return candidates;
}

// Twelve words in any spelling are tried as the device spells them, then as they were given; elsewhere every byte counts.
void ProgramSecrets::add(Candidates& candidates, SecretString typed, bool words_likely, bool remark) {
  if (words_likely && options_.encoding == Encoding::text) {
    coldcard::TypedWords words = coldcard::normalise_words(typed.expose());
    if (words.count == coldcard::password_words && words.unknown.empty()) {
      const bool same = words.canonical.equals(typed.expose());
      candidates.push_back(std::move(words.canonical));
      if (same) return;
    } else if (remark && nearly_words(words)) {
      if (words.count != coldcard::password_words)
        remarks_.push_back({Severity::note, "password-word-count",
                            "the password has " + std::to_string(words.count) + " words; the device gives " +
                                std::to_string(coldcard::password_words), ""});
      for (const unsigned position : words.unknown)
        remarks_.push_back({Severity::note, "password-word-unknown",
                            "word " + std::to_string(position) + " of the password is not on the BIP-39 list", ""});
    }
  }
  candidates.push_back(std::move(typed));
}

// One password a line; empty lines are left out, everything else counts as it stands.
void ProgramSecrets::add_list(Candidates& candidates, const Source& source, bool words_likely) {
  const SecretBytes bytes = read(source, max_list_size);
  ByteView left = bytes.expose();
  const std::size_t before = candidates.size();
  while (!left.empty()) {
    std::size_t length = 0;
    while (length < left.size() && left[length] != '\n') ++length;
    const bool ended = length < left.size();
    // With its newline, so that text and hex lose it (and a CR before it) by the same rule as one secret.
    const ByteView line = left.first(ended && options_.encoding != Encoding::raw ? length + 1 : length);
    const bool blank = length == 0 || (length == 1 && line[0] == '\r');
    if (!blank) add(candidates, decode_secret(line, options_.encoding, source), words_likely, false);
    left = left.subspan(ended ? length + 1 : length);
  }
  if (candidates.size() == before)
    throw Error(Outcome::refused, describe(source) + " lists no password", std::nullopt, "write one password on each line");
}

}  // namespace hwbak::term
