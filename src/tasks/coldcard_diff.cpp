// See coldcard_diff.h.
#include "tasks/coldcard_diff.h"

#include <algorithm>
#include <map>

#include "base/counted.h"
#include "base/unicode.h"
#include "tasks/coldcard_examination.h"
#include "tasks/same_json.h"

namespace hwbak::tasks {
namespace {

struct Field {
  std::string name;
  SecretString value;
};

struct Item {
  std::string kind;       // "multisig", "seed-vault", "note", "trick-pin", "duress", "setting", "key"
  std::string where;      // "line 12", "setting.notes 3"
  SecretString key;       // two of one kind and key are the same thing
  std::string identity;   // how it is called, printable; of a trick PIN nothing, for its digits are secret
  std::vector<Field> fields;
};

SecretString text(std::string_view value) { return SecretString::copy_of(value); }

std::string where_of(std::string_view list, std::size_t index) { return std::string(list) + " " + std::to_string(index + 1); }

struct Listed {
  std::string_view line, kind;   // the line, and what its records are called
};
constexpr Listed lists[] = {{"setting.multisig", "multisig"}, {"setting.seeds", "seed-vault"}, {"setting.notes", "note"}, {"setting.tp", "trick-pin"}};
constexpr std::string_view secret_lines[] = {"raw_secret", "mnemonic", "xprv", "xpub", "bip32_master_key"};

bool compared_elsewhere(std::string_view key) {
  return std::ranges::find(secret_lines, key) != std::end(secret_lines) || std::ranges::find(lists, key, &Listed::line) != std::end(lists);
}

Item line_item(const coldcard::Line& line) {
  constexpr std::string_view setting = "setting.", duress = "duress_";
  const bool is_setting = line.key.starts_with(setting);
  Item item{is_setting ? "setting" : line.key.starts_with(duress) ? "duress" : "key", "line " + std::to_string(line.number), text(line.key),
            printable(is_setting ? line.key.substr(setting.size()) : line.key), {}};
  item.fields.push_back({"value", text(line.value)});
  return item;
}

// What stands in lines of its own. The secret's own lines are compared as one wallet, the lists by their records.
void add_lines(const coldcard::Backup& backup, std::vector<Item>& out) {
  for (const coldcard::Line& line : backup.text.lines)
    if (line.kind == coldcard::LineKind::pair && backup.text.find(line.key) == &line && !compared_elsewhere(line.key)) out.push_back(line_item(line));
}

void add_multisig(const coldcard::Backup& backup, std::vector<Item>& out) {
  for (std::size_t i = 0; i < backup.multisig.size(); ++i) {
    const coldcard::MultisigWallet& one = backup.multisig[i];
    Item item{"multisig", where_of("setting.multisig", i), text(one.name), printable(one.name), {}};
    std::string keys;
    for (const auto& key : one.cosigners) keys += (keys.empty() ? "" : ", ") + wallet::to_text(key.fingerprint) + " " + key.path + " " + key.xpub;
    item.fields.push_back({"quorum", text(std::to_string(one.m) + " of " + std::to_string(one.n))});
    item.fields.push_back({"script", text(one.script)});
    item.fields.push_back({"chain", text(one.chain)});
    item.fields.push_back({"sorted", text(one.sorted ? "yes" : "no")});
    item.fields.push_back({"keys", text(keys)});
    out.push_back(std::move(item));
  }
}

void add_vault(const coldcard::Backup& backup, std::vector<Item>& out) {
  for (std::size_t i = 0; i < backup.vault.size(); ++i) {
    const coldcard::VaultEntry& one = backup.vault[i];
    Item item{"seed-vault", where_of("setting.seeds", i), text(one.listed_fingerprint), printable(one.label) + " (" + printable(one.listed_fingerprint) + ")", {}};
    item.fields.push_back({"label", text(one.label)});
    item.fields.push_back({"origin", text(one.origin)});
    item.fields.push_back({"secret", one.mnemonic.empty() ? one.xprv.clone() : one.mnemonic.clone()});
    out.push_back(std::move(item));
  }
}

void add_notes(const std::vector<coldcard::Note>& notes, std::vector<Item>& out) {
  for (std::size_t i = 0; i < notes.size(); ++i) {
    const coldcard::Note& one = notes[i];
    Item item{"note", where_of("setting.notes", i), text(one.title), printable(one.title), {}};
    item.fields.push_back({"group", text(one.group)});
    item.fields.push_back({"user", one.user.clone()});
    item.fields.push_back({"password", one.password.clone()});
    item.fields.push_back({"site", one.site.clone()});
    item.fields.push_back({"text", one.misc.clone()});
    out.push_back(std::move(item));
  }
}

void add_trick_pins(const coldcard::Backup& backup, std::vector<Item>& out) {
  for (std::size_t i = 0; i < backup.trick_pins.size(); ++i) {
    const coldcard::TrickPin& one = backup.trick_pins[i];
    Item item{"trick-pin", where_of("setting.tp", i), one.pin.clone(), one.is_wrong_pin_rule ? "after wrong PINs" : "", {}};
    item.fields.push_back({"effect", text(one.what)});
    out.push_back(std::move(item));
  }
}

std::vector<Item> items_of(const ColdcardExamination& file) {
  std::vector<Item> out;
  if (const coldcard::Backup* const backup = file.backup()) {
    add_multisig(*backup, out);
    add_vault(*backup, out);
    add_notes(backup->notes, out);
    add_trick_pins(*backup, out);
    add_lines(*backup, out);
  } else {
    const ByteView bytes = file.plaintext();
    if (const auto notes = coldcard::understand_notes({reinterpret_cast<const char*>(bytes.data()), bytes.size()})) add_notes(notes->notes, out);
  }
  return out;
}

struct Pair {
  const Item* before = nullptr;
  const Item* after = nullptr;
};

// In the order of `after`, then what only `before` has. Things of one name are paired in their order.
std::vector<Pair> paired(const std::vector<Item>& before, const std::vector<Item>& after) {
  std::map<std::pair<std::string_view, std::string_view>, std::vector<const Item*>> known;
  for (auto item = before.rbegin(); item != before.rend(); ++item) known[{item->kind, item->key.expose()}].push_back(&*item);
  std::vector<Pair> out;
  for (const Item& item : after) {
    auto& same = known[{item.kind, item.key.expose()}];
    out.push_back({same.empty() ? nullptr : same.back(), &item});
    if (!same.empty()) same.pop_back();
  }
  for (const Item& item : before) {
    const auto& left = known[{item.kind, item.key.expose()}];
    if (std::ranges::find(left, &item) != left.end()) out.push_back({&item, nullptr});
  }
  return out;
}

class Comparison final {
 public:
  Comparison(bool reveal, Report& report) : reveal_(reveal), report_(report) {}

