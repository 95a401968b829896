// Whole files, at once: under sanitizers, byte after byte, the vectors would take longer to read than most tests take.
#pragma once

#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>

#include "hwbak/bytes.h"

namespace hwbak::test {

template <class Text>
Text read_whole(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary | std::ios::ate);
  if (!in) throw std::runtime_error("cannot read " + path.string());
  Text out;
  out.resize(static_cast<std::size_t>(in.tellg()));
  in.seekg(0);
  in.read(reinterpret_cast<char*>(out.data()), static_cast<std::streamsize>(out.size()));
  return out;
}

inline Bytes read_bytes(const std::filesystem::path& path) { return read_whole<Bytes>(path); }
inline std::string read_text(const std::filesystem::path& path) { return read_whole<std::string>(path); }

}  // namespace hwbak::test
