// Badge backups made for a test: a payload under a passphrase, with few iterations.
#pragma once

#include <string>
#include <string_view>

#include "base/as_bytes.h"
#include "container/cdcbak/cdcbak.h"
#include "support/badge_vectors.h"
#include "support/vectors.h"

namespace hwbak::test {

inline constexpr const char* badge_passphrase = "museum";

inline Bytes badge_file(std::string_view payload, std::string_view passphrase = badge_passphrase, std::uint32_t iterations = 100) {
  return cdcbak::write(as_bytes(payload), as_bytes(passphrase), iterations, system_random()).base64;
}

// The backup of these modules and settings, in its own folder.
class BadgeFile final {
 public:
  explicit BadgeFile(ByteView bytes) { write_bytes(path_, bytes); }
  explicit BadgeFile(std::string_view payload) : BadgeFile(ByteView(badge_file(payload))) {}
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  Folder folder_;
  std::filesystem::path path_ = folder_ / "backup.cdcbak";
};

inline std::string modules(std::string_view sections) {
  return "{\"host_api_level\":\"0.7\",\"fw_version\":\"0.6.5\",\"modules\":{" + std::string(sections) + "}}";
}
inline std::string twofa_section(std::string_view entries) { return "\"mod_2fa\":{\"schema_ver\":1,\"entries\":[" + std::string(entries) + "]}"; }
inline std::string vault_section(std::string_view entries) { return "\"mod_password\":{\"schema_ver\":1,\"entries\":[" + std::string(entries) + "]}"; }
inline std::string account(std::string_view name, std::string_view more = "\"type\":0,\"period\":30") {
  return "{\"name\":\"" + std::string(name) + "\",\"issuer\":\"\",\"algorithm\":0,\"digits\":6,\"secret\":\"GEZDGNBVGY3TQOJQ\"," + std::string(more) + "}";
}

inline const Object& item(const Object& facts, std::string_view list, std::size_t index) {
  const List& all = list_fact(facts, list);
  if (index >= all.size()) throw std::runtime_error("no such entry of " + std::string(list));
  return std::get<Object>(all[index].get());
}

}  // namespace hwbak::test
