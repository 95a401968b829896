// hwbak pkcs11-tool: what the lines of the Pico HSM manual mean, which no real pkcs11-tool takes (docs/pico-hsm.md, "The lines of
// the manual"). Each Report says which command of OpenSC it stands for (facts.stands_for).
#pragma once

#include "hwbak/hsm.h"
#include "hwbak/hsm_device.h"

namespace hwbak {

// Where the share files that these lines call keys lie: DIR/dkek-ID.pbe, ID in lower-case hexadecimal digits.
struct DkekPlace {
  Subject folder;
  Bytes id;
  [[nodiscard]] Subject file() const;
};

// --generate-key --key-type aes:32 --label dkek --id 01: a fresh DKEK as one share file, under Secrets::Kind::new_password or a
// quorum, and into a device that awaits a share. Nothing is ever initialised: without such a device the share stays where it is,
// and the Report is `refused` and has the steps of init_plan. Facts kcv, imported, missing, device_kcv (with a login, when this
// share is all of the DKEK), and those of create_dkek_share. Outcomes: ok; refused (also: there is such a share already); device;
// io.
struct GenerateDkekOptions {
  DkekPlace place;
  unsigned threshold = 0, total = 0;  // of a quorum; 0: under a password
  std::optional<Subject> sheets = {}, quorums = {};
};
[[nodiscard]] Report pkcs11_generate(const Context& context, const HsmDeviceOptions& device, const GenerateDkekOptions& options,
                                     const ShowPart& show, CardReaders& readers = pcsc_readers());

// --export-key --id 01 --output-file F: a copy of that share file, never a bare DKEK, which leaves no device.
[[nodiscard]] Report pkcs11_export_share(const Context& context, const DkekPlace& place, const Subject& output, bool overwrite);

// --export-key --id 12 --wrap --wrapping-key 01 --output-file F: the key of the device with this ID (CKA_ID), as sc-hsm-tool
// writes it. Outcomes: ok; refused (no key or several with this ID, not exportable, the output exists); damaged, device, io.
struct WrapKeyOptions {
  Bytes id;
  std::optional<DkekPlace> share = {};  // of the DKEK, only to say whether it is there
  Subject output;
  bool overwrite = false;
};
[[nodiscard]] Report pkcs11_wrap(const Context& context, const HsmDeviceOptions& device, const WrapKeyOptions& options,
                                 CardReaders& readers = pcsc_readers());

// --import-key --unwrap --wrapping-key 01 --input-file F --id 12 --label L: hsm_restore of one file with that ID and label,
// without a question.
[[nodiscard]] Report pkcs11_unwrap(const Context& context, const HsmDeviceOptions& device, const Subject& subject,
                                   const HsmRestoreOptions& options, CardReaders& readers = pcsc_readers());

}  // namespace hwbak
