// See descriptor.h.
#include "io/descriptor.h"

namespace hwbak::io {
namespace {

template <typename Transfer>
ssize_t transfer_some(std::size_t length, const FaultPoints& faults, Transfer transfer) {
  if (faults.before_transfer) {
    if (const int error = faults.before_transfer(length); error != 0) {
      errno = error;
      return -1;
    }
  }
  ssize_t moved = 0;
  do {
    moved = transfer(length);
  } while (moved < 0 && errno == EINTR);
  return moved;
}

}  // namespace

ssize_t read_some(int descriptor, ByteSpan bytes, const FaultPoints& faults) {
  return transfer_some(bytes.size(), faults, [&](std::size_t length) { return ::read(descriptor, bytes.data(), length); });
}

ssize_t write_some(int descriptor, ByteView bytes, const FaultPoints& faults) {
  return transfer_some(bytes.size(), faults, [&](std::size_t length) { return ::write(descriptor, bytes.data(), length); });
}

}  // namespace hwbak::io
