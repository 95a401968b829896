// See state.h.
#include "practice/pico_hsm/state.h"

#include <algorithm>

#include "base/as_bytes.h"
#include "base/byte_reader.h"

namespace hwbak::practice::pico_hsm {
namespace {

constexpr std::string_view magic = "hwbakhsm";
constexpr std::uint8_t version = 1;

class Writer final {
 public:
  void u8(std::size_t value) { out_.append(static_cast<std::uint8_t>(value)); }
  void be16(std::size_t value) {
    u8(value >> 8);
    u8(value);
  }
  void bytes(ByteView value) {
    be16(value.size() >> 16);
    be16(value.size());
    out_.append(value);
  }
  void raw(ByteView value) { out_.append(value); }
  [[nodiscard]] SecretBytes take() { return std::move(out_); }

 private:
  SecretBytes out_;
};

void write(Writer& out, const Pin& pin) {
  out.u8(pin.length);
  out.u8(pin.tries_left);
  out.u8(pin.tries);
  out.bytes(pin.sealed);
}

ByteView bytes_of(ByteReader& in) {
  const std::uint64_t high = in.be16();
  return in.take(high << 16 | in.be16());
}
Bytes copy_of(ByteReader& in) {
  const ByteView bytes = bytes_of(in);
  return Bytes(bytes.begin(), bytes.end());
}

Pin read_pin(ByteReader& in) {
  Pin out;
  out.length = in.u8();
  out.tries_left = in.u8();
  out.tries = in.u8();
  out.sealed = copy_of(in);
  return out;
}

Domain read_domain(ByteReader& in) {
  Domain out;
  out.open = in.u8() != 0;
  out.shares = in.u8();
  out.missing = in.u8();
  out.pending = SecretBytes::copy_of(bytes_of(in));
  if (!out.pending.empty() && out.pending.size() != 32) in.fail("shares of another length than 32 bytes");
  out.dkek = copy_of(in);
  return out;
}

State read_state(ByteReader& in) {
  State out;
  out.initialised = in.u8() != 0;
  out.options = in.be16();
  out.user = read_pin(in);
  out.so = read_pin(in);
  for (std::size_t left = in.u8(); left > 0; --left) out.domains.push_back(read_domain(in));
  if (out.domains.size() > most_domains) in.fail("more than 16 key domains");
  for (std::size_t left = in.be16(); left > 0; --left) {
    StoredKey& key = out.keys[in.u8()];
    key.metadata = copy_of(in);
    key.blob = copy_of(in);
  }
  for (std::size_t left = in.be16(); left > 0; --left) {
    Bytes& file = out.files[in.be16()];
    file = copy_of(in);
  }
  if (!in.at_end()) in.fail("bytes behind its end");
  if (out.initialised && out.keys.count(0) == 0) in.fail("no key of the device");
  if (const auto wanted = out.files.find(file_public_keys); wanted != out.files.end())
    if (wanted->second.size() != 2 || wanted->second[0] > most_public_keys) in.fail("numbers of public keys that cannot be");
  return out;
}

}  // namespace

SecretBytes serialise(const State& state) {
  Writer out;
  out.raw(as_bytes(magic));
  out.u8(version);
  out.u8(state.initialised);
  out.be16(state.options);
  write(out, state.user);
  write(out, state.so);
  out.u8(state.domains.size());
  for (const Domain& domain : state.domains) {
    out.u8(domain.open);
    out.u8(domain.shares);
    out.u8(domain.missing);
    out.bytes(domain.pending.expose());
    out.bytes(domain.dkek);
  }
  out.be16(state.keys.size());
  for (const auto& [reference, key] : state.keys) {
    out.u8(reference);
    out.bytes(key.metadata);
    out.bytes(key.blob);
  }
  out.be16(state.files.size());
  for (const auto& [identifier, contents] : state.files) {
    out.be16(identifier);
    out.bytes(contents);
  }
  return out.take();
}

State parse_state(ByteView bytes, const std::string& name) {
  const std::string next = "choose another folder with --state, or remove this file to start with an empty device";
  try {
    ByteReader in(bytes, name);
    if (!std::ranges::equal(in.take(magic.size()), as_bytes(magic))) in.fail("it begins with other bytes");
    if (const unsigned found = in.u8(); found > version)
      throw Error(Outcome::unsupported, name + " was written by a newer version of hwbak", std::nullopt, "use that version");
    else if (found != version)
      in.fail("it has version 0");
    return read_state(in);
  } catch (const Error& error) {
    if (error.outcome() != Outcome::damaged) throw;
    throw Error(Outcome::damaged, name + " is not the state of a practice HSM: " + error.sentence(), error.offset(), next);
  }
}

}  // namespace hwbak::practice::pico_hsm
