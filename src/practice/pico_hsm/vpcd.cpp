// See vpcd.h.
#include "practice/pico_hsm/vpcd.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <array>
#include <cstring>
#include <string>

#include "hwbak/error.h"

namespace hwbak::practice::pico_hsm {
namespace {

enum class Control : std::uint8_t { power_off = 0, power_on = 1, reset = 2, get_atr = 4 };

bool receive(int connection, ByteSpan into) {
  while (!into.empty()) {
    const ssize_t got = ::recv(connection, into.data(), into.size(), 0);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return false;
    into = into.subspan(static_cast<std::size_t>(got));
    // vpcd writes the length apart, and its kernel keeps what follows until that is acknowledged: else 40 ms for each command.
    const int now = 1;
    ::setsockopt(connection, IPPROTO_TCP, TCP_QUICKACK, &now, sizeof now);
  }
  return true;
}

bool send(int connection, ByteView bytes) {
  SecretBytes frame;
  frame.reserve(2 + bytes.size());
  frame.append(static_cast<std::uint8_t>(bytes.size() >> 8));
  frame.append(static_cast<std::uint8_t>(bytes.size()));
  frame.append(bytes);
  for (ByteView left = frame.expose(); !left.empty();) {
    // A reader that is gone is an answer, not a signal.
    const ssize_t sent = ::send(connection, left.data(), left.size(), MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) continue;
    if (sent <= 0) return false;
    left = left.subspan(static_cast<std::size_t>(sent));
  }
  return true;
}

bool obey(int connection, std::uint8_t control, const Inserted& card) {
  switch (static_cast<Control>(control)) {
    case Control::power_off:
    case Control::power_on:
    case Control::reset: card.reset(); return true;
    case Control::get_atr: return send(connection, card.atr);
  }
  return true;
}

}  // namespace

io::Descriptor connect_to_vpcd(std::uint16_t port) {
  io::Descriptor out(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (!out.is_open() || ::connect(out.number(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
    throw Error(Outcome::device,
                "no virtual reader listens on port " + std::to_string(port) + " of this machine: " + std::strerror(errno),
                std::nullopt, "start pcscd with vpcd (Debian: vsmartcard-vpcd) first; scripts/practice-hsm.sh does it");
  return out;
}

void serve(const io::Descriptor& connection, const Inserted& card) {
  std::array<std::uint8_t, 2> length;
  while (receive(connection.number(), length)) {
    SecretBytes frame(static_cast<std::size_t>(length[0] << 8 | length[1]));
    if (!receive(connection.number(), frame.expose())) return;
    const ByteView bytes = frame.expose();
    if (bytes.empty()) continue;
    if (!(bytes.size() == 1 ? obey(connection.number(), bytes[0], card)
                            : send(connection.number(), card.transmit(bytes).expose())))
      return;
  }
}

}  // namespace hwbak::practice::pico_hsm
