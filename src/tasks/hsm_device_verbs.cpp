// See hsm_device_verbs.h.
#include "tasks/hsm_device_verbs.h"

#include "base/counted.h"

namespace hwbak::tasks {

SharesSource shares_of_command(const Context& context) {
  if (context.shares.empty()) return {};
  return [&context](Report& report) { return shared_set(context, report, false); };
}

std::string kind_of(HsmSession& session) {
  // Genuine cards count up to 4, and were not seen to tell their free memory.
  constexpr unsigned first_pico_only = 5;
  return session.token().major >= first_pico_only || session.hsm().free_memory() ? "pico-hsm" : "smartcard-hsm";
}

const wrapped_key::DkekKeys* keys_for(const std::shared_ptr<HsmShares>& shares, const pcsc::Kcv& kcv) {
  const ShareSet::Fit* const fit = shares ? shares->fitting(kcv) : nullptr;
  return fit != nullptr ? &fit->keys : nullptr;
}

List domains_fact(const std::vector<pcsc::DomainStatus>& domains) {
  List out;
  for (const pcsc::DomainStatus& domain : domains) {
    Object item;
    item.put("domain", domain.number).put("shares", domain.shares).put("missing", domain.missing);
    if (domain.kcv) item.put("kcv", dkek::to_text(*domain.kcv));
    out.emplace_back(std::move(item));
  }
  return out;
}

std::string in_words(const pcsc::DomainStatus& domain) {
  switch (domain.note) {
    case pcsc::KcvNote::readable: return "KCV " + (domain.kcv ? dkek::to_text(*domain.kcv) : std::string("unknown"));
    case pcsc::KcvNote::not_logged_in: return "its KCV cannot be read without a login";
    case pcsc::KcvNote::shares_missing:
      return std::to_string(domain.missing) + " of " + counted(domain.shares, "share") + " of its DKEK " + is_or_are(domain.missing) + " missing";
    case pcsc::KcvNote::no_dkek: return "it has no DKEK";
    case pcsc::KcvNote::zeros: return "its KCV reads as zeros though all shares are loaded: this DKEK does not work";
  }
  return {};
}

bool still_there(pcsc::HsmClient& hsm) {
  try {
    return hsm.pin_status().state == pcsc::PinState::logged_in;
  } catch (const Error&) {
    return false;
  }
}

}  // namespace hwbak::tasks
