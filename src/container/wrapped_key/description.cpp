// The description beside a wrapped key (docs/formats/pico-hsm.md, "The description").
#include "container/wrapped_key/description.h"

#include <algorithm>

#include "base/byte_writer.h"
#include "container/wrapped_key/tlv.h"
#include "container/wrapped_key/wrapped_key.h"

namespace hwbak::wrapped_key {
namespace {

constexpr unsigned sequence = 0x30, utf8 = 0x0C, bit_string = 0x03, octets = 0x04, integer = 0x02;
constexpr unsigned subclass = 0xA0, type_attributes = 0xA1;
constexpr std::string_view description_of_key = "The description of the key";

std::optional<std::uint32_t> number(ByteView value) {
  while (!value.empty() && value[0] == 0) value = value.subspan(1);
  if (value.size() > 4) return std::nullopt;
  std::uint32_t out = 0;
  for (const std::uint8_t byte : value) out = out << 8 | byte;
  return out;
}

// The bits that are set, counted from the first one of the first byte.
std::vector<unsigned> bits_of(ByteView value) {
  std::vector<unsigned> out;
  const std::size_t size = std::min<std::size_t>(value.size(), 9);
  for (std::size_t i = 1; i < size; ++i)
    for (unsigned bit = 0; bit < 8; ++bit)
      if ((value[i] >> (7 - bit) & 1) != 0) out.push_back(static_cast<unsigned>(8 * (i - 1)) + bit);
  return out;
}

Bytes bit_string_of(const std::vector<unsigned>& bits) {
  unsigned last = 0;
  for (const unsigned bit : bits) last = std::max(last, bit);
  Bytes out(2 + last / 8);
  out[0] = static_cast<std::uint8_t>(7 - last % 8);
  for (const unsigned bit : bits) out[1 + bit / 8] = static_cast<std::uint8_t>(out[1 + bit / 8] | 0x80 >> bit % 8);
  return tlv(bit_string, out);
}

Bytes integer_of(std::uint32_t value) {
  Bytes out;
  for (unsigned shift = 24; shift != 0; shift -= 8)
    if (value >> shift != 0) out.push_back(static_cast<std::uint8_t>(value >> shift));
  out.push_back(static_cast<std::uint8_t>(value));
  if ((out[0] & 0x80) != 0) out.insert(out.begin(), 0);
  return tlv(integer, out);
}

Bytes join(std::initializer_list<Bytes> parts) {
  ByteWriter out;
  for (const Bytes& part : parts) out.bytes(part);
  return out.take();
}

const std::vector<unsigned>& usual_usage(DescribedKind kind) {
  static const std::vector<unsigned> rsa{1, 2, 3}, ec{2, 3, 8}, secret{0, 1};
  switch (kind) {
    case DescribedKind::rsa: return rsa;
    case DescribedKind::ec: return ec;
    case DescribedKind::secret: return secret;
  }
  return rsa;
}

unsigned tag_of(DescribedKind kind) noexcept {
  switch (kind) {
    case DescribedKind::rsa: return 0x30;
    case DescribedKind::ec: return 0xA0;
    case DescribedKind::secret: return 0xA8;
  }
  return 0x30;
}

DescribedKind kind_of(const Tlv& whole) {
  for (const DescribedKind kind : {DescribedKind::rsa, DescribedKind::ec, DescribedKind::secret})
    if (tag_of(kind) == whole.tag) return kind;
  throw Error(Outcome::damaged,
              "The description of the key begins with a tag that is not that of an RSA, EC or AES key", whole.at);
}

// `[n] { SEQUENCE { ... INTEGER bits } }`, the integer at its end.
std::optional<unsigned> bits_within(ByteView data, const Tlv& tagged) {
  TlvList wrapped(data, tagged.value, description_of_key);
  TlvList fields(data, wrapped.next().value, description_of_key);
  std::optional<unsigned> out;
  while (!fields.at_end())
    if (const Tlv field = fields.next(); field.tag == integer) out = number(part_of(data, field.value));
  return out;
}

}  // namespace

Description read_description(ByteView data) {
  const Tlv whole = read_tlv(data, 0, data.size(), description_of_key);
  Description out;
  out.kind = kind_of(whole);
  TlvList parts(data, whole.value, description_of_key);
  const auto needs_sequence = [&](const Tlv& part) {
    if (part.tag != sequence)
      throw Error(Outcome::damaged, "The description of the key has no list of attributes where one must stand",
                  part.at);
    return TlvList(data, part.value, description_of_key);
  };
  TlvList common = needs_sequence(parts.next());
  while (!common.at_end())
    if (const Tlv field = common.next(); field.tag == utf8) {
      const ByteView label = part_of(data, field.value);
      out.label.assign(label.begin(), label.end());
    }
  TlvList key = needs_sequence(parts.next());
  for (bool usage_seen = false; !key.at_end();) {
    const Tlv field = key.next();
    const ByteView value = part_of(data, field.value);
    if (field.tag == octets) out.id.assign(value.begin(), value.end());
    if (field.tag == bit_string && !usage_seen) {   // access flags, if any, come after it
      out.usage = bits_of(value);
      usage_seen = true;
    }
    if (field.tag == integer) out.key_reference = number(value);
  }
  while (!parts.at_end()) {
    const Tlv part = parts.next();
    if (part.tag == type_attributes || (part.tag == subclass && out.kind == DescribedKind::secret)) {
      // A secret key has its length in the subclass, the others in the attributes of their type.
      const auto bits = bits_within(data, part);
      if (bits && !out.bits) out.bits = bits;
    }
  }
  return out;
}

Bytes write_description(const Description& description) {
  const Bytes label = tlv(utf8, Bytes(description.label.begin(), description.label.end()));
  const Bytes flags = tlv(bit_string, Bytes{0x06, 0xC0});           // private, modifiable
  const Bytes pin = tlv(octets, Bytes{0x01});
  const Bytes usage = bit_string_of(description.usage.empty() ? usual_usage(description.kind) : description.usage);
  const Bytes reference = description.key_reference ? integer_of(*description.key_reference) : Bytes{};
  const Bytes common = tlv(sequence, join({label, flags, pin}));
  const Bytes key = tlv(sequence, join({tlv(octets, description.id), usage, reference}));
  const Bytes path = tlv(sequence, tlv(octets, {}));
  const unsigned bits = description.bits.value_or(0);
  const bool secret = description.kind == DescribedKind::secret;
  const Bytes length = secret ? tlv(subclass, tlv(sequence, integer_of(bits))) : Bytes{};
  const Bytes attributes = tlv(type_attributes, tlv(sequence, join({path, secret ? Bytes{} : integer_of(bits)})));
  return tlv(tag_of(description.kind), join({common, key, length, attributes}));
}

}  // namespace hwbak::wrapped_key
