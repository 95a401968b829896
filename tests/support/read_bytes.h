// Whole files, at once: under sanitizers, byte after byte, the vectors would take longer to read than most tests take.
#pragma once

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>

#include "hwbak/bytes.h"

namespace hwbak::test {

template <class Text>
Text read_whole(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary | std::ios::ate);
  const std::streamoff size = in ? std::streamoff(in.tellg()) : -1;
  Text out;
  out.resize(static_cast<std::size_t>(std::max<std::streamoff>(size, 0)));
  if (size < 0 || !in.seekg(0).read(reinterpret_cast<char*>(out.data()), size)) throw std::runtime_error("cannot read " + path.string());
  return out;
}

inline Bytes read_bytes(const std::filesystem::path& path) { return read_whole<Bytes>(path); }
inline std::string read_text(const std::filesystem::path& path) { return read_whole<std::string>(path); }

}  // namespace hwbak::test
