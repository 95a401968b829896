// See streams.h. Loops, no recursion; every count is held against the bytes that are left before it
// is believed.
#include "container/sevenzip/streams.h"

#include <algorithm>

#include "container/sevenzip/grammar.h"
#include "container/sevenzip/number.h"

namespace hwbak::sevenzip {
namespace {

constexpr std::uint64_t max_coders = 32;         // of a folder; 7-Zip's own limit
constexpr std::uint64_t max_coder_streams = 32;  // into or out of one coder

// Where a folder's coders, in decoding order, find their output sizes.
struct SizeOrder {
  std::vector<std::size_t> at;
  std::size_t sizes = 0;
};

Method method_of(ByteView id) noexcept {
  const auto is = [&](std::initializer_list<std::uint8_t> bytes) { return std::ranges::equal(id, bytes); };
  if (is({0x00})) return Method::copy;
  if (is({0x21})) return Method::lzma2;
  if (is({0x03, 0x01, 0x01})) return Method::lzma;
  if (is({0x06, 0xF1, 0x07, 0x01})) return Method::aes;
  return Method::other;
}

class StreamsReader final {
 public:
  explicit StreamsReader(HeaderReader& header) : header_(header), in_(header.bytes()) {}

  Streams run() {
    Streams out;
    bool parts_known = false;
    std::uint64_t last = 0;  // the records stand in the order of their numbers, each once
    for (std::uint64_t id = number(); id != id_end; id = number()) {
      if (id <= last) in_.fail("The end header describes its streams twice or in a wrong order");
      last = id;
      if (id == id_pack_info)
        pack_info(out);
      else if (id == id_unpack_info)
        unpack_info(out);
      else if (id == id_substreams) {
        substreams_info(out);
        parts_known = true;
      } else
        in_.fail("The end header holds an unknown streams record");
    }
    if (!parts_known)
      for (std::size_t i = 0; i < out.folders.size(); ++i)
        out.parts.push_back({i, 0, out.folders[i].unpack_size, {out.folders[i].crc, out.folders[i].crc_place}});
    return out;
  }

  void pack_info(Streams& out) {
    out.packed_end = number();
    const std::size_t streams = header_.count("packed streams", 1);
    for (std::uint64_t id = number(); id != id_end; id = number()) {
      if (id == id_size) {
        for (std::size_t i = 0; i < streams; ++i) {
          const std::uint64_t size = number();
          out.packs.push_back({out.packed_end, size});
          out.packed_end = sum(out.packed_end, size);
        }
      } else if (id == id_crc) {
        (void)digests(streams);
      } else {
        header_.skip_record();
      }
    }
  }

  void unpack_info(Streams& out) {
    while (number() != id_folder) header_.skip_record();
    const std::size_t folders = header_.count("folders", 2);
    not_external();
    std::vector<SizeOrder> order;
    std::size_t pack = 0;
    for (std::size_t i = 0; i < folders; ++i) {
      out.folders.emplace_back();
      order.push_back(folder(out.folders.back(), out.packs, pack));
    }
    if (pack != out.packs.size())
      in_.fail("The end header speaks of " + std::to_string(out.packs.size()) + " packed streams, but uses " +
               std::to_string(pack));
    // The device puts an empty record of its own here; whatever stands before the sizes is skipped.
    for (std::uint64_t id = number(); id != id_unpack_size; id = number()) {
      if (id == id_end) in_.fail("The end header does not give the size of the text");
      header_.skip_record();
    }
    for (std::size_t i = 0; i < folders; ++i) unpack_sizes(out.folders[i], order[i]);
    for (std::uint64_t id = number(); id != id_end; id = number()) {
      if (id != id_crc) {
        header_.skip_record();
        continue;
      }
      const std::vector<Digest> found = digests(folders);
      for (std::size_t i = 0; i < folders; ++i) {
        out.folders[i].crc = found[i].crc;
        out.folders[i].crc_place = found[i].place;
      }
    }
  }

