// An HSM in a reader: found, selected, logged in to; what every verb of HSM devices begins with (docs/formats/pico-hsm.md, "The
// card").
#pragma once

#include <memory>

#include "hwbak/hsm_device.h"
#include "link/pcsc/hsm_client.h"

namespace hwbak::tasks {

class HsmSession final {
 public:
  // The reader that `options` means: its name, a part of it that only one has, or the only one with a token in it. Throws
  // Error(device) when there is none or the PIN is refused, Error(refused) when several could be meant or the PIN is none.
  // Before a PIN is asked for on a terminal, the question says how many tries are left; with one left nothing is sent
  // unless it is typed.
  HsmSession(const Context& context, CardReaders& readers, const HsmDeviceOptions& options);
  HsmSession(const HsmSession&) = delete;
  HsmSession& operator=(const HsmSession&) = delete;

  [[nodiscard]] pcsc::HsmClient& hsm() noexcept { return client_; }
  [[nodiscard]] const std::string& reader() const noexcept { return reader_; }    // printable
  [[nodiscard]] const pcsc::Token& token() const noexcept { return token_; }
  [[nodiscard]] const std::string& serial() const noexcept { return serial_; }    // printable; empty: never initialised
  [[nodiscard]] const pcsc::PinStatus& pin() const noexcept { return pin_; }      // before the login
  // "The device" of the page; facts reader, firmware, serial, logged_in.
  void describe(Report& report) const;

 private:
  std::unique_ptr<pcsc::CardLine> line_;
  pcsc::HsmClient client_;
  std::string reader_, serial_;
  pcsc::Token token_;
  pcsc::PinStatus pin_;
};

}  // namespace hwbak::tasks
