// A disk with one file on it, in memory.
#pragma once

#include "hwbak/files.h"

namespace hwbak::fuzz {

// One file, whatever its name.
class OneFile final : public Files {
 public:
  Bytes contents;
  std::optional<FileInfo> info(const std::filesystem::path& path) override {
    if (contents.empty()) return std::nullopt;
    return FileInfo{path, FileInfo::Kind::file, contents.size()};
  }
  Bytes read(const std::filesystem::path&, std::uint64_t, FileInfo*) override { return contents; }
  std::vector<FileInfo> list(const std::filesystem::path&) override { return {}; }
  std::vector<std::filesystem::path> files_in(const std::filesystem::path&) override { return {}; }
  void write(const std::filesystem::path&, ByteView bytes, const WriteOptions&) override { contents.assign(bytes.begin(), bytes.end()); }
  void check_room(const std::filesystem::path&, std::uint64_t, std::uint64_t) override {}
  void remove(const std::filesystem::path&) override { contents.clear(); }
  void make_folder(const std::filesystem::path&) override {}
};

}  // namespace hwbak::fuzz
