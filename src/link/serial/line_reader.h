// The badge's output in lines (docs/formats/cdc-badge.md, "The serial line"): CR dropped, prompt and blanks taken off both
// ends. A line may hold the echo of a passphrase, so lines live in locked memory. What a hostile peer sends is bounded:
// a line keeps max_line bytes, the rest of it is dropped.
#pragma once

#include <string_view>

#include "hwbak/secret.h"

namespace hwbak::serial {

class LineReader final {
 public:
  static constexpr std::size_t max_line = 16 * 1024;

  void feed(ByteView bytes) { pending_.append(bytes); }
  // The next whole line, stripped; false when there is none yet. `line` is good until the next call.
  [[nodiscard]] bool next(std::string_view& line);
  // A prompt has come since forget() or forget_prompt(): at the front of a line, or alone at the end.
  [[nodiscard]] bool prompt_seen() const;
  void forget_prompt() noexcept { prompt_ = false; }
  // What was not read as a line is dropped.
  void forget();

 private:
  SecretBytes pending_;   // not yet cut into lines; the first `used_` bytes are done with
  std::size_t used_ = 0;
  SecretString line_;
  bool prompt_ = false, overlong_ = false;
};

// Prompts and blanks off the front, blanks off the end.
[[nodiscard]] std::string_view stripped(std::string_view line) noexcept;

}  // namespace hwbak::serial
