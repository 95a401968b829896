// hwbak device list: the smart card readers, the tokens in them, and what is on those (docs/pico-hsm.md, "The device over PC/SC").
#include <algorithm>

#include "base/counted.h"
#include "base/sentence.h"
#include "base/unicode.h"
#include "tasks/device_list.h"
#include "tasks/family.h"
#include "tasks/hsm_device_keys.h"
#include "tasks/hsm_session.h"
#include "tasks/shell_quoted.h"

namespace hwbak {
namespace tasks {
namespace {

const char* word(pcsc::PinState state) {
  switch (state) {
    case pcsc::PinState::tries_left: return "tries-left";
    case pcsc::PinState::logged_in: return "logged-in";
    case pcsc::PinState::blocked: return "blocked";
    case pcsc::PinState::transport: return "transport";
    case pcsc::PinState::not_initialised: return "not-initialised";
  }
  return "";
}

Value tries_of(const pcsc::PinStatus& pin) {
  if (pin.state == pcsc::PinState::tries_left) return pin.tries;
  return pin.state == pcsc::PinState::blocked ? Value(0) : Value();
}

// One reader, from the outside in: what was found before something went wrong stays.
class Look final {
 public:
  explicit Look(std::string name) : name_(std::move(name)) {
    fact_.put("name", printable(name_)).put("token", "none");
    page_.title = "Reader " + printable(name_);
  }

  // Whether there is a token in it. What keeps it from being looked at is a message of this reader, and no failure.
  [[nodiscard]] bool open(CardReaders& readers) {
    try {
      line_ = readers.connect(name_);
      hsm_.emplace(*line_);
      token_ = hsm_->try_select_applet();
    } catch (const Error& error) {
      if (error.outcome() != Outcome::device) throw;
      fact_.put("message", error.sentence());
      page_.row("", error.sentence());
      trouble_ = error;
      return false;
    }
    fact_.put("token", token_ ? "hsm" : "foreign");
    if (!token_) page_.row("", "A card that is no SmartCard-HSM and no Pico HSM.");
    return token_.has_value();
  }

  void describe(const Context& context, bool log_in) {
    page_.title = "HSM in " + printable(name_);
    try {
      about_token();
      if (log_in) {
        const pcsc::PinStatus before = log_in_hsm(context, *hsm_, printable(name_));
        fact_.put("logged_in", true);
        pin_row() = "accepted; " + counted(before.tries, "try was", "tries were") + " left before";
      }
      about_domains();
      about_keys(context);
    } catch (const Error& error) {
      trouble_ = error;
      fact_.put("message", error.sentence());
      page_.row("", error.sentence());
      if (log_in && !hsm_->logged_in()) about_pins_again();
    }
  }

  [[nodiscard]] const std::string& name() const noexcept { return name_; }
  [[nodiscard]] bool initialised() const noexcept { return initialised_; }
  [[nodiscard]] std::size_t keys() const noexcept { return keys_; }
  [[nodiscard]] std::size_t exportable() const noexcept { return exportable_; }
  [[nodiscard]] std::vector<Finding> take_findings() { return std::move(findings_); }
  [[nodiscard]] const std::optional<Error>& trouble() const noexcept { return trouble_; }
  [[nodiscard]] Object take_fact() { return std::move(fact_); }
  [[nodiscard]] Section take_page() { return std::move(page_); }

 private:
  void about_token() {
    const std::string serial = hsm_->serial();
    fact_.put("firmware", token_->firmware()).put("serial", serial.empty() ? Value() : Value(serial));
    page_.row("firmware", token_->firmware());
    page_.row("serial number", serial.empty() ? "none: the device was never initialised" : serial);
    const pcsc::PinStatus pin = hsm_->pin_status(), so = hsm_->so_pin_status();
    initialised_ = pin.state != pcsc::PinState::not_initialised;
    put_pins(pin, so);
    fact_.put("logged_in", false);
    page_.row("PIN", in_words(pin));
    page_.row("SO-PIN", in_words(so));
  }

