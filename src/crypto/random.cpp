// The operating system's generator behind hwbak/random.h.
#include "hwbak/random.h"

#include <sys/random.h>

#include <cerrno>
#include <cstring>
#include <string>

#include "hwbak/error.h"

namespace hwbak {
namespace {

class SystemRandom final : public RandomSource {
 public:
  void fill(ByteSpan out) override {
    while (!out.empty()) {
      const ssize_t got = getrandom(out.data(), out.size(), 0);  // waits until the generator is seeded
      if (got > 0) {
        out = out.subspan(static_cast<std::size_t>(got));
      } else if (got == 0 || errno != EINTR) {
        const int reason = got == 0 ? EIO : errno;
        throw Error(Outcome::io, std::string("the system gave no random bytes: ") + std::strerror(reason), std::nullopt,
                    "Run hwbak on a system whose kernel has getrandom(2) and does not forbid it.");
      }
    }
  }
};

}  // namespace

RandomSource& system_random() {
  static SystemRandom source;
  return source;
}

}  // namespace hwbak
