// hwbak device init-plan --run: initialise, import, log in, compare; and after a failure an account of what the device holds.
#include "base/counted.h"
#include "base/hex.h"
#include "base/unicode.h"
#include "tasks/dkek_set.h"
#include "tasks/hsm_init.h"

namespace hwbak::tasks {
namespace {

constexpr std::size_t shortest_pin = 6, longest_pin = 16, so_pin_size = 8;

const SecretString& asked(const Context& context, Secrets::Kind kind, const InitPlan& plan, bool fresh, std::string hint) {
  Secrets::Question question;
  question.kind = kind;
  question.subject = plan.device->serial.empty() ? plan.device->reader : plan.device->serial;
  question.words_likely = false;
  question.fresh = fresh;
  question.hint = std::move(hint);
  const auto given = context.secrets != nullptr ? context.secrets->ask(question) : std::span<const SecretString>{};
  const bool so = kind == Secrets::Kind::so_pin;
  if (given.empty())
    throw Error(Outcome::refused, std::string("no ") + (so ? "SO-PIN" : "PIN") + " was given; nothing was sent", std::nullopt,
                std::string("give ") + (so ? "--so-pin-from" : "--pin-from") + " SOURCE, or run it on a terminal");
  return given[0];
}

std::string tries_words(const pcsc::PinStatus& pin) {
  return pin.state == pcsc::PinState::tries_left
             ? counted(pin.tries, "try", "tries") + " of the PIN " + is_or_are(pin.tries) + " left."
             : "";
}

class Run final {
 public:
  Run(pcsc::HsmClient& hsm, const InitPlan& plan, const InitPins& pins, std::span<const SecretBytes> shares, Report& report)
      : hsm_(hsm), plan_(plan), pins_(pins), shares_(shares), report_(report), imported_(plan.first()) {}

  void all() {
    if (!plan_.continues()) initialise();
    for (; imported_ < shares_.size(); ++imported_) import();
    hsm_.log_in(*pins_.pin);
    logged_in_ = true;
    compare_kcv(hsm_, *plan_.kcv,
                plan_.continues() ? "the shares that it had before were others, or in another order" : "it holds another DKEK",
                plan_.run_command(), report_);
  }

  // What the device holds after `error`, from itself where it still answers.
  [[noreturn]] void account_for(const Error& error) {
    report_.facts.put("shares_imported", static_cast<std::uint64_t>(imported_));
    const auto now = look_again();
    std::string words, next = error.next();
    if (now) {
      report_.facts.put("device_now", device_fact(*now));
      words = "The device still answers: it " + holds_words(*now);
      if (now->awaits_of(shares_.size()))
        next = (next.empty() ? "" : next + "; then ") + again() + ": it goes on with the import";
      else if (next.empty())
        next = again() + ": it begins with initialising the device, and says before what is lost";
    } else {
      words = last_known();
      next = "put the device back into the reader and " + again() + ": it looks what is there, and goes on from that";
    }
    // What is left then needs no initialising.
    if (imported_ == shares_.size() && !logged_in_ && (!now || (now->initialised && now->missing() == 0)))
      next = std::string(now ? "" : "put the device back into the reader; ") +
             "log in and compare: `hwbak device list --pin-from tty` must show the KCV " + dkek::to_text(*plan_.kcv);
    std::string sentence = error.sentence();
    if (sentence.ends_with('.')) sentence.pop_back();
    throw Error(Outcome::device, sentence + ". " + words, std::nullopt, next);
  }

 private:
  void initialise() {
    pcsc::Initialisation wanted;
    wanted.pin = pins_.pin;
    wanted.so_pin = pins_.so_pin.expose();
    wanted.shares = static_cast<unsigned>(shares_.size());
    begun_ = true;
    hsm_.initialise(wanted);
    initialised_ = true;
  }

  void import() {
    const auto left = static_cast<unsigned>(shares_.size() - imported_ - 1);
    const auto status = hsm_.import_share(0, FixedView<dkek::share_size>(shares_[imported_].expose().data(), dkek::share_size));
    if (status.missing == left) return;
    ++imported_;
    throw Error(Outcome::device, "the device took " + plan_.shares[imported_ - 1].shown + " and awaits " +
                                     counted(status.missing, "share") + " now, where it should be " + std::to_string(left));
  }

  [[nodiscard]] std::string again() const { return "run `" + plan_.run_command() + "`"; }

  [[nodiscard]] std::optional<FoundDevice> look_again() {
    try {
      (void)hsm_.select_applet();
      return look_at_again(hsm_, *plan_.device);
    } catch (const Error&) {
      return std::nullopt;
    }
  }

  [[nodiscard]] std::string last_known() const {
    const std::string gone = "The device does not answer any more. ";
    const std::string of = std::to_string(imported_) + " of " + counted(shares_.size(), "share");
    if (begun_ && !initialised_)
      return gone + "Whether it was initialised is not known: it is as it was, or empty and awaits every share";
    if (imported_ == shares_.size())
      return gone + "It has every share" + (logged_in_ ? "" : "; nobody has logged in yet, which seals them") +
             ", and its KCV is not compared";
    return gone + "It is initialised, and " + of + (imported_ == 1 ? " is" : " are") + " in it, perhaps one more";
  }

