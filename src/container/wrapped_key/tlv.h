// DER as far as wrapped files need it: definite lengths, tags of one or two bytes (docs/formats/pico-hsm.md, "The
// wrapped file").
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "hwbak/bytes.h"
#include "hwbak/error.h"

namespace hwbak::wrapped_key {

struct Tlv {
  unsigned tag = 0;            // 0x30, 0x7F21
  std::uint64_t at = 0;        // where the tag stands
  Region value;
  bool shortest = true;        // the length is written in the shortest form
  [[nodiscard]] Region whole() const noexcept { return {at, value.end() - at}; }
};

enum class TlvTrouble {
  none,
  cut,          // ends within its tag or length
  past_end,     // the value would end behind `end`
  indefinite,   // length 80
  wide,         // a length of more than four bytes
};
struct TlvReading {
  TlvTrouble trouble = TlvTrouble::none;
  Tlv tlv;                     // past_end: with the length as it says
};
// The TLV at `at` of `data`, which may reach up to `end`.
[[nodiscard]] TlvReading look_at_tlv(ByteView data, std::uint64_t at, std::uint64_t end) noexcept;
// The same; throws Error: damaged, unsupported (indefinite). `what` names it: "the description".
[[nodiscard]] Tlv read_tlv(ByteView data, std::uint64_t at, std::uint64_t end, std::string_view what);

// The TLVs within a value, one after the other.
class TlvList final {
 public:
  TlvList(ByteView data, const Region& within, std::string_view what)
      : data_(data), at_(within.offset), end_(within.end()), what_(what) {}
  [[nodiscard]] bool at_end() const noexcept { return at_ == end_; }
  [[nodiscard]] Tlv next() {
    const Tlv tlv = read_tlv(data_, at_, end_, what_);
    at_ = tlv.value.end();
    return tlv;
  }
  // The next one when it has this tag; otherwise nothing is taken.
  [[nodiscard]] std::optional<Tlv> next_if(unsigned tag);

 private:
  ByteView data_;
  std::uint64_t at_, end_;
  std::string_view what_;
};

[[nodiscard]] inline ByteView part_of(ByteView data, const Region& region) {
  return data.subspan(static_cast<std::size_t>(region.offset), static_cast<std::size_t>(region.length));
}

// The value of the first TLV with this tag at the top of `data`; nullopt when there is none, or the TLVs before it are broken.
[[nodiscard]] std::optional<ByteView> find_tag(ByteView data, unsigned tag) noexcept;
[[nodiscard]] bool are_tlvs(ByteView data) noexcept;   // nothing but whole TLVs

// Tag, shortest length, value.
[[nodiscard]] Bytes tlv(unsigned tag, ByteView value);

}  // namespace hwbak::wrapped_key
