// See recover_hit.h.
#include "tasks/recover_hit.h"

#include "base/as_bytes.h"
#include "base/unicode.h"
#include "recover/corrections.h"
#include "tasks/recover_beginning.h"
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
  Hit(const Context& context, const Begun& begun, const RecoverPlan& planned, const RecoverOptions& options, Report& report)
      : context_(context), begun_(begun), planned_(planned), options_(options), report_(report) {}

  void take(const recover::Route& route, std::uint64_t position, RecoverResult& result) {
    const recover::Route::Place place = route.place(position);
    route.candidate(position, result.password);
    const Report seen = prove(result.password);
    const std::string& name = planned_.plan->classes()[place.of_class].name;
    report_.facts.put("class", name);
    report_.facts.put("position", place.overall + 1);
    report_.message = "found: candidate " + recover::Count(place.overall + 1).grouped() + ", of the class " + name;
    if (seen.outcome == Outcome::ok) {
      report_.message += ", opens the backup in full";
      report_.next = "write the right " + what() + " down, and prove the copy: `hwbak verify FILE`";
    } else {
      report_.outcome = seen.outcome;
      report_.offset = seen.offset;
      report_.message += ", is the password; " + seen.message;
      report_.next = "write the right " + what() + " down; then: " + (seen.next.empty() ? "`hwbak verify FILE`" : seen.next);
    }
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
      report_.facts.put("password", result.password.clone());
      report_.facts.put("corrections", std::move(lines));
    }
    put_page(result, name, place.overall + 1);
    if (options_.output && !keep(result.password)) return;
    if (options_.stop_file) stop_others();
  }

 private:
  [[nodiscard]] std::string what() const { return planned_.words ? "words" : "password"; }

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
      section.row("password", result.password.clone());
      for (const SecretString& line : result.corrections) section.row("", line.clone());
    }
    report_.page.push_back(std::move(section));
  }

  // False: it could not be written. It is in the result all the same.
  bool keep(const SecretString& password) {
    SecretString line = password.clone();
    line.append('\n');
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
    report_.message += "; the password is in " + printable(options_.output->native());
    return true;
  }

  // As any other verb opens the file: what the engine says of itself is not enough.
  [[nodiscard]] Report prove(const SecretString& password) {
    Found secrets(password);
    Context context = context_;
    context.secrets = &secrets;
    unlock(context, begun_);
    if (!begun_.examination->unlocked()) throw Error(Outcome::internal, "a candidate was taken for the password and does not open the file");
    begun_.examination->judge(context, nullptr);
    Report seen;
    begun_.examination->describe(seen, Detail::facts, false);
    report_.levels = seen.levels;
    if (const Value* fingerprint = seen.facts.find("fingerprint"))
      if (const auto* text = std::get_if<std::string>(&fingerprint->get())) report_.facts.put("fingerprint", *text);
    return seen;
  }

  const Context& context_;
  const Begun& begun_;
  const RecoverPlan& planned_;
  const RecoverOptions& options_;
  Report& report_;
};

}  // namespace

void take_hit(const Context& context, const Begun& begun, const RecoverPlan& planned, const RecoverOptions& options, const recover::Route& route,
              std::uint64_t position, RecoverResult& result) {
  Hit(context, begun, planned, options, result.report).take(route, position, result);
}

}  // namespace hwbak::tasks
