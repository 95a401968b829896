// From bytes to a survey: the start header, then the end header it points to, or, where they are
// damaged, whatever can be mended by checksum or found by search. See survey.h.
#include "container/sevenzip/survey.h"

#include <algorithm>

#include "base/counted.h"
#include "container/sevenzip/adopt.h"
#include "container/sevenzip/crc_mend.h"
#include "container/sevenzip/layout.h"
#include "container/sevenzip/open.h"
#include "container/sevenzip/salvage.h"

namespace hwbak::sevenzip {
namespace {

constexpr std::uint64_t absurd_size = std::uint64_t{1} << 62;
constexpr std::size_t major_at = 6, minor_at = 7, crc_at = 8, pointers_at = 12, pointers_size = 20;
constexpr std::size_t header_size_at = 20, header_crc_at = 28;
constexpr std::size_t least_equal_blocks = 8;  // two would do, but a short run is better told by the text itself
constexpr unsigned max_equal_runs = 16;        // told of a hostile file

// What the start header says about the end header; offsets count from its own end.
struct Pointers {
  std::uint64_t packed_size = 0, header_size = 0;
  std::uint32_t header_crc = 0;
};

Pointers read_pointers(ByteView bytes) {
  ByteReader in(bytes, "the start header");
  Pointers out;
  out.packed_size = in.le64();
  out.header_size = in.le64();
  out.header_crc = in.le32();
  return out;
}

std::size_t signature_hits(ByteView file, std::uint64_t base) noexcept {
  std::size_t hits = 0;
  for (std::size_t i = 0; i < signature.size() && base + i < file.size(); ++i) hits += file[base + i] == signature[i];
  return hits;
}

bool begins_like_signature(ByteView file) noexcept {
  return !file.empty() && signature_hits(file, 0) == std::min(file.size(), signature.size());
}

bool start_crc_holds(ByteView file, std::uint64_t base) noexcept {
  if (file.size() < start_header_size || base > file.size() - start_header_size) return false;
  const ByteView stored = file.subspan(base + crc_at, 4);
  const std::uint32_t crc = crc32(file.subspan(base + pointers_at, pointers_size));
  return stored[0] == (crc & 0xFF) && stored[1] == (crc >> 8 & 0xFF) && stored[2] == (crc >> 16 & 0xFF) &&
         stored[3] == crc >> 24;
}

// A whole start header further back: something was put before the archive.
std::optional<std::uint64_t> find_start(ByteView file) noexcept {
  for (auto at = file.begin();; ++at) {
    at = std::search(at, file.end(), signature.begin(), signature.end());
    if (at == file.end()) return std::nullopt;
    const auto base = static_cast<std::uint64_t>(at - file.begin());
    if (start_crc_holds(file, base)) return base;
  }
}

class Surveyor final {
 public:
  Surveyor(ByteView file, const Limits& limits) : file_(file), limits_(limits) { out_.file_size = file.size(); }

  Survey run() {
    if (file_.empty()) throw Error(Outcome::damaged, "The file is empty", 0);
    if (file_.size() < start_header_size) {
      short_file();
      return std::move(out_);
    }
    find_base();
    version();
    start_header();
    if (pointers_)
      follow_pointers();
    else
      search();
    finish();
    return std::move(out_);
  }

 private:
  void flaw(const char* code, std::string sentence, Region place, std::uint64_t missing = 0, bool mended = false) {
    out_.flaws.push_back({code, std::move(sentence), place, missing, mended});
  }

  void short_file() {
    if (!begins_like_signature(file_)) throw Error(Outcome::unsupported, "This is no 7z archive and no backup known here");
    const std::uint64_t missing = start_header_size - file_.size();
    out_.start_header = {0, file_.size()};
    flaw("truncated",
         "The file ends within its first 32 bytes: at least " + counted(missing, "byte") + " " + is_or_are(missing) + " missing, and all the data",
         {file_.size(), missing}, missing);
    set_dead_end(out_, Outcome::damaged,
                 "Only " + counted(file_.size(), "byte") + " of the beginning of the backup " + is_or_are(file_.size()) + " there; at least " +
                     counted(missing, "byte") + " of its start header and all the data are missing");
  }

