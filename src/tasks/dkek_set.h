// What the verbs about a DKEK say of the set of shares that make it (docs/json.md).
#pragma once

#include <span>
#include <string>

#include "hwbak/hsm.h"
#include "tasks/hsm_shares.h"

namespace hwbak::tasks {

// The names of the files, as a Report's subject: "a.pbe + b.pbe".
[[nodiscard]] Subject set_name(std::span<const std::filesystem::path> files);

// Format, facts kcv and shares, findings and levels.
void put_set(Report& report, const ShareSet& set);

// Opens Context::shares, proves them by `wrapped` (dkek_proof.h), and describes them. Throws Error: usage (none named), that of the worst share,
// wrong_secret for shares that are not those of the KCV expected or of the keys named.
[[nodiscard]] ShareSet opened_set(const Context& context, Report& report, std::span<const Subject> wrapped = {});

[[nodiscard]] inline FixedView<32> dkek_bytes(const SecretBytes& dkek) { return FixedView<32>(dkek.expose().data(), 32); }

// "KCV 2952B3021B693783"
[[nodiscard]] std::string kcv_text(const SecretBytes& dkek);

// What every holder of a DKEK should know, as rows.
[[nodiscard]] Section dkek_cautions(std::size_t shares);

}  // namespace hwbak::tasks
