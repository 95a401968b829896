// What the tests of the 7z container share: vectors, keys, real archives, edited headers.
#pragma once

#include <boost/json.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "base/byte_writer.h"
#include "base/hex.h"
#include "container/sevenzip/layout.h"
#include "container/sevenzip/open.h"
#include "container/sevenzip/survey.h"
#include "container/sevenzip/write.h"
#include "crypto/digest.h"
#include "support/read_bytes.h"

namespace hwbak::sevenzip {

using test::read_bytes;

struct Vector {
  std::string file, kind, password, sha256, inner_name;
  unsigned rounds_pow = 0;
  Bytes bytes;
  [[nodiscard]] bool device_made() const { return kind != "foreign-7z"; }
};

inline void write_bytes(const std::filesystem::path& path, ByteView bytes) {
  std::ofstream(path, std::ios::binary)
      .write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
}

// Every vector that is a 7z file.
inline const std::vector<Vector>& vectors() {
  static const std::vector<Vector> all = [] {
    const std::filesystem::path folder = std::string(HWBAK_VECTORS) + "/coldcard";
    const Bytes raw = read_bytes(folder / "vectors.json");
    const boost::json::value parsed = boost::json::parse(std::string(raw.begin(), raw.end()));
    std::vector<Vector> out;
    for (const auto& item : parsed.at("vectors").as_array()) {
      const auto& v = item.as_object();
      const auto text = [&](const char* key) {
        return v.contains(key) && v.at(key).is_string() ? std::string(v.at(key).as_string()) : std::string();
      };
      if (!text("file").ends_with(".7z") || !std::filesystem::exists(folder / text("file"))) continue;
      out.push_back({text("file"), text("kind"), text("password"), text("plaintext_sha256"), text("inner_name"),
                     v.at("rounds_pow").is_number() ? v.at("rounds_pow").to_number<unsigned>() : 19,
                     read_bytes(folder / text("file"))});
    }
    return out;
  }();
  return all;
}

inline const Vector& vector_named(const std::string& file) {
  for (const Vector& v : vectors())
    if (v.file == file) return v;
  throw std::runtime_error("no vector " + file);
}
// 1636 bytes of text, so the last block is padded.
inline const Vector& ordinary() { return vector_named("mk4-12words.7z"); }

inline ByteView view(const std::string& text) { return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()}; }
inline std::string as_text(ByteView bytes) { return {bytes.begin(), bytes.end()}; }

inline SecretBytes key_for(const Folder& folder, const std::string& password) {
  if (!folder.aes) return {};
  return derive_key(*folder.aes, password_forms(view(password)).at(0).expose(), Limits{});
}

inline Opened open_with(ByteView file, const Survey& seen, const std::string& password) {
  return open(file, seen.folders.at(0), key_for(seen.folders.at(0), password).expose(), Limits{});
}

inline void put_le(Bytes& file, std::size_t at, std::uint64_t value, unsigned bytes) {
  for (unsigned i = 0; i < bytes; ++i) file[at + i] = static_cast<std::uint8_t>(value >> 8 * i);
}

// The file with another end header and start header checksums that hold.
inline Bytes with_end_header(const Bytes& file, const Bytes& header) {
  const Survey seen = survey(file, Limits{});
  Bytes out(file.begin(), file.begin() + static_cast<std::ptrdiff_t>(seen.end_header.offset));
  out.insert(out.end(), header.begin(), header.end());
  put_le(out, 20, header.size(), 8);
  put_le(out, 28, crc32(header), 4);
  put_le(out, 8, crc32(ByteView(out).subspan(12, 20)), 4);
  return out;
}
inline Bytes end_header_of(const Bytes& file) {
  const Survey seen = survey(file, Limits{});
  return Bytes(file.begin() + static_cast<std::ptrdiff_t>(seen.end_header.offset),
               file.begin() + static_cast<std::ptrdiff_t>(seen.end_header.end()));
}
// The same with `was` replaced by `is` in the end header (its first occurrence).
inline Bytes edited(const Bytes& file, const Bytes& was, const Bytes& is) {
  Bytes header = end_header_of(file);
  const auto at = std::search(header.begin(), header.end(), was.begin(), was.end());
  if (at == header.end()) throw std::runtime_error("the bytes to edit are not there");
  const auto next = header.erase(at, at + static_cast<std::ptrdiff_t>(was.size()));
  header.insert(next, is.begin(), is.end());
  return with_end_header(file, header);
}

inline bool has_flaw(const Survey& seen, std::string_view code) {
  return std::ranges::any_of(seen.flaws, [&](const Flaw& flaw) { return flaw.code == code; });
}
inline bool has_remark(const Survey& seen, std::string_view code) {
  return std::ranges::any_of(seen.remarks, [&](const Remark& remark) { return remark.code == code; });
}
inline bool flaw_names(const Survey& seen, std::uint64_t at) {
  return std::ranges::any_of(seen.flaws, [&](const Flaw& flaw) { return flaw.place.contains(at); });
}

// Gives recorded bytes, then a sequence that never repeats within a test.
class ScriptedRandom final : public RandomSource {
 public:
  explicit ScriptedRandom(Bytes script = {}, std::uint64_t seed = 1) : script_(std::move(script)), state_(seed) {}
  void fill(ByteSpan out) override {
    for (std::uint8_t& byte : out) byte = at_ < script_.size() ? script_[at_++] : next();
  }
  [[nodiscard]] bool script_used_up() const { return at_ == script_.size(); }

 private:
  std::uint8_t next() {
    state_ = state_ * 6364136223846793005u + 1442695040888963407u;
    return static_cast<std::uint8_t>(state_ >> 56);
  }
  Bytes script_;
  std::size_t at_ = 0;
  std::uint64_t state_;
};

// A folder that goes away with its contents.
class TempFolder final {
 public:
  TempFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "hwbak-7z-XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary folder");
    path_ = name;
  }
  TempFolder(const TempFolder&) = delete;
  TempFolder& operator=(const TempFolder&) = delete;
  ~TempFolder() { std::filesystem::remove_all(path_); }
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }
  // Runs a command line in this folder; true when it exits with 0.
  [[nodiscard]] bool run(const std::string& command) const {
    return std::system(("cd '" + path_.string() + "' && " + command + " >/dev/null 2>&1 </dev/null").c_str()) == 0;
  }

 private:
  std::filesystem::path path_;
};

}  // namespace hwbak::sevenzip