  SizeOrder folder(Folder& out, const std::vector<Region>& packs, std::size_t& pack) {
    const std::uint64_t coders = number();
    if (coders == 0 || coders > max_coders)
      in_.fail("A folder of the end header claims " + std::to_string(coders) + " coders");
    std::size_t ins = 0, outs = 0;
    bool simple = true;
    std::vector<Coder> stored;
    std::vector<std::size_t> first_out;
    std::optional<Region> aes_place;
    for (std::uint64_t i = 0; i < coders; ++i) {
      Coder coder;
      const std::uint8_t flags = in_.u8();
      const unsigned id_size = flags & 0x0F;
      if (id_size > 8 || (flags & 0xC0) != 0) in_.fail("A coder record of the end header is malformed");
      const ByteView id = in_.take(id_size);
      coder.id.assign(id.begin(), id.end());
      coder.method = method_of(id);
      std::uint64_t coder_ins = 1, coder_outs = 1;
      if ((flags & 0x10) != 0) {
        coder_ins = number();
        coder_outs = number();
        if (coder_ins > max_coder_streams || coder_outs > max_coder_streams)
          in_.fail("A coder of the end header claims too many streams");
        if (coder_ins != 1 || coder_outs != 1) {
          simple = false;
          coder.method = Method::other;
        }
      }
      if ((flags & 0x20) != 0) {
        const std::uint64_t size = number();
        const Region place{in_.offset(), size};
        const ByteView properties = in_.take(size);
        coder.properties.assign(properties.begin(), properties.end());
        if (coder.method == Method::aes) aes_place = place;
      }
      first_out.push_back(outs);
      ins += coder_ins;
      outs += coder_outs;
      stored.push_back(std::move(coder));
    }
    if (outs == 0) in_.fail("A folder of the end header has no output");
    const std::size_t binds = outs - 1;
    if (ins < binds) in_.fail("A folder of the end header has too few inputs");
    std::vector<std::size_t> feeds(outs, ins);  // output -> input; `ins`: the end of the chain
    std::vector<bool> bound(ins);
    for (std::size_t i = 0; i < binds; ++i) {
      const std::uint64_t to = number(), from = number();
      if (to >= ins || from >= outs || bound[to] || feeds[from] != ins)
        in_.fail("The coders of a folder are tied together wrongly");
      bound[to] = true;
      feeds[from] = to;
    }
    const std::size_t packed = ins - binds;
    if (packed > 1)
      for (std::size_t i = 0; i < packed; ++i) (void)number();
    if (packed > packs.size() - pack || packed == 0) in_.fail("A folder of the end header has no packed stream");
    out.packed = packs[pack];
    for (std::size_t i = 1; i < packed; ++i) out.packed.length += packs[pack + i].length;
    pack += packed;
    const auto final_out = static_cast<std::size_t>(std::ranges::find(feeds, ins) - feeds.begin());
    if (simple) return {chain(out, std::move(stored), feeds, bound, aes_place), outs};
    out.coders = std::move(stored);
    first_out.back() = final_out;  // the size that counts
    return {first_out, outs};
  }

  std::vector<std::size_t> chain(Folder& out, std::vector<Coder> stored, const std::vector<std::size_t>& feeds,
                                 const std::vector<bool>& bound, std::optional<Region> aes_place) {
    std::vector<std::size_t> order;
    for (auto at = static_cast<std::size_t>(std::ranges::find(bound, false) - bound.begin()); at < stored.size();
         at = feeds[at]) {
      order.push_back(at);
      out.coders.push_back(std::move(stored[at]));
    }
    if (order.size() != stored.size()) in_.fail("The coders of a folder are tied into a ring");
    // The single-cipher case is the one that is handled: any other place of AES is refused later.
    if (out.coders.front().method == Method::aes)
      out.aes = parse_aes(out.coders.front().properties, aes_place.value_or(Region{in_.offset(), 0}));
    return order;
  }

  void unpack_sizes(Folder& folder, const SizeOrder& order) {
    std::vector<std::uint64_t> sizes(order.sizes);
    for (std::uint64_t& size : sizes) size = number();
    // A coder without output stands where the next one's would: it has no size of its own.
    for (std::size_t i = 0; i < order.at.size(); ++i)
      folder.coders[i].unpack_size = sizes[std::min(order.at[i], sizes.size() - 1)];
    folder.unpack_size = folder.coders.back().unpack_size;
  }

