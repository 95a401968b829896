// How a badge takes one account (docs/formats/cdc-badge.md, "Restore").
#include <algorithm>
#include <cmath>
#include <tuple>

#include "base/base32.h"
#include "base/counted.h"
#include "device/cdc_badge/badge_json.h"
#include "device/cdc_badge/limits.h"
#include "device/cdc_badge/payload.h"
#include "device/cdc_badge/restore_parts.h"

namespace hwbak::cdc_badge {
namespace {

constexpr unsigned totp = static_cast<unsigned>(OathType::totp), hotp = static_cast<unsigned>(OathType::hotp);
constexpr unsigned challenge_response = static_cast<unsigned>(OathType::challenge_response);

std::optional<JsonSpans::Ref> number_of(JsonSpans::Ref entry, std::string_view key) {
  const auto member = entry.first_member(key);
  return member && member->kind() == JsonNode::Kind::number ? member : std::nullopt;
}

// What a badge makes of a number outside the type it stores it in is not known; the nearest value stands here.
std::uint64_t counter_of(JsonSpans::Ref number, const std::string& path, Restoring& run) {
  const double value = reads_as_double(number);
  constexpr double top = 18446744073709551616.0;
  run.whole_number(number, 0, std::nextafter(top, 0), path + ".counter");
  if (value >= 0 && value < top) return static_cast<std::uint64_t>(value);
  return value < 0 ? 0 : UINT64_MAX;
}

// nullptr when the numbers are good, else why they are not.
const char* take_numbers(JsonSpans::Ref entry, const std::string& path, StoredTwoFactor& out, Restoring& run) {
  const auto type = number_of(entry, "type"), hash = number_of(entry, "algorithm"), digits = number_of(entry, "digits"),
             period = number_of(entry, "period");
  if (!type || !hash || !digits || !period) return "type, algorithm, digits or period is missing or no number";
  const int kind = reads_as_int(*type), algorithm = reads_as_int(*hash), length = reads_as_int(*digits), seconds = reads_as_int(*period);
  if (kind < 0 || kind > static_cast<int>(challenge_response)) return "its type is unknown";
  out.type = static_cast<unsigned>(kind);
  if (algorithm < 0 || algorithm > (out.type == challenge_response ? 1 : 2)) return "its algorithm is unknown";
  out.hash = static_cast<unsigned>(algorithm);
  if (out.type != challenge_response && length != 0) {
    if (length < 6 || length > 8) return "its digits are not 6 to 8";
    out.digits = static_cast<unsigned>(length);
  }
  if (out.type == totp && seconds != 0) {
    if (seconds < 15 || seconds > 300) return "its period is not 15 to 300 seconds";
    out.period = static_cast<unsigned>(seconds);
  } else if (out.type == hotp) {
    out.period = static_cast<unsigned>(std::max(seconds, 0));
  }
  const auto optional = [&](const char* key) { return run.optional(entry, key, JsonNode::Kind::number, path); };
  if (const auto counter = optional("counter")) out.counter = counter_of(*counter, path, run);
  if (const auto flags = optional("flags")) {
    out.flags = static_cast<std::uint32_t>(std::max(reads_as_int(*flags), 0));
    run.whole_number(*flags, 0, INT32_MAX, path + ".flags");
  }
  for (const auto& [key, number] : {std::pair{".type", &type}, std::pair{".algorithm", &hash}})
    run.whole_number(**number, 0, challenge_response, path + key);
  if (out.type != challenge_response) {
    run.whole_number(*digits, 0, 8, path + ".digits");
    run.whole_number(*period, 0, out.type == totp ? 300 : INT32_MAX, path + ".period");
  }
  return nullptr;
}

bool same_but_counter(const StoredTwoFactor& a, const StoredTwoFactor& b) {
  return a.name.equals(b.name.expose()) && a.issuer.equals(b.issuer.expose()) && a.secret.equals(b.secret.expose()) &&
         std::tie(a.type, a.hash, a.digits, a.period, a.flags) == std::tie(b.type, b.hash, b.digits, b.period, b.flags);
}

// `account` goes over `old`. Where it only moves a counter of the badge back, nothing more is said.
void replace(const StoredTwoFactor& account, const StoredTwoFactor& old, std::size_t slot, const std::string& path, Restoring& run) {
  const bool back = account.type == hotp && old.type == hotp && old.counter > account.counter;
  if (back)
    run.lossy(Loss::counter_back, path + ".counter", "moves back from " + std::to_string(old.counter) + " to " + std::to_string(account.counter) +
                                     ": codes that were used come again");
  const bool same = same_but_counter(account, old);
  if (!(back && same) || run.holds_own(Restoring::List::twofa, slot))
    run.overwrites(Restoring::List::twofa, slot, path, same && account.counter == old.counter, "account of this name");
}

}  // namespace

void restore_twofa(JsonSpans::Ref entry, const std::string& path, Restoring& run) {
  if (entry.kind() != JsonNode::Kind::object) return run.fail(path, "it is no object");
  const auto text = [&](const char* key) { return run.text(entry.first_member(key), path + "." + key); };
  auto name = text("name");
  if (!name || name->empty()) return run.fail(path, "it has no name");
  if (name->size() > max_name)
    return run.fail(path, "its name has " + counted(name->size(), "byte") + ", and " + std::to_string(max_name) + " fit");
  StoredTwoFactor account;
  if (const char* const why = take_numbers(entry, path, account, run)) return run.fail(path, why);
  const auto base32 = text("secret");
  auto secret = base32 ? from_base32_lenient(base32->expose()) : std::nullopt;
  if (!secret || secret->empty() || secret->size() > max_oath_secret)
    return run.fail(path, "its secret is not Base32 of 1 to " + counted(max_oath_secret, "byte"));

  auto& accounts = run.state.twofa;
  const auto place = std::ranges::find_if(accounts, [&](const StoredTwoFactor& stored) { return stored.name.expose() == name->expose(); });
  if (place == accounts.end() && accounts.size() >= twofa_slots)
    return run.fail(path, "the badge is full: " + counted(twofa_slots, "account"));
  if (auto issuer = run.text(run.optional(entry, "issuer", JsonNode::Kind::string, path), path + ".issuer"))
    account.issuer = run.cut(std::move(*issuer), max_issuer, path + ".issuer");
  account.name = std::move(*name);
  account.secret = std::move(*secret);
  const auto slot = static_cast<std::size_t>(place - accounts.begin());
  if (place == accounts.end()) {
    accounts.push_back(std::move(account));
  } else {
    replace(account, *place, slot, path, run);
    *place = std::move(account);
  }
  run.stored(Restoring::List::twofa, slot, path);
  ++run.imported;
}

}  // namespace hwbak::cdc_badge
