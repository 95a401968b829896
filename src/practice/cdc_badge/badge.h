// The badge while it runs: its state, its session, its files, and its commands, one file for each group of them. Internal
// to this folder. It knows no terminal: bytes come in by receive() and leave by World::send.
#pragma once

#include <optional>

#include "practice/cdc_badge/console.h"
#include "practice/cdc_badge/practice.h"
#include "practice/cdc_badge/state.h"
#include "practice/sealed_state.h"

namespace hwbak::practice::cdc_badge {

using Milliseconds = std::chrono::milliseconds;

// What is outside of the badge.
struct World {
  Files& files;
  RandomSource& random;
  std::function<Milliseconds()> now;             // since 1970
  std::function<void(Milliseconds)> wait;        // while the badge works
  std::function<void(ByteView)> send;
  unsigned rounds_pow = SealedState::default_rounds_pow;
};

class Badge final {
 public:
  // Opens the state, or makes a new one under `pin`. Throws what practice() throws.
  Badge(World world, const Setup& setup, const SecretString& pin);

  void plug_in();                                // the prompt comes
  void receive(ByteView bytes);
  void tick();                                   // to be called now and then: uploads and sessions end by themselves
  // The cable came out (Fault::disconnect); nothing is sent until plug_in().
  [[nodiscard]] bool unplugged() const noexcept { return unplugged_; }
  [[nodiscard]] const State& state() const noexcept { return state_; }

 private:
  struct Upload {
    std::string name;
    std::size_t size = 0;
    std::uint32_t crc = 0;
    Bytes data;
    Milliseconds last{0};
  };

  void run(std::string_view line);
  void prompt();
  void send(std::string_view text);
  void reply(std::string_view line);
  void noise();
  void save();
  [[nodiscard]] std::int64_t seconds_now() const { return std::chrono::duration_cast<std::chrono::seconds>(world_.now()).count(); }

  // --- login.cpp ---
  [[nodiscard]] bool may_run(std::string_view command);
  void authenticate(std::string_view pin);
  void log_out();
  [[nodiscard]] bool locked_for_ever() const;
  [[nodiscard]] std::int64_t locked_for() const; // seconds
  // --- backup.cpp ---
  void backup(std::string_view arguments);
  void export_backup(std::string_view passphrase);
  void import_backup(std::string_view passphrase);
  void delete_backup();
  [[nodiscard]] bool works();                    // waits as a badge does; false when it never answers
  // --- volume.cpp ---
  void volume(std::string_view arguments);
  void list();
  void get(std::string_view name);
  void begin_upload(std::string_view arguments);
  void take_data(ByteView& bytes);
  void end_upload();
  [[nodiscard]] std::filesystem::path file(std::string_view name) const { return setup_.state / "plugins" / std::string(name); }

  World world_;
  Setup setup_;
  SealedState sealed_;
  SecretString pin_;
  State state_;
  Console console_;
  std::optional<Upload> upload_;
  bool authenticated_ = false, unplugged_ = false, was_unplugged_ = false;
  Milliseconds last_command_{0};
  unsigned log_lines_ = 0;
};

// The first word of `text`, which loses it and the blanks behind it.
[[nodiscard]] std::string_view take_word(std::string_view& text) noexcept;
[[nodiscard]] bool is_word(std::string_view typed, std::string_view upper) noexcept;  // case does not matter

}  // namespace hwbak::practice::cdc_badge
