// See text_buffer.h.
#include "report/text_buffer.h"

#include <poll.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <string>

#include "base/unicode.h"
#include "hwbak/error.h"

namespace hwbak::report {

Character front_character(std::string_view text) {
  Character character;
  char32_t code = 0;
  character.length = utf8_front(text, code);
  if (character.length == 0) {
    character.length = 1;
    std::snprintf(character.escape, sizeof character.escape, "\\x%02X", static_cast<unsigned>(static_cast<std::uint8_t>(text[0])));
  } else if (!is_printable(code)) {
    std::snprintf(character.escape, sizeof character.escape, "\\u{%04X}", static_cast<unsigned>(code));
  }
  return character;
}

void put_printable(TextBuffer& out, std::string_view text) {
  std::size_t plain = plain_length(text);  // bytes at the front that go out as they are, in one piece
  while (plain < text.size()) {
    const Character character = front_character(text.substr(plain));
    if (!character.escaped()) {
      plain += character.length;
      plain += plain_length(text.substr(plain));
      continue;
    }
    out << text.substr(0, plain) << std::string_view(character.escape);
    text.remove_prefix(plain + character.length);
    plain = plain_length(text);
  }
  out << text;
}

std::size_t printable_width(std::string_view text) {
  std::size_t width = 0;
  while (true) {
    const std::size_t plain = plain_length(text);
    width += plain;
    text.remove_prefix(plain);
    if (text.empty()) return width;
    const Character character = front_character(text);
    width += character.escaped() ? std::strlen(character.escape) : 1;
    text.remove_prefix(character.length);
  }
}

void write_all(int fd, ByteView data, std::string_view what) {
  while (!data.empty()) {
    const ssize_t written = ::write(fd, data.data(), data.size());
    if (written >= 0) {
      data = data.subspan(static_cast<std::size_t>(written));
      continue;
    }
    if (errno == EINTR) continue;
    if (errno == EAGAIN) {
      pollfd ready{fd, POLLOUT, 0};
      (void)::poll(&ready, 1, -1);
      continue;
    }
    const std::string reason = errno == EPIPE ? "its reader has gone away" : std::strerror(errno);
    throw Error(Outcome::io, std::string(what) + " cannot be written whole: " + reason, std::nullopt,
                "make room or choose another place, then run the same command again");
  }
}

}  // namespace hwbak::report
