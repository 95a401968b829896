// The folder of a device backup: its files and its manifest, across runs (docs/pico-hsm.md, "A whole device backed up").
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "foreign/file_names.h"
#include "io/side_by_side.h"
#include "tasks/hsm_device_keys.h"
#include "tasks/hsm_manifest.h"

namespace hwbak::tasks {

class BackupFolder final {
 public:
  // Only looks. Throws Error: refused (files of keys that no manifest names, unless `overwrite`), io.
  BackupFolder(const Context& context, const Subject& folder, bool overwrite);

  // What this run makes of the folder, which is made when missing. Throws Error: refused when it holds another device's backup, io.
  Manifest& begin(Manifest now);
  [[nodiscard]] Manifest& manifest() noexcept { return now_; }
  [[nodiscard]] const Manifest& manifest() const noexcept { return now_; }
  [[nodiscard]] const std::filesystem::path& path() const noexcept { return folder_; }

  // The file that was written for the key of this reference, or would have been by a run that was stopped; nullopt: none.
  struct Before {
    std::string file, sha256;                 // the latter empty when it was not written down
    Bytes bytes;
    bool link = false;                        // leads elsewhere: not followed
  };
  [[nodiscard]] std::optional<Before> before(const DeviceKey& key);
  // What stands there is of another key than the device has now, or damaged: it stays, and the manifest names it apart.
  void keep_as_earlier(const Before& before, unsigned reference);
  // The name for a new file of that key; nothing is there.
  [[nodiscard]] std::string fresh_name(const DeviceKey& key);
  // Puts it aside to be written with others; over a file that is there only with `replace`.
  void put(ManifestKey& entry, const std::string& file, Bytes contents, bool replace);
  // Writes what was put aside, when there is enough of it or it has waited for long; at_end: in any case. Atomically, 0600. Sets
  // file, sha256 and status of the entries. Throws Error(io) after all were tried; then the entries that are not written
  // stay as they were.
  void flush(bool at_end);

  // Now and then, so that a run that is killed loses little; at_end: always.
  void save(bool at_end);
  [[nodiscard]] std::filesystem::path path_of(const std::string& file) const { return folder_ / file; }
  [[nodiscard]] std::filesystem::path manifest_path() const { return folder_ / manifest_name; }

 private:
  [[nodiscard]] const ManifestKey* entry_before(unsigned reference) const;
  void add_earlier(ManifestKey key);

  const Context& context_;
  std::filesystem::path folder_;
  std::optional<Manifest> before_;
  Manifest now_;
  foreign::FileNames names_;
  std::chrono::steady_clock::time_point saved_{}, flushed_{};
  struct Waiting {
    ManifestKey* entry;
    std::string file;
  };
  std::vector<Waiting> waiting_;
  std::vector<io::NewFile> files_;               // in the same order
};

}  // namespace hwbak::tasks
