// Writes the text of a backup as devices write it (docs/formats/coldcard.md, "The text").
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "device/coldcard/secret.h"
#include "hwbak/secret.h"

namespace hwbak::coldcard {

struct TextParts {
  const WalletSecret* secret = nullptr;                 // must have its node
  wallet::Chain chain = wallet::Chain::mainnet;
  std::optional<SecretString> long_secret;              // 832 hex digits
  // Blocks of comment lines followed by keys; the values are JSON as written. For duress wallets.
  struct Block {
    std::vector<std::string> comments;
    std::vector<std::pair<std::string, SecretString>> keys;
  };
  std::vector<Block> duress;
  // Absent: no fw_*, serial or hardware is invented.
  struct Device {
    std::string fw_date, fw_version, fw_timestamp, serial, hardware;  // hardware may be empty: its line is left out
  };
  std::optional<Device> device;
  std::vector<std::pair<std::string, SecretString>> settings;  // name without "setting.", JSON value
  std::optional<SecretString> hsm_policy;               // JSON value
  std::vector<std::string> remarks;                     // comment lines after the first: "Made by hwbak"
};
[[nodiscard]] SecretBytes write_backup_text(const TextParts& parts);

// `text` as a JSON string, with its quotes.
[[nodiscard]] SecretString json_string(std::string_view text);

}  // namespace hwbak::coldcard