  [[nodiscard]] Value& pin_row() { return std::ranges::find(page_.rows, "PIN", &Section::Row::label)->value; }

  void put_pins(const pcsc::PinStatus& pin, const pcsc::PinStatus& so) {
    fact_.put("pin", word(pin.state)).put("pin_tries", tries_of(pin));
    fact_.put("so_pin", word(so.state)).put("so_pin_tries", tries_of(so));
  }

  // A wrong PIN has cost a try.
  void about_pins_again() {
    try {
      const pcsc::PinStatus pin = hsm_->pin_status(), so = hsm_->so_pin_status();
      put_pins(pin, so);
      pin_row() = in_words(pin);
    } catch (const Error&) {  // the card is gone; why is said already
    }
  }

  void about_domains() {
    domains_ = hsm_->domains();
    List facts;
    for (const pcsc::DomainStatus& domain : domains_) {
      facts.emplace_back(fact_of(domain));
      page_.row("key domain " + std::to_string(domain.number), in_words(domain));
      tell_dkek(domain, findings_);
    }
    fact_.put("domains", std::move(facts));
  }

  void about_keys(const Context& context) {
    List facts;
    const auto references = hsm_->keys();
    for (std::size_t i = 0; i < references.size(); ++i) {
      if (const auto key = read_device_key(*hsm_, references[i])) {
        facts.emplace_back(fact_of(*key, domains_));
        ++keys_;
        if (why_not_exportable(*key, domains_).empty()) ++exportable_;
        page_.row("key " + std::to_string(references[i]), key_row(*key));
      }
      if (context.progress && !context.progress(static_cast<double>(i + 1) / static_cast<double>(references.size()))) break;
    }
    if (references.empty() && initialised_) page_.row("keys", "none");
    fact_.put("keys", std::move(facts));
  }

  [[nodiscard]] std::string key_row(const DeviceKey& key) const {
    std::string out = key.kind();
    if (!key.label().empty()) out += " \"" + key.label() + "\"";
    if (!key.id().empty()) out += ", ID " + key.id();
    if (domains_.size() > 1) out += ", key domain " + std::to_string(key.domain());
    const std::string why = why_not_exportable(key, domains_);
    out += why.empty() ? "; can be exported" : "; cannot be exported: " + why;
    if (key.metadata.counter) out += "; " + counted(*key.metadata.counter, "use") + " left, and a restored key has no such limit";
    for (const std::string& sentence : key.trouble) out += "; " + sentence;
    return out;
  }

