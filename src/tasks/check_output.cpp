// See check_output.h.
#include "tasks/check_output.h"

#include "base/unicode.h"
#include "hwbak/error.h"

namespace hwbak::tasks {

void check_output(const Context& context, std::span<const Subject> inputs, const Subject& output, bool overwrite, std::string_view option) {
  const auto target = context.files.info(output);
  if (!target) return;
  const auto is_target = [&](const Subject& input) {
    const auto source = input == "-" ? std::nullopt : context.files.info(input);
    return source && source->device == target->device && source->inode == target->inode;
  };
  for (const Subject& input : context.secret_files)
    if (is_target(input))
      throw Error(Outcome::refused,
                  printable(output.native()) + " is the file that a password or another secret is read from: nothing is ever written over it", std::nullopt,
                  "name another file for the output");
  for (const Subject& input : inputs) {
    if (is_target(input))
      throw Error(Outcome::refused, "the output is the file that is read: nothing is ever written over its own source", std::nullopt,
                  "name another file with " + std::string(option));
  }
  if (target->kind == FileInfo::Kind::folder)
    throw Error(Outcome::refused, printable(output.native()) + " is a folder; nothing was written", std::nullopt, "name a file in it with " + std::string(option));
  if (!overwrite)
    throw Error(Outcome::refused, "there is already a file " + printable(output.native()) + "; nothing was written", std::nullopt,
                "name another file, or add --force to replace it");
}

std::vector<Subject> inputs_of(const Context& context, std::span<const Subject> further) {
  std::vector<Subject> out = context.shares;
  out.insert(out.end(), further.begin(), further.end());
  return out;
}

}  // namespace hwbak::tasks
