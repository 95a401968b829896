// See hsm_session.h.
#include "tasks/hsm_session.h"

#include <algorithm>

#include "base/counted.h"
#include "base/unicode.h"
#include "hwbak/error.h"
#include "link/pcsc/pcsc.h"

namespace hwbak {
namespace {

class PcscReaders final : public CardReaders {
 public:
  std::vector<std::string> names() override { return pcsc::readers(); }
  std::unique_ptr<pcsc::CardLine> connect(const std::string& name) override { return pcsc::connect(name); }
};

}  // namespace

CardReaders& pcsc_readers() {
  static PcscReaders readers;
  return readers;
}

namespace tasks {

std::vector<std::string> readers_named(CardReaders& readers, const std::string& wanted) {
  const std::vector<std::string> all = readers.names();
  if (all.empty())
    throw Error(Outcome::device, "there is no smart card reader, and no token that brings its own", std::nullopt,
                "plug the device in, and look whether the card daemon runs: `sudo systemctl start pcscd`");
  if (wanted.empty()) return all;
  if (std::ranges::find(all, wanted) != all.end()) return {wanted};
  std::vector<std::string> some;
  std::ranges::copy_if(all, std::back_inserter(some), [&](const std::string& name) { return name.find(wanted) != std::string::npos; });
  if (some.empty())
    throw Error(Outcome::device, "no reader has " + printable(wanted) + " in its name; there is: " + printable_list(all), std::nullopt,
                "give a part of one of these names to --reader");
  return some;
}

HsmInReader find_hsm(CardReaders& readers, const std::string& wanted) {
  const std::vector<std::string> names = readers_named(readers, wanted);
  if (!wanted.empty() && names.size() > 1)
    throw Error(Outcome::refused, "several readers have " + printable(wanted) + " in their names: " + printable_list(names), std::nullopt,
                "give --reader a part of the name that only one has");
  std::vector<HsmInReader> found;
  std::string reasons;
  for (const std::string& name : names) {
    try {
      HsmInReader here{name, readers.connect(name), {}};
      here.token = pcsc::HsmClient(*here.line).select_applet();
      found.push_back(std::move(here));
    } catch (const Error& error) {
      if (names.size() == 1) throw;
      reasons += (reasons.empty() ? "" : "; ") + error.sentence();
    }
  }
  if (found.empty()) throw Error(Outcome::device, "there is no HSM in any reader: " + reasons, std::nullopt, "plug the device in; `hwbak device list` shows the readers");
  if (found.size() > 1) {
    std::vector<std::string> which;
    for (const HsmInReader& one : found) which.push_back(one.name);
    throw Error(Outcome::refused, "there are several HSMs here: " + printable_list(which), std::nullopt, "say which one: --reader NAME");
  }
  return std::move(found[0]);
}

std::string in_words(const pcsc::PinStatus& pin) {
  switch (pin.state) {
    case pcsc::PinState::tries_left: return counted(pin.tries, "try", "tries") + " " + is_or_are(pin.tries) + " left";
    case pcsc::PinState::logged_in: return "logged in";
    case pcsc::PinState::blocked: return "blocked: a wrong one was given too often";
    case pcsc::PinState::transport: return "still the transport PIN, which must be changed first";
    case pcsc::PinState::not_initialised: return "none: the device was never initialised";
  }
  return {};
}

pcsc::PinStatus log_in_hsm(const Context& context, pcsc::HsmClient& hsm, const std::string& reader) {
  using pcsc::StatusWord, pcsc::Tried;
  const pcsc::PinStatus before = hsm.pin_status();
  switch (before.state) {
    case pcsc::PinState::blocked: throw pcsc::refusal(StatusWord::pin_blocked, Tried::user_pin);
    case pcsc::PinState::transport: throw pcsc::refusal(StatusWord::bad_data, Tried::user_pin);
    case pcsc::PinState::not_initialised: throw pcsc::refusal(StatusWord::no_reference, Tried::user_pin);
    case pcsc::PinState::tries_left:
    case pcsc::PinState::logged_in: break;
  }
  Secrets::Question question;
  question.kind = Secrets::Kind::pin;
  question.subject = reader;
  question.hint = "PIN of this device: " + in_words(before) + ". hwbak sends what you type once, and never again.";
  const auto pins = context.secrets != nullptr ? context.secrets->ask(question) : std::span<const SecretString>{};
  if (pins.empty()) throw Error(Outcome::refused, "no PIN was given; nothing was sent", std::nullopt, "give it with --pin-from tty, file:PATH, fd:N or env:NAME");
  // A slip is caught before it costs a try.
  constexpr std::size_t shortest = 6, longest = 16;
  if (pins[0].size() < shortest || pins[0].size() > longest)
    throw Error(Outcome::refused, "the PIN of an HSM has 6 to 16 characters; nothing was sent", std::nullopt, "give the device's own PIN");
  hsm.log_in(pins[0]);
  return before;
}

HsmSession::HsmSession(const Context& context, CardReaders& readers, const HsmDeviceOptions& options)
    : found_(find_hsm(readers, options.reader)), client_(*found_.line), reader_(printable(found_.name)), serial_(client_.serial()) {
  pin_ = options.log_in ? log_in_hsm(context, client_, reader_) : client_.pin_status();
}

void HsmSession::describe(Report& report) const {
  report.facts.put("reader", reader_).put("firmware", token().firmware()).put("serial", serial_).put("logged_in", client_.logged_in());
  Section device{"The device", {}};
  device.row("reader", reader_);
  device.row("firmware", token().firmware());
  device.row("serial number", serial_.empty() ? "none: it was never initialised" : serial_);
  report.page.push_back(std::move(device));
}

}  // namespace tasks
}  // namespace hwbak
