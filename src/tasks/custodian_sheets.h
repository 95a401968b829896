// Printable pages for those who keep a part of a DKEK (docs/pico-hsm.md, "Shares and custodians"): one page and one
// text each, with that part only, how it is used, and what it must not be kept with.
#pragma once

#include <string>
#include <vector>

#include "foreign/foreign.h"
#include "hwbak/hsm.h"

namespace hwbak::tasks {

// "c" for 12: sc-hsm-tool prints IDs in decimal and reads them in hexadecimal.
[[nodiscard]] std::string typed_in_sc_hsm_tool(unsigned id);

// Lines prime=, share= as `--share FILE=quorum:PATH` reads them.
[[nodiscard]] SecretBytes quorum_lines(const CustodianPart& part);

// FILE.custodian-3.txt and .svg: this custodian's part.
[[nodiscard]] std::vector<foreign::NamedFile> custodian_sheet(const CustodianPart& part);

// A share file under a password, as base64 for paper: FILE.txt and .svg, without the password.
struct ShareOnPaper {
  std::string file;                   // its name
  unsigned share = 1, shares = 1;     // which share of how many make the DKEK
  std::string kcv;
  ByteView bytes;                     // the 64 of the file
};
[[nodiscard]] std::vector<foreign::NamedFile> share_sheet(const ShareOnPaper& share);

}  // namespace hwbak::tasks
