// Public-key authentication: beside the PIN, some of the registered keys of other devices must sign a challenge
// (docs/formats/pico-hsm.md, "The card"); see card.h.
#include <algorithm>

#include "base/as_bytes.h"
#include "base/byte_writer.h"
#include "container/wrapped_key/description.h"
#include "practice/pico_hsm/card.h"

namespace hwbak::practice::pico_hsm {
namespace {

std::uint16_t slot(std::size_t number) noexcept { return static_cast<std::uint16_t>(file_first_public_key + number); }

std::optional<wrapped_key::Cvc> certificate_in(ByteView bytes) {
  try {
    return wrapped_key::read_cvc(bytes);
  } catch (const Error&) {
    return std::nullopt;
  }
}

std::optional<crypto::PublicKey> public_key_in(const wrapped_key::Cvc& certificate) {
  const auto curve = certificate.p && certificate.b ? crypto::curve_with(*certificate.p, *certificate.b) : std::nullopt;
  if (!curve || !certificate.q || !crypto::ec_point_is_valid(*curve, *certificate.q)) return std::nullopt;
  return crypto::EcPublic{*curve, *certificate.q};
}

}  // namespace

bool Card::public_keys_agree() const {
  const auto wanted = state_.files.find(file_public_keys);
  return everybody_in_ || wanted == state_.files.end() || std::ranges::count(presented_, true) >= wanted->second[1];
}

// P1: 00 register, or how many there are; 01 replace; 02 whose the key of P2 is, and (9001) whether it was here.
Answer Card::public_keys(const Command& command) {
  const auto wanted = state_.files.find(file_public_keys);
  if (wanted == state_.files.end()) return command.data.empty() ? Status::incorrect_p1p2 : Status::no_file;
  const std::size_t total = wanted->second[0];
  const auto is_free = [&](std::size_t number) { return state_.files.count(slot(number)) == 0; };
  if (!command.data.empty()) {
    if (!user_in_ && !so_in_) return Status::not_logged_in;
    std::size_t number = command.p2;
    if (command.p1 > 1 || (command.p1 == 0 && number != 0)) return Status::incorrect_p1p2;
    if (command.p1 == 1 && (state_.options & option_replace_public_keys) == 0) return Status::conditions;
    if (command.p1 == 0)
      while (number < total && !is_free(number)) ++number;
    if (number >= total) return command.p1 == 0 ? Status::full : Status::incorrect_p1p2;
    const auto certificate = certificate_in(command.data);
    if (!certificate || !public_key_in(*certificate)) return Status::wrong_data;
    state_.files[slot(number)].assign(command.data.begin(), command.data.end());
    presented_[number] = false;
    save();
  }
  if (command.p1 == 2) {
    if (command.p2 >= total) return Status::incorrect_p1p2;
    if (is_free(command.p2)) return Status::no_reference;
    Answer out(as_bytes(certificate_in(state_.files.at(slot(command.p2))).value().holder));
    out.status = static_cast<std::uint16_t>(out.status | (presented_[command.p2] ? 1 : 0));
    return out;
  }
  ByteWriter out;
  out.u8(static_cast<std::uint8_t>(total)).u8(0).u8(wanted->second[1]);
  out.u8(static_cast<std::uint8_t>(std::ranges::count(presented_, true)));
  Bytes status = out.take();
  for (std::size_t number = 0; number < total; ++number) status[1] = static_cast<std::uint8_t>(status[1] + (is_free(number) ? 1 : 0));
  return Answer(ByteView(status));
}

// MANAGE SECURITY ENVIRONMENT: which registered key comes next, by its holder's name.
Answer Card::choose_public_key(const Command& command) {
  constexpr std::uint8_t authentication = 0xA4;
  if ((command.p1 & 1) == 0 || command.p2 != authentication) return Status::incorrect_p1p2;
  const auto name = find_tag(command.data, 0x83);
  if (!name) return Status::wrong_data;
  for (std::size_t number = 0; number < presented_.size(); ++number) {
    const auto file = state_.files.find(slot(number));
    if (file == state_.files.end() || !std::ranges::equal(as_bytes(certificate_in(file->second).value().holder), *name)) continue;
    presenting_ = number;
    return presented_[number] ? Status::conditions : Status::ok;
  }
  return Status::no_reference;
}

// Its ECDSA signature, r || s, of this device's name and the last challenge.
Answer Card::authenticate_public_key(const Command& command) {
  if (command.p1p2() != 0) return Status::incorrect_p1p2;
  if (!presenting_) return Status::no_reference;
  if (command.data.empty()) return Status::wrong_length;
  const auto file = state_.files.find(slot(*presenting_));
  if (challenge_.empty() || file == state_.files.end()) return Status::conditions;
  const auto key = public_key_in(certificate_in(file->second).value());
  ByteWriter text;
  text.bytes(as_bytes(device_holder)).bytes(challenge_);
  presented_[*presenting_] = key && crypto::verify_signature(*key, 256, text.view(), command.data);
  if (!presented_[*presenting_]) return Status::conditions;
  if (public_keys_agree()) challenge_.clear();
  return Status::ok;
}

}  // namespace hwbak::practice::pico_hsm
