// See cards.h.
#include "tasks/cards.h"

#include <algorithm>
#include <set>

#include "base/unicode.h"
#include "device/coldcard/card.h"
#include "hwbak/error.h"

namespace hwbak::tasks {
namespace {

std::string next_step(const Error& error) { return error.next().empty() ? "" : " (" + error.next() + ")"; }

// What a killed program or a lost current left: the hidden name beside a file that io/ writes first.
bool is_leftover(std::string_view name) {
  constexpr std::string_view mark = "hwbak-";
  constexpr std::size_t random_digits = 16;
  return name.starts_with('.') && name.size() > mark.size() + random_digits &&
         name.substr(name.size() - random_digits - mark.size()).starts_with(mark);
}

// Writes one copy; what it throws is about the card.
WrittenCopy write_one(const Context& context, const std::filesystem::path& card, const SealedBackup& sealed, ByteView text) {
  WrittenCopy copy{card, Outcome::ok, "written, read back and opened again"};
  try {
    copy.place = coldcard::write_backup(context.files, card, sealed.archive);
    prove_backup(context, copy.place, sealed, text);
  } catch (const Error& error) {
    copy.outcome = Outcome::io;
    copy.message = error.sentence() + next_step(error);
  }
  return copy;
}

}  // namespace

std::vector<std::filesystem::path> check_cards(const Context& context, const std::vector<std::filesystem::path>& named, unsigned copies,
                                               std::vector<Finding>& findings) {
  if (named.empty()) throw Error(Outcome::usage, "no card was named", std::nullopt, "name the folder of each card with --to DIR");
  if (copies == 0) throw Error(Outcome::usage, "no copy at all was asked for", std::nullopt, "give --copies a number from 1 to 25");
  const auto warn = [&](const char* code, std::string message) {
    findings.push_back({Severity::warning, code, std::move(message), ""});
  };
  std::vector<std::filesystem::path> cards;
  std::set<std::pair<std::uint64_t, std::uint64_t>> folders;
  std::set<std::uint64_t> devices;
  for (const std::filesystem::path& card : named) {
    const auto info = context.files.info(card);
    if (info && !folders.emplace(info->device, info->inode).second) {
      warn("same-card", printable(card.native()) + " is a folder that was named already; it is written once");
      continue;
    }
    if (info && !devices.insert(info->device).second)
      warn("same-card", printable(card.native()) + " is on the same card or disk as another folder that was named: they are lost together");
    cards.push_back(card);
  }
  const std::uint64_t all = std::uint64_t{copies} * cards.size();
  if (all > coldcard::max_write_attempts)
    throw Error(Outcome::refused, std::to_string(all) + " copies in all are more than the " + std::to_string(coldcard::max_write_attempts) +
                                      " that a Coldcard itself would write; nothing was written",
                std::nullopt, "give fewer --copies: three on each of two cards are advised");
  if (all == 1) warn("single-copy", "a single copy is one fault away from no copy; two cards with three files each are advised");
  else if (cards.size() == 1)
    warn("one-card", "all copies are on one card: when it fails or is lost, all are gone. Two cards are advised");
  return cards;
}

void tell_leftovers(const Context& context, const std::vector<std::filesystem::path>& cards, std::vector<Finding>& findings) {
  for (const std::filesystem::path& card : cards) {
    const auto entries = context.files.list(card);
    const auto count = std::ranges::count_if(entries, [](const FileInfo& entry) { return is_leftover(entry.path.filename().native()); });
    if (count > 0)
      findings.push_back({Severity::note, "leftover-file",
                                 std::to_string(count) + (count == 1 ? " hidden file" : " hidden files") +
                                     " (.NAME.hwbak-...) of a write that was cut short can be removed; no backup is in need of them",
                                 printable(card.native())});
  }
}

void check_room(const Context& context, const std::vector<std::filesystem::path>& cards, unsigned copies, std::uint64_t size) {
  for (const std::filesystem::path& card : cards) {
    const auto here = context.files.info(card);
    const auto sharing = std::count_if(cards.begin(), cards.end(), [&](const auto& other) {
      const auto there = context.files.info(other);
      return here && there && here->device == there->device;
    });
    try {
      context.files.check_room(card, size, std::uint64_t{copies} * static_cast<std::uint64_t>(std::max<std::ptrdiff_t>(sharing, 1)));
    } catch (const Error& error) {
      throw Error(error.outcome(), error.sentence() + "; nothing was written, to no card", error.offset(),
                  error.next() + (error.next().empty() ? "" : "; or ") + "leave out this card");
    }
  }
}

std::vector<WrittenCopy> write_copies(const Context& context, const std::vector<std::filesystem::path>& cards, unsigned copies,
                                      const SealedBackup& sealed, ByteView text) {
  std::vector<WrittenCopy> out;
  const double all = static_cast<double>(cards.size()) * copies;
  bool stopped = false;
  for (const std::filesystem::path& card : cards) {
    bool failed = false;
    for (unsigned i = 0; i < copies; ++i) {
      stopped = stopped || (context.progress && !context.progress(static_cast<double>(out.size()) / all));
      if (stopped) {
        out.push_back({card, Outcome::stopped, "not written, because it was interrupted"});
        continue;
      }
      if (failed) {
        out.push_back({card, Outcome::io, "not tried, because this card failed before"});
        continue;
      }
      out.push_back(write_one(context, card, sealed, text));
      failed = out.back().outcome != Outcome::ok;
    }
  }
  return out;
}

}  // namespace hwbak::tasks
