// The payload that `create cdc-badge` writes: one taken over to the byte, or one built of the records of other programs
// (docs/cdc-badge-contents.md, "Creating").
#pragma once

#include <string>
#include <vector>

#include "hwbak/tasks.h"

namespace hwbak::tasks {

// What a badge would cut or refuse, or what could not be read; never a value.
struct Refusal {
  std::string source;   // the file as the user named it, printable
  std::string where;    // "line 12", "login 3, password", or a path of the badge's own JSON
  std::string reason;
};
[[nodiscard]] List refused_fact(const std::vector<Refusal>& refused);
[[nodiscard]] Section refused_section(std::string title, const std::vector<Refusal>& refused);

struct BadgeText {
  SecretBytes payload;
  std::vector<Refusal> refused;
  std::vector<Finding> remarks;
};
// Exact bytes. Throws Error: damaged for what is no payload, refused above the limit of a badge. What a badge would not store
// as it stands is listed all the same.
[[nodiscard]] BadgeText exact_payload(const Context& context, const Subject& subject);
// All files of `options`. Records in `refused` are not in the payload where options.skip_misfits is set; without it the payload
// is of use only when `refused` is empty. Throws Error, which names the file, for one that cannot be read as a whole.
[[nodiscard]] BadgeText built_payload(const Context& context, const CreateBadgeOptions& options);

// Throws Error(refused) for more than a badge takes.
void check_payload_size(std::size_t size);

}  // namespace hwbak::tasks
