// The program's own hwbak::Secrets: reads the sources named on the command line, each once, and
// asks on the terminal when it may.
#pragma once

#include <array>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "hwbak/report.h"
#include "hwbak/tasks.h"
#include "term/source.h"
#include "term/terminal.h"

namespace hwbak::term {

// What opens a DKEK share file: a password, or (quorum) the lines of its custodians.
struct ShareSource {
  std::filesystem::path file;
  Source source;
  bool quorum = false;
};

struct SecretOptions {
  std::optional<Source> password, passwords, new_password, receiver_key, mnemonic, pin, so_pin, dkek;
  std::optional<Source> quorum;                          // custodians of the share file that the command is about
  std::vector<ShareSource> shares, new_shares, written;  // by Secrets::ShareQuestion::List
  Encoding encoding = Encoding::text;
  std::shared_ptr<const SecretString> typed_pin;         // as the command line had it
  bool no_password = false;
  bool may_prompt = false;  // a single subject, and nothing else names the secret
};

// The files among all these sources.
[[nodiscard]] std::vector<std::filesystem::path> files_of(const SecretOptions& options);

class ProgramSecrets final : public Secrets {
 public:
  using OpenTerminal = std::unique_ptr<Terminal> (*)();
  explicit ProgramSecrets(SecretOptions options, OpenTerminal open_terminal = Terminal::open)
      : options_(std::move(options)), open_terminal_(open_terminal) {}

  [[nodiscard]] std::span<const SecretString> ask(const Question& question) override;
  [[nodiscard]] std::span<const SecretString> ask_again(const Question& question) override;
  [[nodiscard]] bool exact_bytes() const override { return options_.encoding != Encoding::text; }

  [[nodiscard]] const ShareSecret* share(const ShareQuestion& question) override;

  // What was odd about a password that came from a source: positions and counts, never words. Worth
  // telling when it did not open the file.
  [[nodiscard]] const std::vector<Finding>& remarks() const noexcept { return remarks_; }
  // What became of the new password as it was given.
  [[nodiscard]] const std::vector<Finding>& new_password_remarks() const noexcept { return new_password_remarks_; }
  // The terminal, opened at first use; nullptr when there is none.
  [[nodiscard]] Terminal* terminal();

 private:
  using Candidates = std::vector<SecretString>;
  // read_source, but an environment variable gives the same again, although reading has wiped it: one may stand for the old and
  // the new password.
  [[nodiscard]] SecretBytes read(const Source& source, std::size_t max_size);
  [[nodiscard]] Candidates passwords(const Question& question);
  // `before` is said first.
  [[nodiscard]] Candidates typed(const Question& question, std::string before = {});
  [[nodiscard]] Candidates typed_new(const Question& question);
  [[nodiscard]] Candidates seed(const Question& question);
  [[nodiscard]] Candidates pin(const Question& question, const Source& source);
  [[nodiscard]] Candidates dkek();
  [[nodiscard]] const ShareSource* share_source(const ShareQuestion& question) const;
  [[nodiscard]] std::optional<ShareSecret> typed_quorum(const ShareQuestion& question);
  [[nodiscard]] std::optional<ShareSecret> typed_share(const ShareQuestion& question);
  [[nodiscard]] ShareSecret typed_new_share(const ShareQuestion& question);
  // `words_likely`: twelve words in any spelling are spelt as a device does (Question).
  void add(Candidates& candidates, SecretString typed, bool words_likely, bool remark);
  void add_list(Candidates& candidates, const Source& source, bool words_likely);

  SecretOptions options_;
  OpenTerminal open_terminal_;
  std::optional<std::unique_ptr<Terminal>> terminal_;
  std::array<std::optional<Candidates>, 7> answers_;  // by Kind
  std::deque<Candidates> again_;                      // spans into it stay valid
  std::map<std::string, SecretBytes> environment_;    // by variable
  std::deque<ShareSecret> share_secrets_;             // pointers to them stay valid
  bool prompted_ = false;
  std::vector<Finding> remarks_, new_password_remarks_;
};

}  // namespace hwbak::term
