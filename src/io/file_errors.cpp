// See file_errors.h.
#include "io/file_errors.h"

#include <cerrno>
#include <cstring>

#include "base/unicode.h"

namespace hwbak::io {
namespace {

const char* in_plain_words(int error) noexcept {
  switch (error) {
    case ENOSPC: return "the card or disk is full";
    case EDQUOT: return "your share of the disk is full";
    case EFBIG: return "the file would be too large for this card or disk";
    case EROFS: return "the card or disk is write-protected";
    case EIO: return "the card or disk failed";
    case ENODEV:
    case ENXIO: return "the card or disk is gone";
    case EACCES:
    case EPERM: return "you have no right to it";
    case ENAMETOOLONG: return "the name is too long";
    case ELOOP: return "its symbolic links lead in a circle";
    case ENOTDIR: return "a part of its path is not a folder";
    case ENOENT: return "the folder does not exist";
    default: return nullptr;
  }
}

}  // namespace

std::string shown(const std::filesystem::path& path) {
  return path == "-" ? std::string("standard input") : printable(path.native());
}

std::string reason(int error) {
  const char* const described = strerrordesc_np(error);
  const std::string system = described != nullptr ? std::string(described) : std::string("error ").append(std::to_string(error));
  const char* const plain = in_plain_words(error);
  return plain != nullptr ? std::string(plain) + " (" + system + ")" : system;
}

std::string advice(int error) {
  switch (error) {
    case ENOSPC:
    case EDQUOT: return "make room, or choose another card or disk";
    case EROFS: return "move the switch on the side of the card, or choose another card";
    case EIO: return "take a copy of everything on this card now, and use another card from here on";
    case ENODEV:
    case ENXIO: return "put the card or disk back in and try again";
    case EACCES:
    case EPERM: return "look at the owner and the rights of the file and its folder";
    default: return {};
  }
}

Error cannot_read(const std::filesystem::path& path, int error) {
  if (error == ENOENT) {
    return Error(Outcome::io, "there is no file " + shown(path), std::nullopt, "look at the spelling, and whether the card is in");
  }
  if (error == EISDIR) {
    return Error(Outcome::io, shown(path) + " is a folder, not a file", std::nullopt, "name a file in it");
  }
  return Error(Outcome::io, "cannot read " + shown(path) + ": " + reason(error), std::nullopt, advice(error));
}

}  // namespace hwbak::io
