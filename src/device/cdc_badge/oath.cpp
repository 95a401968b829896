// See oath.h.
#include "device/cdc_badge/oath.h"

#include "base/counted.h"
#include "device/cdc_badge/limits.h"
#include "device/cdc_badge/text.h"

namespace hwbak::cdc_badge {
namespace {

otp::Hash otp_hash(Hash hash) {
  switch (hash) {
    case Hash::sha1: return otp::Hash::sha1;
    case Hash::sha256: return otp::Hash::sha256;
    case Hash::sha512: return otp::Hash::sha512;
  }
  throw Error(Outcome::internal, "an account has an unknown hash");
}

Hash badge_hash(otp::Hash hash) {
  switch (hash) {
    case otp::Hash::sha1: return Hash::sha1;
    case otp::Hash::sha256: return Hash::sha256;
    case otp::Hash::sha512: return Hash::sha512;
  }
  throw Error(Outcome::internal, "an account has an unknown hash");
}

void fits(std::size_t size, std::size_t limit, const char* what) {
  if (size > limit)
    throw Error(Outcome::refused, std::string(what) + " has " + counted(size, "byte") + "; a badge takes " + std::to_string(limit),
                std::nullopt, "Shorten it where the account comes from.");
}

}  // namespace

std::optional<otp::Account> oath_account(const TwoFactor& account) {
  if (account.type == OathType::challenge_response) return std::nullopt;
  otp::Account out;
  out.kind = account.type == OathType::totp ? otp::Kind::totp : otp::Kind::hotp;
  out.issuer = account.issuer.text.clone();
  out.name = account.name.text.clone();
  out.hash = otp_hash(account.hash);
  out.digits = account.digits;
  out.period = account.period;
  out.counter = account.counter;
  out.secret = account.secret.clone();
  return out;
}

std::optional<otp::Account> oath_account(const StoredTwoFactor& stored) {
  TwoFactor account;
  account.type = static_cast<OathType>(stored.type);
  account.hash = static_cast<Hash>(stored.hash);
  account.digits = stored.digits;
  account.period = stored.period;
  account.counter = stored.counter;
  account.name = read_text(stored.name.clone());
  account.issuer = read_text(stored.issuer.clone());
  account.secret = stored.secret.clone();
  return oath_account(account);
}

TwoFactor account_from(const otp::Account& account) {
  fits(account.name.size(), max_name, "The name of the account");
  fits(account.issuer.size(), max_issuer, "The issuer of the account");
  fits(account.secret.size(), max_oath_secret, "The secret of the account");
  if (account.kind == otp::Kind::totp && (account.period < 15 || account.period > 300))
    throw Error(Outcome::refused, "The period of the account is not between 15 and 300 seconds, which is what a badge takes");
  TwoFactor out;
  out.type = account.kind == otp::Kind::totp ? OathType::totp : OathType::hotp;
  out.name = read_text(account.name.clone());
  out.issuer = read_text(account.issuer.clone());
  out.hash = badge_hash(account.hash);
  out.digits = account.digits;
  if (account.kind == otp::Kind::totp) out.period = account.period;
  else out.counter = account.counter;
  out.secret = account.secret.clone();
  return out;
}

}  // namespace hwbak::cdc_badge
