// What a badge would not store as it stands (docs/formats/cdc-badge.md, "Writing a payload").
#include <algorithm>

#include "base/counted.h"
#include "device/cdc_badge/compose.h"
#include "device/cdc_badge/limits.h"
#include "device/cdc_badge/restore_parts.h"
#include "device/cdc_badge/text.h"

namespace hwbak::cdc_badge {
namespace {

constexpr std::uint64_t exact_in_double = std::uint64_t{1} << 53;

class Fitting final {
 public:
  explicit Fitting(const Payload& payload) : payload_(payload) {}

  std::vector<Misfit> run() {
    for (const Flaw& flaw : payload_.flaws) add(flaw.path, flaw.sentence, flaw.kind == Flaw::Kind::full);
    if (payload_.json.size() > max_payload)
      add("", "the contents have " + counted(payload_.json.size(), "byte") + "; a badge takes " + std::to_string(max_payload));
    for (const TwoFactor& account : payload_.twofa) look_at(account);
    for (const Login& login : payload_.logins) look_at(login);
    for (const Card& card : payload_.cards) look_at(card);
    if (payload_.system) look_at(*payload_.system);
    same_names();
    same_titles();
    return std::move(out_);
  }

 private:
  void add(std::string path, std::string sentence, bool by_others = false) { out_.push_back({std::move(path), std::move(sentence), by_others}); }

  void text(const std::string& path, const Text& value, std::size_t limit) {
    if (value.bytes.size() > limit)
      add(path, "has " + counted(value.bytes.size(), "byte") + "; a badge keeps " + std::to_string(limit));
    if (value.bytes.expose().find('\0') != std::string_view::npos) add(path, "holds a NUL character, where it ends on a badge");
  }

  void look_at(const TwoFactor& account) {
    text(account.path + ".name", account.name, std::string_view::npos);   // too long a name is a flaw already
    text(account.path + ".issuer", account.issuer, max_issuer);
    if (account.counter > exact_in_double) add(account.path + ".counter", "is above 2^53; a badge may store a neighbour of it");
  }

  void look_at(const Login& login) {
    text(login.path + ".title", login.title, max_title);
    text(login.path + ".username", login.username, max_username);
    text(login.path + ".password", login.password, max_password);
    text(login.path + ".url", login.url, max_url);
    text(login.path + ".notes", login.notes, max_notes);
  }

  void look_at(const Card& card) {
    text(card.path, card.text, std::string_view::npos);
    const std::size_t size = card.text.bytes.size(), stored = normalised_card(card.text.bytes.expose()).size();
    if (card.good && std::max(size, stored) > max_card_after_reboot)
      add(card.path, "has " + counted(std::max(size, stored), "byte") + " on a badge; one of more than " +
                         std::to_string(max_card_after_reboot) + " is lost at the next restart");
  }

  void look_at(const System& system) {
    if (!system.wifi) return;
    text("system.wifi.ssid", system.wifi->ssid, max_ssid);
    text("system.wifi.pass", system.wifi->password, max_wifi_password);
  }

  void same_names() {
    std::vector<const TwoFactor*> sorted;
    for (const TwoFactor& account : payload_.twofa) sorted.push_back(&account);
    const auto name = [](const TwoFactor* account) { return until_nul(account->name.bytes.expose()); };
    std::ranges::stable_sort(sorted, {}, name);
    for (std::size_t i = 1; i < sorted.size(); ++i)
      if (name(sorted[i]) == name(sorted[i - 1]))
        add(sorted[i]->path + ".name", "is the name of another account as well; on a badge the later one overwrites the earlier one", true);
  }

  // A badge finds a login by the first bytes of its title, and puts a later one over it.
  void same_titles() {
    std::vector<const Login*> stored;
    for (const Login& login : payload_.logins) {
      const auto over = std::ranges::find_if(stored, [&](const Login* other) { return overwrites(login, *other); });
      if (over == stored.end()) {
        if (stored.size() < login_slots) stored.push_back(&login);   // the badge is full then, which is said elsewhere
        continue;
      }
      add(login.path + ".title", (*over)->title.bytes.size() > title_index
                                     ? "is how the longer title of another login begins; on a badge this login overwrites that one"
                                     : "is the title of another login as well; on a badge the later one overwrites the earlier one",
          true);
    }
  }
  static bool overwrites(const Login& later, const Login& earlier) {
    return same_title(until_nul(later.title.bytes.expose()), until_nul(earlier.title.bytes.expose()).substr(0, title_index));
  }

  const Payload& payload_;
  std::vector<Misfit> out_;
};

}  // namespace

std::vector<Misfit> misfits(const Payload& payload) { return Fitting(payload).run(); }

}  // namespace hwbak::cdc_badge
