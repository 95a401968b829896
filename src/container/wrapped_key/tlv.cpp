// DER, one TLV at a time; see tlv.h.
#include "container/wrapped_key/tlv.h"

#include <string>

#include "base/byte_writer.h"

namespace hwbak::wrapped_key {

TlvReading look_at_tlv(ByteView data, std::uint64_t at, std::uint64_t end) noexcept {
  TlvReading out;
  out.tlv.at = at;
  const auto fail = [&](TlvTrouble trouble) {
    out.trouble = trouble;
    return out;
  };
  if (at >= end) return fail(TlvTrouble::cut);
  out.tlv.tag = data[at++];
  if ((out.tlv.tag & 0x1F) == 0x1F) {
    if (at == end) return fail(TlvTrouble::cut);
    out.tlv.tag = out.tlv.tag << 8 | data[at++];
  }
  if (at == end) return fail(TlvTrouble::cut);
  std::uint64_t length = data[at++];
  if (length == 0x80) return fail(TlvTrouble::indefinite);
  if (length > 0x80) {
    const std::uint64_t bytes = length - 0x80;
    if (bytes > 4) return fail(TlvTrouble::wide);
    if (bytes > end - at) return fail(TlvTrouble::cut);
    out.tlv.shortest = data[at] != 0;
    length = 0;
    for (std::uint64_t i = 0; i < bytes; ++i) length = length << 8 | data[at++];
    out.tlv.shortest = out.tlv.shortest && length >= 0x80;
  }
  out.tlv.value = {at, length};
  if (length > end - at) return fail(TlvTrouble::past_end);
  return out;
}

Tlv read_tlv(ByteView data, std::uint64_t at, std::uint64_t end, std::string_view what) {
  const TlvReading reading = look_at_tlv(data, at, end);
  const std::string name(what), where = " at byte " + std::to_string(at);
  switch (reading.trouble) {
    case TlvTrouble::none: return reading.tlv;
    case TlvTrouble::cut: throw Error(Outcome::damaged, name + " ends within the tag or length" + where, at);
    case TlvTrouble::past_end:
      throw Error(Outcome::damaged,
                  name + ": the part" + where + " claims " + std::to_string(reading.tlv.value.length) + " bytes, and " +
                      std::to_string(end - reading.tlv.value.offset) + " are there",
                  at);
    case TlvTrouble::indefinite:
      throw Error(Outcome::unsupported, name + ": the part" + where + " has an indefinite length, which DER has not",
                  at);
    case TlvTrouble::wide:
      throw Error(Outcome::damaged, name + ": the part" + where + " has a length of more than four bytes", at);
  }
  return reading.tlv;
}

std::optional<Tlv> TlvList::next_if(unsigned tag) {
  const TlvReading reading = look_at_tlv(data_, at_, end_);
  if (reading.trouble == TlvTrouble::cut || reading.tlv.tag != tag) return std::nullopt;
  return next();
}

Bytes tlv(unsigned tag, ByteView value) {
  ByteWriter out;
  if (tag > 0xFF) out.u8(static_cast<std::uint8_t>(tag >> 8));
  out.u8(static_cast<std::uint8_t>(tag));
  unsigned bytes = 0;
  for (std::size_t rest = value.size(); rest != 0; rest >>= 8) ++bytes;
  if (value.size() >= 0x80) out.u8(static_cast<std::uint8_t>(0x80 | bytes));
  else bytes = 1;
  while (bytes-- > 0) out.u8(static_cast<std::uint8_t>(value.size() >> 8 * bytes));
  return out.bytes(value).take();
}

std::optional<ByteView> find_tag(ByteView data, unsigned tag) noexcept {
  for (std::uint64_t at = 0; at < data.size();) {
    const auto reading = look_at_tlv(data, at, data.size());
    if (reading.trouble != TlvTrouble::none) return std::nullopt;
    if (reading.tlv.tag == tag) return part_of(data, reading.tlv.value);
    at = reading.tlv.value.end();
  }
  return std::nullopt;
}

bool are_tlvs(ByteView data) noexcept {
  for (std::uint64_t at = 0; at < data.size();) {
    const auto reading = look_at_tlv(data, at, data.size());
    if (reading.trouble != TlvTrouble::none) return false;
    at = reading.tlv.value.end();
  }
  return true;
}

}  // namespace hwbak::wrapped_key
