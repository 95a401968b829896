// See recover_hit.h.
#include "tasks/recover_hit.h"

#include "base/as_bytes.h"
#include "base/hex.h"
#include "base/unicode.h"
#include "recover/corrections.h"
#include "recover/quorum_answer.h"
#include "tasks/hsm_share_examination.h"
#include "tasks/recover_beginning.h"
#include "tasks/shell_quoted.h"
#include "wallet/bip39.h"

namespace hwbak::tasks {
namespace {

// The password that was found, for the proof that it opens the file.
class Found final : public Secrets {
 public:
  explicit Found(const SecretString& password) { candidates_.push_back(password.clone()); }
  std::span<const SecretString> ask(const Question& question) override {
    if (question.kind != Kind::password) return {};
    return candidates_;
  }

 private:
  std::vector<SecretString> candidates_;
};

class Hit final {
 public:
  Hit(const Context& context, const Begun& begun, const RecoverPlan& planned, const RecoverOptions& options, OtherShares& others, Report& report)
      : context_(context), begun_(begun), planned_(planned), options_(options), others_(others), report_(report) {}

  void take(const recover::Route& route, std::uint64_t position, RecoverResult& result) {
    const recover::Route::Place place = route.place(position);
    route.candidate(position, result.password);
    if (planned_.quorum) put_right(result, static_cast<unsigned>(place.of_class));
    const Report seen = planned_.quorum ? prove_quorum(result.quorum) : prove(result.password);
    const std::string& name = planned_.plan->classes()[place.of_class].name;
    report_.facts.put("class", name);
    report_.facts.put("position", place.overall + 1);
    report_.message = "found: candidate " + recover::Count(place.overall + 1).grouped() + ", of the class " + name;
    if (seen.outcome == Outcome::ok) {
      report_.message += planned_.quorum ? "; " + seen.message : ", opens the backup in full";
      report_.next = planned_.quorum ? prove_lines() : "write the right " + planned_.what + " down, and prove the copy: `hwbak verify FILE`";
    } else {
      report_.outcome = seen.outcome;
      report_.offset = seen.offset;
      report_.message += ", is the password; " + seen.message;
      report_.next = "write the right " + planned_.what + " down; then: " + (seen.next.empty() ? "`hwbak verify FILE`" : seen.next);
    }
    if (other_corrections_ != 0)
      report_.message += "; in " + std::to_string(other_corrections_) + " other " + (other_corrections_ == 1 ? "way" : "ways") +
                         " as few other digits would give the same password, so compare the papers";
    report_.findings = seen.findings;
    if (planned_.words) {
      recover::Corrections wrong = recover::corrections(*planned_.words, result.password.expose(), wallet::english_words());
      List places;
      for (const unsigned one : wrong.places) places.emplace_back(one);
      report_.facts.put("wrong_places", std::move(places));
      result.corrections = std::move(wrong.lines);
    }
    if (context_.reveal) {
      List lines;
      for (const SecretString& line : result.corrections) lines.emplace_back(line.clone());
      if (planned_.quorum) put_lines(result);
      else report_.facts.put("password", result.password.clone());
      report_.facts.put("corrections", std::move(lines));
    }
    put_page(result, name, place.overall + 1);
    if (options_.output && !keep(result)) return;
    if (options_.stop_file) stop_others();
  }

 private:
  // The others are stopped when the password is in safe hands, and not before.
  void stop_others() {
    try {
      WriteOptions how;
      how.overwrite = true;
      context_.files.write(*options_.stop_file, as_bytes("found by part " + shard_text(options_) + "\n"), how);
    } catch (const Error& error) {
      report_.message += std::string("; the other parts could not be told: ") + error.what();
    }
  }

  void put_page(const RecoverResult& result, const std::string& name, std::uint64_t position) {
    Section section{"The search", {}};
    section.row("class", name);
    section.row("candidate", recover::Count(position).grouped());
    if (context_.reveal) {
      for (SecretString& line : lines_of(result.quorum)) section.row("", std::move(line));
      if (!planned_.quorum) section.row("password", result.password.clone());
      for (const SecretString& line : result.corrections) section.row("", line.clone());
    }
    report_.page.push_back(std::move(section));
  }

