// A DKEK into share files: what `create dkek-share` and `dkek reshare` have in common (docs/formats/pico-hsm.md, "The
// share file" and "A quorum for the password").
#pragma once

#include "hwbak/hsm.h"

namespace hwbak::tasks {

// Refuses, before anything is asked or derived, a plan that cannot be carried out: no file, a file twice, a quorum that
// cannot be, an output that exists. Throws Error: usage, refused, io.
void check_writing(const Context& context, const WriteSharesOptions& options, const ShowPart& show);

// Splits the DKEK, seals the shares, shows the custodians their parts, writes everything, reads it back and opens it
// again. Fills facts, findings, page, message. Gives the shares in the order of the files. `rounds`: of the derivation; the product uses dkek::kdf_rounds. Throws
// Error: refused (given up, no password), stopped, io (which files are written is in the sentence and in
// facts.written).
std::vector<SecretBytes> write_shares(const Context& context, const WriteSharesOptions& options, const ShowPart& show,
                                      const SecretBytes& dkek, std::uint32_t rounds, Report& report);

}  // namespace hwbak::tasks
