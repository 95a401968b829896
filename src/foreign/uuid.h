// Identifiers for records that have none: the same record gets the same one in every export, so that a program which takes in a
// second export can see what it has already.
#pragma once

#include <set>
#include <string>
#include <string_view>

namespace hwbak::foreign {

class Uuids final {
 public:
  // Of a name, not of a secret, so it may be seen; a name that comes again gets another one. Version 8 (RFC 9562): 122 bits
  // of SHA-256.
  [[nodiscard]] std::string of(std::string_view kind, std::string_view name, std::string_view more = {});

 private:
  std::set<std::string> taken_;
};

}  // namespace hwbak::foreign
