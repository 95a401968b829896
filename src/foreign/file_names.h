// File names made of untrusted text: safe on Linux, Windows, macOS and FAT, readable, and no two the same.
#pragma once

#include <map>
#include <string>
#include <string_view>

namespace hwbak::foreign {

class FileNames final {
 public:
  static constexpr std::size_t max_stem = 80;   // bytes
  // `text` as a name with that ending (".vcf"): control, bidi and separator characters become _, no dot or blank at either
  // end, no device name of Windows, numbered when it is taken, whatever the case of its letters.
  [[nodiscard]] std::string name_for(std::string_view text, std::string_view ending);

 private:
  std::map<std::string, unsigned> taken_;   // folded name, and the number it had when it was last wanted
};

}  // namespace hwbak::foreign