  void find_base() {
    const std::size_t hits = signature_hits(file_, 0);
    if (hits == signature.size()) return;
    const bool start_good = start_crc_holds(file_, 0);
    if (!start_good) {
      if (const auto start = find_start(file_)) {
        base_ = *start;
        flaw("junk-before",
             "The archive begins only at byte " + std::to_string(base_) + "; what stands before it does not belong to it",
             {0, base_});
        return;
      }
      start_lost_ = hits < 4;
      if (start_lost_ && !has_device_marks(file_))
        throw Error(Outcome::unsupported, "This is no 7z archive and no backup known here");
    }
    flaw("signature", "The first 6 bytes are not those of a 7z archive, but the rest is one", {0, signature.size()}, 0,
         !start_lost_);
  }

  void version() {
    if (start_lost_) return;
    out_.start_header = {base_, start_header_size};
    out_.minor_version = file_[base_ + minor_at];
    const unsigned major = file_[base_ + major_at];
    if (major != 0)
      throw Error(Outcome::unsupported, "This is 7z version " + std::to_string(major) + "; only version 0 is known", base_ + major_at);
  }

  [[nodiscard]] bool end_header_fits(const Pointers& p) const {
    const std::uint64_t room = file_.size() - base_ - start_header_size;
    return p.header_size != 0 && p.packed_size <= room && p.header_size <= room - p.packed_size &&
           crc32(file_.subspan(base_ + start_header_size + p.packed_size, p.header_size)) == p.header_crc;
  }

  void start_header() {
    if (start_lost_) return;
    const ByteView stored = file_.subspan(base_ + pointers_at, pointers_size);
    if (start_crc_holds(file_, base_)) {
      pointers_ = read_pointers(stored);
      return;
    }
    if (const Pointers as_stored = read_pointers(stored); end_header_fits(as_stored)) {
      pointers_ = as_stored;
      flaw("start-header-crc",
           "The checksum of the start header (bytes " + std::to_string(base_ + crc_at) + " to " + std::to_string(base_ + crc_at + 3) +
               ") is damaged; what it protects is right",
           {base_ + crc_at, 4}, 0, true);
      return;
    }
    ByteReader crc(file_.subspan(base_ + crc_at, 4), "the start header");
    if (const auto mend = mend_single_byte(stored, crc.le32())) {
      Bytes mended(stored.begin(), stored.end());
      mended[mend->at] ^= mend->flip;
      pointers_ = read_pointers(mended);
      const std::uint64_t at = base_ + pointers_at + mend->at;
      flaw("start-header-crc", "Byte " + std::to_string(at) + " of the start header is damaged; its checksum tells the true value",
           {at, 1}, 0, true);
      return;
    }
    flaw("start-header-crc", "The start header is damaged: it no longer tells where the end header stands",
         {base_ + crc_at, start_header_size - crc_at});
  }

  void follow_pointers() {
    const Pointers& p = *pointers_;
    if (p.packed_size >= absurd_size || p.header_size >= absurd_size) {
      flaw("absurd-sizes", "The start header gives absurdly large sizes", {base_ + pointers_at, 16});
      pointers_.reset();
      return search();
    }
    const ByteView behind = file_.subspan(base_ + start_header_size);
    if (p.header_size == 0 && (find_header_by_grammar(behind) || has_device_marks(behind))) {
      flaw("not-empty", "The start header says that the archive is empty, but an end header stands behind it",
           {base_ + pointers_at, pointers_size});
      pointers_.reset();
      return search();
    }
    const std::uint64_t header_at = base_ + start_header_size + p.packed_size;
    const std::uint64_t end = header_at + p.header_size;
    if (p.header_size > limits_.max_end_header)
      set_dead_end(out_, Outcome::refused,
                   "The end header claims " + counted(p.header_size, "byte") + "; the limit is " + std::to_string(limits_.max_end_header),
                   base_ + 20);
    if (end > file_.size()) return cut_short(header_at, end);
    out_.packed = {base_ + start_header_size, p.packed_size};
    out_.end_header = {header_at, p.header_size};
    out_.trailing_bytes = file_.size() - end;
    if (p.header_size == 0) return set_dead_end(out_, Outcome::unsupported, "The archive is empty: there is no data in it");
    if (out_.dead_end) return;
    const ByteView header = file_.subspan(header_at, p.header_size);
    if (crc32(header) == p.header_crc) return read(header, false);
    if (moved_header()) return;
    if (const auto mend = mend_single_byte(header, p.header_crc)) {
      Bytes mended(header.begin(), header.end());
      mended[mend->at] ^= mend->flip;
      const std::uint64_t at = header_at + mend->at;
      flaw("end-header-crc", "Byte " + std::to_string(at) + " of the end header is damaged; its checksum tells the true value",
           {at, 1}, 0, true);
      return read(mended, false);
    }
    if (whole_header(header_at)) return;
    flaw("end-header-crc",
         "The end header (bytes " + std::to_string(header_at) + " to " + std::to_string(end - 1) + ") is damaged in more than one place",
         out_.end_header);
    out_.recovered = true;
    if (salvage(header_at)) return;
    read(header, false);
  }

