// A backup on several cards, so many copies on each (docs/formats/coldcard.md, "Names on the card").
#pragma once

#include <filesystem>

#include "tasks/sealed_backup.h"

namespace hwbak::tasks {

// The cards as they were named, each once. Throws Error(usage) for no cards or no copies, Error(refused) for more than
// 25 copies in all. Findings say where copies would be lost together.
[[nodiscard]] std::vector<std::filesystem::path> check_cards(const Context& context, const std::vector<std::filesystem::path>& named,
                                                             unsigned copies, std::vector<Finding>& findings);
// Files that an interrupted write left there are findings.
void tell_leftovers(const Context& context, const std::vector<std::filesystem::path>& cards, std::vector<Finding>& findings);
// Is there room for all copies? Throws Error(io) that says where there is not.
void check_room(const Context& context, const std::vector<std::filesystem::path>& cards, unsigned copies, std::uint64_t size);

struct WrittenCopy {
  std::filesystem::path place;   // the file; the card, when nothing was written
  Outcome outcome = Outcome::ok;
  std::string message;
};
// Each copy under its own name, read back and opened again. A card that fails is left alone from then on; the others are
// still written. When context.progress, called before each copy, gives false, the rest is `stopped`.
[[nodiscard]] std::vector<WrittenCopy> write_copies(const Context& context, const std::vector<std::filesystem::path>& cards,
                                                    unsigned copies, const SealedBackup& sealed, ByteView text);

}  // namespace hwbak::tasks
