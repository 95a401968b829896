// What a task answers about one subject. `report/` prints it, as a page for people or as
// one line of JSON (docs/json.md); both come from the same Report.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "hwbak/outcome.h"
#include "hwbak/secret.h"

namespace hwbak {

class Value;
using List = std::vector<Value>;
// Keys keep the order in which they were put.
class Object final {
 public:
  Object& put(std::string_view key, Value value);  // replaces an existing key
  [[nodiscard]] const Value* find(std::string_view key) const noexcept;
  [[nodiscard]] bool empty() const noexcept;
  [[nodiscard]] const std::vector<std::pair<std::string, Value>>& members() const noexcept { return members_; }

 private:
  std::vector<std::pair<std::string, Value>> members_;
};

// A fact: what JSON can say, and secret text, which only `--reveal` puts into a Report.
class Value final {
 public:
  Value() noexcept : value_(nullptr) {}
  Value(bool v) : value_(v) {}
  Value(std::int64_t v) : value_(v) {}
  Value(std::uint64_t v) : value_(static_cast<std::int64_t>(v)) {}
  Value(int v) : value_(static_cast<std::int64_t>(v)) {}
  Value(unsigned v) : value_(static_cast<std::int64_t>(v)) {}
  Value(std::string v) : value_(std::move(v)) {}
  Value(std::string_view v) : value_(std::string(v)) {}
  Value(const char* v) : value_(std::string(v)) {}
  Value(SecretString v) : value_(std::move(v)) {}
  Value(List v) : value_(std::move(v)) {}
  Value(Object v) : value_(std::move(v)) {}
  using Variant = std::variant<std::nullptr_t, bool, std::int64_t, std::string, SecretString, List, Object>;
  [[nodiscard]] const Variant& get() const noexcept { return value_; }

 private:
  Variant value_;
};

// Here, and not in the class, because Value was not complete there.
inline bool Object::empty() const noexcept { return members_.empty(); }

enum class Severity { note, warning, high, critical };
[[nodiscard]] std::string_view name(Severity severity) noexcept;

// An advisory or a warning. Never changes the outcome by itself (`--fail-on` does).
struct Finding {
  Severity level = Severity::note;
  std::string code;      // stable, listed in docs/json.md: "trailing-bytes"
  std::string message;   // a sentence
  std::string where;     // "line 12", "bytes 480-495", empty when it is the whole subject
  bool on_page = true;   // false: the page says it in a section already
};

// How far something was proven. `not_run` is an honest answer.
enum class Level { not_run, pass, fail };
[[nodiscard]] std::string_view name(Level level) noexcept;
struct Levels {
  Level structure = Level::not_run;  // a valid container: lengths and checksums of its headers
  Level content = Level::not_run;    // opened with the secret; its own checksum or tag holds
  Level meaning = Level::not_run;    // what is inside agrees with itself
};

// One heading of the page for people.
struct Section {
  std::string title;
  struct Row {
    std::string label;  // may be empty: a line of its own
    Value value;        // text, secret text, numbers; lists print one per line
  };
  std::vector<Row> rows;
  void row(std::string label, Value value) { rows.push_back({std::move(label), std::move(value)}); }
};

struct Report {
  std::string command;    // "verify"
  std::string subject;    // the file as the user named it
  std::string format;     // "coldcard-7z", ... or empty when not recognised
  Outcome outcome = Outcome::ok;
  std::string message;    // one sentence, always there
  std::optional<std::uint64_t> offset;
  Levels levels;
  Object facts;
  std::vector<Finding> findings;
  std::vector<Section> page;   // for people; never in JSON
  std::vector<std::string> kind;  // what it is, as columns of a line among many: "EC secp256r1", "\"signing\""; never in JSON
  std::string headline;        // instead of "OK" above the page, where a bare OK would mislead; never in JSON
  std::string next;            // one command or step to take next; in JSON it is facts.next
};

}  // namespace hwbak
