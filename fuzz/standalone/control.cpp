// A fuzz target with a bug, to show that run_seeds.cpp finds one: an input that is cut short kills it.
#include <cstddef>
#include <cstdint>
#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 4 && (size == 0 || data[0] == 's')) std::abort();
  return 0;
}
