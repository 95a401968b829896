// Any bytes as a backup text, whole and with a hole in the middle, restored on a device, and as a notes export.
#include <cstdlib>
#include <string_view>

#include "audit/coldcard_rng.h"
#include "device/coldcard/backup.h"
#include "device/coldcard/rehearsal.h"

using namespace hwbak;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const coldcard::Backup whole = coldcard::understand(text);
  std::uint64_t at = 0;
  for (const auto& line : whole.text.lines) {
    if (line.place.offset != at) std::abort();  // places tile the text
    at = line.place.end();
  }
  if (at != size || (whole.secret && !whole.secret->node)) std::abort();
  (void)audit::judge({.backup = &whole});
  const coldcard::TextDamage hole{{{size / 2, 16}}, {{size / 2 + 16, 16}}};
  (void)coldcard::understand(text, hole);
  (void)coldcard::understand_notes(text);
  (void)coldcard::is_backup_text(text);
  static const coldcard::Firmware device = coldcard::current_firmware().front();
  const auto restored = coldcard::restore_text(text, device, coldcard::DeviceState::empty);
  if (restored.secret.has_value() != (restored.answer.verdict == coldcard::Verdict::accept)) std::abort();
  return 0;
}