  // A device's end header reads to its last byte: what the start header says of it is wrong. (Or bytes are
  // that may have any value, the salt's above all: only the password can tell.)
  bool whole_header(std::uint64_t header_at) {
    const std::uint64_t most = std::min(file_.size() - header_at, limits_.max_end_header);
    ByteReader in(file_.subspan(header_at, most), "the end header", header_at);
    try {
      EndHeader parsed = parse_end_header(in);
      const ByteView bytes = file_.subspan(header_at, in.position());
      if (!is_device_layout(bytes, parsed.folders, parsed.entries)) return false;
      const bool size_right = bytes.size() == pointers_->header_size;
      const bool crc_right = crc32(bytes) == pointers_->header_crc;
      if (!size_right)
        flaw("end-header-structure",
             "The start header (bytes " + std::to_string(base_ + header_size_at) + " to " + std::to_string(base_ + header_crc_at - 1) +
                 ") gives a wrong length of the end header: " + std::to_string(pointers_->header_size) + " instead of " +
                 counted(bytes.size(), "byte"),
             {base_ + header_size_at, 8}, 0, crc_right);
      if (!crc_right) {
        flaw("end-header-crc",
             "The end header reads without a fault, but the checksum field in the start header (bytes " +
                 std::to_string(base_ + header_crc_at) + " to " + std::to_string(base_ + header_crc_at + 3) + ") does not fit it",
             {base_ + header_crc_at, 4});
        if (size_right)
          flaw("end-header-crc",
               "If the checksum field is right, several bytes of the salt, the IV or another free value of the end "
               "header are wrong",
               {header_at, bytes.size()});
      }
      out_.packed = {base_ + start_header_size, header_at - base_ - start_header_size};
      out_.end_header = {header_at, bytes.size()};
      out_.trailing_bytes = file_.size() - out_.end_header.end();
      out_.recovered = true;
      take_over(std::move(parsed), bytes, false);
      return true;
    } catch (const Error&) {
      return false;
    }
  }

  void cut_short(std::uint64_t header_at, std::uint64_t end) {
    if (!out_.dead_end && (moved_header() || (header_at < file_.size() && whole_header(header_at)))) return;
    const std::uint64_t missing = end - file_.size();
    flaw("truncated", "The file ends too early: " + std::to_string(missing) + (missing == 1 ? " byte is" : " bytes are") + " missing at its end",
         {file_.size(), missing}, missing);
    const std::uint64_t data = base_ + start_header_size;
    out_.packed = {data, std::min(header_at, out_.file_size) - data};
    if (header_at < file_.size()) {
      out_.end_header = {header_at, file_.size() - header_at};
      out_.recovered = true;
      if (salvage(header_at)) return;
    }
    // The salt stands behind the front of the end header and the first two bytes of the coder's properties.
    const std::uint64_t salt = header_at + device_front(pointers_->packed_size).size() + 2;
    set_dead_end(out_, Outcome::damaged,
                 std::to_string(missing) + (missing == 1 ? " byte is" : " bytes are") + " missing at the end of the file, and with them " +
                     (file_.size() > salt ? "a part of the salt, and the IV" : "the salt and IV") +
                     "; without these no password can open it");
  }

  // The end header stands whole, but not where it should: bytes of the body were lost or put in.
  bool moved_header() {
    const Pointers& p = *pointers_;
    const auto found = find_header_by_crc(file_.subspan(base_ + start_header_size), p.header_size, p.header_crc);
    if (!found) return false;
    out_.packed = {base_ + start_header_size, *found};
    out_.end_header = {out_.packed.end(), p.header_size};
    out_.trailing_bytes = file_.size() - out_.end_header.end();
    out_.recovered = true;
    moved_flaw(p.packed_size);
    read(file_.subspan(out_.end_header.offset, p.header_size), true);
    return true;
  }