  std::string name_;
  std::unique_ptr<pcsc::CardLine> line_;
  std::optional<pcsc::HsmClient> hsm_;
  std::optional<pcsc::Token> token_;
  std::vector<pcsc::DomainStatus> domains_;
  bool initialised_ = false;
  std::size_t keys_ = 0, exportable_ = 0;
  std::vector<Finding> findings_;
  std::optional<Error> trouble_;
  Object fact_;
  Section page_;
};

}  // namespace

ReadersSeen look_at_readers(const Context& context, const HsmDeviceOptions& options, CardReaders& readers) {
  ReadersSeen out;
  std::vector<std::string> names;
  try {
    names = readers_named(readers, options.reader);
  } catch (const Error& error) {
    if (error.outcome() != Outcome::device && error.outcome() != Outcome::unsupported) throw;
    out.trouble = error;
    return out;
  }
  std::vector<std::pair<Look, bool>> looks;
  for (const std::string& name : names) {
    Look look(name);
    const bool token = look.open(readers);
    out.tokens += token ? 1 : 0;
    looks.emplace_back(std::move(look), token);
  }
  if (options.log_in && out.tokens > 1)
    throw Error(Outcome::refused, "there are several HSMs here, and one PIN; it was sent to none of them", std::nullopt,
                "say which one it is for: --reader NAME");
  for (auto& [look, token] : looks) {
    if (token) {
      look.describe(context, options.log_in);
      out.token = look.name();
      out.initialised = look.initialised();
      out.keys = look.keys();
      out.exportable = look.exportable();
      std::ranges::move(look.take_findings(), std::back_inserter(out.findings));
    }
    if (look.trouble() && (token || out.tokens == 0) && !out.trouble) out.trouble = look.trouble();
    out.facts.emplace_back(look.take_fact());
    out.pages.push_back(look.take_page());
  }
  return out;
}

std::string hsm_next(const ReadersSeen& seen) {
  const std::string reader = " --reader " + shell_quoted(printable(seen.token));
  if (!seen.initialised) return "make it ready for keys: `hwbak device init-plan" + reader + "`";
  if (seen.keys == 0) return "make keys on it, or restore some: `hwbak device restore" + reader + " DIR`";
  if (seen.exportable == 0) return "none of its keys can be exported as it is; see above why";
  return "back its keys up: `hwbak device backup" + reader + " --to DIR`";
}

}  // namespace tasks

namespace {

void put(Report& report, tasks::ReadersSeen& seen) {
  report.facts.put("readers", std::move(seen.facts));
  for (Section& page : seen.pages) report.page.push_back(std::move(page));
  std::ranges::move(seen.findings, std::back_inserter(report.findings));
}

std::string tokens_answer(const tasks::ReadersSeen& seen) { return counted(seen.tokens, "HSM answers", "HSMs answer"); }

}  // namespace

Report hsm_list(const Context& context, const HsmDeviceOptions& options, CardReaders& readers) {
  Report report = tasks::blank_report("device", "readers");
  report.format = "device";
  tasks::guarded(report, [&] {
    tasks::ReadersSeen seen = tasks::look_at_readers(context, options, readers);
    put(report, seen);
    if (seen.trouble) throw Error(*seen.trouble);
    if (seen.tokens == 0)
      throw Error(Outcome::device, "there is no HSM in any reader", std::nullopt, "plug the device in, and look whether it is one of this family");
    report.message = tokens_answer(seen);
    report.next = tasks::hsm_next(seen);
  });
  return report;
}

Report device_list_all(const Context& context, const HsmDeviceOptions& options, CardReaders& readers) {
  Report report = tasks::blank_report("device", "devices");
  report.format = "device";
  tasks::guarded(report, [&] {
    tasks::PortsSeen ports = tasks::look_at_ports(context, std::nullopt);
    tasks::ReadersSeen tokens = tasks::look_at_readers(context, options, readers);
    report.facts.put("ports", std::move(ports.facts));
    if (!ports.page.rows.empty()) report.page.push_back(std::move(ports.page));
    put(report, tokens);
    if (tokens.tokens != 0 && tokens.trouble) throw Error(*tokens.trouble);
    if (tokens.pages.empty() && tokens.trouble) {
      report.page.push_back({"Smart card readers", {}});
      report.page.back().row("", tokens.trouble->sentence());
    }
    if (ports.badges == 0 && tokens.tokens == 0)
      throw Error(Outcome::device, "no badge answers on any serial port, and no HSM in any smart card reader" +
                                       (tokens.trouble ? ": " + within_sentence(tokens.trouble->sentence()) : std::string()), std::nullopt,
                  "plug the device in, a badge unlocked and with a cable that carries data. For an HSM: " +
                      (tokens.trouble && !tokens.trouble->next().empty() ? tokens.trouble->next() : "look whether it is one of this family"));
    report.message = ports.badges == 0 ? tokens_answer(tokens) : counted(ports.badges, "badge answers", "badges answer");
    if (ports.badges != 0 && tokens.tokens != 0) report.message += ", and " + tokens_answer(tokens);
    report.next = tokens.tokens != 0 ? tasks::hsm_next(tokens) : tasks::badge_next(ports);
  });
  return report;
}

}  // namespace hwbak
