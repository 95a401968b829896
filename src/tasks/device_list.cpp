// hwbak device list: which ports may be badges, and what those that are say of themselves.
#include "tasks/device_list.h"

#include "base/counted.h"
#include "base/unicode.h"
#include "link/serial/badge_client.h"
#include "link/serial/ports.h"
#include "link/serial/tty_line.h"
#include "tasks/family.h"
#include "tasks/shell_quoted.h"

namespace hwbak {
namespace {

constexpr std::chrono::seconds patience{3};

struct Seen {
  serial::Port port;
  std::string answer = "not-asked";   // badge, silent, not-asked, or unusable with the reason in `message`
  std::string message;
  std::optional<serial::Version> version;
  bool wants_pin = false;
};

void ask(Seen& seen) {
  try {
    const auto line = serial::open_tty(seen.port.path);
    serial::BadgeClient badge(*line);
    seen.answer = badge.greet(patience) == serial::Greeting::ready ? "badge" : "silent";
    if (seen.answer != "badge") return;
    try {
      seen.version = badge.version();
    } catch (const Error& error) {
      if (error.outcome() != Outcome::device) throw;
      seen.wants_pin = true;
      seen.message = error.sentence();
    }
  } catch (const Error& error) {
    seen.answer = "unusable";
    seen.message = error.sentence();
  }
}

std::string usb_name(const serial::Port& port) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string out;
  for (const unsigned value : {port.usb_vendor.value_or(0), port.usb_product.value_or(0)}) {
    if (!out.empty()) out += ':';
    for (int shift = 12; shift >= 0; shift -= 4) out += digits[(value >> shift) & 15];
  }
  return out;
}

Value fact(const Seen& seen) {
  Object out;
  out.put("path", printable(seen.port.path)).put("answer", seen.answer);
  if (!seen.port.description.empty()) out.put("description", printable(seen.port.description));
  if (seen.port.usb_vendor) out.put("usb", usb_name(seen.port));
  if (!seen.port.serial.empty()) out.put("usb_serial", printable(seen.port.serial));
  if (!seen.message.empty()) out.put("message", seen.message);
  if (seen.answer == "badge") out.put("wants_pin", seen.wants_pin);
  if (seen.version) out.put("badge_firmware", seen.version->firmware).put("badge_level", seen.version->level);
  return out;
}

std::string row(const Seen& seen) {
  std::string text;
  if (seen.answer == "badge") {
    text = "a badge";
    if (seen.version) text += ", firmware " + seen.version->firmware + ", level " + seen.version->level;
    if (seen.wants_pin) text += " that says nothing yet: " + seen.message;
  } else if (seen.answer == "silent") {
    text = "does not answer as a badge";
  } else if (seen.answer == "not-asked") {
    text = "no USB port of a badge's kind; not asked";
  } else {
    text = seen.message;
  }
  if (!seen.port.description.empty()) text += " (" + printable(seen.port.description) + ")";
  return text;
}

}  // namespace

namespace tasks {

PortsSeen look_at_ports(const Context& context, const std::optional<std::filesystem::path>& port) {
  std::vector<Seen> all;
  if (port) all.push_back({{port->native(), {}, {}, {}, {}, {}, {}}, "not-asked", {}, {}, false});
  else
    for (auto& found : serial::ports()) all.push_back({std::move(found), "not-asked", {}, {}, false});
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (port || all[i].port.may_be_badge()) ask(all[i]);
    if (context.progress && !context.progress(static_cast<double>(i + 1) / static_cast<double>(all.size()))) break;
  }
  PortsSeen out;
  for (const Seen& seen : all) {
    out.facts.push_back(fact(seen));
    out.page.row(printable(seen.port.path), row(seen));
    if (seen.answer != "badge") continue;
    ++out.badges;
    out.badge = seen.port.path;
  }
  if (port) out.refusal = all[0].message;
  return out;
}

std::string badge_next(const PortsSeen& seen) {
  return "back it up: `hwbak device backup --port " + shell_quoted(printable(seen.badge)) + " --output backup.cdcbak`";
}

}  // namespace tasks

Report device_list(const Context& context, const std::optional<std::filesystem::path>& port) {
  Report report = tasks::blank_report("device", port.value_or("ports"));
  report.format = "device";
  tasks::guarded(report, [&] {
    tasks::PortsSeen seen = tasks::look_at_ports(context, port);
    report.facts.put("ports", std::move(seen.facts));
    if (!seen.page.rows.empty()) report.page.push_back(std::move(seen.page));
    if (seen.badges == 0)
      throw Error(Outcome::device, seen.refusal.empty() ? "no badge answers on any serial port" : seen.refusal, std::nullopt,
                  "plug the badge in with a cable that carries data, unlock it, and try again");
    report.message = counted(seen.badges, "badge answers", "badges answer");
    report.next = tasks::badge_next(seen);
  });
  return report;
}

}  // namespace hwbak
