// The one exception: an outcome of failure and a sentence for a person.
#pragma once

#include <cstdint>
#include <exception>
#include <optional>
#include <string>
#include <utility>

#include "hwbak/outcome.h"

namespace hwbak {

// Thrown by parsers, files and tasks. `sentence` says what is wrong and where, and never
// holds secret bytes; `offset` is a byte offset in the subject's file, where there is one;
// `next` is one thing the user can do, empty where the task knows better.
class Error final : public std::exception {
 public:
  Error(Outcome outcome, std::string sentence, std::optional<std::uint64_t> offset = std::nullopt, std::string next = {})
      : outcome_(outcome), sentence_(std::move(sentence)), offset_(offset), next_(std::move(next)) {}
  [[nodiscard]] Outcome outcome() const noexcept { return outcome_; }
  [[nodiscard]] const std::string& sentence() const noexcept { return sentence_; }
  [[nodiscard]] std::optional<std::uint64_t> offset() const noexcept { return offset_; }
  [[nodiscard]] const std::string& next() const noexcept { return next_; }
  [[nodiscard]] const char* what() const noexcept override { return sentence_.c_str(); }

 private:
  Outcome outcome_;
  std::string sentence_;
  std::optional<std::uint64_t> offset_;
  std::string next_;
};

}  // namespace hwbak
