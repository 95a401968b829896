// control WHERE FILE: reads the secret in FILE's first line and, as its name WHERE says, leaves it
// in memory or not. What memory_scan must find, or must not.
#include <fcntl.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string_view>
#include <thread>

#include "base/hex.h"
#include "base/unicode.h"
#include "harden/harden.h"
#include "hwbak/secret.h"

namespace {

using hwbak::ByteView;
using hwbak::SecretString;

// The compiler may not think that nobody will read it.
void keep(const void* data) { asm volatile("" : : "r"(data) : "memory"); }

void leave_in_freed_heap(ByteView secret) {
  void* const copy = std::malloc(secret.size());
  if (copy == nullptr) std::abort();
  std::memcpy(copy, secret.data(), secret.size());
  keep(copy);
  std::free(copy);
}

[[gnu::noinline]] void leave_on_stack(ByteView secret) {
  char below[8192];  // deep enough for the calls that follow
  std::memcpy(below, secret.data(), secret.size());
  keep(below);
}

void leave_static(ByteView secret) {
  static char kept[1024];
  std::memcpy(kept, secret.data(), secret.size());
  keep(kept);
}

SecretString first_line(const char* path) {
  SecretString text;
  const int file = open(path, O_RDONLY);
  for (char c = 0; read(file, &c, 1) == 1 && c != '\n';) text.append(c);
  close(file);
  return text;
}

void leave(std::string_view where, const SecretString& secret) {
  const ByteView bytes = secret.expose_bytes();
  if (where == "freed-heap") leave_in_freed_heap(bytes);
  if (where == "stack") leave_on_stack(bytes);
  if (where == "stack-scrubbed") leave_on_stack(bytes);
  if (where == "static") leave_static(bytes);
  if (where == "thread") std::thread([&] { leave_on_stack(bytes); }).join();
  if (where == "utf16") leave_in_freed_heap(hwbak::utf8_to_utf16le(secret.expose()).value().expose());
  if (where == "bytes") leave_static(hwbak::from_hex_secret(secret.expose()).value().expose());
  if (where == "half") leave_in_freed_heap(bytes.subspan(bytes.size() / 2));
  if (where == "deleted") {
    auto* const copy = new std::uint8_t[bytes.size()];
    std::memcpy(copy, bytes.data(), bytes.size());
    keep(copy);
    delete[] copy;
  }
}

// Ends as hwbak ends.
bool is_tidy(std::string_view where) { return where == "nowhere" || where == "deleted" || where == "stack-scrubbed"; }

}  // namespace

int main(int argc, char** argv) {
  hwbak::harden::protect_process();
  if (argc != 3) return 2;
  SecretString secret = first_line(argv[2]);
  if (secret.empty()) return 2;
  if (std::string_view(argv[1]) == "crash") std::abort();
  leave(argv[1], secret);
  if (write(STDOUT_FILENO, "done\n", 5) != 5) return 2;  // here the secret is still in use
  secret.clear();
  if (is_tidy(argv[1])) hwbak::secret::scrub_stack();
  return 0;
}
