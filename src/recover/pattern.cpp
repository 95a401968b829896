// See pattern.h.
#include "recover/pattern.h"

#include <algorithm>
#include <cstring>
#include <unordered_map>

#include "base/unicode.h"
#include "hwbak/error.h"
#include "recover/pattern_plan.h"
#include "recover/text_lines.h"
#include "recover/word_template.h"

namespace hwbak::recover {
namespace {

constexpr char32_t most_of_class = 4096;

bool is_digit(char32_t c) { return c >= '0' && c <= '9'; }
bool is_upper(char32_t c) { return c >= 'A' && c <= 'Z'; }
bool is_letter(char32_t c) { return is_upper(c) || (c >= 'a' && c <= 'z'); }

// The same letter in the other case; itself when there is none. ASCII and Latin-1: what a device's keypad has.
char32_t other_case(char32_t c) {
  if (is_letter(c)) return c ^ 0x20;
  const bool latin = c >= 0xC0 && c <= 0xFE && c != 0xD7 && c != 0xF7 && c != 0xDF;
  return latin ? c ^ 0x20 : c;
}

std::string_view signs_for(char32_t letter) {
  switch (letter | 0x20) {
    case 'a': return "4@";
    case 'b': return "8";
    case 'e': return "3";
    case 'g': return "9";
    case 'i': return "1!";
    case 'l': return "1";
    case 'o': return "0";
    case 's': return "5$";
    case 't': return "7+";
    case 'z': return "2";
    default: return "";
  }
}

struct Variants {
  bool cases = false, signs = false;
  bool slips = false;   // inside of such brackets
};

class Parser final {
 public:
  Parser(TextGraph& graph, Alphabet& alphabet, std::string_view line, std::size_t number, std::optional<std::string_view> words)
      : graph_(graph), alphabet_(alphabet), line_(line), number_(number), words_(words) {}

  // Whether words of the list are taken.
  [[nodiscard]] bool run() {
    const TextGraph::Node start = graph_.node();
    graph_.edge(0, start);
    const TextGraph::Node end = alternatives(start, {});
    if (at_ != line_.size()) fail("a ) has no ( before it", "put a backslash before a bracket that is meant itself");
    graph_.end_of_line(end);
    return takes_words_;
  }

 private:
  using Node = TextGraph::Node;

  [[noreturn]] void fail(const char* what, const char* next) const { fail_at(at_, what, next); }
  [[noreturn]] void fail_at(std::size_t place, const char* what, const char* next) const {
    const auto before = std::ranges::count_if(line_.substr(0, place), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; });
    throw Error(Outcome::refused, "line " + std::to_string(number_) + " of the pattern, character " + std::to_string(before + 1) + ": " + what, std::nullopt, next);
  }
  [[nodiscard]] bool sees(char c) const { return at_ < line_.size() && line_[at_] == c; }
  bool takes(char c) {
    if (!sees(c)) return false;
    ++at_;
    return true;
  }
  char32_t next_character() {
    char32_t code = 0;
    const std::size_t size = utf8_front(line_.substr(at_), code);
    if (size == 0) fail(at_ == line_.size() ? "the pattern ends too early" : "this is no UTF-8 text", "look at the pattern again");
    at_ += size;
    return code;
  }

  Node alternatives(Node from, Variants variants) {
    if (++depth_ > most_pattern_depth) fail("there are more than 64 brackets in one another", "write it with fewer brackets");
    std::vector<Node> ends;
    do ends.push_back(sequence(from, variants));
    while (takes('|'));
    --depth_;
    if (ends.size() == 1) return ends.front();
    const Node end = graph_.node();
    for (const Node one : ends) graph_.edge(one, end);
    return end;
  }

  Node sequence(Node from, Variants variants) {
    const Node start = graph_.node();
    graph_.edge(from, start);
    Node at = start;
    while (at_ < line_.size() && !sees('|') && !sees(')')) at = item(at, variants);
    return at;
  }

  // One thing, and how often it stands there: read again for each time.
  Node item(Node from, Variants variants) {
    const std::size_t begin = at_;
    Node end = atom(from, variants);
    if (takes('?')) {
      const Node behind = graph_.node();
      graph_.edge(end, behind);
      graph_.edge(from, behind);
      end = behind;
    } else if (takes('{')) {
      const auto [least, most] = bounds();
      const std::size_t rest = at_;
      const Node behind = graph_.node();
      if (least == 0) graph_.edge(from, behind);
      for (std::size_t times = 1; times <= most; ++times) {
        if (times >= least) graph_.edge(end, behind);
        if (times == most) break;
        at_ = begin;
        end = atom(end, variants);
      }
      at_ = rest;
      end = behind;
    }
    if (sees('?') || sees('{')) fail("one part cannot be repeated twice", "put ( and ) around it, or a backslash before a sign that is meant itself");
    return end;
  }