  void wallet(const coldcard::Backup& before, const coldcard::Backup& after) {
    if (!before.secret || !after.secret) return;
    same_wallet_ = before.secret->node->same_key(*after.secret->node);
    report_.facts.put("same_wallet", *same_wallet_);
    fingerprint_ = wallet::to_text(*after.fingerprint);
    old_fingerprint_ = wallet::to_text(*before.fingerprint);
    const bool same_words = before.secret->mode == after.secret->mode && before.secret->mnemonic.equals(after.secret->mnemonic.expose());
    if (*same_wallet_ && same_words) return;
    Item was{"wallet", before.secret_source, {}, wallet::to_text(*before.fingerprint), {}}, is{"wallet", after.secret_source, {}, fingerprint_, {}};
    const auto put = [&](std::string field, SecretString old_one, SecretString new_one) {
      was.fields.push_back({field, std::move(old_one)});
      is.fields.push_back({std::move(field), std::move(new_one)});
    };
    put("fingerprint", text(was.identity), text(is.identity));
    put("mnemonic", before.secret->mnemonic.clone(), after.secret->mnemonic.clone());
    put("xprv", before.secret->node->xprv(before.chain), after.secret->node->xprv(after.chain));
    wallet_changed_ = true;
    changed(was, is);
  }

  void records(const std::vector<Item>& before, const std::vector<Item>& after) {
    for (const Pair& pair : paired(before, after)) {
      if (pair.before == nullptr) one(*pair.after, "came", came_);
      else if (pair.after == nullptr) one(*pair.before, "went", went_);
      else changed(*pair.before, *pair.after);
    }
  }

  // What those comparisons do not see: a line that is there once only, and members of a record that are not understood.
  void rest(const coldcard::Backup& before, const coldcard::Backup& after) {
    for (const std::string_view key : secret_lines) rest_line(before, after, key, wallet_changed_);
    for (const Listed& list : lists) rest_line(before, after, list.line, std::ranges::find(kinds_, list.kind) != kinds_.end());
  }

  void unread(const char* file, const coldcard::Backup& backup) {
    const auto put = [&](std::string where, const std::string& reason) {
      Object item;
      item.put("in", file).put("where", std::move(where)).put("reason", reason);
      left_.emplace_back(std::move(item));
    };
    for (const unsigned line : backup.bad_lines) put("line " + std::to_string(line), "the line cannot be used, or its key stands there again");
    for (const std::string& reason : backup.unreadable_records) put("", reason);
  }

