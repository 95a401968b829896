// Looks at a backup through the installed library alone, and prints what it is and the outcome.
#include <hwbak/tasks.h>

#include <cstdio>

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  const hwbak::Report report = hwbak::inspect(hwbak::Context{}, argv[1]);
  std::printf("%s %s\n", report.format.c_str(), std::string(hwbak::name(report.outcome)).c_str());
  return hwbak::exit_code(report.outcome);
}
