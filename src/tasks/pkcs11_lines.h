// The lines of the manual behind their public functions; tests give few rounds and a practice card.
#pragma once

#include "hwbak/pkcs11_lines.h"
#include "tasks/hsm_init.h"

namespace hwbak::tasks {

[[nodiscard]] Report pkcs11_generate_with(const Context& context, const HsmDeviceOptions& device,
                                          const GenerateDkekOptions& options, const ShowPart& show, CardReaders& readers,
                                          std::uint32_t rounds);

}  // namespace hwbak::tasks
