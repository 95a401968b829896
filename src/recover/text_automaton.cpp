// See text_automaton.h. A state is a set of nodes with the fewest slips that lead there; equal states are joined, so two ways to the same text are one.
#include "recover/text_automaton.h"

#include <algorithm>
#include <unordered_map>

#include "hwbak/error.h"

namespace hwbak::recover {
namespace {

constexpr std::size_t most_states = 1'500'000, most_counts = 6'000'000;
constexpr std::uint8_t none = 0xFF;

[[noreturn]] void refuse_size() {
  throw Error(Outcome::refused, "too much is open in this pattern for its candidates to be counted", std::nullopt,
              "say more: shorter repeats, fewer slips, a shorter word list");
}

using State = std::vector<std::uint32_t>;  // node << 2 | slips, rising
struct StateHash {
  std::size_t operator()(const State& state) const noexcept {
    std::uint64_t h = 0xcbf29ce484222325;
    for (const std::uint32_t one : state) h = (h ^ one) * 0x9E3779B97F4A7C15, h ^= h >> 29;
    return h;
  }
};

// Edges by the node that they leave.
struct Leaving {
  explicit Leaving(const std::vector<TextGraph::Edge>& edges, TextGraph::Node first, std::size_t nodes) : starts(nodes + 1), sorted(edges.size()) {
    for (const auto& one : edges) ++starts[one.from - first + 1];
    for (std::size_t i = 0; i < nodes; ++i) starts[i + 1] += starts[i];
    std::vector<std::size_t> at(starts.begin(), starts.end() - 1);
    for (const auto& one : edges) sorted[at[one.from - first]++] = &one;
  }
  [[nodiscard]] std::span<const TextGraph::Edge* const> of(std::size_t node) const {
    return std::span(sorted).subspan(starts[node], starts[node + 1] - starts[node]);
  }
  std::vector<std::size_t> starts;
  std::vector<const TextGraph::Edge*> sorted;
};

}  // namespace

TextGraph::Node TextGraph::node() {
  if (nodes_ == most_nodes) refuse_size();
  return static_cast<Node>(nodes_++);
}

void TextGraph::edge(Node from, Node to, Symbol symbol, unsigned slips) {
  if (edges_.size() == most_edges) refuse_size();
  edges_.push_back({from, to, symbol, static_cast<std::uint8_t>(slips)});
}

std::vector<TextGraph::Pair> TextGraph::neighbours(const std::vector<Edge>& edges, Node first, std::size_t nodes) {
  const Leaving leaving(edges, first, nodes);
  std::vector<Pair> out;
  std::vector<Node> waiting;
  std::vector<std::size_t> seen(nodes, edges.size());
  for (std::size_t i = 0; i < edges.size(); ++i) {
    if (edges[i].symbol == nothing) continue;
    waiting.assign(1, edges[i].to);
    while (!waiting.empty()) {
      const Node node = waiting.back();
      waiting.pop_back();
      for (const Edge* next : leaving.of(node - first)) {
        if (++work_ > most_work_) refuse_size();
        if (next->symbol != nothing) {
          if (next->symbol != edges[i].symbol) out.push_back({&edges[i], next});
        } else if (next->slips == 0 && seen[next->to - first] != i) {
          seen[next->to - first] = i;
          waiting.push_back(next->to);
        }
      }
    }
    if (out.size() > most_edges) refuse_size();
  }
  return out;
}

class TextAutomaton::Builder final {
 public:
  Builder(const TextGraph& graph, TextAutomaton& out) : graph_(graph), out_(out), leaving_(graph.edges(), 0, graph.nodes()), line_(graph.nodes(), none) {
    for (std::size_t i = 0; i < graph.ends().size(); ++i) line_[graph.ends()[i]] = static_cast<std::uint8_t>(i);
    fewest_.assign(graph.nodes(), none);
  }

  void build() {
    order_nodes();
    reached(0, 0);
    (void)number_of(closed());
    for (std::size_t state = 0; state < states_.size(); ++state) leave(state);
    out_.starts_.push_back(out_.steps_.size());
    choose_columns();
    count();
  }

 private:
  void work(std::uint64_t amount) {
    if ((done_ += amount) > graph_.most_work()) refuse_size();
  }

  // Every node behind all that lead to it; and how long a text may become.
  void order_nodes() {
    std::vector<std::uint32_t> before(graph_.nodes());
    std::vector<std::size_t> length(graph_.nodes());
    for (const auto& one : graph_.edges()) ++before[one.to];
    std::vector<TextGraph::Node> order;
    for (TextGraph::Node node = 0; node < graph_.nodes(); ++node)
      if (before[node] == 0) order.push_back(node);
    place_.resize(graph_.nodes());
    for (std::size_t i = 0; i < order.size(); ++i) {
      place_[order[i]] = static_cast<std::uint32_t>(i);
      for (const auto* one : leaving_.of(order[i])) {
        std::size_t& longest = length[one->to];
        longest = std::max(longest, length[order[i]] + (one->symbol == TextGraph::nothing ? 0 : 1));
        if (longest > longest_text)
          throw Error(Outcome::refused, "this pattern has candidates of more than " + std::to_string(longest_text) + " characters", std::nullopt,
                      "make its repeats shorter");
        if (--before[one->to] == 0) order.push_back(one->to);
      }
    }
  }

