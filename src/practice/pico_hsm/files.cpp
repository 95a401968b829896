// SELECT, READ, UPDATE, DELETE and LIST; see card.h.
#include <algorithm>

#include "base/as_bytes.h"
#include "base/byte_writer.h"
#include "base/hex.h"
#include "container/wrapped_key/tlv.h"
#include "practice/pico_hsm/card.h"

namespace hwbak::practice::pico_hsm {
namespace {

using wrapped_key::tlv;

constexpr std::size_t largest_file = 16 * 1024, most_files = 1024;

const Bytes& applet() {
  static const Bytes name = from_hex("e82b0601040181c31f0201").value();
  return name;
}
const Bytes& directory() {
  static const Bytes file = from_hex("611c4f0be82b0601040181c31f0201500d536d617274436172642d48534d").value();
  return file;
}
const Bytes& token() {
  static const Bytes file =
      from_hex("302f020106040800000000000000000c0d506f6c2048656e6172656a6f73800d536d617274436172642d48534d03020430").value();
  return file;
}

// Written by tools: descriptions, certificates, data.
bool is_written(std::uint16_t identifier) noexcept {
  switch (identifier >> 8) {
    case prefix_description:
    case prefix_certificate: return (identifier & 0xFF) != 0;
    case 0xC8:
    case 0xC9:
    case 0xCA:
    case 0xCD:
    case 0xCF: return true;
    default: return identifier == file_unwrap || identifier == file_token;
  }
}
bool is_protected(std::uint16_t identifier) noexcept { return identifier >> 8 == 0xCD; }

std::uint16_t identifier_in(ByteView bytes) noexcept { return static_cast<std::uint16_t>(bytes[0] << 8 | bytes[1]); }

std::optional<std::size_t> offset_in(ByteView data) noexcept {
  const auto value = find_tag(data, 0x54);
  if (!value || value->empty() || value->size() > 2) return std::nullopt;
  return value->size() == 2 ? identifier_in(*value) : (*value)[0];
}

}  // namespace

std::optional<ByteView> Card::contents(std::uint16_t identifier) const {
  const bool own = identifier >> 8 == file_public_keys >> 8;
  if (const auto found = state_.files.find(identifier); found != state_.files.end() && !own) return found->second;
  if (identifier == file_directory) return directory();
  if (identifier == file_token) return token();
  const auto key = state_.keys.find(static_cast<std::uint8_t>(identifier));
  if (identifier >> 8 == prefix_key && key != state_.keys.end()) return key->second.blob;
  return std::nullopt;
}

Answer Card::select(const Command& command) {
  const bool with_answer = (command.p2 & 0x0C) != 0x0C;
  switch (command.p1) {
    case 0x04: return std::ranges::equal(command.data, applet()) ? select_applet() : Status::no_file;
    case 0x00:
    case 0x02:
    case 0x08:
    case 0x09:
      if (command.data.size() < 2) return Status::no_file;
      return select_file(identifier_in(command.data.last(2)), with_answer);
    default: return Status::incorrect_p1p2;
  }
}

// OpenSC logs out with it.
Answer Card::select_applet() {
  log_out();
  selected_.reset();
  ByteWriter fields;
  fields.bytes(from_hex("8102000082010183020000840b2b0601040181c31f0201008a01058505").value());
  fields.be16(state_.options).u8(0xFF).u8(6).u8(6);
  return Answer(tlv(0x62, fields.view()));
}

Answer Card::select_file(std::uint16_t identifier, bool with_answer) {
  const auto file = contents(identifier);
  if (!file) return Status::no_file;
  selected_ = identifier;
  if (!with_answer) return Status::ok;
  const std::uint8_t reference = static_cast<std::uint8_t>(identifier);
  const unsigned prefix = identifier >> 8;
  const bool internal = prefix == prefix_key || (reference == 0 && (prefix == prefix_description || prefix == prefix_certificate));
  ByteWriter fields;
  fields.be16(0x8102).be16(static_cast<std::uint16_t>(file->size()));
  fields.u8(0x82).u8(1).u8(internal ? 8 : 1);
  fields.be16(0x8302).be16(identifier).u8(0x8A).u8(1).u8(5);
  if (prefix == prefix_key) {
    const Bytes& metadata = state_.keys.at(reference).metadata;
    // Its length has two bytes whether that is needed or not.
    if (!metadata.empty()) fields.u8(0xA5).u8(0x81).u8(static_cast<std::uint8_t>(metadata.size())).bytes(metadata);
  }
  return Answer(tlv(0x62, fields.view()));
}

std::optional<std::uint16_t> Card::named_file(const Command& command) {
  if (command.p1p2() != 0) selected_ = static_cast<std::uint16_t>(command.p1p2());
  return selected_;
}

Answer Card::read(const Command& command) {
  const auto identifier = named_file(command);
  const auto file = identifier ? contents(*identifier) : std::nullopt;
  if (!file) return Status::no_file;
  const bool closed = *identifier >> 8 == prefix_key || (is_protected(*identifier) && !logged_in());
  if (closed) return Status::not_logged_in;
  const auto offset = offset_in(command.data);
  if (!offset) return Status::wrong_data;
  if (*offset > file->size()) return Status::past_end;
  return Answer(file->subspan(*offset, std::min(file->size() - *offset, command.expected)));
}

// Where sc-hsm-tool puts the label of a token.
Answer Card::refuse_label() const {
  if (!behaviour_.quirks) return Status::failed;
  throw Error(Outcome::device, "the practice HSM stopped: that is what the real firmware does when EF 2F03 is written, as sc-hsm-tool does for --label",
              std::nullopt, "start it again, and initialise without --label; without --quirks it answers 6400");
}

Answer Card::update(const Command& command) {
  const auto identifier = named_file(command);
  if (!identifier) return Status::no_file;
  if (!logged_in()) return Status::not_logged_in;
  if (!is_written(*identifier)) return Status::no_file;
  if (*identifier == file_token) return refuse_label();
  const auto offset = offset_in(command.data);
  const auto data = find_tag(command.data, 0x53);
  if (!offset || !data) return Status::wrong_data;
  const bool is_new = state_.files.count(*identifier) == 0;
  if (*offset + data->size() > largest_file || (is_new && state_.files.size() >= most_files)) return Status::full;
  // What lay behind is gone, as on the device: tools write a file from its beginning to its end.
  Bytes& file = state_.files[*identifier];
  file.resize(*offset + data->size());
  std::ranges::copy(*data, file.begin() + static_cast<std::ptrdiff_t>(*offset));
  save();
  return Status::ok;
}

Answer Card::remove(const Command& command) {
  if (!logged_in()) return Status::not_logged_in;
  if (command.data.size() == 1) return Status::wrong_length;
  if (command.data.empty() && !selected_) return Status::no_file;
  const std::uint16_t identifier = command.data.empty() ? *selected_ : identifier_in(command.data);
  const std::uint8_t reference = static_cast<std::uint8_t>(identifier);
  if (identifier >> 8 == prefix_key && reference != 0) {
    used_.erase(reference);
    if (state_.keys.erase(reference) == 0) return Status::no_file;
  } else if (!is_written(identifier) || state_.files.erase(identifier) == 0) {
    return Status::no_file;
  }
  if (selected_ == identifier) selected_.reset();
  save();
  return Status::ok;
}

// The device's own key first, then keys from the highest reference down, then the rest from the lowest up.
Answer Card::list() const {
  ByteWriter out;
  if (state_.keys.count(0) != 0) out.be16(identifier(prefix_description, 0)).be16(identifier(prefix_key, 0));
  for (auto key = state_.keys.rbegin(); key != state_.keys.rend(); ++key)
    if (key->first != 0) out.be16(identifier(prefix_key, key->first));
  for (const unsigned prefix : {0xC4u, 0xC8u, 0xC9u, 0xCAu, 0xCDu, 0xCFu})
    for (const auto& [identifier, contents] : state_.files)
      if (identifier >> 8 == prefix && identifier != 0xC400) out.be16(identifier);
  return Answer(out.view());
}

}  // namespace hwbak::practice::pico_hsm
