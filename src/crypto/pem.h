// PEM blocks (RFC 7468), and the old encryption of their contents (RFC 1421 headers); internal to crypto/.
#pragma once

#include <string>
#include <vector>

#include "hwbak/bytes.h"
#include "hwbak/secret.h"

namespace hwbak::crypto {

struct PemBlock {
  std::string label;      // "RSA PRIVATE KEY"
  std::string headers;    // "Proc-Type: 4,ENCRYPTED\nDEK-Info: ..."; mostly empty
  SecretBytes data;
  [[nodiscard]] bool encrypted() const { return headers.find("ENCRYPTED") != std::string::npos; }
};
// Throws Error(damaged) for a block that cannot be read.
[[nodiscard]] std::vector<PemBlock> pem_blocks(ByteView file);
// Throws Error: wrong_secret, damaged, unsupported.
[[nodiscard]] SecretBytes decrypt_pem(const PemBlock& block, ByteView password);

}  // namespace hwbak::crypto
