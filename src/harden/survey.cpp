// The list behind `hwbak doctor`: each protection, whether it is in force, what to do if not.
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <fstream>
#include <sstream>

#include "base/unicode.h"
#include "harden/harden.h"
#include "hwbak/secret.h"

namespace hwbak::harden {
namespace {

namespace fs = std::filesystem;

// The first `most` bytes of a file of the system; empty when there is none.
std::string text_of(const fs::path& path, std::size_t most = 64 * 1024) {
  std::ifstream file(path);
  std::string text(most, '\0');
  file.read(text.data(), static_cast<std::streamsize>(most));
  text.resize(static_cast<std::size_t>(std::max<std::streamsize>(file.gcount(), 0)));
  return text;
}

std::string first_word(const std::string& text) {
  std::string word;
  std::istringstream(text) >> word;
  return word;
}

Protection not_dumpable() {
  const bool good = prctl(PR_GET_DUMPABLE, 0, 0, 0, 0) == 0;
  return {"not-dumpable", good,
          good ? "other programs of yours cannot look into this one's memory"
               : "other programs of yours can look into this one's memory: the system refused to forbid it"};
}

Protection no_core() {
  rlimit limit{};
  const bool good = getrlimit(RLIMIT_CORE, &limit) == 0 && limit.rlim_max == 0;
  return {"core-limit", good,
          good ? "a crash writes no memory to disk" : "a crash may write memory to disk: run `ulimit -H -c 0` before"};
}

Protection no_new_rights() {
  const bool good = prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1;
  return {"no-new-rights", good, good ? "nothing started from here can gain rights" : "the system refused PR_SET_NO_NEW_PRIVS"};
}

Protection locked_pages() {
  const SecretBytes probe(64);
  const secret::PoolStatus status = secret::pool_status();
  if (status.lock_failed) {
    return {"locked-pages", false,
            std::string("the pages for secrets are not locked into memory (") + strerrordesc_np(status.lock_errno) +
                "): raise the limit (`ulimit -l`), or turn swap off"};
  }
  if (!status.left_out_of_dumps) return {"locked-pages", false, "the pages for secrets are locked, but not left out of core dumps"};
  return {"locked-pages", true, "the pages for secrets are locked into memory and left out of core dumps"};
}

Protection all_locked() {
  const bool good = lock_all_memory();
  return {"all-memory-locked", good,
          good ? "no memory of this program is swapped out while it handles secrets"
               : "memory outside the pages for secrets may be swapped out: run `ulimit -l unlimited` before, or turn swap off"};
}

enum class SwapKind { none, in_memory, encrypted, unknown };

// /proc/swaps has a heading and a line per area. A device-mapper area tells its kind in sysfs.
SwapKind swap_kind(const fs::path& system) {
  std::istringstream lines(text_of(system / "proc/swaps"));
  std::string line;
  std::getline(lines, line);
  SwapKind worst = SwapKind::none;
  while (std::getline(lines, line)) {
    const std::string area = first_word(line);
    if (area.empty()) continue;
    const std::string device = fs::path(area).filename().string();
    SwapKind kind = SwapKind::unknown;
    if (device.rfind("zram", 0) == 0) kind = SwapKind::in_memory;
    if (device.rfind("dm-", 0) == 0 && text_of(system / "sys/block" / device / "dm/uuid").rfind("CRYPT-", 0) == 0) {
      kind = SwapKind::encrypted;
    }
    worst = std::max(worst, kind);
  }
  return worst;
}

Protection swap(const fs::path& system) {
  switch (swap_kind(system)) {
    case SwapKind::none: return {"swap", true, "there is no swap"};
    case SwapKind::in_memory: return {"swap", true, "swap is compressed memory, not a disk"};
    case SwapKind::encrypted: return {"swap", true, "swap is encrypted"};
    case SwapKind::unknown: break;
  }
  return {"swap", false, "there is swap, and it is not known to be encrypted: run `swapoff -a` before, or use Tails"};
}

// Writes all memory to disk, locked or not.
Protection hibernation(const fs::path& system) {
  const bool able = text_of(system / "sys/power/state").find("disk") != std::string::npos &&
                    text_of(system / "sys/power/disk").find("[disabled]") == std::string::npos;
  const SwapKind kind = swap_kind(system);
  const bool has_place = kind == SwapKind::encrypted || kind == SwapKind::unknown;
  if (!able || !has_place) return {"hibernation", true, "this machine cannot write its memory to disk to sleep"};
  return {"hibernation", kind == SwapKind::encrypted,
          kind == SwapKind::encrypted ? "this machine can hibernate, onto encrypted swap"
                                      : "this machine can hibernate, which writes all memory to disk, locked or not: do not "
                                        "let it sleep while secrets are shown"};
}

Protection ptrace_scope(const fs::path& system) {
  const std::string scope = first_word(text_of(system / "proc/sys/kernel/yama/ptrace_scope"));
  const bool good = !scope.empty() && scope != "0";
  return {"ptrace-scope", good,
          good ? "the system forbids programs to watch each other (ptrace scope " + printable(scope) + ")"
               : "the system lets programs of one user watch each other; this one does not let itself be watched. Set "
                 "kernel.yama.ptrace_scope to 1 for the others"};
}

Protection not_traced(const fs::path& system) {
  std::istringstream lines(text_of(system / "proc/self/status"));
  std::string line;
  while (std::getline(lines, line)) {
    if (line.rfind("TracerPid:", 0) != 0) continue;
    const std::string tracer = first_word(line.substr(10));
    if (tracer != "0") return {"not-traced", false, "a debugger watches this program (process " + printable(tracer) + "): end it"};
  }
  return {"not-traced", true, "no debugger watches this program"};
}

Protection not_root() {
  const bool good = geteuid() != 0;
  return {"not-root", good,
          good ? "this program does not run as root"
               : "this program runs as root: it needs no such rights; use your own account"};
}

}  // namespace

std::vector<Protection> survey_protection(std::string_view libcrypto_version, const fs::path& system) {
  return {not_dumpable(),       no_core(),  no_new_rights(), locked_pages(), all_locked(), swap(system), hibernation(system),
          ptrace_scope(system), not_traced(system), not_root(),
          {"libcrypto", true, "cryptography is built in: " + printable(libcrypto_version)}};
}

}  // namespace hwbak::harden
