// memory_scan --secrets FILE [--at-output] [--expect-exit N] -- COMMAND...
// Runs COMMAND and looks through its memory when it ends (or first writes to standard output) for
// the secrets in FILE, one per line. Prints where something was found, never what.
// Exit code: 0 nothing found, 1 found, 2 the search itself failed.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <fstream>
#include <iterator>
#include <stdexcept>

#include "memory_scan/patterns.h"
#include "memory_scan/tracee.h"

namespace hwbak::memory_scan {
namespace {

struct Request {
  std::string secrets;
  Moment moment = Moment::exit;
  int expected_exit = 0;
  std::vector<std::string> command;
};

Request parse(const std::vector<std::string>& arguments) {
  Request request;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const bool has_value = i + 1 < arguments.size();
    if (arguments[i] == "--secrets" && has_value) {
      std::ifstream file(arguments[++i]);
      request.secrets.assign(std::istreambuf_iterator<char>(file), {});
    } else if (arguments[i] == "--at-output") {
      request.moment = Moment::first_output;
    } else if (arguments[i] == "--expect-exit" && has_value) {
      request.expected_exit = std::atoi(arguments[++i].c_str());
    } else if (arguments[i] == "--" && has_value) {
      request.command.assign(arguments.begin() + static_cast<std::ptrdiff_t>(i) + 1, arguments.end());
      return request;
    } else {
      break;
    }
  }
  throw std::runtime_error("usage: memory_scan --secrets FILE [--at-output] [--expect-exit N] -- COMMAND...");
}

struct Tally {
  std::uint64_t bytes = 0;
  std::size_t mappings = 0, hits = 0;
};

// In parts that overlap, so that nothing hides across the seam.
void scan(const Tracee& tracee, const Mapping& mapping, const Patterns& patterns, Tally& tally) {
  constexpr std::uint64_t part = 8 * 1024 * 1024;
  for (std::uint64_t at = mapping.first; at < mapping.end; at += part) {
    const Bytes bytes = tracee.read(at, static_cast<std::size_t>(std::min(mapping.end - at, part + patterns.longest())));
    tally.bytes += std::min<std::uint64_t>(bytes.size(), part);
    std::size_t last = SIZE_MAX - 1;
    patterns.search(bytes, [&](std::size_t offset, const Pattern& pattern) {
      // The pieces of one place follow each other byte by byte; the first speaks for them.
      const bool goes_on = offset == last || offset == last + 1;
      last = offset;
      if (offset >= part || goes_on || ++tally.hits > 40) return;
      std::fprintf(stderr, "found %s in %s+0x%llx\n", pattern.what.c_str(), mapping.name.empty() ? "(anonymous)" : mapping.name.c_str(),
                   static_cast<unsigned long long>(at + offset - mapping.first));
    });
  }
}

int run(const std::vector<std::string>& arguments) {
  const Request request = parse(arguments);
  const Patterns patterns(request.secrets);
  if (patterns.count() == 0) throw std::runtime_error("there is no secret to look for");
  Tracee tracee(request.command);
  Tally tally;
  const int exit_code = tracee.run(request.moment, [&] {
    for (const Mapping& mapping : tracee.mappings()) {
      ++tally.mappings;
      scan(tracee, mapping, patterns, tally);
    }
  });
  if (tally.bytes == 0) throw std::runtime_error("its memory could not be read, or the moment did not come");
  std::fprintf(stderr, "%zu patterns, %zu mappings, %llu KiB searched, %zu found\n", patterns.count(), tally.mappings,
               static_cast<unsigned long long>(tally.bytes / 1024), tally.hits);
  if (exit_code != request.expected_exit) throw std::runtime_error("the program ended with " + std::to_string(exit_code));
  return tally.hits == 0 ? 0 : 1;
}

}  // namespace
}  // namespace hwbak::memory_scan

int main(int argc, char** argv) {
  try {
    return hwbak::memory_scan::run({argv + 1, argv + argc});
  } catch (const std::exception& error) {
    std::fprintf(stderr, "memory_scan: %s\n", error.what());
    return 2;
  }
}
