// The card's transport, and which command is whose; see card.h.
#include "practice/pico_hsm/card.h"

#include <algorithm>

#include "base/unicode.h"

namespace hwbak::practice::pico_hsm {
namespace {

constexpr std::array<std::uint8_t, 24> answer_to_reset{0x3B, 0xFE, 0x18, 0x00, 0x00, 0x81, 0x31, 0xFE, 0x45, 0x80, 0x31, 0x81,
                                                       0x54, 0x48, 0x53, 0x4D, 0x31, 0x73, 0x80, 0x21, 0x40, 0x81, 0x07, 0xFA};
constexpr std::size_t most_chained = 4096;
constexpr std::uint8_t chaining = 0x10, get_response = 0xC0;

SecretBytes with_status(ByteView data, unsigned status) {
  SecretBytes out;
  out.reserve(data.size() + 2);
  out.append(data);
  out.append(static_cast<std::uint8_t>(status >> 8));
  out.append(static_cast<std::uint8_t>(status));
  return out;
}
SecretBytes with_status(ByteView data, Status status) { return with_status(data, static_cast<unsigned>(status)); }

}  // namespace

Card::Card(const std::filesystem::path& folder, Files& files, RandomSource& random, Behaviour behaviour, unsigned rounds_pow)
    : files_(files), random_(random), file_(folder / "hsm.state"), behaviour_(behaviour), rounds_pow_(rounds_pow) {
  if (files_.info(file_))
    state_ = parse_state(files_.read(file_, largest_state), printable(file_.native()));
  else
    files_.make_folder(folder);
}

ByteView Card::atr() noexcept { return answer_to_reset; }

void Card::save() { files_.write(file_, serialise(state_).expose(), {.overwrite = true}); }

void Card::log_out() noexcept {
  user_in_ = so_in_ = everybody_in_ = false;
  presented_ = {};
  presenting_.reset();
  challenge_.clear();
  master_.clear();
  used_.clear();
}

void Card::reset() {
  log_out();
  selected_.reset();
  chained_.clear();
  waiting_.clear();
}

SecretBytes Card::transmit(ByteView bytes) {
  const auto parsed = parse_command(bytes);
  if (!parsed) return with_status({}, Status::wrong_length);
  Command command = *parsed;
  if (command.ins == get_response) {
    SecretBytes rest = std::move(waiting_);
    waiting_ = SecretBytes();
    return rest.empty() ? with_status({}, Status::conditions) : send(command, Answer(std::move(rest)));
  }
  waiting_.clear();
  const bool more = (command.cla & chaining) != 0;
  command.cla = static_cast<std::uint8_t>(command.cla & ~chaining);
  if (command.cla != 0x00 && command.cla != 0x80) return with_status({}, Status::unknown_class);
  if (more || !chained_.empty()) {
    if (chained_.size() + command.data.size() > most_chained) {
      chained_.clear();
      return with_status({}, Status::wrong_length);
    }
    chained_.append(command.data);
    if (more) return with_status({}, Status::ok);
  }
  const SecretBytes whole = std::move(chained_);
  chained_ = SecretBytes();
  if (!whole.empty()) command.data = whole.expose();
  return send(command, run(command));
}

// What does not fit the answer that was asked for waits for GET RESPONSE.
SecretBytes Card::send(const Command& command, Answer answer) {
  if (answer.data.size() <= command.expected) return with_status(answer.data.expose(), answer.status);
  const ByteView all = answer.data.expose();
  waiting_ = SecretBytes::copy_of(all.subspan(command.expected));
  const std::size_t left = std::min<std::size_t>(waiting_.size(), 256);
  return with_status(all.first(command.expected), 0x6100u | (left & 0xFF));
}

Answer Card::run(const Command& command) {
  switch (command.ins) {
    case 0x20: return verify(command);
    case 0x22: return choose_public_key(command);
    case 0x24: return change(command);
    case 0x2C: return reset_retry(command);
    case 0x46: return generate_pair(command);
    case 0x48: return generate_aes(command);
    case 0x50: return initialize(command);
    case 0x52: return key_domain(command);
    case 0x54: return public_keys(command);
    case 0x58: return list();
    case 0x62: return decrypt(command);
    case 0x68: return sign(command);
    case 0x72: return wrap(command);
    case 0x74: return unwrap(command);
    case 0x78: return cipher(command);
    case 0x82: return authenticate_public_key(command);
    case 0x84: return challenge(command);
    case 0xA4: return select(command);
    case 0xB1: return read(command);
    case 0xD7: return update(command);
    case 0xE4: return remove(command);
    default: return Status::unknown_instruction;
  }
}

Answer Card::challenge(const Command& command) {
  constexpr std::size_t most = 1024;
  SecretBytes out(std::min(command.expected, most));
  random_.fill(out.expose());
  challenge_.assign(out.expose().begin(), out.expose().end());
  return Answer(std::move(out));
}

}  // namespace hwbak::practice::pico_hsm
