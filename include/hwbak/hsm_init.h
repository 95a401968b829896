// hwbak device init-plan: from DKEK shares, new or existing, to an HSM that is ready for use (docs/pico-hsm.md, "From nothing to
// a ready device"). As in tasks.h, a task prints nothing and throws nothing for what a device does.
#pragma once

#include "hwbak/hsm.h"
#include "hwbak/hsm_device.h"

namespace hwbak {

struct InitPlanOptions {
  std::string reader = {};  // as HsmDeviceOptions::reader
  // Shares that are yet to be made; none: those of Context::shares. Neither: one new share is assumed.
  WriteSharesOptions write = {};
  bool run = false;  // carry the plan out
};

// Before the first command that changes the device.
struct InitQuestion {
  std::string question;
  std::string serial;         // of the device; empty: it has none before it is initialised
  bool wipes = false;         // it was initialised before, and what it holds will be gone: the serial is to be typed
  std::vector<Section> plan;  // what it holds, what will be done
};
// False gives up. May throw Error for a serial that is another device's.
using ConfirmInit = std::function<bool(const InitQuestion& question)>;

// The steps, each with the command of hwbak and of sc-hsm-tool (facts steps); what the device holds that would be lost, where one
// is in a reader (facts device); and the KCV, where the shares can be opened. Without `run` nothing is sent that changes a
// device, and none needs to be there unless a reader is named.
//
// With `run`: new shares are written first; then the device is
// initialised with Secrets::Kind::pin (new, asked for twice) and Secrets::Kind::so_pin, the shares are imported one by one, the
// user is logged in, and the device's KCV is compared with the one computed here. A device that was initialised for as many
// shares and awaits some of them is not initialised again: the import goes on, and the PIN is its own. Facts kcv,
// shares_imported, device_kcv.
//
// Outcomes: ok (with `run` only when both KCVs are equal); usage; those of opening and writing
// shares; refused (given up, a PIN that cannot be, a DKEK of zeros); device (with facts device_now: what it holds then).
[[nodiscard]] Report init_plan(const Context& context, const InitPlanOptions& options, const ConfirmInit& confirm,
                               const ShowPart& show, CardReaders& readers = pcsc_readers());

}  // namespace hwbak