  void substreams_info(Streams& out) {
    std::vector<std::uint64_t> counts(out.folders.size(), 1);
    std::uint64_t id = number();
    for (; id != id_end && id != id_size && id != id_crc; id = number()) {
      if (id != id_num_unpack_streams) {
        header_.skip_record();
        continue;
      }
      for (std::uint64_t& n : counts) {
        n = number();
        if (n > in_.left() + 1)
          in_.fail("The end header claims " + std::to_string(n) + " files in one folder, more than it has room for");
      }
    }
    const bool sizes_given = id == id_size;
    for (std::size_t i = 0; i < counts.size(); ++i) {
      std::uint64_t offset = 0;
      for (std::uint64_t j = 0; j < counts[i]; ++j) {
        const bool last = j + 1 == counts[i];
        if (!last && !sizes_given) in_.fail("The end header does not give the sizes of its files");
        const std::uint64_t room = out.folders[i].unpack_size - offset;
        const std::uint64_t size = last ? room : number();
        if (size > room) in_.fail("The files of a folder are larger than the folder");
        out.parts.push_back({i, offset, size, {}});
        offset += size;
      }
    }
    if (sizes_given) id = number();
    for (; id != id_end; id = number()) {
      if (id == id_crc)
        part_digests(out, counts);
      else
        header_.skip_record();
    }
    for (SubStream& part : out.parts)  // a folder's own checksum is that of its only file
      if (counts[part.folder] == 1 && out.folders[part.folder].crc)
        part.digest = {out.folders[part.folder].crc, out.folders[part.folder].crc_place};
    for (const SubStream& part : out.parts) {
      Folder& folder = out.folders[part.folder];
      if (counts[part.folder] > 1) {
        folder.parts.push_back({part.offset, part.size, part.digest.crc});
      } else if (!folder.crc) {
        folder.crc = part.digest.crc;
        folder.crc_place = part.digest.place;
      }
    }
  }

  // Checksums are listed for the files whose checksum the folder does not give already.
  void part_digests(Streams& out, const std::vector<std::uint64_t>& counts) {
    std::vector<SubStream*> wanting;
    for (SubStream& part : out.parts)
      if (counts[part.folder] != 1 || !out.folders[part.folder].crc) wanting.push_back(&part);
    const std::vector<Digest> found = digests(wanting.size());
    for (std::size_t i = 0; i < found.size(); ++i) wanting[i]->digest = found[i];
  }

 private:
  std::uint64_t number() { return header_.number(); }
  std::uint64_t sum(std::uint64_t a, std::uint64_t b) {
    if (a > ~std::uint64_t{0} - b) in_.fail("The sizes in the end header are absurdly large");
    return a + b;
  }
  void not_external() {
    if (in_.u8() != 0) in_.fail("The end header refers to data stored elsewhere, which no known program writes");
  }
  std::vector<Digest> digests(std::size_t size) {
    std::vector<bool> defined;
    if (in_.u8() == 0)
      defined = read_bits(in_, size);
    else if (size > in_.left() / 4)
      in_.fail("The end header ends within its checksums");
    else
      defined.assign(size, true);
    std::vector<Digest> out(size);
    for (std::size_t i = 0; i < size; ++i) {
      if (!defined[i]) continue;
      out[i].place = {in_.offset(), 4};
      out[i].crc = in_.le32();
    }
    return out;
  }

  HeaderReader& header_;
  ByteReader& in_;
};

}  // namespace

std::uint64_t HeaderReader::number() {
  const std::size_t from = bytes_.position();
  const std::uint64_t value = read_number(bytes_);
  if (bytes_.position() - from != shortest_number_size(value)) shortest_ = false;
  return value;
}

std::size_t HeaderReader::count(std::string_view what, std::size_t each) {
  const std::uint64_t n = number();
  if (n > bytes_.left() / each)
    bytes_.fail("The end header claims " + std::to_string(n) + " " + std::string(what) + ", more than it has room for");
  return static_cast<std::size_t>(n);
}

std::vector<bool> read_bits(ByteReader& in, std::size_t size) {
  std::vector<bool> out(size);
  const ByteView bytes = in.take((size + 7) / 8);
  for (std::size_t i = 0; i < size; ++i) out[i] = (bytes[i / 8] & 0x80u >> i % 8) != 0;
  return out;
}

Streams read_streams(HeaderReader& in) { return StreamsReader(in).run(); }

}  // namespace hwbak::sevenzip
