// Finding words of the English list: exact, by prefix, nearest; see bip39.h.
#include <algorithm>
#include <tuple>

#include "wallet/bip39.h"

namespace hwbak::wallet {
namespace {

// No word is longer than 8 letters: beyond this, what was typed is not a slip.
constexpr std::size_t max_typed = 24;
constexpr std::size_t max_letters = 8;

std::size_t shared_prefix(std::string_view a, std::string_view b) {
  return static_cast<std::size_t>(std::mismatch(a.begin(), a.end(), b.begin(), b.end()).first - a.begin());
}

}  // namespace

unsigned edit_distance(std::string_view a, std::string_view b) noexcept {
  a = a.substr(0, max_typed);
  b = b.substr(0, max_letters);
  std::array<std::array<unsigned, max_letters + 1>, max_typed + 1> cost;
  for (unsigned i = 0; i <= a.size(); ++i) cost[i][0] = i;
  for (unsigned j = 0; j <= b.size(); ++j) cost[0][j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const bool same = a[i - 1] == b[j - 1];
      cost[i][j] = std::min({cost[i - 1][j] + 1, cost[i][j - 1] + 1, cost[i - 1][j - 1] + (same ? 0u : 1u)});
      const bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
      if (swapped) cost[i][j] = std::min(cost[i][j], cost[i - 2][j - 2] + 1);
    }
  }
  return cost[a.size()][b.size()];
}

std::optional<unsigned> word_index(std::string_view word) noexcept {
  const auto& words = english_words();
  const auto found = std::lower_bound(words.begin(), words.end(), word);
  if (found == words.end() || *found != word) return std::nullopt;
  return static_cast<unsigned>(found - words.begin());
}

std::span<const std::string_view> words_with_prefix(std::string_view prefix) noexcept {
  const auto& words = english_words();
  const auto front = [&](std::string_view word) { return word.substr(0, prefix.size()); };
  const auto first = std::lower_bound(words.begin(), words.end(), prefix);
  const auto last = std::partition_point(first, words.end(), [&](std::string_view word) { return front(word) == prefix; });
  return {first, last};
}

std::optional<unsigned> word_from_prefix(std::string_view prefix) noexcept {
  constexpr std::size_t telling_letters = 4;  // the first four letters of every word are its own
  if (const auto whole = word_index(prefix)) return whole;
  const auto found = words_with_prefix(prefix);
  if (prefix.size() < telling_letters || found.empty()) return std::nullopt;
  return static_cast<unsigned>(found.data() - english_words().data());
}

std::vector<std::string_view> nearest_words(std::string_view typed, std::size_t count) {
  struct Candidate {
    unsigned distance;
    std::size_t differing;  // letters after the shared prefix
    std::string_view word;
  };
  std::vector<Candidate> candidates;
  candidates.reserve(word_count);
  for (const auto word : english_words()) {
    candidates.push_back({edit_distance(typed, word), typed.size() - shared_prefix(typed, word), word});
  }
  count = std::min(count, candidates.size());
  const auto better = [](const Candidate& a, const Candidate& b) {
    return std::tie(a.distance, a.differing, a.word) < std::tie(b.distance, b.differing, b.word);
  };
  std::partial_sort(candidates.begin(), candidates.begin() + static_cast<std::ptrdiff_t>(count), candidates.end(), better);
  std::vector<std::string_view> out;
  for (std::size_t i = 0; i < count; ++i) out.push_back(candidates[i].word);
  return out;
}

}  // namespace hwbak::wallet
