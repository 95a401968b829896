// Fair draws from a random source, for names and quizzes.
#pragma once

#include "hwbak/random.h"

namespace hwbak::coldcard {

// A number below `limit`, every one equally likely. `limit`: 1 to 65536.
[[nodiscard]] unsigned draw(RandomSource& random, unsigned limit);

}  // namespace hwbak::coldcard
