// See hsm_device_verbs.h.
#include "tasks/hsm_device_verbs.h"

#include "tasks/hsm_device_keys.h"

namespace hwbak::tasks {

SharesSource shares_of_command(const Context& context) {
  if (context.shares.empty()) return {};
  return [&context](Report& report) { return shared_set(context, report, false); };
}

std::shared_ptr<HsmShares> shares_for_device(CardReaders& readers, const HsmDeviceOptions& device, const SharesSource& source, Report& report) {
  if (!source) return nullptr;
  (void)find_hsm(readers, device.reader);
  auto shares = source(report);
  report.format = "device";
  return shares;
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
  for (const pcsc::DomainStatus& domain : domains) out.emplace_back(fact_of(domain));
  return out;
}

bool still_there(pcsc::HsmClient& hsm) {
  try {
    return hsm.pin_status().state == pcsc::PinState::logged_in;
  } catch (const Error&) {
    return false;
  }
}

}  // namespace hwbak::tasks
