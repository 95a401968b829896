// See session.h.
#include "cli/session.h"

#include <algorithm>

#include "base/as_bytes.h"
#include "base/unicode.h"
#include "cli/option_table.h"
#include "device/coldcard/quiz.h"
#include "harden/harden.h"
#include "report/json_lines.h"
#include "term/device_screen.h"

namespace hwbak::cli {
namespace {

// A prompt is for one subject only; a list of files is a script's business.
term::SecretOptions secrets_for(const Options& options, std::size_t subjects) {
  term::SecretOptions secrets = options.secrets;
  const bool one_answer = options.command == Command::create || options.command == Command::diff || options.command == Command::merge ||
                          options.command == Command::dkek;
  secrets.may_prompt = (subjects <= 1 && options.command != Command::copies) || one_answer;
  return secrets;
}

// Holds back the signals that end the program while a file is written: no temporary file is left behind.
class SteadyFiles final : public Files {
 public:
  std::optional<FileInfo> info(const std::filesystem::path& path) override { return disk_.info(path); }
  Bytes read(const std::filesystem::path& path, std::uint64_t max_size, FileInfo* info) override {
    return disk_.read(path, max_size, info);
  }
  std::vector<FileInfo> list(const std::filesystem::path& folder) override { return disk_.list(folder); }
  std::vector<std::filesystem::path> files_in(const std::filesystem::path& folder) override { return disk_.files_in(folder); }
  void write(const std::filesystem::path& path, ByteView contents, const WriteOptions& options) override {
    const term::SignalsHeld held;
    disk_.write(path, contents, options);
  }
  void check_room(const std::filesystem::path& folder, std::uint64_t bytes, std::uint64_t files) override {
    disk_.check_room(folder, bytes, files);
  }
  void remove(const std::filesystem::path& path) override { disk_.remove(path); }
  void make_folder(const std::filesystem::path& folder) override { disk_.make_folder(folder); }

 private:
  Files& disk_ = real_files();
};

bool reads_files(const Options& options) {
  const Takes takes = spec_of(options.command).takes;
  if (options.command == Command::dkek) return !options.subjects().empty();  // `check` takes some or none
  return takes != Takes::nothing && takes != Takes::kind && takes != Takes::verb;
}

}  // namespace

Session::Session(const Options& options, bool with_secrets, int answers_fd)
    : options_(options),
      // `copies` looks into the folders itself.
      subjects_(options.command == Command::copies || !reads_files(options) ? options.subjects()
                                                                                   : expand(real_files(), options.subjects())),
      secrets_(secrets_for(options, subjects_.size())),
      progress_("working"),
      answers_(options, answers_fd,
               ((options.command == Command::verify || options.command == Command::rekey) && subjects_.size() > 1) ||
                   (options.command == Command::dkek && options.arguments[0] == "check" && !subjects_.empty())),
      context_{steady_files(), nullptr, system_random(), {}} {
  if (subjects_.empty() && reads_files(options))
    throw Error(Outcome::unsupported, "there is no file in the folders named", std::nullopt,
                "check that the card is in, and look into its subfolders");
  if (with_secrets && !options.secrets.no_password) {
    harden::lock_all_memory();
    context_.secrets = &secrets_;
  }
  context_.progress = [this](double part) {
    answers_.flush();
    progress_.show(part);
    return true;
  };
  context_.max_kdf_rounds = options.max_kdf_rounds;
  context_.max_kdf_iterations = options.max_kdf_iterations;
  context_.max_size = options.max_size;
  context_.reveal = options.reveal;
  const auto put = [](const std::vector<term::ShareSource>& from, std::vector<std::filesystem::path>& to) {
    for (const term::ShareSource& one : from) to.push_back(one.file);
  };
  put(options.secrets.shares, context_.shares);
  put(options.secrets.new_shares, context_.new_shares);
  context_.expect_kcv = options.expect_kcv;
  context_.secret_files = term::files_of(options.secrets);
}

// A card holds other files too. One that lies in a folder and is no backup is nobody's failure; one that
// was named is.
bool Session::only_found(const Report& report) const {
  if (!reads_files(options_) || report.outcome != Outcome::unsupported || !report.format.empty()) return false;
  const auto& named = options_.subjects();
  return std::ranges::none_of(named, [&](const Subject& subject) { return subject.native() == report.subject; });
}

int Session::exit() {
  if (passed_over_ != 0 && passed_over_ == subjects_.size())
    give(failed(spec_of(options_.command).name, options_.subjects()[0],
                Error(Outcome::unsupported, "none of the files there is a backup that hwbak knows", std::nullopt,
                      "check that it is the right folder, and look into its subfolders")));
  else if (passed_over_ != 0)
    report::write_all(2, as_bytes("hwbak: " + std::to_string(passed_over_) + (passed_over_ == 1 ? " other file" : " other files") + " in the folders named: no backup, passed over\n"), "standard error");
  return answers_.exit();
}

void Session::give(Report report) {
  progress_.clear();
  if (only_found(report)) {
    ++passed_over_;
    return;
  }
  if (report.outcome == Outcome::wrong_secret)
    for (const Finding& remark : secrets_.remarks()) report.findings.push_back(remark);
  for (const Finding& remark : secrets_.new_password_remarks()) report.findings.push_back(remark);
  answers_.give(std::move(report));
}

Files& steady_files() {
  static SteadyFiles files;
  return files;
}

void check_output(Files& files, const std::filesystem::path& input, const Options& options) {
  const auto there = files.info(*options.output);
  if (!there) return;
  const std::string name = printable(options.output->native());
  std::vector<std::filesystem::path> inputs = term::files_of(options.secrets);
  if (input != "-") inputs.push_back(input);
  for (const auto& one : inputs)
    if (const auto in = files.info(one); in && in->device == there->device && in->inode == there->inode)
      throw Error(Outcome::refused, name + " is a file that is read; hwbak never writes over its own input", std::nullopt, "give --output another name");
  if (there->kind == FileInfo::Kind::folder)
    throw Error(Outcome::refused, name + " is a folder", std::nullopt, "give --output the name of a file in it");
  if (!options.force)
    throw Error(Outcome::refused, name + " exists already", std::nullopt, "give --output another name, or --force to replace it");
}

void check_new_password(const Options& options, Session& session) {
  if (!options.secrets.new_password && session.secrets().terminal() == nullptr)
    throw Error(Outcome::refused, "there is no terminal to ask for a new password on, or to show twelve new words", std::nullopt,
                "give --new-password-from file:PATH, fd:N, env:NAME or stdin");
}

ConfirmWords confirm_words(Session& session) {
  return [&session](const SecretString& words) {
    term::DeviceScreen screen(*session.secrets().terminal());
    return coldcard::teach_words(screen, "New password of the backup", words, session.context().random, false) ==
           coldcard::WordsEnd::recorded;
  };
}

Report failed(std::string_view command, const Subject& subject, const Error& error) {
  Report report;
  report.command = command;
  report.subject = subject.native();
  report.outcome = error.outcome();
  report.message = error.sentence();
  report.offset = error.offset();
  report.next = error.next();
  return report;
}

}  // namespace hwbak::cli
