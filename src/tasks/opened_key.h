// A wrapped key opened with a set of shares, for the verbs that need the key itself: export, rekey, and the proof of
// what create wrote.
#pragma once

#include <functional>

#include "hwbak/hsm.h"
#include "tasks/hsm_key_examination.h"

namespace hwbak::tasks {

// A key that is proven, and what of the file goes along with it.
struct OpenedKey {
  std::unique_ptr<WrappedKeyExamination> key;
  ByteView description, certificate;   // in its file; empty: not there, damaged, or not wanted
  std::string left_out;                // "; the certificate is left out: ...", for the message; empty: nothing was
};
// Opened, judged, and described in the report as `verify` does. Bytes that could be put right are a finding
// (key-mended), no failure, and so is damage around a blob that is whole: what cannot be read of it is left out (finding
// left-out, facts.left_out). Throws Error: that of the verdict unless the key is good, with `any_kind` also not for a
// key of a kind that is not known here; inconsistent for a certificate or description of another key, unless the
// choice is to leave it out.
[[nodiscard]] OpenedKey open_wrapped(const Context& context, Loaded file, const std::shared_ptr<HsmShares>& shares,
                                     bool any_kind, const PartsChoice& choice, Report& report);

// Context::shares, opened; what is odd about them is in the report. Throws Error: usage (none named), that of the worst
// share, refused for a DKEK of zeros when something is to be wrapped under it (`to_wrap`).
[[nodiscard]] std::shared_ptr<HsmShares> shared_set(const Context& context, Report& report, bool to_wrap);

// The verbs behind their public functions, which give them shared_set(); tests give shares that need no derivation.
using SharesSource = std::function<std::shared_ptr<HsmShares>(Report& report)>;
void create_wrapped_key_with(const Context& context, const CreateWrappedKeyOptions& options, const SharesSource& source,
                             Report& report);
void export_key_with(const Context& context, Loaded file, const ExportOptions& options, const SharesSource& source,
                     ExportResult& result);
struct RewrapShares {
  std::shared_ptr<HsmShares> from, to;
};
void rewrap_with(const Context& context, const std::vector<Subject>& wrapped, const RewrapOptions& options,
                 const std::function<RewrapShares()>& source, const EachReport& each);

}  // namespace hwbak::tasks
