// Patterns as they are typed, into the graph of all texts that they stand for (docs/recover.md, "Patterns").
#pragma once

#include <map>
#include <optional>
#include <string_view>

#include "hwbak/secret.h"
#include "recover/text_automaton.h"

namespace hwbak::recover {

// Characters by number, in the order in which they first appear: the graph alone does not say what is written.
class Alphabet final {
 public:
  [[nodiscard]] Symbol symbol(char32_t code);
  [[nodiscard]] char32_t code(Symbol symbol) const noexcept;
  [[nodiscard]] SecretBytes take() { return std::move(codes_); }

 private:
  SecretBytes codes_;                          // four bytes each
  std::map<char32_t, SecretBytes> known_;      // by 256 characters: their numbers and 1, four bytes each
};
[[nodiscard]] char32_t code_in(ByteView alphabet, Symbol symbol) noexcept;

// One line into the graph, from its node 0 to an end of its own. `number`: of the line, for what is said of it. `words`: a list, one on each
// line. Gives whether the pattern takes words of it. Throws Error(refused).
[[nodiscard]] bool add_pattern(TextGraph& graph, Alphabet& alphabet, std::string_view line, std::size_t number, std::optional<std::string_view> words);

}  // namespace hwbak::recover
