// Where one secret comes from, as `--password-from` and its sisters say it:
// tty | stdin | fd:N | file:PATH | env:NAME. Never the command line itself.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "hwbak/secret.h"

namespace hwbak::term {

struct Source {
  enum class Kind { terminal, standard_input, descriptor, file, environment };
  Kind kind = Kind::terminal;
  std::string argument;  // path or name
  int descriptor = -1;
};

// nullopt when `text` is no SOURCE; it may be a secret given by mistake, so do not print it.
[[nodiscard]] std::optional<Source> parse_source(std::string_view text);
// "the file /media/x/pw", "the environment variable PW", for sentences; escaped.
[[nodiscard]] std::string describe(const Source& source);

enum class Encoding {
  text,  // one trailing newline is dropped
  hex,   // the same, then two hexadecimal digits per byte
  raw,   // every byte counts
};

inline constexpr std::size_t max_secret_size = 64 * 1024;         // bytes
inline constexpr std::size_t max_list_size = 16 * 1024 * 1024;    // bytes

// Everything the source holds (not for Kind::terminal). The environment variable is wiped after
// reading. Throws Error(io) when it cannot be read, Error(refused) beyond `max_size` bytes.
[[nodiscard]] SecretBytes read_source(const Source& source, std::size_t max_size);

// What to say of a source that is empty: "the file x gives " and this, and the next step.
struct WhenEmpty {
  std::string_view gives = "an empty password", next = "give the password, or --no-password to check the structure only";
};

// One secret out of what was read. Throws Error(refused) when nothing is left or it is not hex.
[[nodiscard]] SecretString decode_secret(ByteView bytes, Encoding encoding, const Source& source, const WhenEmpty& when_empty = {});

}  // namespace hwbak::term