  // False: it could not be written. It is in the result all the same.
  bool keep(const RecoverResult& result) {
    SecretString line = planned_.quorum ? result.quorum.clone() : result.password.clone();
    if (!planned_.quorum) line.append('\n');
    WriteOptions how;
    how.overwrite = options_.overwrite;
    try {
      context_.files.write(*options_.output, line.expose_bytes(), how);
    } catch (const Error& error) {
      report_.outcome = Outcome::io;
      report_.message += std::string("; but the password could not be written: ") + error.what();
      report_.next = "run the same command again with another --output, or with --reveal" + std::string(options_.state ? ": it goes on where it found the password" : "");
      return false;
    }
    report_.facts.put("output", printable(options_.output->native()));
    report_.message += std::string(planned_.quorum ? "; the right lines are in " : "; the password is in ") + printable(options_.output->native());
    return true;
  }

  void put_right(RecoverResult& result, unsigned edits) {
    recover::QuorumAnswer answer = recover::quorum_answer(*planned_.quorum, result.password.expose_bytes(), edits);
    List places;
    for (const std::uint64_t one : answer.wrong) places.emplace_back(one);
    report_.facts.put("wrong_places", std::move(places));
    other_corrections_ = answer.others;
    report_.facts.put("other_corrections", static_cast<std::uint64_t>(answer.others));
    result.quorum = std::move(answer.lines);
    result.corrections = std::move(answer.corrections);
  }

  static std::vector<SecretString> lines_of(const SecretString& text) {
    std::vector<SecretString> out;
    for (std::string_view left = text.expose(); !left.empty(); left.remove_prefix(std::min(left.find('\n') + 1, left.size())))
      out.push_back(SecretString::copy_of(left.substr(0, left.find('\n'))));
    return out;
  }

  // In the facts, with --reveal.
  void put_lines(const RecoverResult& result) {
    List lines;
    for (SecretString& line : lines_of(result.quorum)) lines.emplace_back(std::move(line));
    report_.facts.put("quorum", std::move(lines));
    report_.facts.put("password", to_hex_secret(result.password.expose_bytes()));
  }

  [[nodiscard]] std::string prove_lines() const {
    return "write the right digits down, and prove them: `hwbak verify FILE --quorum-from " +
           (options_.output ? shell_quoted("file:" + printable(options_.output->native())) : std::string("SOURCE")) + "`";
  }

  // With the custodians' lines, as any other verb takes them, and then with the other shares.
  [[nodiscard]] Report prove_quorum(const SecretString& lines) {
    FoundQuorum secrets(lines);
    Context context = context_;
    context.secrets = &secrets;
    context.shares.clear();
    if (!others_.empty()) context.expect_kcv.reset();
    Report seen = proven(context);
    if (!others_.empty()) others_.judge(context_, std::move(dynamic_cast<ShareExamination&>(*begun_.examination).opening()), seen);
    report_.levels = seen.levels;
    for (const char* const fact : {"kcv", "custodians", "quorum_reading"})
      if (const Value* value = seen.facts.find(fact)) {
        if (const auto* text = std::get_if<std::string>(&value->get())) report_.facts.put(fact, *text);
        if (const auto* number = std::get_if<std::int64_t>(&value->get())) report_.facts.put(fact, *number);
      }
    return seen;
  }

  // As any other verb opens the file: what the engine says of itself is not enough.
  [[nodiscard]] Report prove(const SecretString& password) {
    Found secrets(password);
    Context context = context_;
    context.secrets = &secrets;
    Report seen = proven(context);
    report_.levels = seen.levels;
    if (const Value* fingerprint = seen.facts.find("fingerprint"))
      if (const auto* text = std::get_if<std::string>(&fingerprint->get())) report_.facts.put("fingerprint", *text);
    return seen;
  }

  [[nodiscard]] Report proven(const Context& context) const {
    unlock(context, begun_);
    if (!begun_.examination->unlocked()) throw Error(Outcome::internal, "a candidate was taken for the password and does not open the file");
    begun_.examination->judge(context, nullptr);
    Report seen;
    begun_.examination->describe(seen, Detail::facts, false);
    return seen;
  }

  const Context& context_;
  const Begun& begun_;
  const RecoverPlan& planned_;
  const RecoverOptions& options_;
  OtherShares& others_;
  Report& report_;
  std::size_t other_corrections_ = 0;
};

}  // namespace

void take_hit(const Context& context, const Begun& begun, const RecoverPlan& planned, const RecoverOptions& options,
              OtherShares& others, const recover::Route& route, std::uint64_t position, RecoverResult& result) {
  Hit(context, begun, planned, options, others, result.report).take(route, position, result);
}

}  // namespace hwbak::tasks
