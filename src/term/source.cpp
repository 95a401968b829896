// See source.h.
#include "term/source.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <cstdlib>
#include <cstring>

#include "base/hex.h"
#include "base/unicode.h"
#include "hwbak/error.h"

namespace hwbak::term {
namespace {

[[noreturn]] void unreadable(const Source& source, int reason) {
  throw Error(Outcome::io, describe(source) + " cannot be read: " + std::strerror(reason), std::nullopt,
              "check the SOURCE; it is tty, stdin, fd:N, file:PATH or env:NAME");
}

SecretBytes read_descriptor(int fd, const Source& source, std::size_t max_size) {
  SecretBytes all;
  std::array<std::uint8_t, 4096> chunk;
  for (;;) {
    const ssize_t got = ::read(fd, chunk.data(), chunk.size());
    const int reason = errno;
    if (got > 0) all.append(ByteView(chunk).first(static_cast<std::size_t>(got)));
    wipe(chunk.data(), chunk.size());
    if (got == 0) return all;
    if (got < 0 && reason != EINTR) unreadable(source, reason);
    if (all.size() > max_size)
      throw Error(Outcome::refused, describe(source) + " holds more than " + std::to_string(max_size) + " bytes",
                  std::nullopt, "give a source that holds the secret and nothing else");
  }
}

SecretBytes read_environment(const Source& source) {
  char* const value = std::getenv(source.argument.c_str());
  if (value == nullptr)
    throw Error(Outcome::io, describe(source) + " is not set", std::nullopt, "set it, or name another SOURCE");
  const std::size_t size = std::strlen(value);
  SecretBytes bytes = SecretBytes::copy_of(ByteView(reinterpret_cast<const std::uint8_t*>(value), size));
  wipe(value, size);  // /proc/PID/environ shows this memory
  return bytes;
}

}  // namespace

std::optional<Source> parse_source(std::string_view text) {
  const auto after = [&](std::string_view prefix) -> std::optional<std::string> {
    if (!text.starts_with(prefix) || text.size() == prefix.size()) return std::nullopt;
    return std::string(text.substr(prefix.size()));
  };
  Source source;
  if (text == "tty") return source;
  if (text == "stdin") {
    source.kind = Source::Kind::standard_input;
    source.descriptor = STDIN_FILENO;
    return source;
  }
  if (const auto path = after("file:")) {
    source.kind = Source::Kind::file;
    source.argument = *path;
    return source;
  }
  if (const auto variable = after("env:")) {
    source.kind = Source::Kind::environment;
    source.argument = *variable;
    return source;
  }
  if (const auto number = after("fd:")) {
    source.kind = Source::Kind::descriptor;
    const char* const end = number->data() + number->size();
    const auto parsed = std::from_chars(number->data(), end, source.descriptor);
    if (parsed.ec == std::errc() && parsed.ptr == end && source.descriptor >= 0) return source;
  }
  return std::nullopt;
}

std::string describe(const Source& source) {
  switch (source.kind) {
    case Source::Kind::terminal: return "the terminal";
    case Source::Kind::standard_input: return "standard input";
    case Source::Kind::descriptor: return "file descriptor " + std::to_string(source.descriptor);
    case Source::Kind::file: return "the file " + printable(source.argument);
    case Source::Kind::environment: return "the environment variable " + printable(source.argument);
  }
  return "the source";
}

SecretBytes read_source(const Source& source, std::size_t max_size) {
  if (source.kind == Source::Kind::environment) return read_environment(source);
  if (source.kind != Source::Kind::file) return read_descriptor(source.descriptor, source, max_size);
  const int fd = ::open(source.argument.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY);
  if (fd < 0) unreadable(source, errno);
  struct Closer {
    int fd;
    ~Closer() { ::close(fd); }
  } const closer{fd};
  return read_descriptor(fd, source, max_size);
}

SecretString decode_secret(ByteView bytes, Encoding encoding, const Source& source, const WhenEmpty& when_empty) {
  if (encoding != Encoding::raw && !bytes.empty() && bytes.back() == '\n') {
    bytes = bytes.first(bytes.size() - 1);
    if (!bytes.empty() && bytes.back() == '\r') bytes = bytes.first(bytes.size() - 1);
  }
  if (bytes.empty())
    throw Error(Outcome::refused, describe(source) + " gives " + std::string(when_empty.gives), std::nullopt,
                std::string(when_empty.next));
  if (encoding != Encoding::hex) return SecretString(SecretBytes::copy_of(bytes));
  auto decoded = from_hex_secret({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
  if (!decoded)
    throw Error(Outcome::refused, describe(source) + " does not hold hexadecimal digits, two for each byte", std::nullopt,
                "leave --password-encoding away when it is plain text");
  return SecretString(std::move(*decoded));
}

}  // namespace hwbak::term
