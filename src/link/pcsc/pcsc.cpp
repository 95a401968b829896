// See pcsc.h.
#include "link/pcsc/pcsc.h"

#include <algorithm>
#include <chrono>
#include <thread>

#include "base/unicode.h"
#include "hwbak/error.h"
#include "link/pcsc/winscard.h"

namespace hwbak::pcsc {
namespace {

constexpr std::size_t largest_names = 64 * 1024, most_readers = 64;
constexpr const char* start_daemon = "start the card daemon: `sudo systemctl start pcscd`";

std::string next_step(Code code) {
  switch (code) {
    case Code::no_service:
    case Code::service_stopped: return start_daemon;
    case Code::sharing_violation: return "close the other program: a browser that knows the token, gpg (`gpgconf --kill scdaemon`), pkcs11-tool";
    case Code::security_violation: return "run it as a user who sits at this machine, or ask its administrator for a polkit rule for pcscd";
    case Code::no_smartcard: return "put the card in, and run the command again";
    case Code::ok:
    case Code::invalid_handle:
    case Code::insufficient_buffer:
    case Code::unknown_reader:
    case Code::timeout:
    case Code::proto_mismatch:
    case Code::comm_error:
    case Code::not_transacted:
    case Code::reader_unavailable:
    case Code::no_readers:
    case Code::unsupported_card:
    case Code::unresponsive_card:
    case Code::unpowered_card:
    case Code::reset_card:
    case Code::removed_card: break;
  }
  return "plug the device in again, and run the command again";
}

Error failure(Code code, const std::string& reader) {
  return Error(Outcome::device, (reader.empty() ? "" : "reader " + printable(reader) + ": ") + in_words(code), std::nullopt, next_step(code));
}

// A connection to the daemon.
class Session final {
 public:
  Session() : pcsc_(library()) {
    const Code code = code_of(pcsc_.establish(scope_system, nullptr, nullptr, &context_));
    if (code != Code::ok) throw failure(code, {});
  }
  ~Session() { (void)pcsc_.release(context_); }
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;
  [[nodiscard]] const Library& pcsc() const noexcept { return pcsc_; }
  [[nodiscard]] Context context() const noexcept { return context_; }

 private:
  const Library& pcsc_;
  Context context_ = 0;
};

// The card is this program's alone, so nothing can come between two commands. It is reset in the end: a login ends with it.
class ReaderLine final : public CardLine {
 public:
  explicit ReaderLine(std::string reader) : reader_(std::move(reader)) {
    // Other programs look at a card that was just put in, and are done in a moment.
    constexpr std::chrono::milliseconds patience{2000}, pause{100};
    const auto deadline = std::chrono::steady_clock::now() + patience;
    for (;;) {
      Dword protocol = 0;
      const Code code = code_of(session_.pcsc().connect(session_.context(), reader_.c_str(), share_exclusive, protocol_t1, &card_, &protocol));
      if (code == Code::ok) return;
      if (code != Code::sharing_violation || std::chrono::steady_clock::now() > deadline) throw failure(code, reader_);
      std::this_thread::sleep_for(pause);
    }
  }
  ~ReaderLine() override { (void)session_.pcsc().disconnect(card_, disposition_reset); }
  ReaderLine(const ReaderLine&) = delete;
  ReaderLine& operator=(const ReaderLine&) = delete;

  SecretBytes transmit(ByteView command) override {
    const IoRequest request{protocol_t1, sizeof(IoRequest)};
    Dword size = reply_.size();
    const Code code = code_of(session_.pcsc().transmit(card_, &request, command.data(), command.size(), nullptr, reply_.expose().data(), &size));
    if (code != Code::ok) throw failure(code, reader_);
    // Readers that lose the card in the middle of a command may report success, and no answer.
    if (size == 0) throw failure(Code::removed_card, reader_);
    const ByteSpan used = reply_.expose().first(std::min<std::size_t>(size, reply_.size()));
    SecretBytes out = SecretBytes::copy_of(used);
    std::ranges::fill(used, std::uint8_t{0});
    return out;
  }

 private:
  std::string reader_;
  Session session_;
  Handle card_ = 0;
  SecretBytes reply_{largest_buffer};
};

}  // namespace

std::vector<std::string> readers() {
  const Session session;
  Dword size = 0;
  Code code = code_of(session.pcsc().list_readers(session.context(), nullptr, nullptr, &size));
  if (code == Code::no_readers) return {};
  if (code != Code::ok) throw failure(code, {});
  std::string names(std::min<std::size_t>(size, largest_names), '\0');
  size = names.size();
  code = code_of(session.pcsc().list_readers(session.context(), nullptr, names.data(), &size));
  if (code == Code::no_readers) return {};
  if (code != Code::ok) throw failure(code, {});
  // Each ends with a zero byte, and the list with one more.
  std::vector<std::string> out;
  names.resize(std::min<std::size_t>(size, names.size()));
  for (std::size_t at = 0; at < names.size() && names[at] != '\0' && out.size() < most_readers;) {
    const std::size_t end = std::min(names.find('\0', at), names.size());
    out.push_back(names.substr(at, end - at));
    at = end + 1;
  }
  return out;
}

std::unique_ptr<CardLine> connect(const std::string& reader) { return std::make_unique<ReaderLine>(reader); }

}  // namespace hwbak::pcsc
