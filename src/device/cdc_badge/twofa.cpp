// Accounts of mod_2fa (docs/formats/cdc-badge.md, "The payload").
#include "base/base32.h"
#include "base/counted.h"
#include "device/cdc_badge/limits.h"
#include "device/cdc_badge/parts.h"

namespace hwbak::cdc_badge {
namespace {

using Need = Fields::Need;
constexpr std::int64_t any_whole = std::int64_t{1} << 32;
constexpr std::uint64_t exact_in_double = std::uint64_t{1} << 53;

void read_digits(Fields& fields, TwoFactor& out) {
  const auto digits = fields.whole("digits", Need::required);
  if (!digits || out.type == OathType::challenge_response) return;
  if (digits->negative || (digits->magnitude != 0 && (digits->magnitude < 6 || digits->magnitude > 8))) {
    fields.flaw("digits", "is not 0, 6, 7 or 8");
    fields.spoil();
  } else if (digits->magnitude != 0) {
    out.digits = static_cast<unsigned>(digits->magnitude);
  }
}

void read_period(Fields& fields, TwoFactor& out) {
  if (out.type != OathType::totp) {
    if (const auto period = fields.number("period", 0, any_whole - 1, Need::required); period && out.type == OathType::hotp)
      out.period = static_cast<unsigned>(*period);
    return;
  }
  const auto period = fields.whole("period", Need::required);
  if (!period) return;
  if (period->negative || (period->magnitude != 0 && (period->magnitude < 15 || period->magnitude > 300))) {
    fields.flaw("period", "is not 0 or between 15 and 300 seconds");
    fields.spoil();
  } else if (period->magnitude != 0) {
    out.period = static_cast<unsigned>(period->magnitude);
  }
}

void read_counter(Fields& fields, TwoFactor& out) {
  const auto counter = fields.whole("counter", Need::optional);
  if (!counter) return;
  if (counter->negative) {
    fields.flaw("counter", "is negative");
    fields.spoil();
    return;
  }
  out.counter = counter->magnitude;
  if (out.counter > exact_in_double)
    fields.notes().finding(Severity::warning, "counter-inexact",
                           "A badge reads this counter as a floating-point number and may store a neighbour of it.", fields.path("counter"));
}

void read_secret(Fields& fields, TwoFactor& out) {
  const auto text = fields.text("secret", Need::required);
  if (!text) return;
  auto secret = from_base32_lenient(text->bytes.expose());
  if (!secret) fields.flaw("secret", "is not Base32");
  else if (secret->empty()) fields.flaw("secret", "holds no whole byte");
  else if (secret->size() > max_oath_secret)
    fields.flaw("secret", "has " + counted(secret->size(), "byte") + "; a badge takes " + std::to_string(max_oath_secret));
  else {
    out.secret = std::move(*secret);
    return;
  }
  fields.spoil();
}

}  // namespace

std::optional<TwoFactor> read_twofa(JsonSpans::Ref entry, std::string path, Notes& notes) {
  if (entry.kind() != JsonNode::Kind::object) {
    notes.flaw(std::move(path), "is " + std::string(name_of(entry.kind())) + ", not an object");
    return std::nullopt;
  }
  Fields fields(entry, std::move(path), notes);
  fields.only({"name", "issuer", "type", "algorithm", "digits", "period", "counter", "flags", "secret"});
  TwoFactor out;
  if (auto name = fields.text("name", Need::required)) out.name = std::move(*name);
  if (auto issuer = fields.text("issuer", Need::optional)) out.issuer = std::move(*issuer);
  const auto type = fields.number("type", 0, 2, Need::required);
  if (type) out.type = static_cast<OathType>(*type);
  const std::int64_t last_hash = out.type == OathType::challenge_response ? 1 : 2;
  if (const auto hash = fields.number("algorithm", 0, last_hash, Need::required)) out.hash = static_cast<Hash>(*hash);
  read_digits(fields, out);
  read_period(fields, out);
  read_counter(fields, out);
  if (const auto flags = fields.number("flags", 0, any_whole - 1, Need::optional)) out.flags = static_cast<std::uint32_t>(*flags);
  read_secret(fields, out);
  if (!fields.good()) return std::nullopt;

  // Good to read, although no badge takes it.
  if (out.name.bytes.size() > max_name)
    fields.flaw("name", "has " + counted(out.name.bytes.size(), "byte") + "; a badge refuses more than " + std::to_string(max_name), Flaw::Kind::refused);
  fields.stored_bytes("issuer", out.issuer, max_issuer);
  if (out.type == OathType::hotp)
    notes.finding(Severity::note, "hotp-counter",
                  "Restoring moves the counter back to what it was at this backup: codes used since then come again.", fields.path("counter"));
  out.good = fields.whole();
  out.path = fields.path();
  return out;
}

void look_over(const std::vector<TwoFactor>& accounts, Notes& notes) {
  const TwoFactor* first = nullptr;
  for (const TwoFactor& account : accounts) {
    if (account.type != OathType::challenge_response || (account.flags & 2) == 0) continue;
    if (first != nullptr)
      notes.finding(Severity::warning, "two-responders",
                    "Two challenge-response accounts are set to answer over USB; the badge uses the one in the lowest slot.", account.path);
    else first = &account;
  }
}

}  // namespace hwbak::cdc_badge