  void reached(TextGraph::Node node, unsigned slips) {
    if (slips > TextGraph::most_slips || fewest_[node] <= slips) return;
    if (fewest_[node] == none) touched_.push_back(node);
    fewest_[node] = static_cast<std::uint8_t>(slips);
    waiting_.push_back(node);
  }

  // All that is reached without a character; kept are the nodes from which something can happen.
  State closed() {
    while (!waiting_.empty()) {
      const TextGraph::Node node = waiting_.back();
      waiting_.pop_back();
      for (const auto* one : leaving_.of(node))
        if (one->symbol == TextGraph::nothing) reached(one->to, fewest_[node] + one->slips);
      work(1 + leaving_.of(node).size());
    }
    State out;
    for (const TextGraph::Node node : touched_) {
      const auto edges = leaving_.of(node);
      const bool goes_on = std::ranges::any_of(edges, [](const auto* one) { return one->symbol != TextGraph::nothing; });
      if (goes_on || line_[node] != none) out.push_back(node << 2 | fewest_[node]);
      fewest_[node] = none;
    }
    touched_.clear();
    std::sort(out.begin(), out.end());
    return out;
  }

  std::uint32_t number_of(State state) {
    const auto [at, fresh] = known_.try_emplace(std::move(state), static_cast<std::uint32_t>(states_.size()));
    if (!fresh) return at->second;
    if (states_.size() == most_states) refuse_size();
    states_.push_back(&at->first);
    std::size_t best = none;
    std::uint32_t first = 0xFFFFFFFF;
    for (const std::uint32_t one : at->first) {
      first = std::min(first, place_[one >> 2]);
      if (line_[one >> 2] != none) best = std::min<std::size_t>(best, line_[one >> 2] * (TextGraph::most_slips + 1) + (one & 3));
    }
    accepted_.push_back(static_cast<std::uint8_t>(best));
    first_place_.push_back(first);
    return at->second;
  }

  void leave(std::size_t state) {
    struct Way {
      Symbol symbol;
      TextGraph::Node to;
      unsigned slips;
    };
    std::vector<Way> ways;
    out_.starts_.push_back(out_.steps_.size());
    for (const std::uint32_t one : *states_[state])
      for (const auto* edge : leaving_.of(one >> 2))
        if (edge->symbol != TextGraph::nothing && (one & 3) + edge->slips <= TextGraph::most_slips)
          ways.push_back({edge->symbol, edge->to, (one & 3) + edge->slips});
    work(ways.size());
    std::sort(ways.begin(), ways.end(), [](const Way& a, const Way& b) { return a.symbol < b.symbol; });
    for (std::size_t i = 0; i < ways.size();) {
      const Symbol symbol = ways[i].symbol;
      for (; i < ways.size() && ways[i].symbol == symbol; ++i) reached(ways[i].to, ways[i].slips);
      if (State next = closed(); !next.empty()) out_.steps_.push_back({symbol, number_of(std::move(next)), 1});
    }
    for (std::size_t i = out_.steps_.size(); i-- > out_.starts_.back() + 1;)
      if (out_.steps_[i - 1].to == out_.steps_[i].to) out_.steps_[i - 1].alike += out_.steps_[i].alike;
  }

  void choose_columns() {
    out_.columns_.assign(graph_.ends().size() * (TextGraph::most_slips + 1), none);
    for (const std::uint8_t one : accepted_)
      if (one != none) out_.columns_[one] = 0;
    for (std::uint8_t& one : out_.columns_)
      if (one != none) one = static_cast<std::uint8_t>(out_.width_++);
    for (const std::uint8_t one : accepted_) out_.accepted_.push_back(one == none ? none : out_.columns_[one]);
    if (states_.size() * out_.width_ > most_counts) refuse_size();
  }

  // From behind: a step leads to a state whose first node stands later.
  void count() {
    const std::size_t width = out_.width_;
    std::vector<std::uint32_t> order(states_.size());
    for (std::uint32_t i = 0; i < order.size(); ++i) order[i] = i;
    std::sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) { return first_place_[a] > first_place_[b]; });
    std::vector<Count> counts(states_.size() * width);
    for (const std::uint32_t state : order) {
      Count* const here = counts.data() + state * width;
      if (out_.accepted_[state] != none) here[out_.accepted_[state]] += 1;
      for (std::size_t i = out_.starts_[state]; i < out_.starts_[state + 1]; ++i)
        for (std::size_t column = 0; column < width; ++column) here[column] += counts[out_.steps_[i].to * width + column];
    }
    out_.counts_.reserve(counts.size());
    for (const Count& one : counts) out_.counts_.push_back(one.clamped());
    for (const std::uint8_t column : out_.columns_) out_.totals_.push_back(column == none ? Count() : counts[column]);
  }

  const TextGraph& graph_;
  TextAutomaton& out_;
  Leaving leaving_;
  std::vector<std::uint8_t> line_;            // by node: of which line it is the end
  std::vector<std::uint32_t> place_;          // by node, in order
  std::vector<std::uint8_t> fewest_;          // by node: slips of the state that is being made
  std::vector<TextGraph::Node> touched_, waiting_;
  std::unordered_map<State, std::uint32_t, StateHash> known_;
  std::vector<const State*> states_;
  std::vector<std::uint8_t> accepted_;        // by state: its class
  std::vector<std::uint32_t> first_place_;
  std::uint64_t done_ = 0;
};

TextAutomaton::TextAutomaton(const TextGraph& graph) { Builder(graph, *this).build(); }

}  // namespace hwbak::recover
