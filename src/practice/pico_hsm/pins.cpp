// VERIFY, CHANGE, RESET RETRY and INITIALIZE; see card.h.
#include <algorithm>

#include "base/as_bytes.h"
#include "practice/pico_hsm/card.h"

namespace hwbak::practice::pico_hsm {
namespace {

constexpr std::uint8_t user_pin = 0x81, so_pin = 0x88;
constexpr std::size_t largest_pin = 16, so_pin_size = 8;
constexpr std::uint8_t so_tries = 15;

SecretString text_of(ByteView typed) { return SecretString(SecretBytes::copy_of(typed)); }
bool is_pin(std::uint8_t reference, ByteView typed) noexcept {
  return reference == so_pin ? typed.size() == so_pin_size : !typed.empty() && typed.size() <= largest_pin;
}

}  // namespace

Pin* Card::pin(std::uint8_t reference) noexcept {
  Pin* const out = reference == user_pin ? &state_.user : reference == so_pin ? &state_.so : nullptr;
  return out == nullptr || out->sealed.empty() ? nullptr : out;
}

void Card::seal_master(Pin& pin, ByteView typed) {
  pin.length = static_cast<std::uint8_t>(typed.size());
  pin.tries_left = pin.tries;
  pin.sealed = SealedState::seal(text_of(typed), master_.expose(), rounds_pow_, random_);
}

// The try is taken before the PIN is looked at: pulling the plug gives none back.
Answer Card::check(Pin& pin, ByteView typed) {
  if (pin.tries_left == 0) return Status::pin_blocked;
  --pin.tries_left;
  save();
  auto master = SealedState::unseal(text_of(typed), pin.sealed, "the sealed key in the state");
  if (!master) return pin.tries_left == 0 ? Answer(Status::pin_blocked) : Answer::tries_left(pin.tries_left);
  pin.tries_left = pin.tries;
  save();
  master_ = std::move(*master);
  return Status::ok;
}

Answer Card::verify(const Command& command) {
  Pin* const asked = pin(command.p2);
  if (command.p1 != 0 || (command.p2 & 0x60) != 0) return Status::wrong_p1p2;
  if (asked == nullptr) return Status::no_reference;
  const bool user = command.p2 == user_pin;
  if (user && (state_.options & option_transport_pin) != 0) return Status::bad_data;
  bool& in = user ? user_in_ : so_in_;
  if (command.data.empty()) {
    if (in) return Status::ok;
    return asked->tries_left == 0 ? Answer(Status::pin_blocked) : Answer::tries_left(asked->tries_left);
  }
  in = false;
  Answer answer = check(*asked, command.data);
  if (answer.status != 0x9000) return answer;
  in = true;
  if (user) seal_domains();
  return answer;
}

Answer Card::change(const Command& command) {
  Pin* const asked = pin(command.p2);
  if (command.p1 != 0 || (command.p2 != user_pin && command.p2 != so_pin)) return Status::wrong_p1p2;
  if (asked == nullptr) return Status::no_reference;
  if (command.data.size() <= asked->length) return Status::wrong_length;
  const ByteView fresh = command.data.subspan(asked->length);
  if (!is_pin(command.p2, fresh)) return Status::wrong_length;
  Answer answer = check(*asked, command.data.first(asked->length));
  if (answer.status != 0x9000) return answer;
  seal_master(*asked, fresh);
  if (command.p2 == user_pin) state_.options = static_cast<std::uint16_t>(state_.options & ~option_transport_pin);
  save();
  (command.p2 == user_pin ? user_in_ : so_in_) = true;
  if (user_in_) seal_domains();
  return Status::ok;
}

// P1: 00 SO-PIN and new PIN, 01 SO-PIN, 02 new PIN, 03 nothing; the last two after a login with the SO-PIN. Without a new
// PIN, a second option is wanted too.
Answer Card::reset_retry(const Command& command) {
  if (command.p2 != user_pin || pin(user_pin) == nullptr) return Status::no_reference;
  const bool with_so_pin = command.p1 < 2, with_pin = command.p1 % 2 == 0;
  const unsigned wanted = option_reset_retry | (with_pin ? 0 : option_reset_only);
  if ((state_.options & wanted) != wanted) return Status::not_allowed;
  if (command.p1 > 3) return Status::incorrect_p1p2;
  ByteView fresh = command.data;
  if (with_so_pin) {
    if (command.data.size() < so_pin_size) return Status::wrong_length;
    fresh = command.data.subspan(so_pin_size);
  }
  if (with_pin ? !is_pin(user_pin, fresh) : !fresh.empty()) return Status::wrong_length;
  if (with_so_pin) {
    Answer answer = check(state_.so, command.data.first(so_pin_size));
    if (answer.status != 0x9000) return answer;
    so_in_ = true;
  }
  if (!so_in_) return Status::conditions;
  state_.user.tries_left = state_.user.tries;
  if (with_pin) seal_master(state_.user, fresh);
  save();
  return Status::ok;
}

// Everything the card had is gone, and nobody asks for the old SO-PIN: so does the firmware.
Answer Card::initialize(const Command& command) {
  if (command.data.empty()) {
    constexpr std::array<std::uint8_t, 7> memory_and_version{0x00, 0x10, 0x00, 0x00, 0x00, 6, 6};
    return Answer(ByteView(memory_and_version));
  }
  if (!are_tlvs(command.data)) return Status::wrong_data;
  const auto options = find_tag(command.data, 0x80), user = find_tag(command.data, 0x81), so = find_tag(command.data, 0x82),
             tries = find_tag(command.data, 0x91), shares = find_tag(command.data, 0x92), keys = find_tag(command.data, 0x93),
             domains = find_tag(command.data, 0x97);
  const auto one_byte = [](const std::optional<ByteView>& value) { return !value || value->size() == 1; };
  if (!user || !so || !is_pin(user_pin, *user) || !is_pin(so_pin, *so) || (options && options->size() != 2) ||
      !one_byte(tries) || !one_byte(shares) || !one_byte(domains))
    return Status::wrong_data;
  if (keys && (keys->size() != 2 || (*keys)[0] == 0 || (*keys)[0] > most_public_keys || (*keys)[1] == 0 || (*keys)[1] > (*keys)[0]))
    return Status::wrong_data;
  if (domains && ((*domains)[0] == 0 || (*domains)[0] > most_domains)) return Status::wrong_data;
  state_ = State();
  log_out();
  selected_.reset();
  state_.initialised = true;
  if (options) state_.options = static_cast<std::uint16_t>((*options)[0] << 8 | (*options)[1]);
  constexpr std::uint8_t usual_tries = 3, most_tries = 15;
  state_.user.tries = tries ? std::clamp<std::uint8_t>((*tries)[0], 1, most_tries) : usual_tries;
  state_.so.tries = so_tries;
  master_ = SecretBytes(32);
  random_.fill(master_.expose());
  seal_master(state_.user, *user);
  seal_master(state_.so, *so);
  user_in_ = so_in_ = everybody_in_ = true;
  if (keys) state_.files[file_public_keys].assign(keys->begin(), keys->end());
  state_.domains.resize(domains ? (*domains)[0] : 1);
  if (!domains) {
    Domain& domain = state_.domains.front();
    domain.open = true;
    domain.shares = domain.missing = shares ? (*shares)[0] : 0;
    if (shares && domain.shares == 0) {
      SecretBytes dkek(32);
      random_.fill(dkek.expose());
      domain.shares = 1;
      seal_dkek(domain, dkek.expose());
    }
  }
  make_device_key();
  save();
  return Status::ok;
}

void Card::make_device_key() {
  const crypto::PrivateKey key = crypto::fresh_ec(crypto::Curve::secp256k1, random_);
  const crypto::KeyUse use(key);
  const Names names{as_bytes(device_holder), as_bytes(device_holder)};
  const auto keys = wrapped_key::keys_of(FixedView<32>(master_.expose().data(), 32));
  state_.keys[0].blob = blob_of(key, {}, keys, random_);
  state_.files[file_device_certificate] = device_certificate(key, use);
  state_.files[identifier(prefix_certificate, 0)] = certificate_request(key, use, names, use);
  state_.files[identifier(prefix_description, 0)] = description(key, device_name, Bytes(20));
}

}  // namespace hwbak::practice::pico_hsm
