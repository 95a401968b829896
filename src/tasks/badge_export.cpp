// See badge_export.h.
#include "tasks/badge_export.h"

#include <algorithm>

#include "device/cdc_badge/compose.h"
#include "device/cdc_badge/json_writer.h"
#include "device/cdc_badge/oath.h"

namespace hwbak::tasks {
namespace {

using cdc_badge::Records;

// Entry n is slot n only where the badge that wrote the backup had no gaps.
const cdc_badge::TwoFactor* at_slot(const cdc_badge::Payload& payload, unsigned slot) {
  const auto found = std::ranges::find(payload.twofa, cdc_badge::path_of_record(Records::twofa, slot), &cdc_badge::TwoFactor::path);
  return found != payload.twofa.end() && found->type != cdc_badge::OathType::challenge_response ? &*found : nullptr;
}

foreign::Login foreign_login(const cdc_badge::Login& login) {
  foreign::Login out;
  out.title = login.title.text.clone();
  out.username = login.username.text.clone();
  out.password = login.password.text.clone();
  out.url = login.url.text.clone();
  out.notes = login.notes.text.clone();
  return out;
}

// No recursion on what came from a file: the facts have a fixed depth.
void put(cdc_badge::JsonWriter& out, const Value& value) {
  std::visit(
      [&](const auto& held) {
        using Held = std::decay_t<decltype(held)>;
        if constexpr (std::is_same_v<Held, std::nullptr_t>) {
          out.raw("null");
        } else if constexpr (std::is_same_v<Held, bool>) {
          out.boolean(held);
        } else if constexpr (std::is_same_v<Held, std::int64_t>) {
          out.raw(std::to_string(held));
        } else if constexpr (std::is_same_v<Held, std::string>) {
          out.text(held);
        } else if constexpr (std::is_same_v<Held, SecretString>) {
          out.text(held.expose());
        } else if constexpr (std::is_same_v<Held, List>) {
          out.begin_list();
          for (const Value& item : held) put(out, item);
          out.end_list();
        } else {
          out.begin_object();
          for (const auto& [key, item] : held.members()) {
            if (key == "code" || key == "seconds_left") continue;   // true at this moment only
            out.key(key);
            put(out, item);
          }
          out.end_object();
        }
      },
      value.get());
}

}  // namespace

BadgeExport badge_export(const cdc_badge::Payload& payload, bool link) {
  BadgeExport out;
  std::vector<const cdc_badge::TwoFactor*> linked;
  for (const cdc_badge::Login& login : payload.logins) {
    foreign::Login& made = out.contents.logins.emplace_back(foreign_login(login));
    out.login_paths.push_back(login.path);
    if (!login.totp_slot) continue;
    const cdc_badge::TwoFactor* const account = at_slot(payload, *login.totp_slot);
    out.links.push_back({&login, account});
    if (!link || account == nullptr) continue;
    made.totp = cdc_badge::oath_account(*account);
    linked.push_back(account);
  }
  for (const cdc_badge::TwoFactor& account : payload.twofa) {
    auto made = cdc_badge::oath_account(account);
    if (!made) {
      out.challenge_response.push_back(&account);
    } else if (std::ranges::find(linked, &account) == linked.end()) {
      out.contents.accounts.push_back(std::move(*made));
      out.account_paths.push_back(account.path);
    }
  }
  for (const cdc_badge::Card& card : payload.cards) {
    out.contents.cards.push_back(card.text.text.clone());
    out.card_paths.push_back(card.path);
  }
  return out;
}

SecretBytes people_json(const Object& facts) {
  cdc_badge::JsonWriter out;
  out.begin_object();
  out.key("schema");
  out.text("hwbak-cdc-badge/1");
  for (const char* key : {"host_api_level", "fw_version", "twofa", "passwords", "own", "received", "system", "sections"}) {
    const Value* const value = facts.find(key);
    if (value == nullptr) continue;
    out.key(key);
    put(out, *value);
  }
  out.end_object();
  SecretBytes json = out.take();
  json.append(static_cast<std::uint8_t>('\n'));
  return json;
}

}  // namespace hwbak::tasks
