// Small files of a test, written and read as text.
#pragma once

#include <filesystem>
#include <fstream>
#include <string>

#include "hwbak/bytes.h"
#include "support/folder.h"
#include "support/read_bytes.h"

namespace hwbak::test {

inline void put(const std::filesystem::path& path, std::string_view text) {
  std::ofstream(path, std::ios::binary) << text;
}

// "(nothing)" when there is no such file.
inline std::string get(const std::filesystem::path& path) {
  return std::filesystem::exists(path) ? read_text(path) : "(nothing)";
}

inline ByteView view(std::string_view text) { return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()}; }
inline std::string text(const Bytes& bytes) { return {bytes.begin(), bytes.end()}; }

}  // namespace hwbak::test
