// What every command that reads files sets up: the Context of the tasks, its secrets, the progress
// line, and the answers.
#pragma once

#include <filesystem>
#include <string>

#include "cli/answers.h"
#include "cli/options.h"
#include "hwbak/error.h"
#include "term/progress.h"
#include "term/secrets.h"

namespace hwbak::cli {

class Session final {
 public:
  // `with_secrets`: the command may read or ask for a password; `answers_fd`: 1, or 2 when the
  // contents of a backup take standard output.
  Session(const Options& options, bool with_secrets, int answers_fd = 1);

  [[nodiscard]] const Context& context() const noexcept { return context_; }
  [[nodiscard]] const std::vector<Subject>& subjects() const noexcept { return subjects_; }
  [[nodiscard]] term::ProgramSecrets& secrets() noexcept { return secrets_; }
  [[nodiscard]] term::ProgressLine& progress() noexcept { return progress_; }
  void give(Report report);
  // Says what was passed over, and gives the exit code.
  [[nodiscard]] int exit();

 private:
  [[nodiscard]] bool only_found(const Report& report) const;

  const Options& options_;
  std::vector<Subject> subjects_;
  std::size_t passed_over_ = 0;   // files in the folders named that are no backups
  term::ProgramSecrets secrets_;
  term::ProgressLine progress_;
  Answers answers_;
  Context context_;
};

// The disk, with the signals that end the program held back while a file is written.
[[nodiscard]] Files& steady_files();
// Refuses, before any question is asked, an output that is one of the inputs or exists already (without
// --force). Throws Error(refused).
void check_output(Files& files, const std::filesystem::path& input, const Options& options);
// Refuses, before any question is asked, to draw words that there is no terminal to show on. Throws Error(refused).
void check_new_password(const Options& options, Session& session);
// Shows freshly drawn words on the terminal and asks for some of them, as a device does.
[[nodiscard]] ConfirmWords confirm_words(Session& session);
// An Error as the report of a subject.
[[nodiscard]] Report failed(std::string_view command, const Subject& subject, const Error& error);

}  // namespace hwbak::cli
