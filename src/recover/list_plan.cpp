// See list_plan.h.
#include "recover/list_plan.h"

#include <bit>
#include <cstring>

#include "base/as_bytes.h"
#include "crypto/digest.h"
#include "hwbak/random.h"
#include "recover/text_lines.h"

namespace hwbak::recover {
namespace {

// The texts that were seen, by where they stand in the list. What is found here is compared in full, so the hash decides on time alone; it is
// keyed, so that no list makes that time long.
class Seen final {
 public:
  Seen(std::string_view text, const std::vector<std::uint32_t>& starts) : text_(text), starts_(starts), places_(std::bit_ceil(std::max(least_places, text.size() / 16))) {
    system_random().fill(ByteSpan(reinterpret_cast<std::uint8_t*>(key_.data()), sizeof key_));
    key_[1] |= 1;
  }

  // Is `line` new? Then it is the next of `starts`.
  [[nodiscard]] bool take(std::string_view line) {
    if (2 * starts_.size() >= places_.size()) grow();
    std::uint32_t& place = place_of(line);
    if (place != 0) return false;
    place = static_cast<std::uint32_t>(starts_.size()) + 1;
    return true;
  }

 private:
  static constexpr std::size_t least_places = 1024;

  [[nodiscard]] std::string_view line(std::uint32_t number) const {
    std::size_t from = starts_[number - 1];
    return line_at(text_, from);
  }
  [[nodiscard]] std::size_t hash(std::string_view line) const {
    std::uint64_t h = key_[0] ^ line.size();
    for (; !line.empty(); line.remove_prefix(std::min(line.size(), sizeof h))) {
      std::uint64_t word = 0;
      std::memcpy(&word, line.data(), std::min(line.size(), sizeof word));
      __extension__ using Wide = unsigned __int128;
      const Wide product = static_cast<Wide>(h ^ word) * key_[1];
      h = (static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64)) + key_[2];
    }
    return static_cast<std::size_t>(h);
  }
  // Where `wanted` stands, or is to stand.
  [[nodiscard]] std::uint32_t& place_of(std::string_view wanted) {
    const std::size_t mask = places_.size() - 1;
    std::size_t at = hash(wanted) & mask;
    while (places_[at] != 0 && line(places_[at]) != wanted) at = (at + 1) & mask;
    return places_[at];
  }
  void grow() {
    std::vector<std::uint32_t>(2 * places_.size()).swap(places_);
    for (std::uint32_t number = 1; number <= starts_.size(); ++number) place_of(line(number)) = number;
  }

  std::string_view text_;
  const std::vector<std::uint32_t>& starts_;
  std::vector<std::uint32_t> places_;
  std::array<std::uint64_t, 3> key_{};
};

}  // namespace

Error ListPlan::too_long() {
  return {Outcome::refused, "the word list is longer than 256 MiB", std::nullopt,
          "cut it into several, such as with `split -C 250m`, and try one after the other"};
}

ListPlan::ListPlan(std::string_view list) : list_(list) {
  if (list_.size() > most_bytes) throw too_long();
  Seen seen(list_, starts_);
  each_line(list_, [&](std::string_view line, std::size_t number, std::size_t place) {
    if (line.size() > longest_line)
      throw Error(Outcome::refused, "line " + std::to_string(number) + " of the word list is longer than 1,024 bytes", std::nullopt,
                  "see whether this is a list of passwords, one on each line, and take that line out");
    if (seen.take(line)) starts_.push_back(static_cast<std::uint32_t>(place));
  });
  if (starts_.empty()) throw Error(Outcome::refused, "the word list holds no words", std::nullopt, "put one on each line");
  classes_[0].candidates = Count(starts_.size());
}

void ListPlan::candidate(std::size_t, std::uint64_t index, SecretString& out) const {
  std::size_t from = starts_[index];
  out.append(line_at(list_, from));
}

void ListPlan::describe(SecretBytes& out) const {
  out.append(as_bytes(std::string_view("\0list\0", 6)));
  out.append(crypto::sha256(as_bytes(list_)));
}

}  // namespace hwbak::recover
