// A key on a device as it can be known without taking it out: its limits, its description, its certificate
// (docs/formats/pico-hsm.md, "The card").
#pragma once

#include <span>

#include "container/wrapped_key/description.h"
#include "device/pico_hsm/key.h"
#include "hwbak/report.h"
#include "link/pcsc/hsm_client.h"

namespace hwbak::tasks {

inline constexpr std::uint64_t largest_wrapped_key_file = 256 * 1024;   // bytes of the file of one key that are read

struct DeviceKey {
  pcsc::KeyMetadata metadata;
  Bytes description, certificate;              // PRKD and certificate, cut to the length that their header says; empty: none
  std::optional<wrapped_key::Description> described;
  std::optional<crypto::PublicKey> public_key; // of the certificate
  pico_hsm::Shape shape;
  std::vector<std::string> trouble;            // sentences: what of it cannot be read
  [[nodiscard]] unsigned domain() const noexcept { return metadata.domain.value_or(0); }
  [[nodiscard]] std::string label() const;     // printable; empty: none
  [[nodiscard]] std::string id() const;        // hex; empty: none
  [[nodiscard]] std::string kind() const { return pico_hsm::in_words(shape); }
};
// What these two tell of a key, of a device or of a file; no metadata.
[[nodiscard]] DeviceKey key_beside(Bytes description, Bytes certificate);
// nullopt: there is no such key any more. Throws Error(device) as the client does.
[[nodiscard]] std::optional<DeviceKey> read_device_key(pcsc::HsmClient& hsm, std::uint8_t reference);

// Why it cannot be exported, in a sentence without a full stop; empty when it can.
[[nodiscard]] std::string why_not_exportable(const DeviceKey& key, std::span<const pcsc::DomainStatus> domains);
// Of `readers[].keys[]`.
[[nodiscard]] Object fact_of(const DeviceKey& key, std::span<const pcsc::DomainStatus> domains);

// "2 of 3 shares are missing", what its KCV is or why it is not known.
[[nodiscard]] std::string in_words(const pcsc::DomainStatus& domain);
// Its one share is loaded, or it drew its DKEK itself: a Pico HSM that was initialised with --dkek-shares 0 says the same.
[[nodiscard]] bool may_be_internal(const pcsc::DomainStatus& domain);
// The findings zero-dkek and internal-dkek, where the domain shows them.
void tell_dkek(const pcsc::DomainStatus& domain, std::vector<Finding>& findings);
// Of `readers[].domains[]`.
[[nodiscard]] Object fact_of(const pcsc::DomainStatus& domain);

}  // namespace hwbak::tasks