  // Behind "{".
  std::pair<std::size_t, std::size_t> bounds() {
    const std::size_t begin = at_ - 1;
    const std::size_t least = number();
    const std::size_t most = takes(',') ? number() : least;
    if (!takes('}') || most == 0 || most < least || most > most_repeats)
      fail_at(begin, "a repeat is wrong", "write {3} or {1,4}; 256 times at most; a brace that is meant itself has a backslash before it");
    return {least, most};
  }
  std::size_t number() {
    std::size_t out = most_repeats + 1;
    for (bool first = true; at_ < line_.size() && is_digit(static_cast<unsigned char>(line_[at_])); first = false)
      out = std::min((first ? 0 : out * 10) + static_cast<std::size_t>(line_[at_++] - '0'), most_repeats + 1);
    return out;
  }

  Node atom(Node from, Variants variants) {
    if (takes('(')) return group(from, variants);
    if (takes('[')) return one_of(from, class_members(), variants);
    if (sees('?') || sees('{') || sees('}') || sees(']')) fail("this sign has a meaning of its own, and none here", "put a backslash before it when it is meant itself");
    if (!takes('\\')) return character(from, next_character(), variants);
    if (takes('w')) return word(from, variants);
    if (takes('d')) return one_of(from, digits(), variants);
    return character(from, escaped(), variants);
  }

  static std::vector<char32_t> digits() {
    std::vector<char32_t> out;
    for (char32_t c = '0'; c <= '9'; ++c) out.push_back(c);
    return out;
  }

  char32_t escaped() {
    const std::size_t begin = at_ - 1;
    const char32_t code = next_character();
    if (is_letter(code) || is_digit(code)) fail_at(begin, "a backslash stands before a letter or a digit that it gives no meaning", "write \\w for a word of --wordlist, \\d for a digit, \\\\ for a backslash");
    return code;
  }

  // Behind "(".
  Node group(Node from, Variants variants) {
    const std::size_t begin = at_ - 1;
    unsigned slips = 0;
    if (takes('?')) {
      while (!takes(':')) {
        if (takes('i')) variants.cases = true;
        else if (takes('l')) variants.signs = true;
        else if (sees('t') && at_ + 1 < line_.size() && is_digit(static_cast<unsigned char>(line_[at_ + 1])) && (line_[at_ + 1] < '1' || line_[at_ + 1] > '3'))
          fail("slips are one, two or three", "write (?t1:...), (?t2:...) or (?t3:...)");
        else if (takes('t')) slips = sees('1') || sees('2') || sees('3') ? static_cast<unsigned>(line_[at_++] - '0') : 1;
        else fail("these brackets begin with (? and no meaning", "write (?i:...), (?l:...), (?t1:...), or a backslash before a ? that is meant itself");
      }
    }
    if (slips != 0 && variants.slips) fail_at(begin, "slips stand inside of other slips", "write (?t2:...) for two of them");
    variants.slips = variants.slips || slips != 0;
    const std::size_t first_edge = graph_.edges().size();
    const Node first = slips == 0 ? from : graph_.node();
    Node end = alternatives(first, variants);
    if (!takes(')')) fail_at(begin, "a ( has no ) behind it", "put a backslash before a bracket that is meant itself");
    if (slips == 0) return end;
    end = graph_.with_slips(first, end, first_edge, slips, [this](Symbol symbol) { return beside(symbol); });
    graph_.edge(from, first);
    return end;
  }

  // Behind "[".
  std::vector<char32_t> class_members() {
    const std::size_t begin = at_ - 1;
    std::vector<char32_t> out;
    if (sees('^')) fail("a class says what it holds, not what it does not", "put a backslash before a ^ that is meant itself");
    while (!takes(']')) {
      if (at_ == line_.size()) fail_at(begin, "a [ has no ] behind it", "put a backslash before a bracket that is meant itself");
      if (takes('\\')) {
        if (takes('d')) {
          for (const char32_t c : digits()) out.push_back(c);
          continue;
        }
        out.push_back(escaped());
        continue;
      }
      const std::size_t place = at_;
      const char32_t low = next_character();
      if (!sees('-') || at_ + 1 >= line_.size() || line_[at_ + 1] == ']') {
        out.push_back(low);
        continue;
      }
      ++at_;
      const char32_t high = takes('\\') ? escaped() : next_character();
      if (high < low || high - low >= most_of_class) fail_at(place, "a range in a class is wrong", "write the lower character first, such as [a-z]; 4,096 characters at most");
      constexpr char32_t surrogates = 0xD800, behind = 0xE000;
      for (char32_t c = low; c <= high; ++c)
        if ((c < surrogates || c >= behind) && c != '\n' && c != '\r') out.push_back(c);
    }
    if (out.empty() || out.size() > 2 * most_of_class) fail_at(begin, "a class holds nothing, or too much", "name the characters that it holds, such as [a-z0-9]");
    return out;
  }

