// See patterns.h.
#include "memory_scan/patterns.h"

#include <algorithm>
#include <cstring>
#include <set>
#include <sstream>
#include <stdexcept>

#include "base/hex.h"

namespace hwbak::memory_scan {
namespace {

constexpr std::size_t words_in_a_row = 4;
constexpr std::size_t text_piece = 16;
constexpr std::size_t byte_piece = 8;
constexpr std::size_t shortest = 6;

std::uint32_t front_of(const std::uint8_t* bytes) {
  std::uint32_t front = 0;
  std::memcpy(&front, bytes, sizeof front);
  return front;
}

// The private key of an extended private key; empty when the line is something else.
Bytes key_of_xprv(const std::string& line) {
  static const std::string digits = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
  if (line.size() < 100 || line.compare(1, 3, "prv") != 0) return {};
  Bytes number(82, 0);  // version 4, depth 1, parent 4, child 4, chain code 32, zero and key 33, checksum 4
  for (const char c : line) {
    std::size_t carry = digits.find(c);
    if (carry == std::string::npos) return {};
    for (auto byte = number.rbegin(); byte != number.rend(); ++byte) {
      carry += *byte * 58u;
      *byte = static_cast<std::uint8_t>(carry);
      carry >>= 8;
    }
  }
  return {number.begin() + 46, number.begin() + 78};
}

}  // namespace

Patterns::Patterns(const std::string& lines) {
  std::istringstream input(lines);
  std::string line;
  for (std::size_t number = 1; std::getline(input, line); ++number) {
    if (line.empty()) continue;
    if (line.size() < shortest) throw std::runtime_error("line " + std::to_string(number) + " is too short to look for");
    add_line(line, "line " + std::to_string(number));
  }
}

void Patterns::add_line(const std::string& line, const std::string& what) {
  std::vector<std::string> words;
  std::istringstream split(line);
  for (std::string word; split >> word;) words.push_back(word);
  if (words.size() >= words_in_a_row) {
    for (std::size_t first = 0; first + words_in_a_row <= words.size(); ++first) {
      std::string run = words[first];
      for (std::size_t i = 1; i < words_in_a_row; ++i) run += " " + words[first + i];
      add_text(run, what + ", words from " + std::to_string(first + 1));
    }
    return;
  }
  if (line.size() < text_piece) add_text(line, what);
  for (std::size_t at = 0; at + text_piece <= line.size(); ++at) {
    add_text(line.substr(at, text_piece), what + ", characters from " + std::to_string(at + 1));
  }
  if (const auto bytes = from_hex(line)) add_pieces(*bytes, what + ", as bytes");
  add_pieces(key_of_xprv(line), what + ", its private key");
}

void Patterns::add_text(const std::string& text, const std::string& what) {
  add(Bytes(text.begin(), text.end()), what + ", UTF-8");
  Bytes wide;
  for (const char c : text) {
    wide.push_back(static_cast<std::uint8_t>(c));
    wide.push_back(0);
  }
  add(wide, what + ", UTF-16");
}

void Patterns::add_pieces(const Bytes& bytes, const std::string& what) {
  for (std::size_t at = 0; at + byte_piece <= bytes.size(); ++at) {
    const ByteView piece = ByteView(bytes).subspan(at, byte_piece);
    // Zeros and the like are everywhere and betray nothing.
    if (std::set<std::uint8_t>(piece.begin(), piece.end()).size() < 5) continue;
    add(piece, what + " from " + std::to_string(at + 1));
  }
}

void Patterns::add(ByteView bytes, const std::string& what) {
  by_front_.emplace(front_of(bytes.data()), patterns_.size());
  fronts_[front_of(bytes.data()) & 0xFFFF] = true;
  longest_ = std::max(longest_, bytes.size());
  patterns_.push_back({Bytes(bytes.begin(), bytes.end()), what});
}

void Patterns::search(ByteView memory, const std::function<void(std::size_t offset, const Pattern&)>& found) const {
  for (std::size_t at = 0; at + 4 <= memory.size(); ++at) {
    const std::uint32_t front = front_of(memory.data() + at);
    if (!fronts_[front & 0xFFFF]) continue;
    for (auto [entry, end] = by_front_.equal_range(front); entry != end; ++entry) {
      const Pattern& pattern = patterns_[entry->second];
      if (pattern.bytes.size() <= memory.size() - at && std::equal(pattern.bytes.begin(), pattern.bytes.end(), memory.begin() + at)) {
        found(at, pattern);
      }
    }
  }
}

}  // namespace hwbak::memory_scan
