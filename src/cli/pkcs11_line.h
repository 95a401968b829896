// How a line of the Pico HSM manual is read: the letters of the real pkcs11-tool, what it does itself, and what nobody does
// (docs/pico-hsm.md, "The lines of the manual").
#pragma once

#include <span>
#include <string>
#include <vector>

#include "cli/options.h"

namespace hwbak::cli {

// Letters become the names of our options. Where there is an option of the real pkcs11-tool that is none of ours, Pkcs11Line::refused and
// ::instead say so, and the rest stays as it is.
void spell_out(std::vector<std::string>& arguments, Pkcs11Line& line);
// What is wrong with the line, in a sentence; empty: nothing, and refused and instead may be set.
[[nodiscard]] std::string complaint(Options& options);
// Overwrites PINs in the memory that other programs can see as this one's command line.
void hide_pins(std::span<char* const> argv) noexcept;

}  // namespace hwbak::cli
