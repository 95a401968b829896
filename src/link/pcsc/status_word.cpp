// See status_word.h.
#include "link/pcsc/status_word.h"

#include "base/counted.h"
#include "base/hex.h"

namespace hwbak::pcsc {
namespace {

struct Reason {
  std::string why, next;
};

constexpr const char* never_again = "hwbak never tries a PIN twice; make sure of the PIN, and then run the command again";
constexpr const char* make_ready = "initialise it: `hwbak device init-plan` shows the steps";
constexpr const char* log_in = "give the PIN of the device: --pin-from tty";
constexpr const char* see_list = "`hwbak device list --pin-from tty` shows what the device has";

std::string aim(Tried tried) {
  switch (tried) {
    case Tried::select_applet: return "select the HSM on the card";
    case Tried::select_file: return "look at";
    case Tried::user_pin: return "check the PIN";
    case Tried::so_pin: return "check the SO-PIN";
    case Tried::initialise: return "initialise the device";
    case Tried::memory: return "ask for the free memory";
    case Tried::list_files: return "list what is on the device";
    case Tried::domain_status: return "ask for the key domain";
    case Tried::import_share: return "load a share of the DKEK";
    case Tried::set_up_domain: return "set up the key domain";
    case Tried::wrap: return "export";
    case Tried::unwrap: return "restore";
    case Tried::read_file: return "read";
    case Tried::write_file: return "write";
    case Tried::delete_file: return "delete";
    case Tried::challenge: return "draw random bytes";
    case Tried::sign: return "sign with";
    case Tried::decrypt: return "decrypt with";
  }
  return "do that";
}

Reason of_pin(StatusWord word, bool so) {
  const std::string pin = so ? "SO-PIN" : "PIN";
  if (tells_tries(word) && tries_of(word) != 0)
    return {"the device refused the " + pin + "; " + counted(tries_of(word), "try", "tries") + " " + is_or_are(tries_of(word)) + " left",
            never_again};
  if (tells_tries(word) || word == StatusWord::pin_blocked)
    return {"the " + pin + " of the device is blocked: a wrong one was given too often",
            so ? "a device whose SO-PIN is blocked cannot be unblocked; its keys still work with the user's PIN"
               : "the SO-PIN unblocks it, if it was initialised that way: `pkcs11-tool --login --login-type so --init-pin`; a new "
                 "initialisation deletes all keys"};
  if (word == StatusWord::bad_data)
    return {"the device still has its transport PIN, which must be changed before it is of any use",
            "change it: `pkcs11-tool --login --change-pin`"};
  if (word == StatusWord::no_reference) return {"the device was never initialised, so it has no " + pin, make_ready};
  if (word == StatusWord::wrong_length) return {"the device takes no " + pin + " of this length", never_again};
  return {};
}

Reason of_wrap(StatusWord word) {
  if (word == StatusWord::no_file) return {"there is no such key", see_list};
  if (word == StatusWord::no_reference)
    return {"its key domain has no DKEK, or shares of it are missing", "load the shares, log in, and try again; `hwbak device list` shows the domains"};
  if (word == StatusWord::conditions)
    return {"the algorithms that it is allowed for do not include 92, wrapping: this key never leaves the device", {}};
  return {};
}

Reason of_unwrap(StatusWord word) {
  if (word == StatusWord::bad_data) return {"it is too short, or of a type that the device does not know", "check the file: `hwbak verify FILE`"};
  if (word == StatusWord::failed)
    return {"it does not say why: the DKEK of the device may be another one, the file damaged, or the key of a kind that it does not take",
            "check the file and what this device would do with it: `hwbak drill FILE --target pico-hsm`"};
  if (word == StatusWord::wrong_data) return {"the DKEK of the device is another one than that of the file", see_list};
  if (word == StatusWord::no_file) return {"nothing to restore has been sent to it", {}};
  return {};
}

Reason of_domain(StatusWord word, bool import) {
  if (word == StatusWord::not_allowed && import)
    return {"all shares of this key domain are loaded already, or none was asked for when it was initialised",
            "`hwbak device list` shows its domains"};
  if (word == StatusWord::wrong_length) return {"a share has 32 bytes", {}};
  if (word == StatusWord::incorrect_p1p2)
    return {"the device has no such key domain, or it is set up already", "`hwbak device list` shows its domains"};
  if (word == StatusWord::wrong_p1p2) return {"the device has no such key domain, or was never initialised", make_ready};
  if (word == StatusWord::no_reference) return {"this key domain is not set up", make_ready};
  if (word == StatusWord::conditions) return {"nobody is logged in", log_in};
  if (word == StatusWord::exists) return {"there are keys in this domain", {}};
  return {};
}

Reason of_any(StatusWord word) {
  switch (word) {
    case StatusWord::ok: return {"its answer cannot be", {}};
    case StatusWord::past_end: return {"the file ended too early", {}};
    case StatusWord::failed: return {"something went wrong within it", "unplug it, plug it in again, and try once more"};
    case StatusWord::no_button: return {"its button was not pressed", "run the command again, and press the button when the device asks for it"};
    case StatusWord::wrong_length: return {"it does not take a command of this length", "use a reader that knows commands of extended length"};
    case StatusWord::not_logged_in: return {"nobody is logged in", log_in};
    case StatusWord::pin_blocked: return {"its PIN is blocked", {}};
    case StatusWord::bad_data: return {"the data is not what it takes", {}};
    case StatusWord::conditions: return {"that is not allowed, or nobody is logged in", log_in};
    case StatusWord::not_allowed: return {"that is not allowed in its present state", {}};
    case StatusWord::wrong_data: return {"it finds a mistake in the data", {}};
    case StatusWord::not_supported: return {"it cannot do that", {}};
    case StatusWord::no_file: return {"there is no such thing on it", see_list};
    case StatusWord::full: return {"its memory is full, or the uses that the key was given are used up", "delete what is not needed"};
    case StatusWord::incorrect_p1p2:
    case StatusWord::wrong_p1p2: return {"it does not know this variant of the command", {}};
    case StatusWord::no_reference: return {"what was referred to is not there", see_list};
    case StatusWord::exists: return {"it is there already", {}};
    case StatusWord::unknown_instruction:
    case StatusWord::unknown_class: return {"it does not know this command: it is a card of another kind, or an older one", {}};
  }
  return {"its answer has no meaning that is known here", {}};
}

}  // namespace

std::string hex(StatusWord word) {
  const auto number = static_cast<unsigned>(word);
  return to_hex_upper(Bytes{static_cast<std::uint8_t>(number >> 8), static_cast<std::uint8_t>(number)});
}

Error refusal(StatusWord word, Tried tried, const std::string& what) {
  const std::string shown = " (status " + hex(word) + ")";
  Reason reason;
  if (tried == Tried::user_pin || tried == Tried::so_pin) {
    reason = of_pin(word, tried == Tried::so_pin);
    if (!reason.why.empty()) return Error(Outcome::device, reason.why + shown, std::nullopt, reason.next);
  } else if (tried == Tried::wrap) {
    reason = of_wrap(word);
  } else if (tried == Tried::unwrap) {
    reason = of_unwrap(word);
  } else if (tried == Tried::domain_status || tried == Tried::import_share || tried == Tried::set_up_domain) {
    reason = of_domain(word, tried == Tried::import_share);
  }
  if (reason.why.empty()) reason = of_any(word);
  return Error(Outcome::device, "the device does not " + aim(tried) + (what.empty() ? "" : " " + what) + ": " + reason.why + shown,
               std::nullopt, reason.next);
}

}  // namespace hwbak::pcsc
