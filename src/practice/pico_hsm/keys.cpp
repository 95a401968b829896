// Keys made, wrapped and taken back; see card.h.
#include <algorithm>

#include "base/as_bytes.h"
#include "base/byte_writer.h"
#include "container/wrapped_key/layout.h"
#include "container/wrapped_key/tlv.h"
#include "device/pico_hsm/algorithms.h"
#include "device/pico_hsm/device_curves.h"
#include "device/pico_hsm/montgomery.h"
#include "device/pico_hsm/numbers.h"
#include "practice/pico_hsm/card.h"

namespace hwbak::practice::pico_hsm {
namespace {

using wrapped_key::tlv;

constexpr unsigned tag_counter = 0x90, tag_algorithms = 0x91, tag_domain = 0x92;
constexpr std::size_t most_algorithms = 64;
constexpr std::array<std::uint8_t, 3> usual_exponent{1, 0, 1};

Bytes copy(ByteView bytes) { return Bytes(bytes.begin(), bytes.end()); }

// Numbers as the firmware writes them: as short as they are, and without the A of curves that its library knows.
void shorten(wrapped_key::Contents& contents, const crypto::PrivateKey& key) {
  const auto* const ec = std::get_if<crypto::EcKey>(&key);
  if (ec == nullptr) return;
  for (ByteView& part : contents.parts) part = hsm::without_zeros(part);
  if (crypto::parameters(ec->curve).name.ends_with("r1") && crypto::parameters(ec->curve).name.starts_with("secp"))
    contents.parts[0] = {};
}

// RSA or EC, as the template of GENERATE asks for it; nullopt when the firmware has no such keys.
std::optional<crypto::PrivateKey> fresh_key(ByteView wanted, RandomSource& random) {
  const auto oid = find_tag(wanted, 0x06);
  if (!oid || oid->size() < 10) return std::nullopt;
  if ((*oid)[8] == 0x01) {
    const auto bits = find_tag(wanted, 0x02), e = find_tag(wanted, 0x82);
    if (!bits || bits->size() != 2 || (e && !hsm::same_number(*e, usual_exponent))) return std::nullopt;
    const unsigned size = static_cast<unsigned>((*bits)[0] << 8 | (*bits)[1]);
    if (size < 1024 || size > 4096 || size % 1024 != 0) return std::nullopt;
    return crypto::fresh_rsa(size);
  }
  const auto p = find_tag(wanted, 0x81), b = find_tag(wanted, 0x83);
  if (!p) return std::nullopt;
  if (const auto montgomery = hsm::montgomery_with(*p)) return crypto::fresh_montgomery(*montgomery, random);
  const auto curve = b ? crypto::curve_with(*p, *b) : std::nullopt;
  if (!curve || !hsm::has_curve(crypto::parameters(*curve).name)) return std::nullopt;
  return crypto::fresh_ec(*curve, random);
}

}  // namespace

Bytes blob_of(const crypto::PrivateKey& key, ByteView algorithms, const wrapped_key::DkekKeys& keys, RandomSource& random,
              bool backwards) {
  hsm::Composed composed = hsm::compose(key, algorithms);
  shorten(composed.contents, key);
  SecretBytes reversed;
  if (backwards && std::holds_alternative<crypto::MontgomeryKey>(key)) {
    ByteView& d = composed.contents.parts[5];
    reversed = SecretBytes::copy_of(d);
    std::ranges::reverse(reversed.expose());
    d = reversed.expose();
  }
  return wrapped_key::write_blob(composed.contents, keys, random);
}

Unwrapped unwrapped(ByteView blob, const wrapped_key::DkekKeys& keys, RandomSource& random) {
  Unwrapped out;
  hsm::Known known;
  try {
    // With DER around it: a KCV may begin like one.
    const wrapped_key::Survey survey = wrapped_key::survey(wrapped_key::write_file(blob, {}, {}));
    known.survey = &survey;
    const wrapped_key::Opening opening = wrapped_key::open(survey, keys);
    known.opening = &opening;
    if (opening.fit != wrapped_key::Fit::opens || survey.dead_end) return out;
    hsm::Key key = hsm::read_key(opening, random);
    known.key = &key;
    const hsm::Restore verdict = hsm::restore({hsm::Device::pico_hsm, std::string(hsm::newest_pico_hsm)}, known);
    if (verdict.verdict == hsm::Verdict::reject) return out;
    out.other_key = verdict.other_key;
    out.algorithms = copy(survey.at(survey.allowed_algorithms));
    out.key = std::move(key);
  } catch (const Error&) {
    // Numbers that do not belong together, or a frame that is none: the firmware says no more than that either.
  }
  return out;
}

std::optional<Bytes> Card::metadata_of(ByteView given) const {
  if (!are_tlvs(given)) return std::nullopt;
  ByteWriter out;
  const auto counter = find_tag(given, tag_counter), algorithms = find_tag(given, tag_algorithms), domain = find_tag(given, tag_domain);
  if ((counter && counter->size() != 4) || (algorithms && algorithms->size() > most_algorithms)) return std::nullopt;
  if (domain && (domain->size() != 1 || (*domain)[0] >= state_.domains.size())) return std::nullopt;
  constexpr std::array<std::uint8_t, 4> most_uses{0xFF, 0xFF, 0xFF, 0xFE};
  if (counter || (state_.options & option_count_all) != 0) out.bytes(tlv(tag_counter, counter ? *counter : ByteView(most_uses)));
  if (algorithms) out.bytes(tlv(tag_algorithms, *algorithms));
  if (domain) out.bytes(tlv(tag_domain, *domain));
  return out.take();
}

void Card::keep(std::uint8_t reference, const crypto::PrivateKey& key, Bytes metadata, ByteView certificate) {
  const auto keys = wrapped_key::keys_of(FixedView<32>(master_.expose().data(), 32));
  used_.erase(reference);
  state_.keys[reference] = {std::move(metadata), blob_of(key, {}, keys, random_)};
  const std::string id = std::to_string(reference);
  state_.files[identifier(prefix_description, reference)] = description(key, "", as_bytes(id));
  if (certificate.empty()) state_.files.erase(identifier(prefix_certificate, reference));
  else state_.files[identifier(prefix_certificate, reference)] = copy(certificate);
  save();
}

const Card::UsedKey& Card::key(std::uint8_t reference) {
  if (const auto found = used_.find(reference); found != used_.end()) return found->second;
  Unwrapped opened = unwrapped(state_.keys.at(reference).blob,
                               wrapped_key::keys_of(FixedView<32>(master_.expose().data(), 32)), random_);
  if (!opened.key)
    throw Error(Outcome::damaged, "the state of the practice HSM is damaged: its key " + std::to_string(reference) + " does not open",
                std::nullopt, "remove its file to start with an empty device");
  crypto::KeyUse use(opened.key->key);
  return used_.emplace(reference, UsedKey{std::move(opened.key->key), std::move(use)}).first->second;
}

Answer Card::generate_pair(const Command& command) {
  if (!logged_in()) return Status::not_logged_in;
  if (command.p1 == 0 || command.p2 != 0) return Status::incorrect_p1p2;
  const auto wanted = find_tag(command.data, 0x7F49), authority = find_tag(command.data, 0x42), holder = find_tag(command.data, 0x5F20);
  auto metadata = metadata_of(command.data);
  if (!wanted || !metadata) return Status::wrong_data;
  const auto made = fresh_key(*wanted, random_);
  if (!made) return Status::wrong_data;
  const Names names{authority ? *authority : as_bytes("UTSRCACC100001"), holder ? *holder : as_bytes("ESHSMCVCA00001")};
  const Bytes request = certificate_request(*made, crypto::KeyUse(*made), names, key(0).use);
  keep(command.p1, *made, std::move(*metadata), request);
  return Answer(ByteView(request));
}

Answer Card::generate_aes(const Command& command) {
  if (!logged_in()) return Status::not_logged_in;
  constexpr std::array<std::size_t, 4> sizes{16, 24, 32, 64};
  if (command.p1 == 0 || command.p2 < 0xB0 || command.p2 > 0xB3) return Status::incorrect_p1p2;
  auto metadata = metadata_of(command.data);
  if (!metadata) return Status::wrong_data;
  crypto::SecretKey made{SecretBytes(sizes[command.p2 - 0xB0u])};
  random_.fill(made.key.expose());
  keep(command.p1, crypto::PrivateKey(std::move(made)), std::move(*metadata), {});
  return Status::ok;
}

Answer Card::wrap(const Command& command) {
  if (command.p2 != 0x92) return Status::wrong_p1p2;
  if (!logged_in()) return Status::not_logged_in;
  const auto found = state_.keys.find(command.p1);
  if (command.p1 == 0 || found == state_.keys.end()) return Status::no_file;
  const auto algorithms = find_tag(found->second.metadata, tag_algorithms), number = find_tag(found->second.metadata, tag_domain);
  const std::size_t domain = number && !number->empty() ? (*number)[0] : 0;
  const auto dkek = domain < state_.domains.size() ? keys_of(state_.domains[domain]) : std::nullopt;
  if (!dkek) return Status::no_reference;
  if (algorithms && !hsm::exportable(*algorithms)) return Status::conditions;
  if (!pressed()) return Status::no_button;
  return Answer(blob_of(key(command.p1).key, algorithms.value_or(ByteView()), *dkek, random_, behaviour_.quirks));
}

Answer Card::unwrap(const Command& command) {
  if (command.p2 != 0x93) return Status::wrong_p1p2;
  if (!logged_in()) return Status::not_logged_in;
  if (command.p1 == 0) return Status::incorrect_p1p2;
  if (!command.data.empty()) return unwrap_blob(command.p1, command.data);
  const auto buffer = state_.files.find(file_unwrap);
  if (buffer == state_.files.end()) return Status::no_file;
  const Bytes blob = buffer->second;
  return unwrap_blob(command.p1, blob);
}

// The first domain whose KCV fits takes the key.
Answer Card::unwrap_blob(std::uint8_t reference, ByteView blob) {
  if (blob.size() <= wrapped_key::type_at || !wrapped_key::is_key_type(blob[wrapped_key::type_at])) return Status::bad_data;
  if (!pressed()) return Status::no_button;
  for (std::size_t number = 0; number < state_.domains.size(); ++number) {
    const auto dkek = keys_of(state_.domains[number]);
    if (!dkek || !std::ranges::equal(dkek->kcv, blob.first(wrapped_key::kcv_size))) continue;
    if (behaviour_.quirks && blob.size() == wrapped_key::type_at + 1) damage(state_.domains[number]);
    Unwrapped opened = unwrapped(blob, *dkek, random_);
    if (!opened.key || (opened.other_key && !behaviour_.quirks)) return Status::failed;
    if (opened.other_key) {
      // The firmware keeps p and q, and takes that exponent for granted.
      auto changed = crypto::rsa_with_exponent(std::get<crypto::RsaKey>(opened.key->key), usual_exponent);
      if (!changed) return Status::failed;
      opened.key->key = std::move(*changed);
    }
    const crypto::PrivateKey& taken = opened.key->key;
    const std::uint8_t domain = static_cast<std::uint8_t>(number);
    ByteWriter metadata;
    if (!opened.algorithms.empty()) metadata.bytes(tlv(tag_algorithms, opened.algorithms));
    metadata.bytes(tlv(tag_domain, ByteView(&domain, 1)));
    Bytes request;
    const Names names{as_bytes(device_holder), as_bytes(device_holder)};
    if (!std::holds_alternative<crypto::SecretKey>(taken))
      request = certificate_request(taken, crypto::KeyUse(taken), names, key(0).use);
    keep(reference, taken, metadata.take(), request);
    return Status::ok;
  }
  return Status::failed;
}

}  // namespace hwbak::practice::pico_hsm
