// The part of ProgramSecrets (secrets.h) that knows DKEK share files: each has a source of its own, or is asked for on the terminal.
#include "hwbak/error.h"
#include "term/quorum_entry.h"
#include "term/secrets.h"
#include "term/word_entry.h"

namespace hwbak::term {
namespace {

constexpr unsigned most_attempts = 5;
constexpr WhenEmpty no_password{"an empty password", "put the password of the share file there"};
constexpr WhenEmpty no_quorum{"no custodians' shares", "write the lines prime=... and share=ID:VALUE there"};
constexpr WhenEmpty no_dkek{"no DKEK", "put the DKEK there: 64 hexadecimal digits"};

// Where the question may be asked although its source is none that can be read.
const ShareSource at_terminal;

}  // namespace

// 32 bytes as they are, or digits.
ProgramSecrets::Candidates ProgramSecrets::dkek() {
  constexpr std::size_t raw_size = 32;
  Candidates candidates;
  const Source& source = *options_.dkek;
  if (source.kind != Source::Kind::terminal) {
    SecretBytes bytes = read(source, max_secret_size);
    if (bytes.size() == raw_size) candidates.emplace_back(std::move(bytes));
    else candidates.push_back(decode_secret(bytes.expose(), Encoding::text, source, no_dkek));
    return candidates;
  }
  Terminal* const where = terminal();
  if (where == nullptr)
    throw Error(Outcome::refused, "there is no terminal to ask for the DKEK", std::nullopt, "name a source: file:PATH, fd:N, env:NAME or stdin");
  if (auto typed = ask_password(*where, "DKEK, 64 hexadecimal digits (not shown): ")) candidates.push_back(std::move(*typed));
  return candidates;
}

const ShareSource* ProgramSecrets::share_source(const ShareQuestion& question) const {
  const auto of = [&](const std::vector<ShareSource>& list) { return question.index < list.size() ? &list[question.index] : nullptr; };
  switch (question.list) {
    case ShareQuestion::List::shares: return of(options_.shares);
    case ShareQuestion::List::new_shares: return of(options_.new_shares);
    case ShareQuestion::List::written: return of(options_.written);
    case ShareQuestion::List::subjects: break;
  }
  const bool asked_for = options_.password || options_.passwords ? options_.password && options_.password->kind == Source::Kind::terminal
                                                                 : options_.may_prompt;
  return asked_for ? &at_terminal : nullptr;
}

const Secrets::ShareSecret* ProgramSecrets::share(const ShareQuestion& question) {
  if (options_.no_password || question.attempt >= most_attempts) return nullptr;
  ShareSource given;
  if (question.list == ShareQuestion::List::subjects && options_.quorum) {
    given.source = *options_.quorum;
    given.quorum = true;
  } else if (const ShareSource* const known = share_source(question)) {
    given = *known;
  } else {
    return nullptr;
  }
  if (given.source.kind != Source::Kind::terminal) {
    if (question.attempt != 0) return nullptr;
    const SecretBytes bytes = read(given.source, max_secret_size);
    share_secrets_.push_back({decode_secret(bytes.expose(), given.quorum ? Encoding::text : options_.encoding, given.source,
                                            given.quorum ? no_quorum : no_password),
                              given.quorum});
    return &share_secrets_.back();
  }
  if (terminal() == nullptr) {
    // Nobody named a source for it: then its structure alone is proven.
    if (question.list == ShareQuestion::List::subjects && !given.quorum && !options_.password) return nullptr;
    throw Error(Outcome::refused, "there is no terminal to ask for the password of " + question.subject, std::nullopt,
                question.list == ShareQuestion::List::subjects ? "give --password-from or --quorum-from with file:PATH, fd:N, env:NAME or stdin"
                                                               : "name its source: FILE=file:PATH, fd:N, env:NAME, stdin or quorum:PATH");
  }
  if (question.list == ShareQuestion::List::written) {
    share_secrets_.push_back(typed_new_share(question));
    return &share_secrets_.back();
  }
  if (question.attempt != 0) terminal()->write("That does not open " + question.subject + ". Try again, or press Ctrl-D.\r\n");
  auto typed = given.quorum ? typed_quorum(question) : typed_share(question);
  if (!typed) return nullptr;
  share_secrets_.push_back(std::move(*typed));
  return &share_secrets_.back();
}

std::optional<Secrets::ShareSecret> ProgramSecrets::typed_quorum(const ShareQuestion& question) {
  auto lines = ask_quorum(*terminal(), question.subject);
  if (!lines) return std::nullopt;
  return ShareSecret{std::move(*lines), true};
}

std::optional<Secrets::ShareSecret> ProgramSecrets::typed_share(const ShareQuestion& question) {
  auto password = ask_password(*terminal(), "Password of " + question.subject + " (not shown; press Enter alone to type the custodians' shares): ");
  if (!password) return std::nullopt;
  if (password->empty()) return typed_quorum(question);
  return ShareSecret{decode_secret(password->expose_bytes(), options_.encoding, Source{}, no_password), false};
}

}  // namespace hwbak::term
