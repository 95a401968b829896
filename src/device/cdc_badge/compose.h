// Building a badge's payload, and editing one without touching what is not edited (docs/formats/cdc-badge.md, "Writing a
// payload").
#pragma once

#include <string>
#include <vector>

#include "device/cdc_badge/payload.h"

namespace hwbak::cdc_badge {

// What a badge would cut or refuse. `path` is where it would stand in the payload; never a value.
struct Misfit {
  std::string path, sentence;
};
// Every limit in bytes and every range (docs/formats/cdc-badge.md, "Limits"); empty when a badge stores all of it as it is.
[[nodiscard]] std::vector<Misfit> misfits(const Payload& payload);

// The records added to a payload, or to a new one: sections that are not touched, unknown sections and unknown keys stay to
// the byte; one line, no white space, keys in the badge's order, totp_slot 255 where there is none, Base32 unpadded.
struct Additions {
  std::vector<TwoFactor> twofa;
  std::vector<Login> logins;
  std::vector<Card> cards;       // `own` replaces the present one
};
[[nodiscard]] SecretBytes compose(const Payload* base, const Additions& additions, std::string_view host_api_level);

}  // namespace hwbak::cdc_badge
