// The DER around a key blob, and what can still be made out when that is damaged: nothing but its own lengths protects
// it (docs/formats/pico-hsm.md, "The wrapped file").
#include "container/wrapped_key/frame.h"

#include <algorithm>

#include "container/wrapped_key/description.h"
#include "container/wrapped_key/tlv.h"

namespace hwbak::wrapped_key {
namespace {

constexpr unsigned tag_sequence = 0x30, tag_octets = 0x04;
// Where the blob's type can stand behind two tags and lengths.
constexpr std::size_t first_type_at = 4 + type_at, last_type_at = 12 + type_at;
constexpr std::uint64_t longest_field = 64;   // of a header that is taken for one without DER around it

bool is_description_tag(unsigned tag) noexcept { return tag == 0x30 || tag == 0xA0 || tag == 0xA8; }
// Of what stands behind the blob: a known part, or the end.
bool may_end_at(ByteView file, std::uint64_t at) noexcept {
  if (at >= file.size()) return at == file.size();
  const std::uint8_t tag = file[static_cast<std::size_t>(at)];
  return is_description_tag(tag) || tag == 0x67 || tag == 0x7F;
}

// 30 begins a description of an RSA key and an X.509 certificate: the one goes on with a label, the other with a
// version or number.
bool looks_like_certificate(ByteView file, const Tlv& part) noexcept {
  if (certificate_kind(part_of(file, part.whole())) == CertificateKind::cvc) return true;
  if (part.tag != 0x30) return false;
  const TlvReading inner = look_at_tlv(file, part.value.offset, part.value.end());
  if (inner.trouble != TlvTrouble::none || inner.tlv.tag != 0x30 || inner.tlv.value.length == 0) return false;
  const std::uint8_t first = file[static_cast<std::size_t>(inner.tlv.value.offset)];
  return first == 0xA0 || first == 0x02;
}

void remark(Frame& frame, std::string code, std::string sentence, std::uint64_t at) {
  frame.remarks.push_back({std::move(code), std::move(sentence), "byte " + std::to_string(at)});
}

// The parts behind the blob, up to `end`. False when one of them is not whole: those before it are taken, and `at` is
// where it stands.
bool take_parts(ByteView file, std::uint64_t& at, std::uint64_t end, Frame& frame) {
  for (unsigned place = 1; at != end; ++place) {
    const TlvReading reading = look_at_tlv(file, at, end);
    if (reading.trouble != TlvTrouble::none) return false;
    const Tlv& part = reading.tlv;
    if (!part.shortest)
      remark(frame, "der-not-shortest", "A length of the file is not written in DER's shortest form", at);
    const bool certificate = looks_like_certificate(file, part);
    if (frame.certificate.length == 0 && (certificate || place == 2)) {
      frame.certificate = part.whole();
      if (!certificate && certificate_kind(part_of(file, part.whole())) == CertificateKind::none)
        remark(frame, "unknown-part", "The third part of the file has no tag of a certificate", at);
    } else if (place == 1) {
      frame.description = part.whole();
      if (!is_description_tag(part.tag))
        remark(frame, "unknown-part", "The second part of the file has no tag of a key's description", at);
    } else {
      remark(frame, "unknown-part", "The file has a part more than the three that are known", at);
    }
    at = part.value.end();
  }
  return true;
}

void check_sizes(const Frame& frame) {
  for (const Region& part : {frame.description, frame.certificate})
    if (part.length > largest_part)
      throw Error(
          Outcome::refused,
          "A part of the file has " + std::to_string(part.length) + " bytes, and at most " + std::to_string(largest_part) + " are allowed",
          part.offset);
}

// Where the blob begins in a file whose DER is damaged.
std::optional<std::uint64_t> find_blob(ByteView file) {
  for (std::size_t at = first_type_at; at <= last_type_at; ++at)
    if (header_shows(file, at)) return at - type_at;
  return std::nullopt;
}

bool has_good_description(ByteView file, const Frame& frame) {
  try {
    return frame.description.length != 0 && !read_description(part_of(file, frame.description)).id.empty();
  } catch (const Error&) {
    return false;
  }
}

// Where it ends: where whole parts that reach to the end of the file begin, or (when none are asked for) that end.
std::optional<std::uint64_t> find_end(ByteView file, std::uint64_t begin, bool with_description) {
  const std::uint64_t last = std::min<std::uint64_t>(file.size(), begin + largest_blob);
  for (std::uint64_t end = begin + smallest_blob; end <= last; ++end) {
    if (!may_end_at(file, end)) continue;
    if (read_header(part_of(file, {begin, end - begin}), begin).trouble) continue;
    Frame parts;
    std::uint64_t at = end;
    if (!take_parts(file, at, file.size(), parts) || !parts.remarks.empty()) continue;
    if (has_good_description(file, parts) || (!with_description && parts.description.length == 0)) return end;
  }
  return std::nullopt;
}

// The file as it says it is; nullopt when that does not add up.
std::optional<Frame> as_it_says(ByteView file) {
  const TlvReading outer = look_at_tlv(file, 0, file.size());
  if (outer.tlv.tag != tag_sequence) return std::nullopt;
  if (outer.trouble == TlvTrouble::indefinite && file.size() > 2 && file[2] == tag_octets)
    throw Error(Outcome::unsupported, "The file has an indefinite length, which DER has not and no tool writes", 1);
  if (outer.trouble != TlvTrouble::none) return std::nullopt;
  const TlvReading blob = look_at_tlv(file, outer.tlv.value.offset, outer.tlv.value.end());
  if (blob.trouble != TlvTrouble::none || blob.tlv.tag != tag_octets) return std::nullopt;
  Frame frame;
  frame.blob = blob.tlv.value;
  if (!outer.tlv.shortest || !blob.tlv.shortest)
    remark(frame, "der-not-shortest", "A length of the file is not written in DER's shortest form", 0);
  std::uint64_t at = blob.tlv.value.end();
  if (!take_parts(file, at, outer.tlv.value.end(), frame)) return std::nullopt;
  // The length of the blob may be damaged, and bytes of it or of the description happen to look like parts.
  if (frame.description.length != 0 && !has_good_description(file, frame) &&
      find_end(file, frame.blob.offset, true).value_or(frame.blob.end()) != frame.blob.end())
    return std::nullopt;
  Frame rest;
  std::uint64_t rest_at = at;
  if (at != file.size() && take_parts(file, rest_at, file.size(), rest) &&
      (has_good_description(file, rest) || (rest.certificate.length != 0 && rest.description.length == 0)))
    return std::nullopt;   // no junk: the outer length is damaged
  if (const std::uint64_t behind = file.size() - at; behind != 0)
    remark(frame, "trailing-bytes",
           std::to_string(behind) + (behind == 1 ? " byte follows" : " bytes follow") +
               " the end of the wrapped key; sc-hsm-tool ignores what stands there",
           at);
  return frame;
}

Error cut_off(std::uint64_t has, std::uint64_t claimed, bool blob_whole) {
  return {Outcome::damaged,
          "The file is cut: it has " + std::to_string(has) + " bytes where it says " + std::to_string(claimed) + "; " +
              std::to_string(claimed - has) + (claimed - has == 1 ? " byte is" : " bytes are") + " missing at the end" +
              (blob_whole ? ", or the length at its beginning is damaged. The key blob itself is there in full"
                          : ", or the length at its beginning is damaged"),
          has, "Look for another copy of the file."};
}

// What stands before the blob, if all is well.
Bytes usual_front(const Region& blob, std::uint64_t end) {
  Bytes inside = tlv(tag_octets, Bytes(static_cast<std::size_t>(blob.length)));
  const std::size_t front = inside.size() - static_cast<std::size_t>(blob.length);
  const std::size_t all = front + static_cast<std::size_t>(end - blob.offset);
  Bytes out = tlv(tag_sequence, Bytes(all));
  out.resize(out.size() - all);
  out.insert(out.end(), inside.begin(), inside.begin() + static_cast<std::ptrdiff_t>(front));
  return out;
}

// Where the blob is in a file that does not add up.
Region make_out_blob(ByteView file, const TlvReading& outer) {
  const bool cut = outer.tlv.tag == tag_sequence && outer.trouble == TlvTrouble::past_end;
  if (cut || outer.trouble == TlvTrouble::none) {
    const TlvReading inner = look_at_tlv(file, outer.tlv.value.offset, file.size());
    const bool is_octets = inner.tlv.tag == tag_octets;
    if (is_octets && cut &&
        (inner.trouble == TlvTrouble::cut ||
         (inner.trouble == TlvTrouble::past_end && inner.tlv.value.end() <= outer.tlv.value.end())))
      throw cut_off(file.size(), outer.tlv.value.end(), false);
    const bool fits = is_octets && inner.trouble == TlvTrouble::none;
    if (fits && !cut)
      if (const auto end = find_end(file, inner.tlv.value.offset, true))
        return {inner.tlv.value.offset, *end - inner.tlv.value.offset};
    if (fits && (cut || may_end_at(file, inner.tlv.value.end()))) return inner.tlv.value;
  }
  const auto begin = find_blob(file);
  const auto end = begin ? find_end(file, *begin, false) : std::nullopt;
  if (end) return {*begin, *end - *begin};
  if (cut) throw cut_off(file.size(), outer.tlv.value.end(), false);
  throw Error(
      Outcome::damaged,
      "The lengths at the beginning of the file do not fit what follows, and where the key blob ends cannot be told", 0,
      "Look for another copy of the file.");
}

// The blob and the parts that are whole.
Frame made_out(ByteView file) {
  const TlvReading outer = look_at_tlv(file, 0, file.size());
  Frame frame;
  frame.blob = make_out_blob(file, outer);
  std::uint64_t at = frame.blob.end();
  const bool whole = take_parts(file, at, file.size(), frame);
  const Bytes front = usual_front(frame.blob, file.size());
  const auto differs = std::mismatch(front.begin(), front.end(), file.begin(), file.end());
  if (outer.tlv.tag == tag_sequence && outer.trouble == TlvTrouble::past_end) {
    frame.damage = cut_off(file.size(), outer.tlv.value.end(), true);
  } else if (!whole) {
    frame.damage.emplace(Outcome::damaged,
                         "The part of the file at byte " + std::to_string(at) + ", behind the key blob, is damaged or cut", at);
  } else {
    const bool same_size = front.size() == frame.blob.offset && differs.first != front.end();
    const auto place = same_size ? static_cast<std::uint64_t>(differs.first - front.begin()) : 0;
    frame.damage.emplace(Outcome::damaged,
                         "The bytes around the key blob are damaged (byte " + std::to_string(place) +
                             "): their lengths do not fit what follows. The key blob itself is there in full",
                         place);
  }
  return frame;
}

// Without DER: the fields must add up to the size of the file.
bool is_bare(ByteView file) {
  if (file.size() < smallest_blob || file.size() > largest_blob) return false;
  const Header header = read_header(file, 0);
  return !header.trouble &&
         std::ranges::all_of(header.fields, [](const Region& field) { return field.length <= longest_field; });
}

// SEQUENCE { OCTET STRING ...: as far as the file goes, with lengths that fit into each other.
bool begins_like_der(ByteView file) {
  const TlvReading outer = look_at_tlv(file, 0, file.size());
  if (outer.tlv.tag != tag_sequence || (outer.trouble != TlvTrouble::none && outer.trouble != TlvTrouble::past_end))
    return false;
  const TlvReading inner = look_at_tlv(file, outer.tlv.value.offset, file.size());
  if (inner.tlv.tag != tag_octets) return false;
  return inner.trouble == TlvTrouble::cut
             ? outer.trouble == TlvTrouble::past_end
             : (inner.trouble == TlvTrouble::none || inner.trouble == TlvTrouble::past_end) &&
                   inner.tlv.value.end() <= outer.tlv.value.end();
}

}  // namespace

bool recognise(ByteView file) noexcept {
  return begins_like_der(file) || header_shows(file, type_at) || is_bare(file) || find_blob(file).has_value();
}

Frame read_frame(ByteView file) {
  std::optional<Frame> frame;
  if (begins_like_der(file) || file[0] == tag_sequence) frame = as_it_says(file);
  if (!frame && !begins_like_der(file) && (header_shows(file, type_at) || is_bare(file))) {
    frame.emplace();
    frame->bare = true;
    frame->blob = {0, file.size()};
  }
  if (!frame && !recognise(file))
    throw Error(Outcome::unsupported, "The file is no wrapped key: neither its DER nor a key blob is to be found", 0);
  if (!frame) frame = made_out(file);
  check_sizes(*frame);
  return std::move(*frame);
}

}  // namespace hwbak::wrapped_key
