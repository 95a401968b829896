// Every text that a graph of ways spells, each once, counted exactly and found by its number (docs/recover.md, "How the candidates are
// counted"). Texts are sequences of symbols; what a symbol stands for, only its user knows.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "recover/count.h"

namespace hwbak::recover {

using Symbol = std::uint32_t;

// Ways from the node 0 to one end for each line: a path spells a text, with so many slips. No path leads back to where it was.
class TextGraph final {
 public:
  using Node = std::uint32_t;
  static constexpr Symbol nothing = 0xFFFFFFFF;
  static constexpr unsigned most_slips = 3;   // in one text; ways with more are not followed
  static constexpr std::size_t most_nodes = 3'000'000, most_edges = 6'000'000;
  struct Edge {
    Node from = 0, to = 0;
    Symbol symbol = nothing;
    std::uint8_t slips = 0;
  };

  static constexpr std::uint64_t usual_work = 40'000'000;  // some seconds

  // `most_work`: nodes and edges that may be looked at, in the graph and for its automaton.
  explicit TextGraph(std::uint64_t most_work = usual_work) : most_work_(most_work) { nodes_ = 1; }
  // Throw Error(refused) when it grows too large.
  Node node();
  void edge(Node from, Node to, Symbol symbol = nothing, unsigned slips = 0);
  void end_of_line(Node node) { ends_.push_back(node); }

  // What was added since `first` and `first_edge`, from node `first` to `last`, may have up to `slips` slips: a character left out, doubled, two
  // side by side swapped, or one of `beside` instead. No two of them share a character. Gives the new end.
  template <typename Beside>
  Node with_slips(Node first, Node last, std::size_t first_edge, unsigned slips, const Beside& beside);

  [[nodiscard]] std::size_t nodes() const noexcept { return nodes_; }
  [[nodiscard]] const std::vector<Edge>& edges() const noexcept { return edges_; }
  [[nodiscard]] const std::vector<Node>& ends() const noexcept { return ends_; }
  [[nodiscard]] std::uint64_t most_work() const noexcept { return most_work_; }

 private:
  struct Pair {
    const Edge* first;
    const Edge* second;
  };
  // Characters that may follow one another.
  [[nodiscard]] std::vector<Pair> neighbours(const std::vector<Edge>& edges, Node first, std::size_t nodes);

  std::uint64_t most_work_, work_ = 0;
  std::size_t nodes_ = 0;
  std::vector<Edge> edges_;
  std::vector<Node> ends_;
};

template <typename Beside>
TextGraph::Node TextGraph::with_slips(Node first, Node last, std::size_t first_edge, unsigned slips, const Beside& beside) {
  const std::vector<Edge> inside(edges_.begin() + static_cast<std::ptrdiff_t>(first_edge), edges_.end());
  const std::size_t size = nodes_ - first;
  const std::vector<Pair> pairs = neighbours(inside, first, size);
  const Node end = node();
  Node layer = first;
  edge(last, end);
  for (unsigned used = 1; used <= slips; ++used) {
    const Node next = node();
    for (std::size_t i = 1; i < size; ++i) node();
    const auto here = [&](Node of) { return of - first + layer; };
    const auto there = [&](Node of) { return of - first + next; };
    for (const Edge& one : inside) {
      edge(there(one.from), there(one.to), one.symbol, one.slips);
      if (one.symbol == nothing) continue;
      edge(here(one.from), there(one.to), nothing, 1);
      const Node twice = node();
      edge(here(one.from), twice, one.symbol, 1);
      edge(twice, there(one.to), one.symbol);
      for (const Symbol other : beside(one.symbol)) edge(here(one.from), there(one.to), other, 1);
    }
    for (const Pair& pair : pairs) {
      const Node between = node();
      edge(here(pair.first->from), between, pair.second->symbol, 1);
      edge(between, there(pair.second->to), pair.first->symbol);
    }
    edge(there(last), end);
    layer = next;
  }
  return end;
}

class TextAutomaton final {
 public:
  static constexpr std::size_t longest_text = 1024;  // characters

  // Classes: each line with 0, 1, ... most_slips slips, one line behind the other. A text is in the first that explains it.
  // Throws Error(refused) when too much is open to be counted.
  explicit TextAutomaton(const TextGraph& graph);

  [[nodiscard]] const std::vector<Count>& totals() const noexcept { return totals_; }  // of each class
  // Gives `take` each symbol of text `index` of a class; any index below its number. Nothing of the text is kept: it may be the password.
  template <typename Take>
  void text(std::size_t of_class, std::uint64_t index, const Take& take) const;

 private:
  struct Step {
    Symbol symbol;
    std::uint32_t to;
    std::uint32_t alike;  // this step and those behind it that lead to the same state, as those of a class do
  };
  class Builder;

  std::vector<std::size_t> starts_;        // of each state, in steps_; and the end
  std::vector<Step> steps_;
  std::vector<std::uint8_t> accepted_;     // by state: the column of the class in which a text may end here
  std::vector<std::uint8_t> columns_;      // by class
  std::size_t width_ = 0;                  // columns: classes that have texts
  std::vector<std::uint64_t> counts_;      // by state and column: texts from here to the end, clamped
  std::vector<Count> totals_;
};

template <typename Take>
void TextAutomaton::text(std::size_t of_class, std::uint64_t index, const Take& take) const {
  const std::size_t column = columns_[of_class];
  for (std::size_t state = 0;;) {
    if (accepted_[state] == column && index-- == 0) return;
    std::size_t step = starts_[state];
    for (;; step += steps_[step].alike) {
      const std::uint64_t there = counts_[steps_[step].to * width_ + column];
      if (index < there) break;
      const std::uint64_t alike = steps_[step].alike;
      if (alike > 1 && there != 0 && index / there < alike) {
        step += index / there;
        index %= there;
        break;
      }
      index -= there * alike;
    }
    take(steps_[step].symbol);
    state = steps_[step].to;
  }
}

}  // namespace hwbak::recover
