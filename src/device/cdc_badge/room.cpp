// Records that a full badge has no room for; one that it knows already needs none (docs/formats/cdc-badge.md, "Restore").
#include <deque>
#include <set>

#include "base/ascii.h"
#include "base/counted.h"
#include "device/cdc_badge/limits.h"
#include "device/cdc_badge/parts.h"
#include "device/cdc_badge/restore_parts.h"
#include "device/cdc_badge/text.h"

namespace hwbak::cdc_badge {
namespace {

// What a badge finds a login by.
SecretString index_of(std::string_view title) {
  SecretString out;
  for (const char c : title.substr(0, title_index)) out.append(ascii_lower(c));
  return out;
}

class Store final {
 public:
  Store(std::size_t slots, const char* what, Notes& notes) : slots_(slots), what_(what), notes_(notes) {}
  // `found`: a badge looks for one that it has. False when there is no room.
  bool take(SecretString key, bool found, const std::string& path) {
    if (found && keys_.contains(key.expose())) return true;
    if (kept_.size() == slots_) {
      notes_.flaw(path, "is one too many: a badge keeps " + counted(slots_, what_), Flaw::Kind::full);
      return false;
    }
    keys_.insert(kept_.emplace_back(std::move(key)).expose());
    return true;
  }

 private:
  std::size_t slots_;
  const char* what_;
  Notes& notes_;
  std::deque<SecretString> kept_;
  std::set<std::string_view> keys_;
};

}  // namespace

void look_for_room(Payload& payload, Notes& notes) {
  Store accounts(twofa_slots, "account", notes), logins(login_slots, "login", notes), cards(card_slots, "received card", notes);
  for (TwoFactor& account : payload.twofa)
    if (account.name.bytes.size() <= max_name)
      account.room = accounts.take(SecretString::copy_of(until_nul(account.name.bytes.expose())), true, account.path);
  for (Login& login : payload.logins) {
    const std::string_view title = until_nul(login.title.bytes.expose());
    login.room = logins.take(index_of(title), title.size() <= title_index, login.path);
  }
  for (Card& card : payload.cards) {
    if (card.own || !card.good) continue;
    SecretString stored = normalised_card(card.text.bytes.expose());
    const bool same = stored.equals(card.text.bytes.expose());   // another form is stored anew each time
    card.room = cards.take(std::move(stored), same, card.path);
  }
}

}  // namespace hwbak::cdc_badge
