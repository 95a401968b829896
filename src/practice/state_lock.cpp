// See state_lock.h.
#include "practice/state_lock.h"

#include <fcntl.h>
#include <sys/file.h>

#include "base/unicode.h"
#include "hwbak/error.h"

namespace hwbak::practice {

io::Descriptor lock_state(const std::filesystem::path& state, std::string_view device) {
  io::Descriptor folder(::open(state.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (folder.is_open() && ::flock(folder.number(), LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK)
    throw Error(Outcome::refused, "another " + std::string(device) + " runs with the state " + printable(state.native()), std::nullopt,
                "switch that one off, or give another folder with --state");
  return folder;
}

}  // namespace hwbak::practice
