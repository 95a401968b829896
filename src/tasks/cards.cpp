// See cards.h.
#include "tasks/cards.h"

#include <algorithm>
#include <set>

#include "base/unicode.h"
#include "device/coldcard/card.h"
#include "hwbak/error.h"

namespace hwbak::tasks {
namespace {

// A card gives room in whole clusters; the temporary file and the folder itself take some as well.
constexpr std::uint64_t cluster = 32 * 1024;
constexpr std::uint64_t slack = 2 * cluster;

std::uint64_t on_card(std::uint64_t size) { return (size + cluster - 1) / cluster * cluster; }

std::string next_step(const Error& error) { return error.next().empty() ? "" : " (" + error.next() + ")"; }

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
                                               Report& report) {
  if (named.empty()) throw Error(Outcome::usage, "no card was named", std::nullopt, "name the folder of each card with --to DIR");
  if (copies == 0) throw Error(Outcome::usage, "no copy at all was asked for", std::nullopt, "give --copies a number from 1 to 25");
  const auto warn = [&](const char* code, std::string message) {
    report.findings.push_back({Severity::warning, code, std::move(message), ""});
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

void check_room(const Context& context, const std::vector<std::filesystem::path>& cards, unsigned copies, std::uint64_t size) {
  for (const std::filesystem::path& card : cards) {
    const auto here = context.files.info(card);
    const auto sharing = std::count_if(cards.begin(), cards.end(), [&](const auto& other) {
      const auto there = context.files.info(other);
      return here && there && here->device == there->device;
    });
    context.files.check_room(card, on_card(size) * copies * static_cast<std::uint64_t>(std::max<std::ptrdiff_t>(sharing, 1)) + slack);
  }
}

std::vector<WrittenCopy> write_copies(const Context& context, const std::vector<std::filesystem::path>& cards, unsigned copies,
                                      const SealedBackup& sealed, ByteView text) {
  std::vector<WrittenCopy> out;
  for (const std::filesystem::path& card : cards) {
    bool failed = false;
    for (unsigned i = 0; i < copies; ++i) {
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