  void moved_flaw(std::uint64_t expected) {
    const std::uint64_t there = out_.packed.length;
    if (there < expected)
      flaw("bytes-missing",
           counted(expected - there, "byte") + " " + is_or_are(expected - there) + " missing somewhere between byte " +
               std::to_string(out_.packed.offset) + " and byte " + std::to_string(out_.packed.end()),
           out_.packed, expected - there);
    else
      flaw("bytes-inserted",
           counted(there - expected, "byte") + " too many " + verb_of(there - expected, "stand") + " somewhere between byte " +
               std::to_string(out_.packed.offset) + " and byte " + std::to_string(out_.packed.end()),
           out_.packed);
  }

  void read(ByteView header, bool moved) {
    try {
      ByteReader in(header, "the end header", out_.end_header.offset);
      EndHeader parsed = parse_end_header(in);
      must_be_whole(parsed, in);
      if (!in.at_end())
        flaw("end-header-structure",
             counted(in.left(), "byte") + " (from byte " + std::to_string(in.offset()) +
                 ") follow the end header's own end; they mean nothing",
             {in.offset(), in.left()});
      take_over(std::move(parsed), header.first(in.position()), moved);
    } catch (const Error& error) {
      unreadable(error);
    }
  }

  // A header that ends early or lost a part may read as that of an empty archive.
  void must_be_whole(const EndHeader& header, const ByteReader& in) const {
    if (header.packed) return;
    const bool files = std::ranges::any_of(header.entries, [](const Entry& entry) { return entry.has_stream; });
    if (header.folders.empty() && (files || out_.packed.length != 0 || !in.at_end()))
      throw Error(Outcome::damaged, "The end header does not tell how the data is packed, although there is data",
                  out_.end_header.offset);
    if (!header.folders.empty() && !files)
      throw Error(Outcome::damaged, "The end header lists no file, although there is data", out_.end_header.offset);
  }

  void take_over(EndHeader header, ByteView bytes, bool moved) {
    const bool like_7zip = header.shortest_numbers && (header.packed || header.has_attributes || out_.minor_version == 4);
    out_.writer = is_device_layout(bytes, header.folders, header.entries) ? Writer::device
                  : like_7zip                                             ? Writer::sevenzip
                                                                          : Writer::unknown;
    adopt(out_, std::move(header), moved, limits_);
    if (!out_.packed_header || out_.packed_header->aes || out_.dead_end) return;
    if (!open_header(file_, out_, {}, limits_)) {
      flaw("end-header-packed", "The end header is packed, and its packed bytes are damaged", out_.packed_header->packed);
      set_dead_end(out_, Outcome::damaged,
                   "The list of what is in the archive is damaged");
    }
  }

  void unreadable(const Error& error) {
    if (error.outcome() != Outcome::damaged) return set_dead_end(out_, error.outcome(), error.sentence(), error.offset());
    if (!out_.recovered && pointers_ && whole_header(out_.end_header.offset)) return;
    flaw("end-header-structure", error.sentence(), out_.end_header);
    out_.recovered = true;
    if (!salvage(out_.end_header.offset)) set_dead_end(out_, error.outcome(), error.sentence(), error.offset());
  }

  // What is left of a device's end header, here or anywhere. False when its salt is gone.
  bool salvage(std::optional<std::uint64_t> header_at) {
    const std::uint64_t packed_size = pointers_ ? pointers_->packed_size : padded(file_.size());
    auto remains = salvage_device_header(file_, header_at, packed_size);
    if (!remains) return false;
    if (!header_at || remains->place.offset != *header_at) {
      out_.end_header = remains->place;
      const std::uint64_t from = std::min<std::uint64_t>(base_ + start_header_size, remains->place.offset);
      out_.packed = {from, remains->place.offset - from};
    }
    out_.writer = Writer::device;
    const bool moved = out_.packed.length != remains->header.packed_end;
    adopt(out_, std::move(remains->header), moved, limits_);
    return true;
  }

