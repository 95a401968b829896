// Where the readers of a payload put what they notice. Bounded, so that a hostile file cannot fill the memory with remarks.
#pragma once

#include <initializer_list>
#include <map>

#include "base/json_number.h"
#include "device/cdc_badge/payload.h"

namespace hwbak::cdc_badge {

class Notes final {
 public:
  static constexpr std::size_t max_flaws = 10'000, max_findings = 200;  // the latter of one code

  explicit Notes(Payload& payload) : payload_(payload) {}
  void flaw(std::string path, std::string sentence, Flaw::Kind kind = Flaw::Kind::value);
  void finding(Severity level, std::string_view code, std::string message, std::string where = {});
  [[nodiscard]] bool has_room(std::string_view code) const;  // before a costly `where` is made
  void text(const Text& text, const std::string& path);      // CP437, and cut inside a character
  // Says what was left out; to be called once, at the end.
  void close();

 private:
  Payload& payload_;
  std::size_t flaws_left_out_ = 0, cp437_ = 0;
  std::string first_cp437_;
  std::map<std::string, std::size_t, std::less<>> counts_;
};

// The members of one object that stands at `path`. What is missing, of a wrong type or out of range is noted.
class Fields final {
 public:
  enum class Need { required, optional };

  Fields(JsonSpans::Ref object, std::string path, Notes& notes) : object_(object), path_(std::move(path)), notes_(notes) {}
  // Required texts must not be empty. Optional ones that are missing or wrong are nothing.
  [[nodiscard]] std::optional<Text> text(std::string_view key, Need need);
  [[nodiscard]] std::optional<WholeNumber> whole(std::string_view key, Need need);
  [[nodiscard]] std::optional<std::int64_t> number(std::string_view key, std::int64_t low, std::int64_t high, Need need);
  [[nodiscard]] std::optional<bool> boolean(std::string_view key);
  [[nodiscard]] std::optional<JsonSpans::Ref> of_kind(std::string_view key, JsonNode::Kind kind, Need need);
  // Members that are none of `known` are findings.
  void only(std::initializer_list<std::string_view> known);
  // What a badge shortens without telling.
  void stored_bytes(std::string_view key, const Text& text, std::size_t limit);
  void flaw(std::string_view key, std::string sentence, Flaw::Kind kind = Flaw::Kind::value) {
    notes_.flaw(path(key), std::move(sentence), kind);
    whole_ = false;
  }
  // False when a required member is missing or wrong, or any number is out of range.
  [[nodiscard]] bool good() const noexcept { return good_; }
  void spoil() noexcept { good_ = false; }
  // False when anything is wrong.
  [[nodiscard]] bool whole() const noexcept { return whole_; }
  [[nodiscard]] const std::string& path() const noexcept { return path_; }
  [[nodiscard]] std::string path(std::string_view key) const { return path_.empty() ? std::string(key) : path_ + "." + std::string(key); }
  [[nodiscard]] Notes& notes() noexcept { return notes_; }

 private:
  JsonSpans::Ref object_;
  std::string path_;
  Notes& notes_;
  bool good_ = true, whole_ = true;
};

[[nodiscard]] std::string_view name_of(JsonNode::Kind kind) noexcept;  // "a text", "a number", ...

}  // namespace hwbak::cdc_badge
