// BadgeClient::write_backup: a file over the line, and what can go wrong with it; see badge_client.h.
#include <lzma.h>

#include <algorithm>
#include <cstdio>

#include "hwbak/error.h"
#include "link/serial/badge_client.h"

namespace hwbak::serial {
namespace {

using namespace std::chrono_literals;

constexpr auto ready_patience = 10s, end_patience = 30s, write_patience = 20s;
constexpr std::size_t piece = 256;  // bytes of one write

std::string hex8(std::uint32_t value) {
  char text[9];
  std::snprintf(text, sizeof text, "%08X", value);
  return text;
}

Error failed(const ReceiveReply& reply) {
  const std::string said = "; the badge said: " + reply.text;
  const auto device = [&](const std::string& sentence, const char* next) {
    return Error(Outcome::device, sentence + said, std::nullopt, next);
  };
  const auto io = [&](const std::string& sentence) {
    return Error(Outcome::io, sentence + said, std::nullopt,
                 "the backup that was on the badge is still there; run the command again");
  };
  switch (reply.kind) {
    case ReceiveReply::Kind::in_progress:
      return device("an earlier upload still runs on the badge", "wait half a minute and run the command again");
    case ReceiveReply::Kind::cannot_open:
      return device("the badge cannot write the file", "make room on the badge, then run the command again");
    case ReceiveReply::Kind::mass_storage:
      return device("the badge's files are in use as a USB disk",
                    "eject the USB disk and leave that mode on the badge, then run the command again");
    case ReceiveReply::Kind::usage:
    case ReceiveReply::Kind::bad_path:
      return device("the badge does not take the upload", "check that its firmware can restore backups");
    case ReceiveReply::Kind::crc_mismatch: return io("the file arrived damaged");
    case ReceiveReply::Kind::size_mismatch: return io("the file did not arrive whole");
    case ReceiveReply::Kind::rename_failed: return io("the badge received the file but could not give it its name");
    case ReceiveReply::Kind::timed_out: return io("the file did not arrive in time");
    case ReceiveReply::Kind::ready:
    case ReceiveReply::Kind::done:
    case ReceiveReply::Kind::other_error: break;
  }
  return io("the upload failed");
}

}  // namespace

void BadgeClient::send_data(ByteView contents) {
  const std::size_t size = contents.size();
  while (!contents.empty()) {
    const ByteView now = contents.first(std::min(piece, contents.size()));
    line_.write(now, line_.now() + write_patience);
    contents = contents.subspan(now.size());
    if (waiting_) waiting_(static_cast<double>(size - contents.size()) / static_cast<double>(size));
  }
}

void BadgeClient::write_backup(ByteView contents) {
  std::optional<ReceiveReply> reply;
  const auto take = [&](std::string_view line) {
    if (read_refusal(line)) return false;
    reply = read_receive(line);
    return reply.has_value();
  };
  const std::string command = "VFAT RECEIVE " + std::string(backup_file) + " " + std::to_string(contents.size()) + " " +
                              hex8(lzma_crc32(contents.data(), contents.size(), 0));
  send(command);
  await_or_throw("VFAT RECEIVE", ready_patience, take);
  if (reply->kind != ReceiveReply::Kind::ready) throw failed(*reply);

  transfer_open_ = true;
  send_data(contents);
  const bool ended =
      await(end_patience, [&](std::string_view line) { return take(line) && reply->kind != ReceiveReply::Kind::ready; });
  if (!ended)
    throw Error(Outcome::io, "the badge did not say that it has the file", std::nullopt,
                "the backup that was on the badge is still there, or the new one is whole; wait half a minute and run the "
                "command again");
  transfer_open_ = false;
  if (reply->kind != ReceiveReply::Kind::done) throw failed(*reply);
  if (reply->got != contents.size())
    throw Error(Outcome::io, "the badge has " + in_words(reply->got, "byte") + " of " + std::to_string(contents.size()),
                std::nullopt, "run the command again");
}

}  // namespace hwbak::serial