  [[nodiscard]] static std::vector<char32_t> variants_of(char32_t code, Variants variants) {
    std::vector<char32_t> out{code};
    if (variants.cases && other_case(code) != code) out.push_back(other_case(code));
    if (variants.signs && is_letter(code))
      for (const char sign : signs_for(code)) out.push_back(static_cast<unsigned char>(sign));
    return out;
  }

  Node one_of(Node from, const std::vector<char32_t>& codes, Variants variants) {
    const Node to = graph_.node();
    std::vector<Symbol> symbols;
    for (const char32_t code : codes)
      for (const char32_t one : variants_of(code, variants)) symbols.push_back(alphabet_.symbol(one));
    std::sort(symbols.begin(), symbols.end());
    symbols.erase(std::unique(symbols.begin(), symbols.end()), symbols.end());
    for (const Symbol one : symbols) graph_.edge(from, to, one);
    return to;
  }
  Node character(Node from, char32_t code, Variants variants) { return one_of(from, {code}, variants); }

  // The words as a tree, so that what they begin with in common is one way.
  Node word(Node from, Variants variants) {
    if (!words_) fail("\\w is a word of a list, and no list is given", "name it with --wordlist FILE");
    takes_words_ = true;
    const Node root = graph_.node(), end = graph_.node();
    graph_.edge(from, root);
    std::unordered_map<std::uint64_t, Node> known;   // by node and symbol
    each_line(*words_, [&](std::string_view one, std::size_t number, std::size_t) {
      Node at = root;
      while (!one.empty()) {
        char32_t code = 0;
        const std::size_t size = utf8_front(one, code);
        if (size == 0)
          throw Error(Outcome::refused, "line " + std::to_string(number) + " of the word list is no UTF-8 text", std::nullopt,
                      "convert the list, such as with `iconv -f latin1 -t utf-8`, or take that line out");
        one.remove_prefix(size);
        const auto [next, fresh] = known.try_emplace(std::uint64_t{at} << 32 | alphabet_.symbol(code), 0);
        if (fresh) next->second = character(at, code, variants);
        at = next->second;
      }
      graph_.edge(at, end);
    });
    if (known.empty()) throw Error(Outcome::refused, "the word list holds no words", std::nullopt, "put one on each line");
    return end;
  }

  [[nodiscard]] std::vector<Symbol> beside(Symbol symbol) {
    const char32_t code = alphabet_.code(symbol);
    std::vector<Symbol> out;
    if (is_letter(code)) {
      const char letter = static_cast<char>(code | 0x20);
      for (char other = 'a'; other <= 'z'; ++other)
        if (keys_are_neighbours(letter, other)) out.push_back(alphabet_.symbol(static_cast<unsigned char>(is_upper(code) ? other ^ 0x20 : other)));
    }
    constexpr std::string_view row = "1234567890";
    if (const std::size_t key = is_digit(code) ? row.find(static_cast<char>(code)) : row.npos; key != row.npos) {
      if (key > 0) out.push_back(alphabet_.symbol(static_cast<unsigned char>(row[key - 1])));
      if (key + 1 < row.size()) out.push_back(alphabet_.symbol(static_cast<unsigned char>(row[key + 1])));
    }
    return out;
  }

  TextGraph& graph_;
  Alphabet& alphabet_;
  std::string_view line_;
  std::size_t number_;
  std::optional<std::string_view> words_;
  bool takes_words_ = false;
  std::size_t at_ = 0, depth_ = 0;
};

}  // namespace

char32_t code_in(ByteView alphabet, Symbol symbol) noexcept {
  std::uint32_t out = 0;
  std::memcpy(&out, alphabet.data() + 4 * std::size_t{symbol}, 4);
  return out;
}

char32_t Alphabet::code(Symbol symbol) const noexcept { return code_in(codes_.expose(), symbol); }

Symbol Alphabet::symbol(char32_t code) {
  constexpr std::size_t together = 256;
  SecretBytes& numbers = known_.try_emplace(code / static_cast<char32_t>(together), 4 * together).first->second;
  std::uint8_t* const number = numbers.expose().data() + 4 * (code % together);
  Symbol out = 0;
  std::memcpy(&out, number, 4);
  if (out != 0) return out - 1;
  out = static_cast<Symbol>(codes_.size() / 4) + 1;
  std::memcpy(number, &out, 4);
  codes_.resize(codes_.size() + 4);
  std::memcpy(codes_.expose().data() + codes_.size() - 4, &code, 4);
  return out - 1;
}

bool add_pattern(TextGraph& graph, Alphabet& alphabet, std::string_view line, std::size_t number, std::optional<std::string_view> words) {
  return Parser(graph, alphabet, line, number, words).run();
}

}  // namespace hwbak::recover
