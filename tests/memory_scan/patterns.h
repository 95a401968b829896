// What to look for in memory: each secret in the shapes it may be left behind, and pieces of it,
// since what reuses freed memory overwrites its beginning first.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <unordered_map>
#include <vector>

#include "hwbak/bytes.h"

namespace hwbak::memory_scan {

struct Pattern {
  Bytes bytes;
  std::string what;  // "line 2, UTF-16": never the secret itself
};

class Patterns final {
 public:
  // One secret per line. Words: every four in a row. Other text: every piece of 16 characters. Both as UTF-8
  // and UTF-16LE. Hexadecimal also as bytes, an extended private key also as its key: every piece of 8.
  explicit Patterns(const std::string& lines);
  [[nodiscard]] std::size_t count() const { return patterns_.size(); }
  [[nodiscard]] std::size_t longest() const { return longest_; }
  // Calls `found` for each place in `memory` where a pattern begins.
  void search(ByteView memory, const std::function<void(std::size_t offset, const Pattern&)>& found) const;

 private:
  void add(ByteView bytes, const std::string& what);
  void add_text(const std::string& text, const std::string& what);
  void add_pieces(const Bytes& bytes, const std::string& what);
  void add_line(const std::string& line, const std::string& what);

  std::vector<Pattern> patterns_;
  std::unordered_multimap<std::uint32_t, std::size_t> by_front_;  // first four bytes to pattern
  std::vector<bool> fronts_ = std::vector<bool>(1 << 16);         // first two bytes that occur
  std::size_t longest_ = 0;
};

}  // namespace hwbak::memory_scan
