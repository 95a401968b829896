// The command line after parsing: plain values, checked.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "hwbak/hsm.h"
#include "hwbak/hsm_device.h"
#include "hwbak/recover.h"
#include "hwbak/report.h"
#include "hwbak/tasks.h"
#include "hwbak/wallet.h"
#include "practice/cdc_badge/practice.h"
#include "practice/coldcard/practice.h"
#include "practice/pico_hsm/practice.h"
#include "term/secrets.h"

namespace hwbak::cli {

enum class Command {
  glance, inspect, verify, open, drill, create, rekey, export_as, diff, merge, copies, recover, dkek, wallet, device, practice, pkcs11_tool, doctor, explain,
};

// A line of the Pico HSM manual. Its --id, --label, --output-file, --state and --threshold are where those of the other commands are.
struct Pkcs11Line {
  bool generate = false, exports = false, imports = false, wraps = false, unwraps = false, login = false, so_pin = false;
  std::string key_type;
  Bytes wrapping_key;
  std::optional<std::filesystem::path> input;
  unsigned shares = 0;
  std::shared_ptr<const SecretString> pin;   // of --pin
  std::string refused, instead;              // what nobody does, or another program; and what does it
};

struct Options {
  Command command = Command::glance;
  std::vector<std::string> arguments;  // files and folders, the word to explain, or a KIND
  bool help = false, version = false, json = false;
  bool reveal = false, raw = false, salvage = false, force = false;
  std::optional<std::filesystem::path> output;
  term::SecretOptions secrets;
  unsigned max_kdf_rounds = Context{}.max_kdf_rounds;
  std::uint64_t max_kdf_iterations = Context{}.max_kdf_iterations;
  std::uint64_t max_size = Context{}.max_size;
  VerifyOptions verify;
  DrillOptions drill;
  CreateColdcardOptions create;
  CreateBadgeOptions create_badge;
  ExportOptions exporting;
  WalletExportOptions wallet_export;   // export of a Coldcard backup
  WalletCheckOptions wallet_check;
  WriteSharesOptions write_shares;     // create dkek-share, dkek reshare
  CreateWrappedKeyOptions wrapped_key;
  unsigned threshold = 0;              // dkek rehearse
  Pkcs11Line pkcs11;
  RecoverOptions recovery;
  std::optional<term::Source> pattern;           // recover
  std::optional<Subject> word_list;    // recover: for the pattern, or alone
  bool export_candidates = false;      // recover: write them instead of trying them
  practice::coldcard::Setup practice;
  practice::cdc_badge::Setup practice_badge;
  practice::pico_hsm::Setup practice_hsm;
  std::filesystem::path port;          // of device; of practice pico-hsm a number
  std::string reader;                  // of device: of the HSM, or a part of its name
  HsmRestoreOptions hsm_restore;       // device restore to an HSM
  bool run = false;                    // device init-plan: carry it out
  std::string confirm_serial;          // device init-plan: that of the device that may be wiped
  bool yes = false;                    // device: do not ask before something is changed
  std::optional<std::array<std::uint8_t, 8>> expect_kcv;
  std::optional<Severity> fail_on;

  // Of device: the HSM in a reader, not the badge on a serial port.
  [[nodiscard]] bool names_hsm() const { return !reader.empty() || !create.cards.empty(); }
  // The files and folders that are read.
  [[nodiscard]] std::vector<Subject> subjects() const;
};

// What is wrong with the command line, in a sentence. `command` is empty while it is not known.
struct UsageError {
  std::string sentence;
  std::string command;
  bool json = false;
};

// Throws UsageError.
[[nodiscard]] Options parse(const std::vector<std::string>& arguments);

}  // namespace hwbak::cli
