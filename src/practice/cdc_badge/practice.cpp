// See practice.h: the badge and its pseudo terminal.
#include "practice/cdc_badge/practice.h"

#include <algorithm>
#include <array>
#include <thread>

#include "practice/cdc_badge/badge.h"
#include "practice/cdc_badge/pseudo_terminal.h"
#include "practice/state_lock.h"

namespace hwbak::practice::cdc_badge {
namespace {

using namespace std::chrono_literals;

constexpr std::array<std::string_view, 13> names{"secure-serial", "no-echo",    "log-noise", "lockout",      "permanent-lockout",
                                                 "no-version",    "no-cut",     "crc-error", "disconnect",   "usb-disk",
                                                 "export-fails",  "import-fails", "no-answer"};

// A link to a terminal that is gone leads nowhere.
struct LinkRemover {
  std::optional<std::filesystem::path> link;
  std::filesystem::path to;
  ~LinkRemover() {
    std::error_code ignored;
    if (link && std::filesystem::read_symlink(*link, ignored) == to) std::filesystem::remove(*link, ignored);
  }
};

Milliseconds system_time() { return std::chrono::duration_cast<Milliseconds>(std::chrono::system_clock::now().time_since_epoch()); }

}  // namespace

std::span<const std::string_view> fault_names() noexcept { return names; }

bool Setup::has(Fault fault) const noexcept { return std::find(faults.begin(), faults.end(), fault) != faults.end(); }

bool exists(const Setup& setup, Files& files) { return files.info(setup.state / "badge.state").has_value(); }

bool is_pin(std::string_view text) noexcept {
  return text.size() >= 4 && text.size() <= 8 && text.find_first_not_of("0123456789") == std::string_view::npos;
}

void practice(const Setup& setup, const SecretString& pin, Files& files, RandomSource& random,
              const std::function<void(const std::filesystem::path&)>& ready) {
  PseudoTerminal terminal;
  io::Descriptor lock = lock_state(setup.state, "practice badge");
  Badge badge({files, random, system_time, [](Milliseconds time) { std::this_thread::sleep_for(time); },
               [&](ByteView bytes) { terminal.write(bytes); }, SealedState::default_rounds_pow},
              setup, pin);
  if (!lock.is_open()) lock = lock_state(setup.state, "practice badge");   // a new one
  LinkRemover remover;
  for (;;) {
    if (setup.link) terminal.link(*setup.link);
    remover.link = setup.link;
    remover.to = terminal.path();
    badge.plug_in();
    ready(terminal.path());
    std::array<std::uint8_t, 4096> chunk;
    while (!badge.unplugged()) {
      const std::size_t got = terminal.read(chunk, 200ms);
      badge.receive(ByteView(chunk).first(got));
      wipe(chunk.data(), chunk.size());
      badge.tick();
    }
    terminal = PseudoTerminal();  // the other end finds its line broken
  }
}

}  // namespace hwbak::practice::cdc_badge
