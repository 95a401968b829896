// What `rekey` and `create coldcard` share: the new password, the archive in a device's layout, and the proof that
// what was written opens again (docs/formats/coldcard.md, "What a device can read back").
#pragma once

#include <string>

#include "device/coldcard/words.h"
#include "hwbak/tasks.h"

namespace hwbak::tasks {

// Bytes of a text that a device both verifies and restores, and of a file that it offers.
inline constexpr std::uint64_t device_text_min = 401, device_text_max = 131071, device_file_max = 131072;

enum class ShortPassword { warned_of, refused };
// The password of Secrets::Kind::new_password, or twelve fresh words that `confirm` accepts; result.new_words then holds
// them. Throws Error(refused) for one that no device could type, and when the words were not confirmed; a weak one, and
// one that stands in `text`, is a finding.
[[nodiscard]] SecretString new_password(const Context& context, WrittenResult& result, const std::string& shown, ByteView text,
                                        ShortPassword short_ones, const ConfirmWords& confirm);

inline constexpr const char* vendors_support =
    "The vendor supports restoring only files that a device made; this one has a device's layout to the byte.";

// Twelve words of the list, spelled as a device spells them.
[[nodiscard]] bool are_device_words(const SecretString& password);

// Bytes of the file that a text becomes.
[[nodiscard]] std::uint64_t sealed_size(std::uint64_t text_size, const std::string& inner_name);

// A text under a password: the bytes of the file, and what is needed to open it again.
struct SealedBackup {
  std::string inner_name;
  Bytes archive;
  SecretBytes password_form;
  std::string sha256;        // of the archive, lower-case hex
};
[[nodiscard]] SealedBackup seal_backup(ByteView text, std::string inner_name, const SecretString& password, RandomSource& random);

// Opens the written file as a stranger would and compares. Throws Error(io) when it does not hold `text`.
void prove_backup(const Context& context, const Subject& written, const SealedBackup& sealed, ByteView text);

}  // namespace hwbak::tasks
