// What `device init-plan` plans and does (docs/pico-hsm.md, "From nothing to a ready device").
#pragma once

#include "hwbak/hsm_init.h"
#include "link/pcsc/hsm_client.h"
#include "tasks/hsm_session.h"
#include "tasks/hsm_shares.h"

namespace hwbak::tasks {

struct PlannedShare {
  std::string shown;                  // the file, printable
  unsigned threshold = 0, total = 0;  // of a quorum; total 0: not known here; threshold 0: under a password
};

// A device as the plan finds it.
struct FoundDevice {
  std::string reader, serial, firmware;  // printable
  std::string kind;                      // "pico-hsm", "smartcard-hsm"
  bool initialised = false;
  pcsc::PinStatus pin;
  std::optional<pcsc::DomainStatus> domain;  // domain 0
  std::vector<std::string> keys;             // "key 1 \"mail\""; what would be lost

  [[nodiscard]] unsigned missing() const { return initialised && domain && domain->set_up ? domain->missing : 0; }
  [[nodiscard]] bool has_no_dkek() const {
    return !initialised || !domain || !domain->set_up || (domain->shares == 0 && !domain->kcv);
  }
  // Initialised for this many shares, and some of them have not come yet.
  [[nodiscard]] bool awaits_of(std::size_t shares) const { return missing() != 0 && domain->shares == shares; }
};
[[nodiscard]] FoundDevice look_at(HsmSession& session);
// The same device once more, in the same session.
[[nodiscard]] FoundDevice look_at_again(pcsc::HsmClient& hsm, const FoundDevice& before);
// "is initialised, holds 2 keys and awaits 1 of 2 shares", behind its name
[[nodiscard]] std::string holds_words(const FoundDevice& device);
[[nodiscard]] Object device_fact(const FoundDevice& device);

struct InitPlan {
  std::string reader;  // as the user named it; may be empty
  std::vector<PlannedShare> shares;
  bool fresh = false;                        // they are yet to be made
  std::string share_options, write_options;  // " --share a.pbe", " --write-share a.pbe=quorum:2/3", for commands
  std::optional<dkek::Kcv> kcv;
  std::optional<FoundDevice> device;

  // New shares are no continuation of others.
  [[nodiscard]] bool continues() const {
    return device && device->awaits_of(shares.size()) && (!fresh || device->missing() == shares.size());
  }
  // The first share that is yet to be imported: those before it are in the device, when they went in in this order.
  [[nodiscard]] std::size_t first() const { return continues() ? shares.size() - device->missing() : 0; }
  [[nodiscard]] bool wipes() const { return device && device->initialised && !continues(); }
  // "hwbak device init-plan --share ... --run"
  [[nodiscard]] std::string run_command() const;
};

struct InitStep {
  std::string does, hwbak, sc_hsm_tool;  // the commands; empty: none is needed or there is none
};
[[nodiscard]] std::vector<InitStep> steps_of(const InitPlan& plan);
// Facts steps, and the pages: the steps, and what to know of sc-hsm-tool.
void put_steps(const InitPlan& plan, Report& report);

// Seams: tests give shares that need no derivation, and few rounds.
struct InitShares {
  std::function<ShareSet(const Context& context)> open;
  std::uint32_t rounds = dkek::kdf_rounds;  // of new share files
};
[[nodiscard]] Report init_plan_with(const Context& context, const InitPlanOptions& options, const ConfirmInit& confirm,
                                    const ShowPart& show, CardReaders& readers, const InitShares& source);

// The PINs of a device that is about to be initialised, checked before anything is sent.
struct InitPins {
  const SecretString* pin = nullptr;
  SecretBytes so_pin;  // 8 bytes; empty: not wanted
};
// Throws Error(refused). `wants_so`: it is initialised, so the PIN is a new one; otherwise it is the one that the device has.
[[nodiscard]] InitPins ask_pins(const Context& context, const InitPlan& plan, bool wants_so);

// After a login in the same session: before that a Pico HSM tells no KCV, and seals none. Fact device_kcv. Throws Error(device)
// unless it is `wanted`; `if_other` says what another one means, and `again` is the command that helps.
void compare_kcv(pcsc::HsmClient& hsm, const dkek::Kcv& wanted, const std::string& if_other, const std::string& again,
                 Report& report);

// Everything that changes the device. Fills facts shares_imported, device_kcv, and device_now after a failure. Throws
// Error(device) with an account of what the device holds then.
void carry_out(pcsc::HsmClient& hsm, const InitPlan& plan, const InitPins& pins, std::span<const SecretBytes> shares,
               Report& report);

}  // namespace hwbak::tasks
