// See winscard.h.
#include "link/pcsc/winscard.h"

#include <array>

#include "base/hex.h"
#include "hwbak/error.h"

#ifndef HWBAK_STATIC
#include <dlfcn.h>
#endif

namespace hwbak::pcsc {

std::string in_words(Code code) {
  switch (code) {
    case Code::ok: return "all is well";
    case Code::invalid_handle: return "the card daemon was started anew";
    case Code::insufficient_buffer: return "the card's answer is longer than an answer can be";
    case Code::unknown_reader: return "there is no such reader any more";
    case Code::timeout: return "it did not answer in time";
    case Code::sharing_violation: return "another program uses the card";
    case Code::no_smartcard: return "there is no card in it";
    case Code::proto_mismatch: return "the card does not speak the protocol of an HSM (T=1)";
    case Code::comm_error:
    case Code::not_transacted: return "the line to the card broke";
    case Code::reader_unavailable: return "the reader is gone";
    case Code::no_service:
    case Code::service_stopped: return "the card daemon (pcscd) is not running";
    case Code::no_readers: return "there is no reader";
    case Code::security_violation: return "the card daemon does not let this user in";
    case Code::unsupported_card:
    case Code::unresponsive_card: return "the card does not answer; it may be put in the wrong way round";
    case Code::unpowered_card: return "the card has no power";
    case Code::reset_card: return "the card was reset: it lost power for a moment, or another program reset it";
    case Code::removed_card: return "the card was taken out";
  }
  const auto number = static_cast<std::uint32_t>(code);
  const std::array<std::uint8_t, 4> bytes{static_cast<std::uint8_t>(number >> 24), static_cast<std::uint8_t>(number >> 16),
                                          static_cast<std::uint8_t>(number >> 8), static_cast<std::uint8_t>(number)};
  return "the card daemon reports error " + to_hex_upper(bytes);
}

#ifdef HWBAK_STATIC

const Library& library() {
  throw Error(Outcome::unsupported, "this build of hwbak is linked statically and cannot talk to smart card readers", std::nullopt,
              "use a build that is not: `cmake -S . -B build && cmake --build build`");
}

#else

namespace {

Library load() {
  void* const file = ::dlopen("libpcsclite.so.1", RTLD_NOW | RTLD_LOCAL);
  if (file == nullptr)
    throw Error(Outcome::device, "libpcsclite, which smart card readers are reached with, is not installed", std::nullopt,
                "install it with the card daemon: `sudo apt-get install pcscd`");
  Library out;
  const auto find = [file](auto& function, const char* name) {
    function = reinterpret_cast<std::remove_reference_t<decltype(function)>>(::dlsym(file, name));
    if (function == nullptr)
      throw Error(Outcome::device, std::string("libpcsclite.so.1 of this machine has no ") + name, std::nullopt, "install pcscd again: `sudo apt-get install --reinstall libpcsclite1 pcscd`");
  };
  find(out.establish, "SCardEstablishContext");
  find(out.release, "SCardReleaseContext");
  find(out.list_readers, "SCardListReaders");
  find(out.connect, "SCardConnect");
  find(out.disconnect, "SCardDisconnect");
  find(out.transmit, "SCardTransmit");
  return out;
}

}  // namespace

const Library& library() {
  static const Library loaded = load();
  return loaded;
}

#endif

}  // namespace hwbak::pcsc
