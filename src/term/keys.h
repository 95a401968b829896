// One key press at a question that waits for keys, not for a line.
#pragma once

#include "term/terminal.h"

namespace hwbak::term {

struct KeyPress {
  enum class Kind {
    character,  // `character` is it, printable ASCII
    enter, escape, up, down,
    end,        // Ctrl-D
    gone,       // the terminal is closed
    redraw,     // the program was suspended and goes on: draw the question again
    other,      // nothing that a question knows
  };
  Kind kind = Kind::other;
  char character = 0;
};

// Throws Interrupted as Terminal::read does.
[[nodiscard]] KeyPress read_key(Terminal& terminal);

// Leaves nothing of a question on the screen, whichever way it ends.
class Erased final {
 public:
  explicit Erased(Terminal& terminal) : terminal_(terminal) {}
  ~Erased() { terminal_.erase_question(); }
  Erased(const Erased&) = delete;
  Erased& operator=(const Erased&) = delete;

 private:
  Terminal& terminal_;
};

}  // namespace hwbak::term
