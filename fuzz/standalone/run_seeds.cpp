// Stands in for libFuzzer where there is none: gives a fuzz target each seed file as it is, then a number of
// mutations of them. The same seeds give the same mutations, so a failure can be repeated. The input that
// crashes is left in the working folder as crash-PROGRAM.
// Usage: fuzz_NAME MUTATIONS FILE|FOLDER...
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);
extern "C" [[gnu::weak]] void __sanitizer_set_death_callback(void (*callback)());

namespace {

using Input = std::vector<std::uint8_t>;
Input current;
std::string crash_path;

void keep_input() {
  const int file = open(crash_path.c_str(), O_CREAT | O_TRUNC | O_WRONLY, 0600);
  if (file < 0) return;
  [[maybe_unused]] const auto written = write(file, current.data(), current.size());
  close(file);
}

void on_signal(int signal) {
  keep_input();
  std::signal(signal, SIG_DFL);
  std::raise(signal);
}

void run(const Input& input) {
  current = input;
  current.shrink_to_fit();  // a read past the end meets the end of the allocation
  LLVMFuzzerTestOneInput(current.data(), current.size());
}

// Sorted, so that the order does not depend on the disk.
std::vector<Input> read_seeds(int count, char** names) {
  std::vector<std::filesystem::path> paths;
  for (int i = 0; i < count; ++i) {
    if (!std::filesystem::is_directory(names[i])) {
      paths.emplace_back(names[i]);
      continue;
    }
    for (const auto& entry : std::filesystem::directory_iterator(names[i])) paths.push_back(entry.path());
  }
  std::sort(paths.begin(), paths.end());
  std::vector<Input> seeds;
  for (const auto& path : paths) {
    std::ifstream file(path, std::ios::binary);
    if (!file) {
      std::fprintf(stderr, "cannot read %s\n", path.c_str());
      std::exit(2);
    }
    seeds.emplace_back(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
  }
  return seeds;
}

class Mutator {
 public:
  explicit Mutator(const std::vector<Input>& seeds) : seeds_(seeds) {}

  Input next() {
    Input input = seeds_[below(seeds_.size())];
    for (std::size_t edits = 1 + below(4); edits > 0; --edits) edit(input);
    return input;
  }

 private:
  std::size_t below(std::size_t limit) { return limit == 0 ? 0 : random_() % limit; }
  static Input::difference_type offset(std::size_t at) { return static_cast<Input::difference_type>(at); }

  void edit(Input& input) {
    // The values that lengths, counts and offsets are most often wrong by.
    static constexpr std::uint8_t edges[] = {0x00, 0x01, 0x7f, 0x80, 0xfe, 0xff};
    const std::size_t at = below(input.size());
    const std::size_t length = std::min(1 + below(8), input.size() - at);
    switch (below(7)) {
      case 0:  // flip a bit
        if (!input.empty()) input[at] = static_cast<std::uint8_t>(input[at] ^ (1U << below(8)));
        break;
      case 1:  // another byte
        if (!input.empty()) input[at] = static_cast<std::uint8_t>(random_());
        break;
      case 2:  // a run of an edge value
        std::fill_n(input.begin() + offset(at), length, edges[below(std::size(edges))]);
        break;
      case 3:  // cut the end off
        input.resize(at);
        break;
      case 4:  // lose a few bytes
        input.erase(input.begin() + offset(at), input.begin() + offset(at + length));
        break;
      case 5:  // repeat a few bytes
      {
        const Input piece(input.begin() + offset(at), input.begin() + offset(at + length));
        input.insert(input.begin() + offset(below(input.size() + 1)), piece.begin(), piece.end());
        break;
      }
      default:  // go on as another seed does
      {
        const Input& other = seeds_[below(seeds_.size())];
        input.resize(at);
        input.insert(input.end(), other.begin() + offset(std::min(at, other.size())), other.end());
      }
    }
  }

  const std::vector<Input>& seeds_;
  std::mt19937_64 random_{1};
};

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) {
    std::fprintf(stderr, "usage: %s MUTATIONS FILE|FOLDER...\n", argv[0]);
    return 2;
  }
  crash_path = "crash-" + std::filesystem::path(argv[0]).filename().string();
  if (__sanitizer_set_death_callback != nullptr) __sanitizer_set_death_callback(keep_input);
  for (const int signal : {SIGABRT, SIGSEGV, SIGBUS, SIGFPE, SIGILL}) std::signal(signal, on_signal);

  const std::vector<Input> seeds = read_seeds(argc - 2, argv + 2);
  if (seeds.empty()) {
    std::fprintf(stderr, "no seeds\n");
    return 2;
  }
  for (const Input& seed : seeds) run(seed);
  const unsigned long mutations = std::strtoul(argv[1], nullptr, 10);
  Mutator mutator(seeds);
  for (unsigned long i = 0; i < mutations; ++i) run(mutator.next());
  std::printf("%zu seeds, %lu mutations\n", seeds.size(), mutations);
  return 0;
}
