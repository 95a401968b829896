// Where the program begins.
#include <cstdio>

int main() {
  std::puts("hwbak " HWBAK_VERSION);
  return 0;
}
