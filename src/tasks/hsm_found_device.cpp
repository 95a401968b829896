// A device as the plan of its initialisation finds it, in words and facts; see hsm_init.h.
#include "base/counted.h"
#include "tasks/hsm_device_keys.h"
#include "tasks/hsm_device_verbs.h"
#include "tasks/hsm_init.h"

namespace hwbak::tasks {
namespace {

// "key 1 \"mail\""
std::string key_name(pcsc::HsmClient& hsm, std::uint8_t reference) {
  const auto key = read_device_key(hsm, reference);
  return "key " + std::to_string(reference) + (key && !key->label().empty() ? " \"" + key->label() + "\"" : "");
}

}  // namespace

FoundDevice look_at(HsmSession& session) {
  FoundDevice out;
  out.reader = session.reader();
  out.firmware = session.token().firmware();
  out.kind = kind_of(session);
  return look_at_again(session.hsm(), out);
}

FoundDevice look_at_again(pcsc::HsmClient& hsm, const FoundDevice& before) {
  FoundDevice out;
  out.reader = before.reader;
  out.firmware = before.firmware;
  out.kind = before.kind;
  out.serial = hsm.serial();
  out.pin = hsm.pin_status();
  out.initialised = out.pin.state != pcsc::PinState::not_initialised;
  if (!out.initialised) return out;
  out.domain = hsm.domain(0);
  for (const std::uint8_t reference : hsm.keys()) out.keys.push_back(key_name(hsm, reference));
  return out;
}

std::string holds_words(const FoundDevice& device) {
  if (!device.initialised) return "was never initialised and holds nothing";
  std::string out = "is initialised, holds " + (device.keys.empty() ? std::string("no key") : counted(device.keys.size(), "key"));
  if (device.has_no_dkek()) return out + " and has no DKEK";
  if (device.domain->shares == 0) return out + " and has a DKEK that it drew itself";
  if (device.missing() != 0)
    return out + " and awaits " + std::to_string(device.missing()) + " of " + counted(device.domain->shares, "share");
  return out + " and has a DKEK of " + counted(device.domain->shares, "share");
}

Object device_fact(const FoundDevice& device) {
  Object out;
  out.put("reader", device.reader)
      .put("kind", device.kind)
      .put("serial", device.serial)
      .put("firmware", device.firmware)
      .put("initialised", device.initialised);
  out.put("shares", device.domain ? device.domain->shares : 0u).put("missing", device.missing());
  List keys;
  for (const std::string& key : device.keys) keys.emplace_back(key);
  out.put("keys", std::move(keys));
  return out;
}

}  // namespace hwbak::tasks
