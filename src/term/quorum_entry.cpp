// See quorum_entry.h.
#include "term/quorum_entry.h"

#include <algorithm>
#include <functional>
#include <vector>

#include "container/dkek_share/quorum.h"
#include "hwbak/error.h"
#include "recover/typed_quorum.h"
#include "term/line_editor.h"

namespace hwbak::term {
namespace {

using Key = LineEditor::Key;

class QuorumEntry final {
 public:
  QuorumEntry(Terminal& terminal, const std::string& subject, Digits digits) : terminal_(terminal), subject_(subject), digits_(digits) {}

  std::optional<SecretString> run() {
    if (!ask("Prime: ", [&](std::string_view typed) { take_prime(typed); })) return std::nullopt;
    lines_.append("prime=");
    keep("\n");
    while (ids_.size() < dkek::max_custodians) {
      bool ended = false;
      const auto take_id = [&](std::string_view typed) {
        ended = typed.find_first_not_of(' ') == std::string_view::npos;
        if (ended) check_enough();
        else check_id(typed);
      };
      if (!ask("Share ID: ", take_id)) return std::nullopt;
      if (ended) break;
      const SecretString id = std::move(typed_);
      const auto take_value = [&](std::string_view typed) {
        if (digits_ == Digits::may_be_wrong) (void)recover::typed_digits(typed, "The value");
        else (void)dkek::parse_share(id.expose(), typed, prime_.expose());
      };
      if (!ask("Share value: ", take_value)) return std::nullopt;
      ids_.push_back(dkek::parse_share(id.expose(), "1", prime_.expose()).id);
      lines_.append("share=");
      lines_.append(id.expose());
      lines_.append(":");
      keep("\n");
    }
    return std::move(lines_);
  }

  [[nodiscard]] std::size_t taken() const { return ids_.size(); }

 private:
  void keep(std::string_view end) {
    lines_.append(typed_.expose());
    lines_.append(end);
    typed_.clear();
  }

  void take_prime(std::string_view typed) {
    if (digits_ == Digits::right) {
      prime_ = dkek::parse_prime(typed);
      return;
    }
    (void)recover::typed_digits(typed, "The prime");
    prime_ = SecretBytes(8);
    std::ranges::fill(prime_.expose(), std::uint8_t{0xFF});  // every ID is below it
  }

  void check_enough() const {
    if (ids_.size() < 2)
      throw Error(Outcome::refused, "a quorum has at least two custodians, and " + std::to_string(ids_.size()) + " of them typed a share");
  }

  void check_id(std::string_view typed) const {
    // 1 is below every prime: what is wrong now is the ID.
    const std::uint64_t id = dkek::parse_share(typed, "1", prime_.expose()).id;
    if (std::ranges::find(ids_, id) != ids_.end())
      throw Error(Outcome::refused, "the share with ID " + std::to_string(id) + " was typed already");
  }

  // One part, until `check` takes it. False: given up.
  bool ask(const std::string& prompt, const std::function<void(std::string_view)>& check) {
    for (std::string trouble;;) {
      page(trouble);
      if (!read_line(prompt, trouble)) return false;
      try {
        check(typed_.expose());
        return true;
      } catch (const Error& error) {
        trouble = "That cannot be: " + error.sentence() + ". Type it again.\r\n";
        terminal_.drop_input();
      }
    }
  }

  void page(const std::string& trouble) {
    terminal_.erase_question();
    std::string text = "Custodians' shares of the password of " + subject_ +
                       ".\r\nType them as they were printed, with or without colons; IDs are decimal. Each\r\nline is erased when it is done. Enter at an "
                       "ID ends; Ctrl-D gives up.\r\n" +
                       (digits_ == Digits::right ? "With too few shares a wrong password comes out, and nothing can tell that\r\nfrom a mistyped value.\r\n\r\n"
                                                 : "Type what is on the paper: wrong digits are searched for. ? stands for a\r\ndigit that cannot be read.\r\n\r\n");
    if (!ids_.empty()) {
      text += "Shares taken:";
      for (const std::uint64_t id : ids_) text.append(" ").append(std::to_string(id));
      text += "\r\n";
    }
    terminal_.write(text + trouble);
  }

  void draw(const std::string& prompt, std::string_view typed) {
    const std::size_t room = std::clamp<std::size_t>(terminal_.columns(), 2, 65) - 1;
    SecretString text = SecretString::copy_of(std::string("\r").append(room, ' ').append("\r").append(prompt, 0, room));
    std::size_t column = std::min(prompt.size(), room);
    for (const char c : typed)
      if (column++ < room) text.append(c > 0x1F && c < 0x7F ? c : '?');
    terminal_.write(text.expose());
  }

  bool read_line(const std::string& prompt, const std::string& trouble) {
    LineEditor line;
    draw(prompt, {});
    while (const auto byte = terminal_.read()) {
      Key key = Key::changed;
      if (terminal_.resumed()) page(trouble);
      else key = line.feed(*byte);
      if (key == Key::end) return false;
      draw(prompt, key == Key::enter ? std::string_view() : line.text());
      if (key != Key::enter) continue;
      typed_ = line.take();
      return true;
    }
    return false;
  }

  Terminal& terminal_;
  const std::string& subject_;
  Digits digits_;
  SecretBytes prime_;
  std::vector<std::uint64_t> ids_;
  SecretString typed_, lines_;
};

}  // namespace

std::optional<SecretString> ask_quorum(Terminal& terminal, const std::string& subject, Digits digits) {
  const Terminal::Question question(terminal);
  QuorumEntry entry(terminal, subject, digits);
  std::optional<SecretString> lines;
  {
    const Terminal::Cover cover(terminal);
    lines = entry.run();
  }
  terminal.write("Custodians' shares of " + subject + (lines ? ": " + std::to_string(entry.taken()) + " taken.\r\n" : ": not given.\r\n"));
  return lines;
}

}  // namespace hwbak::term
