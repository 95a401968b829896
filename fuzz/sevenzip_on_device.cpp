// Any bytes as a file on a card: what devices of several eras answer to Verify and to Restore.
#include <cstdlib>

#include "base/as_bytes.h"
#include "device/coldcard/rehearsal.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace hwbak;
  const ByteView file(data, size);
  static const std::vector<coldcard::Firmware> all = coldcard::firmware_history();
  constexpr unsigned quick_key = 6;
  for (const coldcard::Firmware& firmware : all) {
    const coldcard::Presented presented{file, "backup.7z", std::nullopt, coldcard::Way::menu};
    const auto checked = coldcard::verify(presented, firmware);
    const auto restored = coldcard::restore(presented, firmware, coldcard::DeviceState::empty);
    if (checked.verdict == coldcard::Verdict::accept && restored.answer.verdict == coldcard::Verdict::reject) std::abort();
    if (restored.answer.verdict == coldcard::Verdict::accept || restored.answer.reason.empty()) std::abort();
    const auto inside = coldcard::search_contents(file, firmware);
    if (inside.archive.has_value() != (inside.refusal == coldcard::Refusal::none)) std::abort();
    if (inside.archive && inside.archive->end > size) std::abort();
    if (inside.archive && inside.archive->rounds_pow <= quick_key)
      (void)coldcard::decrypt(file, *inside.archive, as_bytes("password"));
  }
  return 0;
}
