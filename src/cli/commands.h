// One function per command; each lives in a file of its own. They return the exit code.
#pragma once

#include "cli/options.h"

namespace hwbak::cli {

[[nodiscard]] int run_glance(const Options& options);
[[nodiscard]] int run_inspect(const Options& options);
[[nodiscard]] int run_verify(const Options& options);
[[nodiscard]] int run_open(const Options& options);
[[nodiscard]] int run_drill(const Options& options);
[[nodiscard]] int run_create(const Options& options);
[[nodiscard]] int run_rekey(const Options& options);
[[nodiscard]] int run_export(const Options& options);
[[nodiscard]] int run_diff(const Options& options);
[[nodiscard]] int run_merge(const Options& options);
[[nodiscard]] int run_copies(const Options& options);
[[nodiscard]] int run_recover(const Options& options);
[[nodiscard]] int run_dkek(const Options& options);
[[nodiscard]] int run_device(const Options& options);
[[nodiscard]] int run_practice(const Options& options);
[[nodiscard]] int run_practice_badge(const Options& options);
[[nodiscard]] int run_practice_hsm(const Options& options);
[[nodiscard]] int run_doctor(const Options& options);
[[nodiscard]] int run_explain(const Options& options);

}  // namespace hwbak::cli