  pcsc::HsmClient& hsm_;
  const InitPlan& plan_;
  const InitPins& pins_;
  std::span<const SecretBytes> shares_;
  Report& report_;
  std::size_t imported_;  // answered for
  bool begun_ = false, initialised_ = false, logged_in_ = false;
};

void tell_ready(pcsc::HsmClient& hsm, const InitPlan& plan, Report& report) {
  report.facts.put("shares_imported", static_cast<std::uint64_t>(plan.shares.size()));
  std::string serial = plan.device->serial, state;
  try {
    const FoundDevice now = look_at_again(hsm, *plan.device);
    report.facts.put("device_now", device_fact(now));
    serial = now.serial;
    state = "it " + holds_words(now);
  } catch (const Error&) {  // all is done; a device that is taken out now is ready too
  }
  report.message = "the device " + (serial.empty() ? "" : serial + " ") + "is ready: it has the DKEK of these shares; its KCV " +
                   dkek::to_text(*plan.kcv) + " is the one computed here";
  report.next = "make a key, back it up and restore it before you rely on the device: `hwbak device backup --to DIR`";
  Section done{"What was done", {}};
  if (!plan.continues()) done.row("", "initialised for " + counted(plan.shares.size(), "share"));
  for (std::size_t i = plan.first(); i < plan.shares.size(); ++i) done.row("", "imported " + plan.shares[i].shown);
  done.row("", "logged in, and compared the KCV");
  if (!state.empty()) done.row("state now", state);
  // The device's KCV has just shown it.
  std::erase_if(report.findings, [](const Finding& finding) { return finding.code == "share-unproven"; });
  report.page.push_back(std::move(done));
  report.page.push_back(dkek_cautions(plan.shares.size()));
}

}  // namespace

InitPins ask_pins(const Context& context, const InitPlan& plan, bool wants_so) {
  const FoundDevice& device = *plan.device;
  if (!wants_so && device.pin.state == pcsc::PinState::blocked)
    throw Error(Outcome::device, "the PIN of the device is blocked, so nobody can log in to it; nothing was sent", std::nullopt,
                "unblock it with the SO-PIN: `sc-hsm-tool` or `pkcs11-tool --login --login-type so --init-pin`");
  InitPins out;
  out.pin = &asked(context, Secrets::Kind::pin, plan, wants_so,
                   wants_so ? "The new PIN: 6 to 16 characters." : tries_words(device.pin));
  if (out.pin->size() < shortest_pin || out.pin->size() > longest_pin)
    throw Error(Outcome::refused, "the PIN of an HSM has 6 to 16 characters; nothing was sent", std::nullopt,
                "give one of that length");
  if (!wants_so) return out;
  const bool present = device.initialised && device.kind == "smartcard-hsm";
  const SecretString& so =
      asked(context, Secrets::Kind::so_pin, plan, !present,
            std::string(present ? "The SO-PIN that the device has now" : "The new SO-PIN") + ": 16 hexadecimal digits.");
  auto bytes = from_hex_secret(so.expose());
  if (!bytes || bytes->size() != so_pin_size)
    throw Error(Outcome::refused, "the SO-PIN of an HSM is 16 hexadecimal digits; nothing was sent", std::nullopt,
                "give 16 digits, 0 to 9 and A to F");
  out.so_pin = std::move(*bytes);
  return out;
}

void compare_kcv(pcsc::HsmClient& hsm, const dkek::Kcv& wanted, const std::string& if_other, const std::string& again,
                 Report& report) {
  const auto status = hsm.domain(0);
  if (status && status->kcv) {
    const std::string found = dkek::to_text(*status->kcv);
    report.facts.put("device_kcv", found);
    if (*status->kcv == wanted) return;
    const bool zeros = *status->kcv == dkek::zero_dkek_kcv;
    throw Error(Outcome::device,
                "the KCV of the device is " + found + ", that of these shares is " + dkek::to_text(wanted) + ": " +
                    (zeros ? "a share went in that was in it already, and the two make a DKEK of nothing but zeros, which everybody knows" : if_other),
                std::nullopt, "initialise it again with all shares: run `" + again + "`");
  }
  if (status && status->note == pcsc::KcvNote::zeros)
    throw Error(Outcome::device,
                "the device says that it has every share, but its KCV reads as zeros after the login: this DKEK does not work, "
                "and nothing that it wraps could be trusted",
                std::nullopt, "update its firmware, and run `" + again + "`; there are reports of this with firmware 6.6");
  throw Error(Outcome::device, "the device tells no KCV although every share was imported");
}

void carry_out(pcsc::HsmClient& hsm, const InitPlan& plan, const InitPins& pins, std::span<const SecretBytes> shares,
               Report& report) {
  report.facts.put("kcv", dkek::to_text(*plan.kcv));
  Run run(hsm, plan, pins, shares, report);
  try {
    run.all();
  } catch (const Error& error) {
    run.account_for(error);
  }
  tell_ready(hsm, plan, report);
}

}  // namespace hwbak::tasks
