// Messages, questions and menus of the practice device; see device.h.
#include "hwbak/error.h"
#include "practice/coldcard/device.h"

namespace hwbak::practice::coldcard {

Next run_menu(cc::Screen& screen, std::string_view title, const std::function<std::vector<Item>()>& items) {
  for (;;) {
    const std::vector<Item> now = items();
    std::vector<std::string> labels;
    for (const Item& item : now) labels.push_back(item.label);
    const auto chosen = screen.menu(title, labels);
    if (!chosen) return Next::stay;
    if (const Next next = now.at(*chosen).run(); next != Next::stay) return next;
  }
}

SecretString join(std::initializer_list<std::string_view> parts) {
  SecretString out;
  for (const std::string_view part : parts) out.append(part);
  return out;
}

void say(Device& device, std::string_view title, std::string_view text) {
  (void)device.screen.page(title, text, "yx", false);
}

bool confirm(Device& device, std::string_view title, std::string_view text) {
  return device.screen.page(title, text, "yx", false) == cc::key_ok;
}

bool with_card(Device& device, const std::function<void()>& work) {
  try {
    work();
    return true;
  } catch (const Error& error) {
    if (error.outcome() != Outcome::io && error.outcome() != Outcome::refused) throw;
    say(device, "Card", "Please insert a MicroSD card that works.\n\n" + error.sentence());
    return false;
  }
}

}  // namespace hwbak::practice::coldcard
