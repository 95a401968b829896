// What shows that the shares of a DKEK are whole, and what is said where nothing does, or where one had to be put right
// (docs/formats/pico-hsm.md, "Padding, KCV and damage").
#pragma once

#include <span>
#include <string>

#include "tasks/hsm_shares.h"

namespace hwbak::tasks {

// By wrapped keys of this DKEK (ShareSet::prove). Throws Error: wrong_secret for a key of another DKEK, and those of reading it.
void prove_by(const Context& context, std::span<const Subject> wrapped, ShareSet& set);

// Behind a sentence that names the KCV: what was put right, and whether the KCV proves the shares whole or nothing does.
[[nodiscard]] std::string proof_words(const ShareSet& set);
// The finding share-unproven, where nothing has shown the shares whole.
void tell_unproven(const ShareSet& set, Report& report);

// How a sound file is made for a share that was put right: "hwbak dkek reshare --share ... --write-share NEW.pbe WRAPPED". `wrapped`: a file, or empty.
[[nodiscard]] std::string reshare_command(const ShareSet& set, const std::string& wrapped);
// "hwbak dkek check --share ... WRAPPED"
[[nodiscard]] std::string compare_command(const ShareSet& set);

// The key of the report is good, but shares were put right to open it: damaged, for this backup does not restore as it stands.
void blame_shares(const ShareSet& set, const std::string& wrapped, Report& report);

}  // namespace hwbak::tasks
