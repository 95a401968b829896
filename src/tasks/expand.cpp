// Folders stand for the files in them.
#include <algorithm>

#include "hwbak/error.h"
#include "hwbak/tasks.h"

namespace hwbak {

std::vector<Subject> expand(Files& files, const std::vector<Subject>& named) {
  std::vector<Subject> out;
  for (const Subject& subject : named) {
    const auto info = subject == "-" ? std::nullopt : files.info(subject);
    if (!info || info->kind != FileInfo::Kind::folder) {
      out.push_back(subject);
      continue;
    }
    for (const FileInfo& entry : files.list(subject))
      if (entry.kind == FileInfo::Kind::file) out.push_back(entry.path);
  }
  return out;
}

}  // namespace hwbak
