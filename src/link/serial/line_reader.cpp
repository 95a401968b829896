// See line_reader.h.
#include "link/serial/line_reader.h"

#include <algorithm>

namespace hwbak::serial {
namespace {

constexpr std::string_view blanks = " \t\r\n";

bool begins_with_prompt(std::string_view text) noexcept { return text.starts_with(">"); }

}  // namespace

std::string_view stripped(std::string_view line) noexcept {
  const std::size_t begin = line.find_first_not_of("> \t\r\n");
  if (begin == std::string_view::npos) return {};
  return line.substr(begin, line.find_last_not_of(blanks) - begin + 1);
}

bool LineReader::next(std::string_view& line) {
  const ByteView left = std::as_const(pending_).expose().subspan(used_);
  const std::string_view text{reinterpret_cast<const char*>(left.data()), left.size()};
  const std::size_t end = text.find('\n');
  if (end == std::string_view::npos) {
    if (overlong_ || text.size() > max_line) {   // the front of it counts, what follows does not
      if (!overlong_) line_ = SecretString::copy_of(text.substr(0, max_line));
      overlong_ = true;
      pending_.clear();
      used_ = 0;
    } else if (used_ != 0) {
      pending_ = SecretBytes::copy_of(left);
      used_ = 0;
    }
    return false;
  }
  if (!overlong_) line_ = SecretString::copy_of(text.substr(0, std::min(end, max_line)));
  overlong_ = false;
  used_ += end + 1;
  prompt_ = prompt_ || begins_with_prompt(line_.expose());
  line = stripped(line_.expose());
  return true;
}

bool LineReader::prompt_seen() const {
  const ByteView left = pending_.expose().subspan(used_);
  return prompt_ || (!left.empty() && left.front() == '>');
}

void LineReader::forget() {
  pending_.clear();
  line_.clear();
  used_ = 0;
  prompt_ = overlong_ = false;
}

}  // namespace hwbak::serial
