// The controlling terminal, for questions that must not be seen or redirected. While a question is
// open the terminal neither echoes nor makes signals of keys; it is put back on every way out:
// an answer, an exception, SIGINT, SIGTERM, SIGHUP, SIGQUIT, and for as long as the program is suspended.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string_view>

namespace hwbak::term {

// Ctrl-C at a question. Not an Error: no task may take it for the outcome of a file.
struct Interrupted {};

class Terminal {
 public:
  // nullptr when the process has no controlling terminal.
  [[nodiscard]] static std::unique_ptr<Terminal> open();
  virtual ~Terminal() = default;

  // Keys come one by one from here on, unseen; ends with the object.
  class Question final {
   public:
    explicit Question(Terminal& terminal) : terminal_(terminal) { terminal_.begin_question(); }
    ~Question() { terminal_.end_question(); }
    Question(const Question&) = delete;
    Question& operator=(const Question&) = delete;

   private:
    Terminal& terminal_;
  };

  // Within a question, for what must leave no trace: written to the terminal's other screen, which has no scrollback, and
  // gone with this object, with a signal that ends the program, and for as long as it is suspended. A terminal that
  // knows no control sequences shows it below the rest, where it stays.
  class Cover final {
   public:
    explicit Cover(Terminal& terminal) : terminal_(terminal) { terminal_.begin_cover(); }
    ~Cover() { terminal_.end_cover(); }
    Cover(const Cover&) = delete;
    Cover& operator=(const Cover&) = delete;

   private:
    Terminal& terminal_;
  };

  virtual void write(std::string_view text) = 0;
  // The next byte typed; nullopt when the terminal is gone. Throws Interrupted for Ctrl-C and Ctrl-\;
  // Ctrl-Z suspends the program. `resumed()` is true once after that, and after a new size of a covered terminal, so that
  // the question is drawn again.
  [[nodiscard]] virtual std::optional<std::uint8_t> read() = 0;
  [[nodiscard]] virtual bool resumed() = 0;
  // Whether another byte comes at once, as the bytes of one key do: tells Esc alone from an arrow key.
  [[nodiscard]] virtual bool more_at_once() = 0;
  [[nodiscard]] virtual std::size_t columns() const = 0;
  // Rows that a covered page has; 0 when there is no cover, and what is written scrolls up.
  [[nodiscard]] virtual std::size_t rows() const = 0;
  // Throws away what was typed ahead.
  virtual void drop_input() = 0;
  // Clears everything written since the question (or its cover) began, where the terminal can do that.
  virtual void erase_question() = 0;

 protected:
  virtual void begin_question() = 0;
  virtual void end_question() = 0;
  virtual void begin_cover() = 0;
  virtual void end_cover() = 0;
};

// Ctrl-C and SIGTERM outside of a question: the terminal is put back and the process ends, with
// exit 130 for SIGINT. Called once, by the program.
void install_signal_handlers();

// When a signal ends the program, `link` is removed if it is a symbolic link to `to` then. One link; a second call replaces it.
void remove_link_at_end(const std::filesystem::path& link, const std::filesystem::path& to);

// Holds back SIGINT, SIGTERM, SIGHUP and SIGTSTP while a file is written, so that no temporary file is left.
class SignalsHeld final {
 public:
  // With `suspending` false, Ctrl-Z still works.
  explicit SignalsHeld(bool suspending = true);
  ~SignalsHeld();
  SignalsHeld(const SignalsHeld&) = delete;
  SignalsHeld& operator=(const SignalsHeld&) = delete;
  // One of them has come and waits.
  [[nodiscard]] bool pending() const;
  // What they asked for was done: those that wait are thrown away.
  void forget();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace hwbak::term
