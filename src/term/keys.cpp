// See keys.h.
#include "term/keys.h"

namespace hwbak::term {
namespace {

using Kind = KeyPress::Kind;

// What follows Esc: "[A" and "OA" are arrows; longer ones are read to their end.
KeyPress after_escape(Terminal& terminal) {
  if (!terminal.more_at_once()) return {Kind::escape};
  const auto first = terminal.read();
  if (!first) return {Kind::gone};
  if (*first != '[' && *first != 'O') return {Kind::other};
  constexpr unsigned longest = 16;
  for (unsigned i = 0; i < longest && terminal.more_at_once(); ++i) {
    const auto byte = terminal.read();
    if (!byte) return {Kind::gone};
    if (*byte < 0x40 || *byte > 0x7E) continue;
    if (i == 0 && *byte == 'A') return {Kind::up};
    if (i == 0 && *byte == 'B') return {Kind::down};
    break;
  }
  return {Kind::other};
}

}  // namespace

KeyPress read_key(Terminal& terminal) {
  const auto byte = terminal.read();
  if (!byte) return {Kind::gone};
  if (terminal.resumed()) return {Kind::redraw};
  switch (*byte) {
    case '\r':
    case '\n': return {Kind::enter};
    case 0x04: return {Kind::end};
    case 0x1B: return after_escape(terminal);
    default: break;
  }
  if (*byte >= 0x20 && *byte < 0x7F) return {Kind::character, static_cast<char>(*byte)};
  return {Kind::other};
}

}  // namespace hwbak::term
