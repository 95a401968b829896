// See check_output.h.
#include "tasks/check_output.h"

#include "base/unicode.h"
#include "hwbak/error.h"

namespace hwbak::tasks {

void check_output(const Context& context, std::span<const Subject> inputs, const Subject& output, bool overwrite) {
  const auto target = context.files.info(output);
  if (!target) return;
  for (const Subject& input : inputs) {
    const auto source = input == "-" ? std::nullopt : context.files.info(input);
    if (source && source->device == target->device && source->inode == target->inode)
      throw Error(Outcome::refused, "the output is the file that is read: nothing is ever written over its own source", std::nullopt,
                  "name another file with --output");
  }
  if (target->kind == FileInfo::Kind::folder)
    throw Error(Outcome::refused, printable(output.native()) + " is a folder; nothing was written", std::nullopt, "name a file in it with --output");
  if (!overwrite)
    throw Error(Outcome::refused, "there is already a file " + printable(output.native()) + "; nothing was written", std::nullopt,
                "name another file, or add --force to replace it");
}

}  // namespace hwbak::tasks
