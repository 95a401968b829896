// Folders stand for the files in them.
#include <algorithm>
#include <iterator>

#include "hwbak/error.h"
#include "tasks/hsm_manifest.h"

namespace hwbak {

std::vector<Subject> expand(Files& files, const std::vector<Subject>& named) {
  std::vector<Subject> out;
  for (const Subject& subject : named) {
    const auto info = subject == "-" ? std::nullopt : files.info(subject);
    if (!info || info->kind != FileInfo::Kind::folder) {
      out.push_back(subject);
      continue;
    }
    auto found = files.files_in(subject);
    std::erase_if(found, [&](const Subject& file) { return tasks::is_manifest(files, file); });
    if (out.empty()) out = std::move(found);
    else std::move(found.begin(), found.end(), std::back_inserter(out));
  }
  return out;
}

}  // namespace hwbak
