// Draft::text(): the pieces joined. What is not edited goes out as it stands in the base.
#include <utility>

#include "device/cdc_badge/draft_parts.h"
#include "device/cdc_badge/json_writer.h"

namespace hwbak::cdc_badge {

class DraftWriter final {
 public:
  explicit DraftWriter(const Draft& draft) : draft_(draft), text_(text_of(draft.base_)) {}

  SecretBytes run() {
    const JsonSpans document = draft_.spans();
    const JsonSpans::Ref root = document.root();
    bool level = draft_.level_.empty(), modules = false, system = false;
    out_.begin_object();
    if (!level && !root.first_member("host_api_level")) put_level(level);
    for (auto member = root.first_child(); member; member = member->next_sibling()) {
      if (!level && member->has_key("host_api_level")) {
        put_level(level);
      } else if (!modules && member->has_key("modules")) {
        put_modules(*member, modules);
      } else if (!system && member->has_key("system") && !draft_.system_.empty()) {
        if (!root.first_member("modules")) put_modules(std::nullopt, modules);
        put_system(system);
      } else {
        put_as_it_is(*member);
      }
    }
    if (!modules) put_modules(std::nullopt, modules);
    if (!system && !draft_.system_.empty()) put_system(system);
    for (const Draft::Member& member : draft_.members_) out_.raw(member.whole);
    out_.end_object();
    return out_.take();
  }

 private:
  void put_as_it_is(JsonSpans::Ref member) { out_.raw(text_.substr(member.node().key_begin, member.node().end - member.node().key_begin)); }
  void put_level(bool& done) {
    out_.key("host_api_level");
    out_.raw(draft_.level_);
    done = true;
  }
  void put_system(bool& done) {
    out_.key("system");
    out_.raw(draft_.system_);
    done = true;
  }

  void put_modules(std::optional<JsonSpans::Ref> modules, bool& done) {
    done = true;
    out_.key("modules");
    out_.begin_object();
    std::array<bool, 3> written{};
    const auto put_new_before = [&](std::size_t end) {
      for (std::size_t i = 0; i < end; ++i)
        if (!draft_.parts_[i].present && !std::exchange(written[i], true)) put_new(all_records[i]);
    };
    for (auto section = modules ? modules->first_child() : std::nullopt; section; section = section->next_sibling()) {
      const auto list = records_of(*section);
      if (list) put_new_before(at(*list));
      if (list && draft_.part(*list).edited) put_section(*section, *list);
      else put_as_it_is(*section);
    }
    put_new_before(all_records.size());
    for (const Draft::Member& section : draft_.sections_) out_.raw(section.whole);
    out_.end_object();
  }

  // A module without records writes no section.
  void put_new(Records list) {
    const bool own = list == Records::received && !draft_.own_.empty();
    if (draft_.count(list) == 0 && !own) return;
    out_.key(section_names[at(list)]);
    out_.begin_object();
    out_.key("schema_ver");
    out_.number(1);
    if (own) put_own();
    put_list(list);
    out_.end_object();
  }

  void put_section(JsonSpans::Ref section, Records list) {
    bool own = list != Records::received || draft_.own_.empty(), records = false;
    const auto put_own_once = [&] {
      if (!std::exchange(own, true)) put_own();
    };
    const bool own_stands = section.first_member("own").has_value();
    out_.key(section_names[at(list)]);
    out_.begin_object();
    for (auto member = section.first_child(); member; member = member->next_sibling()) {
      if (list == Records::received && member->has_key("own")) {
        put_own_once();
      } else if (!records && member->has_key(list_names[at(list)])) {
        if (!own_stands) put_own_once();
        put_list(list);
        records = true;
      } else {
        put_as_it_is(*member);
      }
    }
    put_own_once();
    if (!records) put_list(list);
    out_.end_object();
  }

  void put_own() {
    out_.key("own");
    out_.raw(draft_.own_);
  }
  void put_list(Records list) {
    out_.key(list_names[at(list)]);
    out_.begin_list();
    for (const std::string_view record : draft_.part(list).records) out_.raw(record);
    out_.end_list();
  }

  const Draft& draft_;
  std::string_view text_;
  JsonWriter out_;
};

SecretBytes Draft::text() const { return DraftWriter(*this).run(); }

}  // namespace hwbak::cdc_badge