  // Without a start header: the end header tells how much stands before it.
  void search() {
    out_.recovered = true;
    auto found = find_header_by_grammar(file_);
    if (!found) {
      out_.packed = {base_ + start_header_size, file_.size() - base_ - start_header_size};
      if (!salvage(std::nullopt)) no_salt();
      return;
    }
    out_.end_header = found->place;
    out_.trailing_bytes = file_.size() - found->place.end();
    const std::uint64_t expected = found->header.packed_end;
    const std::uint64_t at = found->place.offset;
    const std::uint64_t data = base_ + start_header_size;
    if (at >= expected && (start_lost_ || at - expected >= data))
      out_.packed = {at - expected, expected};
    else if (at >= data && !start_lost_)
      out_.packed = {data, at - data};
    else
      out_.packed = {0, at};
    const bool moved = out_.packed.length != expected;
    if (moved)
      moved_flaw(expected);
    else if (out_.packed.offset < start_header_size)
      flaw("bytes-missing",
           counted(start_header_size - out_.packed.offset, "byte") + " " + is_or_are(start_header_size - out_.packed.offset) +
               " missing at the beginning of the file", {0, 0},
           start_header_size - out_.packed.offset);
    else if (out_.packed.offset > data)
      flaw("bytes-inserted",
           counted(out_.packed.offset - data, "byte") + " too many " + verb_of(out_.packed.offset - data, "stand") + " before the encrypted part",
           {data, out_.packed.offset - data});
    take_over(std::move(found->header), file_.subspan(at, found->place.length), moved);
  }

  void no_salt() {
    set_dead_end(
        out_, Outcome::damaged,
        "The salt and IV stand at the end of the file, and that part is gone; without them no password can open it");
  }

  void finish() {
    if (!start_lost_) {
      // 7-Zip writes 4 and a device reads what is 3 or more, but a device writes 3: another byte was changed,
      // and no changed byte may go unnoticed.
      const bool known = out_.minor_version >= 2 && out_.minor_version <= 4;
      if (!known || (out_.writer == Writer::device && out_.minor_version != 3))
        flaw("version-byte",
             "Byte " + std::to_string(base_ + minor_at) + ", the minor version, is " + std::to_string(out_.minor_version) +
                 (out_.writer == Writer::device ? "; a Coldcard writes 3" : "; 2, 3 and 4 are known"),
             {base_ + minor_at, 1});
    }
    for (const Folder& folder : out_.folders) judge_body(folder);
    if (out_.packed_header) judge_body(*out_.packed_header);
    if (out_.trailing_bytes != 0)
      out_.remarks.push_back({"trailing-bytes",
                              counted(out_.trailing_bytes, "byte") + " " + verb_of(out_.trailing_bytes, "follow") +
                                  " the end of the archive; they do not belong to it",
                              {out_.file_size - out_.trailing_bytes, out_.trailing_bytes}});
  }

  // AES-CBC gives no block twice: where many are equal, something else was written over them.
  void judge_body(const Folder& folder) {
    if (!folder.aes) return;
    const std::uint64_t begin = std::min(folder.packed.offset, out_.file_size);
    const ByteView body = file_.subspan(begin, std::min(folder.packed.length, out_.file_size - begin));
    const std::size_t blocks = body.size() / block_size;
    const auto block = [&](std::size_t i) { return body.subspan(i * block_size, block_size); };
    unsigned runs = 0;
    for (std::size_t from = 0, to = 0; from < blocks && runs < max_equal_runs; from = to) {
      for (to = from + 1; to < blocks && std::ranges::equal(block(from), block(to));) ++to;
      if (to - from < least_equal_blocks && (to - from < blocks || blocks < 2)) continue;
      const Region place{begin + from * block_size, (to - from) * block_size};
      flaw("body-not-ciphertext",
           "Bytes " + std::to_string(place.offset) + " to " + std::to_string(place.end() - 1) +
               " are all the same, block for block: that cannot be ciphertext, they were overwritten",
           place);
      ++runs;
    }
  }

  ByteView file_;
  const Limits& limits_;
  Survey out_;
  std::uint64_t base_ = 0;
  bool start_lost_ = false;  // nothing of the start header can be believed
  std::optional<Pointers> pointers_;
};

}  // namespace

std::string_view name(Writer writer) noexcept {
  switch (writer) {
    case Writer::device: return "device";
    case Writer::sevenzip: return "7-Zip";
    case Writer::unknown: return "unknown";
  }
  return "unknown";
}

bool recognise(ByteView file) noexcept {
  constexpr std::size_t least = 2;  // of the signature, when the file ends there
  if (file.size() < start_header_size) return file.size() >= least && begins_like_signature(file);
  return signature_hits(file, 0) >= 4 || start_crc_holds(file, 0) || find_start(file) || has_device_marks(file);
}

Survey survey(ByteView file, const Limits& limits) { return Surveyor(file, limits).run(); }

}  // namespace hwbak::sevenzip
