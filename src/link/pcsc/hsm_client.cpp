// Commands and answers, PINs and key domains; see hsm_client.h.
#include "link/pcsc/hsm_client.h"

#include <algorithm>

#include "base/unicode.h"
#include "container/wrapped_key/description.h"
#include "container/wrapped_key/tlv.h"
#include "link/pcsc/odd_answer.h"

namespace hwbak::pcsc {
namespace {

using wrapped_key::find_tag;

constexpr std::array<std::uint8_t, 11> applet{0xE8, 0x2B, 0x06, 0x01, 0x04, 0x01, 0x81, 0xC3, 0x1F, 0x02, 0x01};
constexpr std::uint8_t user_pin = 0x81, so_pin = 0x88;
constexpr std::size_t so_pin_size = 8;
constexpr std::uint8_t ins_select = 0xA4, ins_read = 0xB1;
constexpr std::uint8_t more_bytes = 0x61, other_length = 0x6C, get_response = 0xC0;
constexpr std::size_t most_pieces = 1024;

// Into locked memory: a command may hold a PIN.
SecretBytes encode(std::uint8_t cla, std::uint8_t ins, std::uint8_t p1, std::uint8_t p2, ByteView data, std::optional<std::size_t> expected) {
  const bool extended = data.size() > short_data || expected.value_or(0) > short_expected;
  SecretBytes out;
  out.reserve(4 + 3 + data.size() + 2);
  const auto be16 = [&out](std::size_t value) {
    out.append(static_cast<std::uint8_t>(value >> 8));
    out.append(static_cast<std::uint8_t>(value));
  };
  for (const std::uint8_t byte : {cla, ins, p1, p2}) out.append(byte);
  if (extended && (!data.empty() || expected)) out.append(std::uint8_t{0});
  if (!data.empty()) {
    if (extended) be16(data.size());
    else out.append(static_cast<std::uint8_t>(data.size()));
    out.append(data);
  }
  // 65536 and 256 are written as zeros.
  if (expected && extended) be16(*expected);
  else if (expected) out.append(static_cast<std::uint8_t>(*expected));
  return out;
}

unsigned be16(ByteView bytes) noexcept { return static_cast<unsigned>(bytes[0] << 8 | bytes[1]); }

}  // namespace

HsmClient::Answer HsmClient::exchange(ByteView command) {
  SecretBytes reply = line_.transmit(command);
  if (reply.size() < 2 || reply.size() > largest_reply) throw odd_answer("it has " + std::to_string(reply.size()) + " bytes");
  Answer out;
  const ByteView all = reply.expose();
  out.word = static_cast<StatusWord>(be16(all.last(2)));
  reply.resize(reply.size() - 2);
  out.data = std::move(reply);
  return out;
}

// An answer in pieces (61xx), and one asked for with the wrong length (6Cxx), which is asked for once more: never with a
// command that might count twice, for two copies of a share cancel each other, and a signature may use up a counter.
HsmClient::Answer HsmClient::send(const Command& command) {
  const auto high = [](StatusWord word) { return static_cast<unsigned>(word) >> 8; };
  const auto low = [](StatusWord word) { return static_cast<unsigned>(word) & 0xFFu; };
  const SecretBytes bytes = encode(command.cla, command.ins, command.p1, command.p2, command.data, command.expected);
  Answer out = exchange(bytes.expose());
  const bool only_asks = command.data.empty() || command.ins == ins_select || command.ins == ins_read;
  if (high(out.word) == other_length && command.expected && only_asks) {
    const unsigned length = low(out.word) == 0 ? 256 : low(out.word);
    const SecretBytes again = encode(command.cla, command.ins, command.p1, command.p2, command.data, length);
    out = exchange(again.expose());
  }
  for (std::size_t pieces = 0; high(out.word) == more_bytes; ++pieces) {
    const std::array<std::uint8_t, 5> more{0x00, get_response, 0x00, 0x00, static_cast<std::uint8_t>(low(out.word))};
    const Answer next = exchange(more);
    const bool nothing_came = next.data.empty() && high(next.word) == more_bytes;
    if (nothing_came || pieces == most_pieces) throw odd_answer("it does not end");
    if (out.data.size() + next.data.size() > largest_answer) break;
    out.data.append(next.data.expose());
    out.word = next.word;
  }
  if (out.data.size() > largest_answer || high(out.word) == more_bytes)
    throw odd_answer("it has more than " + std::to_string(largest_answer) + " bytes");
  return out;
}

SecretBytes HsmClient::demand(const Command& command, Tried tried, const std::string& what) {
  if (command.data.size() > largest_data) throw refusal(StatusWord::wrong_length, tried, what);
  Answer answer = send(command);
  if (answer.word != StatusWord::ok) throw refusal(answer.word, tried, what);
  return std::move(answer.data);
}

std::optional<Token> HsmClient::try_select_applet() {
  logged_in_ = false;
  const Answer answer = send({0x00, 0xA4, 0x04, 0x00, applet, short_expected});
  if (answer.word != StatusWord::ok) return std::nullopt;
  const auto control = file_control(answer.data.expose());
  const auto about = control ? find_tag(*control, 0x85) : std::nullopt;
  if (!about || about->size() < 2) return std::nullopt;
  Token out;
  out.options = be16(*about);
  if (about->size() >= 5) {
    out.major = (*about)[3];
    out.minor = (*about)[4];
  }
  return out;
}

Token HsmClient::select_applet() {
  if (const auto token = try_select_applet()) return *token;
  throw Error(Outcome::device, "the card is no SmartCard-HSM and no Pico HSM", std::nullopt, "`hwbak device list` shows which reader has one");
}

std::string HsmClient::serial() {
  const auto file = read_file(file_device_certificate);
  if (!file) return {};
  // A genuine card has the certificate of its maker behind its own.
  const auto first = wrapped_key::look_at_tlv(*file, 0, file->size());
  if (first.trouble != wrapped_key::TlvTrouble::none) return {};
  constexpr std::size_t least = 8, behind = 5;
  std::string holder;
  try {
    holder = wrapped_key::read_cvc(wrapped_key::part_of(*file, first.tlv.whole())).holder;
  } catch (const Error&) {  // a serial that cannot be read is one that is not known
  }
  return holder.size() < least ? std::string() : printable(holder.substr(0, holder.size() - behind));
}

PinStatus HsmClient::status_of(std::uint8_t pin, Tried tried) {
  const Answer answer = send({0x00, 0x20, 0x00, pin, {}, std::nullopt});
  if (tells_tries(answer.word)) {
    const unsigned tries = tries_of(answer.word);
    return {tries == 0 ? PinState::blocked : PinState::tries_left, tries};
  }
  if (answer.word == StatusWord::ok) return {PinState::logged_in, 0};
  if (answer.word == StatusWord::pin_blocked) return {PinState::blocked, 0};
  if (answer.word == StatusWord::bad_data) return {PinState::transport, 0};
  if (answer.word == StatusWord::no_reference) return {PinState::not_initialised, 0};
  throw refusal(answer.word, tried);
}

PinStatus HsmClient::pin_status() { return status_of(user_pin, Tried::user_pin); }
PinStatus HsmClient::so_pin_status() { return status_of(so_pin, Tried::so_pin); }

void HsmClient::log_in(const SecretString& pin) {
  logged_in_ = false;
  if (pin.empty() || pin.size() > short_data)   // nothing at all would only ask for the tries
    throw Error(Outcome::refused, "the PIN has no length that a device takes; nothing was sent", std::nullopt, "give the device's own PIN");
  (void)demand({0x00, 0x20, 0x00, user_pin, pin.expose_bytes(), std::nullopt}, Tried::user_pin);
  logged_in_ = true;
  share_since_login_ = false;
}

void HsmClient::log_in_so(ByteView pin) {
  if (pin.size() != so_pin_size)
    throw Error(Outcome::refused, "an SO-PIN has 16 hexadecimal digits; nothing was sent", std::nullopt, "give the SO-PIN of the device");
  (void)demand({0x00, 0x20, 0x00, so_pin, pin, std::nullopt}, Tried::so_pin);
}

DomainStatus HsmClient::domain_of(unsigned number, ByteView answer) const {
  constexpr std::size_t least = 10;
  const std::string which = "of key domain " + std::to_string(number) + " ";
  if (answer.size() < least) throw odd_answer("that " + which + "has only " + std::to_string(answer.size()) + " bytes");
  DomainStatus out;
  out.number = number;
  out.shares = answer[0];
  out.missing = answer[1];
  if (out.missing > out.shares) throw odd_answer("that " + which + "says that more shares are missing than there are");
  Kcv kcv{};
  std::ranges::copy(answer.subspan(2, kcv.size()), kcv.begin());
  const bool zeros = kcv == Kcv{};
  if (out.missing != 0) out.note = KcvNote::shares_missing;
  else if (!zeros) out.note = KcvNote::readable;
  else if (out.shares == 0) out.note = KcvNote::no_dkek;
  else out.note = logged_in_ && !share_since_login_ ? KcvNote::zeros : KcvNote::not_logged_in;
  if (out.note == KcvNote::readable) out.kcv = kcv;
  return out;
}

std::optional<DomainStatus> HsmClient::domain(unsigned number) {
  if (number >= most_domains) return std::nullopt;
  const Answer answer = send({0x80, 0x52, 0x00, static_cast<std::uint8_t>(number), {}, short_expected});
  if (answer.word == StatusWord::incorrect_p1p2 || answer.word == StatusWord::wrong_p1p2) return std::nullopt;
  if (answer.word == StatusWord::no_reference) return DomainStatus{number, false, 0, 0, std::nullopt, KcvNote::no_dkek};
  if (answer.word != StatusWord::ok) throw refusal(answer.word, Tried::domain_status, std::to_string(number));
  return domain_of(number, answer.data.expose());
}

std::vector<DomainStatus> HsmClient::domains() {
  std::vector<DomainStatus> out;
  while (auto next = domain(static_cast<unsigned>(out.size()))) out.push_back(std::move(*next));
  return out;
}

DomainStatus HsmClient::import_share(unsigned number, FixedView<32> share) {
  const std::string what = "into key domain " + std::to_string(number);
  if (number >= most_domains) throw refusal(StatusWord::wrong_p1p2, Tried::import_share, what);
  const SecretBytes answer = demand({0x80, 0x52, 0x00, static_cast<std::uint8_t>(number), share, short_expected}, Tried::import_share, what);
  share_since_login_ = true;
  return domain_of(number, answer.expose());
}

void HsmClient::set_up_domain(unsigned number, unsigned shares) {
  if (number >= most_domains || shares > 255) throw refusal(StatusWord::wrong_p1p2, Tried::set_up_domain, std::to_string(number));
  const std::array<std::uint8_t, 1> total{static_cast<std::uint8_t>(shares)};
  (void)demand({0x80, 0x52, 0x01, static_cast<std::uint8_t>(number), total, short_expected}, Tried::set_up_domain, std::to_string(number));
}

void HsmClient::initialise(const Initialisation& wanted) {
  constexpr std::size_t shortest_pin = 6, longest_pin = 16;
  if (wanted.pin == nullptr || wanted.pin->size() < shortest_pin || wanted.pin->size() > longest_pin || wanted.so_pin.size() != so_pin_size)
    throw Error(Outcome::refused, "a PIN has 6 to 16 characters, and an SO-PIN 16 hexadecimal digits; nothing was sent", std::nullopt, "choose others");
  SecretBytes data;
  const auto field = [&data](std::uint8_t tag, ByteView value) {
    data.append(tag);
    data.append(static_cast<std::uint8_t>(value.size()));
    data.append(value);
  };
  const auto number = [&field](std::uint8_t tag, unsigned value) {
    const auto byte = static_cast<std::uint8_t>(value);
    field(tag, ByteView(&byte, 1));
  };
  const std::array<std::uint8_t, 2> options{static_cast<std::uint8_t>(wanted.options >> 8), static_cast<std::uint8_t>(wanted.options)};
  field(0x80, options);
  field(0x81, wanted.pin->expose_bytes());
  field(0x82, wanted.so_pin);
  number(0x91, wanted.tries);
  if (wanted.shares) number(0x92, *wanted.shares);
  if (wanted.domains) number(0x97, *wanted.domains);
  (void)demand({0x80, 0x50, 0x00, 0x00, data.expose(), std::nullopt}, Tried::initialise);
  logged_in_ = true;
  share_since_login_ = false;
}

std::optional<std::uint32_t> HsmClient::free_memory() {
  const Answer answer = send({0x80, 0x50, 0x00, 0x00, {}, short_expected});
  constexpr std::size_t least = 7;
  if (answer.word != StatusWord::ok || answer.data.size() < least) return std::nullopt;
  const ByteView bytes = answer.data.expose();
  return be16(bytes) << 16 | be16(bytes.subspan(2));
}

Bytes HsmClient::challenge(std::size_t size) {
  const std::size_t wanted = std::clamp<std::size_t>(size, 1, short_expected);
  const SecretBytes answer = demand({0x00, 0x84, 0x00, 0x00, {}, wanted}, Tried::challenge);
  if (answer.size() != wanted) throw odd_answer("it has " + std::to_string(answer.size()) + " random bytes instead of " + std::to_string(wanted));
  return Bytes(answer.expose().begin(), answer.expose().end());
}

}  // namespace hwbak::pcsc
