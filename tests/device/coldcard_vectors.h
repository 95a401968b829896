// The Coldcard vectors, and their texts as the real 7z program extracts them.
#pragma once

#include <array>
#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "base/json_spans.h"
#include "support/read_bytes.h"

namespace hwbak::testing {

inline std::string shell_quoted(const std::string& text) {
  std::string out = "'";
  for (const char c : text) out += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return out + "'";
}

inline std::string output_of(const std::string& command) {
  std::unique_ptr<std::FILE, int (*)(std::FILE*)> pipe(::popen(command.c_str(), "r"), ::pclose);
  std::string out;
  std::array<char, 4096> buffer{};
  while (const std::size_t got = std::fread(buffer.data(), 1, buffer.size(), pipe.get())) out.append(buffer.data(), got);
  return out;
}

struct Vector {
  std::string file, password, inner_name, advisory_level;
  bool clone = false, encrypted = true;
  JsonSpans::Ref expect;
  std::string text;  // the plaintext
};

class Vectors final {
 public:
  Vectors() : json_(test::read_text(HWBAK_VECTORS "/coldcard/vectors.json")), spans_(JsonSpans::parse(json_)) {
    for (const auto& entry : spans_->root().member("vectors")->children()) {
      const auto text = [&](std::string_view key) {
        const auto value = entry.member(key);
        const auto string = value ? value->string() : std::nullopt;
        return string ? std::string(string->expose()) : std::string();
      };
      Vector v{text("file"), text("password"), text("inner_name"), text("advisory_level"), text("kind") == "clone",
               text("kind") != "cleartext", *entry.member("expect"), {}};
      const std::string path = HWBAK_VECTORS "/coldcard/" + v.file;
      v.text = v.encrypted
                   ? output_of("7z x -so -p" + shell_quoted(v.password) + " " + shell_quoted(path) + " 2>/dev/null")
                   : test::read_text(path);
      all_.push_back(std::move(v));
    }
  }
  Vectors(const Vectors&) = delete;
  Vectors& operator=(const Vectors&) = delete;

  [[nodiscard]] const std::vector<Vector>& all() const noexcept { return all_; }
  [[nodiscard]] const Vector& named(std::string_view part) const {
    for (const auto& v : all_)
      if (v.file.find(part) != std::string::npos) return v;
    throw std::runtime_error("no such vector");
  }

 private:
  std::string json_;
  std::optional<JsonSpans> spans_;
  std::vector<Vector> all_;
};

inline const Vectors& vectors() {
  static const Vectors all;
  return all;
}

}  // namespace hwbak::testing
