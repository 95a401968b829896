// The files of the badge: BadgeClient::list, read_backup and their like; see badge_client.h.
#include <algorithm>

#include "base/as_bytes.h"
#include "base/base64.h"
#include "hwbak/error.h"
#include "link/serial/badge_client.h"

namespace hwbak::serial {
namespace {

using namespace std::chrono_literals;

constexpr auto patience = 10s, patience_for_free_space = 3s;
constexpr std::size_t max_entries = 10'000;
constexpr const char* eject = "if its files are open on a computer as a USB disk, eject that disk first";

Error refused_by_device(std::string sentence, const char* next) {
  return Error(Outcome::device, std::move(sentence), std::nullopt, next);
}

bool is_base64_only(std::string_view line) noexcept {
  return !line.empty() &&
         line.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=") == std::string_view::npos;
}

bool same_name(std::string_view a, std::string_view b) noexcept {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [&](char x, char y) { return lower(x) == lower(y); });
}

}  // namespace

void BadgeClient::change_to_root() {
  std::optional<std::string> error;
  send("VFAT CD /");
  await_or_throw("VFAT CD /", patience, [&](std::string_view line) {
    if (!read_refusal(line)) error = read_error(line);
    return error || line == "/";
  });
  if (error)
    throw refused_by_device("the badge does not open the folder of its backups: " + *error,
                            eject);
}

std::vector<ListEntry> BadgeClient::list() {
  std::vector<ListEntry> entries;
  std::optional<std::string> error;
  send("VFAT LIST");
  gather("VFAT LIST", [&](std::string_view line) {
    error = read_error(line);
    if (auto entry = read_entry(line); entry && entries.size() < max_entries) entries.push_back(std::move(*entry));
    return error.has_value();
  });
  if (error) throw refused_by_device("the badge does not list its files: " + *error, eject);
  return entries;
}

std::optional<std::uint64_t> BadgeClient::backup_size() {
  for (const ListEntry& entry : list())
    if (!entry.folder && same_name(entry.name, backup_file)) return entry.size;
  return std::nullopt;
}

std::optional<std::uint64_t> BadgeClient::free_space() {
  std::optional<std::uint64_t> free;
  send("VFAT FREE");
  (void)await(patience_for_free_space, [&](std::string_view line) {
    free = read_free(line);
    return free || read_error(line);
  });
  if (!free) return std::nullopt;
  constexpr std::uint64_t kilobyte = 1024;
  return std::min(*free, UINT64_MAX / kilobyte) * kilobyte;
}

Bytes BadgeClient::read_backup(std::uint64_t size) {
  if (size > serial_read_limit)
    throw Error(Outcome::refused, "the backup has " + in_words(size, "character") + ", and a badge gives only the first " +
                                      std::to_string(serial_read_limit) + " of a file over the serial line, without telling");
  Bytes found;
  std::optional<std::string> error;
  const std::string command = "VFAT GET " + std::string(backup_file);
  send(command);
  gather(command, [&](std::string_view line) {
    error = read_error(line);
    if (error) return true;
    if (!is_base64_only(line)) return false;
    if (line.size() == size) found.clear();  // whole: what came before it was noise
    if (found.size() + line.size() <= serial_read_limit) found.insert(found.end(), line.begin(), line.end());
    return line.size() == size;
  });
  if (error) throw refused_by_device("the badge does not give its backup: " + *error, "run `hwbak device backup` again");
  Bytes head;
  const bool magic = found.size() >= 8 && !from_base64(ByteView(found).first(8), Base64Blanks::fault, head).fault &&
                     std::ranges::equal(head, as_bytes("CDCBAK"));
  if (found.size() != size || size % 4 != 0 || !magic)
    throw Error(Outcome::damaged,
                "the backup did not come whole over the line: " + std::to_string(found.size()) + " of " + std::to_string(size) +
                    " characters" + (found.size() == size ? ", but they are no backup" : ""),
                std::nullopt, "run the command again; if it stays so, use the badge as a USB disk (mod_msc) and copy the file");
  return found;
}

}  // namespace hwbak::serial
