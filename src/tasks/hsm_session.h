// An HSM in a reader: found, selected, logged in to; what every verb of HSM devices begins with (docs/formats/pico-hsm.md, "The
// card").
#pragma once

#include <memory>

#include "hwbak/hsm_device.h"
#include "link/pcsc/hsm_client.h"

namespace hwbak::tasks {

// A reader with a token in it, selected.
struct HsmInReader {
  std::string name;                            // as the reader calls itself
  std::unique_ptr<pcsc::CardLine> line;
  pcsc::Token token;
};
// The one that `options` means. Throws as HsmSession.
[[nodiscard]] HsmInReader find_hsm(CardReaders& readers, const std::string& wanted);
// Those that `wanted` can mean: its exact name, or all that have it as a part of theirs; all when it is empty. Throws Error(device): none.
[[nodiscard]] std::vector<std::string> readers_named(CardReaders& readers, const std::string& wanted);
// Asks for the PIN and sends it, once. Returns how the PIN stood before.
pcsc::PinStatus log_in_hsm(const Context& context, pcsc::HsmClient& hsm, const std::string& reader);
// "3 tries are left", "blocked", ...
[[nodiscard]] std::string in_words(const pcsc::PinStatus& pin);

class HsmSession final {
 public:
  // The reader is the one that `options` means: its name, a part of it that only one has, or the only one with a token in it. Throws
  // Error(device) when there is none or the PIN is refused, Error(refused) when several could be meant or the PIN is none.
  // The question for the PIN says how many tries are left; none is asked for that cannot help.
  HsmSession(const Context& context, CardReaders& readers, const HsmDeviceOptions& options);
  HsmSession(const HsmSession&) = delete;
  HsmSession& operator=(const HsmSession&) = delete;

  [[nodiscard]] pcsc::HsmClient& hsm() noexcept { return client_; }
  [[nodiscard]] const std::string& reader() const noexcept { return reader_; }    // printable
  [[nodiscard]] const pcsc::Token& token() const noexcept { return found_.token; }
  [[nodiscard]] const std::string& serial() const noexcept { return serial_; }    // printable; empty: never initialised
  [[nodiscard]] const pcsc::PinStatus& pin() const noexcept { return pin_; }      // before the login
  // "The device" of the page; facts reader, firmware, serial, logged_in.
  void describe(Report& report) const;

 private:
  HsmInReader found_;
  pcsc::HsmClient client_;
  std::string reader_, serial_;
  pcsc::PinStatus pin_;
};

}  // namespace hwbak::tasks
