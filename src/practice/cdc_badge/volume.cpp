// VFAT: the files of the badge, which are those of the folder `plugins`. It has no folders to enter.
#include <lzma.h>

#include <algorithm>
#include <charconv>
#include <cstdio>

#include "hwbak/error.h"
#include "practice/cdc_badge/badge.h"

namespace hwbak::practice::cdc_badge {
namespace {

constexpr std::size_t printed_by_get = 8192, max_upload = 2 * 1024 * 1024, max_name = 64;
constexpr std::uint64_t volume_kilobytes = 4096, kilobyte = 1024;

// A name stays in the folder.
bool is_good_name(std::string_view name) noexcept {
  return !name.empty() && name.size() <= max_name && name.find('/') == std::string_view::npos &&
         name.find("..") == std::string_view::npos;
}

template <class Number>
bool reads(std::string_view text, Number& value, int base) {
  const auto read = std::from_chars(text.data(), text.data() + text.size(), value, base);
  return read.ec == std::errc() && read.ptr == text.data() + text.size();
}

}  // namespace

void Badge::volume(std::string_view arguments) {
  const std::string_view command = take_word(arguments);
  const bool there = is_good_name(arguments) && world_.files.info(file(arguments)).has_value();
  if (is_word(command, "CD")) return reply(arguments == "/" ? "/" : "ERR: not found");
  if (is_word(command, "PWD")) return reply("/");
  if (is_word(command, "LIST")) return list();
  if (is_word(command, "GET")) return there ? get(arguments) : reply("ERR: not found");
  if (is_word(command, "RECEIVE")) return begin_upload(arguments);
  if (is_word(command, "FREE")) {
    std::uint64_t used = 0;
    for (const FileInfo& entry : world_.files.list(setup_.state / "plugins")) used += (entry.size + kilobyte - 1) / kilobyte;
    used = std::min(used, volume_kilobytes);
    return reply("Total: " + std::to_string(volume_kilobytes) + " KB, Used: " + std::to_string(used) + " KB, Free: " +
                 std::to_string(volume_kilobytes - used) + " KB");
  }
  if (is_word(command, "DELETE")) {
    if (!there) return reply("ERR: not found");
    world_.files.remove(file(arguments));
    return reply("OK");
  }
  reply("ERR: usage LIST|CD|PWD|GET|RECEIVE|DELETE|FREE");
}

void Badge::list() {
  for (const FileInfo& entry : world_.files.list(setup_.state / "plugins")) {
    const std::string name = entry.path.filename().string();
    if (entry.kind == FileInfo::Kind::folder) {
      reply("  [DIR]  " + name);
      continue;
    }
    char size[32];
    std::snprintf(size, sizeof size, "  %6llu  ", static_cast<unsigned long long>(entry.size));
    reply(size + name);
  }
}

// Only the front of a large file comes, with no sign of the cut. Never a bare OK behind it: that is base64 too.
void Badge::get(std::string_view name) {
  Bytes text = world_.files.read(file(name), max_upload);
  if (!setup_.has(Fault::no_cut) && text.size() > printed_by_get) text.resize(printed_by_get);
  const std::string_view all{reinterpret_cast<const char*>(text.data()), text.size()};
  noise();
  if (setup_.has(Fault::disconnect) && !was_unplugged_) {
    send(all.substr(0, all.size() / 2));
    unplugged_ = was_unplugged_ = true;
    return;
  }
  send(all);
  send("\r\n");
}

void Badge::begin_upload(std::string_view arguments) {
  Upload upload;
  const std::string_view name = take_word(arguments), size = take_word(arguments), crc = take_word(arguments);
  constexpr std::size_t crc_digits = 8;
  if (!reads(size, upload.size, 10) || upload.size == 0 || crc.size() != crc_digits || !reads(crc, upload.crc, 16) ||
      !arguments.empty())
    return reply("ERR: usage RECEIVE <file> <size> <crc32_hex>");
  if (!is_good_name(name)) return reply("ERR: bad path");
  if (setup_.has(Fault::usb_disk)) return reply("ERR msc_active");
  if (upload.size > max_upload) return reply("ERR cannot_open");
  upload.name = name;
  upload.last = world_.now();
  reply("READY");
  upload_ = std::move(upload);
}

void Badge::take_data(ByteView& bytes) {
  const bool pulled = setup_.has(Fault::disconnect) && !was_unplugged_;
  const std::size_t wanted = pulled ? upload_->size / 2 : upload_->size;
  const std::size_t count = std::min(bytes.size(), wanted - upload_->data.size());
  upload_->data.insert(upload_->data.end(), bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(count));
  upload_->last = world_.now();
  bytes = bytes.subspan(count);
  if (upload_->data.size() < wanted) return;
  if (pulled) unplugged_ = was_unplugged_ = true;
  else end_upload();
}

void Badge::end_upload() {
  Upload upload = std::move(*upload_);
  upload_.reset();
  if (setup_.has(Fault::crc_error)) upload.data.front() ^= 1;
  if (const std::uint32_t got = lzma_crc32(upload.data.data(), upload.data.size(), 0); got != upload.crc) {
    char text[64];
    std::snprintf(text, sizeof text, "ERR crc_mismatch got=%08X want=%08X", got, upload.crc);
    return reply(text);
  }
  try {
    world_.files.write(file(upload.name), upload.data, {.overwrite = true});
  } catch (const Error&) {
    return reply("ERR rename_failed");
  }
  reply("OK " + std::to_string(upload.size));
}

}  // namespace hwbak::practice::cdc_badge
