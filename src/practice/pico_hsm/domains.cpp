// KEY DOMAIN, and the DKEKs (docs/formats/pico-hsm.md, "The card"); see card.h.
#include <algorithm>

#include "base/byte_writer.h"
#include "practice/pico_hsm/card.h"

namespace hwbak::practice::pico_hsm {
namespace {

constexpr std::size_t dkek_size = 32;

FixedView<32> view32(ByteView key) { return FixedView<32>(key.data(), 32); }

}  // namespace

void Card::seal_dkek(Domain& domain, ByteView dkek) {
  const crypto::PrivateKey key = crypto::SecretKey{SecretBytes::copy_of(dkek)};
  domain.dkek = blob_of(key, {}, wrapped_key::keys_of(view32(master_.expose())), random_);
  domain.pending.clear();
}

void Card::damage(Domain& domain) {
  domain = Domain();
  save();
  throw Error(Outcome::device,
              "the practice HSM stopped, and the record of its key domain is damaged: that is what the real firmware does with a key blob of "
              "nine bytes",
              std::nullopt, "start it again and initialise it; without --quirks it answers 6400");
}

void Card::seal_domains() {
  bool any = false;
  for (Domain& domain : state_.domains) {
    if (!domain.open || domain.missing != 0 || domain.pending.empty()) continue;
    const SecretBytes dkek = domain.pending.clone();
    seal_dkek(domain, dkek.expose());
    any = true;
  }
  if (any) save();
}

// nullopt: there is no DKEK, or nobody is logged in to open it.
std::optional<wrapped_key::DkekKeys> Card::keys_of(const Domain& domain) const {
  if (!domain.open || domain.dkek.empty() || !logged_in()) return std::nullopt;
  const Unwrapped opened = unwrapped(domain.dkek, wrapped_key::keys_of(view32(master_.expose())), random_);
  const auto* const dkek = opened.key ? std::get_if<crypto::SecretKey>(&opened.key->key) : nullptr;
  if (dkek == nullptr || dkek->key.size() != dkek_size) return std::nullopt;
  return wrapped_key::keys_of(view32(dkek->key.expose()));
}

// Without a login in the same session the KCV reads as zeros.
Answer Card::domain_status(const Domain& domain) const {
  const auto keys = keys_of(domain);
  ByteWriter out;
  out.u8(domain.shares).u8(domain.missing);
  for (const std::uint8_t byte : keys ? keys->kcv : wrapped_key::Kcv{}) out.u8(byte);
  return Answer(out.view());
}

bool Card::holds_keys(std::size_t domain) const {
  return std::ranges::any_of(state_.keys, [&](const auto& entry) {
    const auto number = find_tag(entry.second.metadata, 0x92);
    return entry.first != 0 && (number && !number->empty() ? (*number)[0] : 0u) == domain;
  });
}

// Nobody needs to be logged in for that.
Answer Card::import_share(Domain& domain, ByteView share) {
  if (share.size() < dkek_size) return Status::wrong_length;
  if (domain.missing == 0) return Status::not_allowed;
  if (domain.pending.empty()) domain.pending = SecretBytes(dkek_size);
  for (std::size_t i = 0; i < dkek_size; ++i) domain.pending.expose()[i] ^= share[i];
  --domain.missing;
  if (logged_in()) seal_domains();
  save();
  return domain_status(domain);
}

Answer Card::key_domain(const Command& command) {
  const std::size_t number = command.p2;
  const bool is_import = command.p1 == 0x00;
  constexpr std::uint8_t set_up = 0x01, xkek = 0x02, erase = 0x03, clear = 0x04;
  if (!state_.initialised || number >= most_domains) return Status::wrong_p1p2;
  if (!is_import && !logged_in()) return Status::conditions;
  if (number >= state_.domains.size()) return Status::incorrect_p1p2;
  Domain& domain = state_.domains[number];
  switch (command.p1) {
    case 0x00:
      if (!domain.open) return Status::no_reference;
      return command.data.empty() ? domain_status(domain) : import_share(domain, command.data);
    case set_up:
      if (command.data.size() != 1) return Status::wrong_length;
      if (domain.open) return Status::incorrect_p1p2;
      domain.open = true;
      domain.shares = domain.missing = command.data[0];
      break;
    case erase:
      if (holds_keys(number)) return Status::exists;
      if (!domain.open) return Status::incorrect_p1p2;
      domain = Domain();
      save();
      return Status::no_reference;
    case clear:
      if (!domain.open) return Status::incorrect_p1p2;
      domain.missing = domain.shares;
      domain.pending.clear();
      domain.dkek.clear();
      break;
    // The practice HSM knows no authority whose membership it would believe.
    case xkek:
      if (command.data.empty()) return domain_status(domain);
      return find_tag(command.data, 0x54) || find_tag(command.data, 0x7F21) ? Status::conditions : Status::wrong_data;
    default: return Status::incorrect_p1p2;
  }
  save();
  return domain_status(domain);
}

}  // namespace hwbak::practice::pico_hsm
