// See card.h; docs/formats/coldcard.md, "Names on the card".
#include "device/coldcard/card.h"

#include <string>
#include <vector>

#include "device/coldcard/naming.h"
#include "hwbak/error.h"

namespace hwbak::coldcard {

std::filesystem::path write_backup(Files& files, const std::filesystem::path& folder, ByteView bytes, bool cleartext) {
  std::vector<std::string> passed_over;  // a card's file system may know names that its list spells otherwise
  for (unsigned attempt = 1;; ++attempt) {
    std::vector<std::string> names = passed_over;
    for (const FileInfo& entry : files.list(folder)) names.push_back(entry.path.filename().native());
    const std::string name = next_backup_name(names, cleartext);
    try {
      files.write(folder / name, bytes);
      return folder / name;
    } catch (const Error& error) {
      if (error.outcome() != Outcome::refused || attempt == max_write_attempts) throw;
      passed_over.push_back(name);
    }
  }
}

}  // namespace hwbak::coldcard