  void finish() {
    const bool all = left_.empty();
    if (!all)
      report_.findings.push_back({Severity::warning, "not-compared",
                                  counted(left_.size(), "place") + " could not be read and " + (left_.size() == 1 ? "was" : "were") + " not compared: nothing is said of what stands there.", ""});
    const bool same = came_.empty() && went_.empty() && changed_.empty();
    std::string counts = std::to_string(came_.size()) + " came, " + std::to_string(went_.size()) + " went, " + std::to_string(changed_.size()) + " changed";
    if (same) counts = all ? "the two backups hold the same" : "of what could be compared the two backups hold the same";
    if (same_wallet_) counts = (*same_wallet_ ? "the same wallet (" + fingerprint_ + "): " : "NOT the same wallet (" + old_fingerprint_ + " before, " + fingerprint_ + " after): ") + counts;
    report_.message = counts;
    if (!section_.rows.empty()) report_.page.push_back(std::move(section_));
    report_.facts.put("same", same && all);
    report_.facts.put("came", std::move(came_)).put("went", std::move(went_)).put("changed", std::move(changed_)).put("not_compared", std::move(left_));
  }

 private:
  // `told`: that the values differ was said already, in better words.
  void rest_line(const coldcard::Backup& before, const coldcard::Backup& after, std::string_view key, bool told) {
    const coldcard::Line *const was = before.text.find(key), *const is = after.text.find(key);
    if (was == nullptr && is == nullptr) return;
    const bool list = key.starts_with("setting.");
    if (was == nullptr || is == nullptr) {
      if (!list || !told) one(line_item(was != nullptr ? *was : *is), was == nullptr ? "came" : "went", was == nullptr ? came_ : went_);
    } else if (!told && !same_json(was->value, is->value)) {
      changed(line_item(*was), line_item(*is));
    }
  }

  // The digits of a trick PIN are named only with --reveal.
  Value identity(const Item& item) const {
    return item.kind == "trick-pin" && reveal_ && item.identity.empty() ? Value(item.key.clone()) : Value(item.identity);
  }

  Object fact(const Item& item) const {
    Object out;
    out.put("kind", item.kind).put("where", item.where).put("identity", identity(item));
    return out;
  }

  static std::string called(const Item& item) { return item.kind + (item.identity.empty() ? "" : " " + item.identity); }

  void one(const Item& item, const char* what, List& list) {
    kinds_.push_back(item.kind);
    list.emplace_back(fact(item));
    section_.row(what, called(item));
  }

  void changed(const Item& before, const Item& after) {
    List names, values;
    std::string joined;
    for (std::size_t i = 0; i < after.fields.size(); ++i) {
      const Field &was = before.fields[i], &is = after.fields[i];
      if (was.value.equals(is.value.expose())) continue;
      names.emplace_back(is.name);
      joined += (joined.empty() ? "" : ", ") + is.name;
      Object value;
      value.put("field", is.name).put("before", was.value.clone()).put("after", is.value.clone());
      values.emplace_back(std::move(value));
    }
    if (names.empty()) return;
    kinds_.push_back(after.kind);
    Object item = fact(after);
    item.put("before_where", before.where).put("fields", std::move(names));
    section_.row("changed", called(after) + ": " + joined);
    if (reveal_) {
      for (std::size_t i = 0; i < after.fields.size(); ++i) {
        if (before.fields[i].value.equals(after.fields[i].value.expose())) continue;
        section_.row("  " + after.fields[i].name + " before", before.fields[i].value.clone());
        section_.row("  " + after.fields[i].name + " after", after.fields[i].value.clone());
      }
      item.put("values", std::move(values));
    }
    changed_.emplace_back(std::move(item));
  }

  bool reveal_;
  Report& report_;
  std::optional<bool> same_wallet_;
  bool wallet_changed_ = false;
  std::string fingerprint_, old_fingerprint_;
  std::vector<std::string> kinds_;   // of everything that is told
  List came_, went_, changed_, left_;
  Section section_{"What came, went and changed", {}};
};

}  // namespace

void compare_coldcards(const Examination& before, const Examination& after, bool reveal, Report& report) {
  const auto &old_file = static_cast<const ColdcardExamination&>(before), &new_file = static_cast<const ColdcardExamination&>(after);
  if (old_file.is_notes() != new_file.is_notes())
    throw Error(Outcome::usage, "one of these is a backup and the other an export of notes alone: there is nothing to compare", std::nullopt, "name two backups, or two exports of notes");
  Comparison comparison(reveal, report);
  if (old_file.backup() != nullptr && new_file.backup() != nullptr) {
    comparison.wallet(*old_file.backup(), *new_file.backup());
    comparison.unread("before", *old_file.backup());
    comparison.unread("after", *new_file.backup());
  }
  comparison.records(items_of(old_file), items_of(new_file));
  if (old_file.backup() != nullptr && new_file.backup() != nullptr) comparison.rest(*old_file.backup(), *new_file.backup());
  comparison.finish();
}

}  // namespace hwbak::tasks
