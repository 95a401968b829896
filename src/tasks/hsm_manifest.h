// manifest.json beside the keys of a device backup: whose keys they are, and what each file is (docs/pico-hsm.md, "A whole device
// backed up"). Nothing in it is secret, and nothing in it is trusted: it names no path.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "hwbak/tasks.h"

namespace hwbak::tasks {

struct ManifestKey {
  unsigned reference = 0;                        // 1 to 255
  std::string status, why;                       // as facts.keys[].status and .why; status "pending": not fetched so far
  std::string file, sha256;                      // a name without a folder; empty: there is no file. 64 lower-case digits
  std::string key_id, label, key_type, curve, public_key_pem, kcv;
  std::optional<unsigned> key_size;
  unsigned domain = 0;
};
struct ManifestDomain {
  unsigned number = 0, shares = 0, missing = 0;
  std::string kcv;                               // empty: it has none
};
struct Manifest {
  std::string device, firmware, serial;          // "pico-hsm", "6.6", "ESPICOHSMTR"
  std::vector<ManifestDomain> domains;
  std::vector<ManifestKey> keys;                 // on the device when the backup was made
  std::vector<ManifestKey> earlier;              // files of keys that the device had before
};

inline constexpr std::string_view manifest_name = "manifest.json";
inline constexpr std::uint64_t largest_manifest = 4 * 1024 * 1024;

[[nodiscard]] std::string write_manifest(const Manifest& manifest);
// nullopt: it is none of ours. Entries that cannot be (a name with a folder in it, a reference that no key has) are left out.
[[nodiscard]] std::optional<Manifest> read_manifest(std::string_view text);
// That of a folder; nullopt when there is none. Throws Error: io; refused for a file manifest.json that is none of ours, or a link.
[[nodiscard]] std::optional<Manifest> manifest_in(Files& files, const std::filesystem::path& folder);
// That beside a single file, which any program may have put there: nullopt too for what does not look like ours.
[[nodiscard]] std::optional<Manifest> manifest_beside(Files& files, const std::filesystem::path& file);
// A file of this name that begins as ours do.
[[nodiscard]] bool is_manifest(Files& files, const std::filesystem::path& file);

[[nodiscard]] inline std::string domain_kcv(const std::vector<ManifestDomain>& domains, unsigned number) {
  for (const ManifestDomain& domain : domains)
    if (domain.number == number) return domain.kcv;
  return {};
}

}  // namespace hwbak::tasks
