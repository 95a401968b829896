// Building a badge's payload, and editing one without touching what is not edited (docs/formats/cdc-badge.md, "Writing a
// payload").
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "device/cdc_badge/payload.h"

namespace hwbak::cdc_badge {

inline constexpr std::string_view lowest_useful_level = "0.5";   // every badge that has backups takes it

// modules.mod_2fa.entries, modules.mod_password.entries, modules.mod_vcard.received
enum class Records { twofa, logins, received };

// A payload that is being written, made of the exact pieces of JSON it had. White space between the parts that a badge
// knows is dropped; unknown sections, unknown keys and every record that is not edited stay to the byte. Keys keep their
// order, new ones stand where a badge puts them. Pieces are views that stay valid as long as the draft (moved or not).
class Draft final {
 public:
  // Throws Error as understand().
  explicit Draft(ByteView json);
  // Without records, for a badge of this level ("0.5").
  [[nodiscard]] static Draft fresh(std::string_view host_api_level);

  // False when the section has another layout than is known, or stands there twice; none of its records are listed then.
  [[nodiscard]] bool editable(Records list) const noexcept { return part(list).open; }
  [[nodiscard]] std::size_t count(Records list) const noexcept { return part(list).records.size(); }
  [[nodiscard]] std::string_view record(Records list, std::size_t index) const { return part(list).records.at(index); }
  [[nodiscard]] std::string_view own() const noexcept { return own_; }         // empty: none
  [[nodiscard]] std::string_view system() const noexcept { return system_; }   // empty: none
  struct Member {
    std::string name;              // decoded, untrusted
    std::string_view json;         // the value
    std::string_view whole;        // from the key on
  };
  [[nodiscard]] std::vector<Member> other_sections() const;   // all but the three that hold records
  [[nodiscard]] std::vector<Member> other_members() const;    // of the object itself: all that no badge knows

  // Behind the last record: all fields in the badge's order, Base32 unpadded, totp_slot 255 where there is none. Throws
  // Error(unsupported) when the section is not editable.
  void add(const TwoFactor& account);
  void add(const Login& login);
  void add(const Card& card);                              // the own one replaces the present one
  void add(Records list, std::string_view json);           // a record as it stands in another payload
  void replace(Records list, std::size_t index, std::string_view json);
  void remove(Records list, std::size_t index);
  void set_counter(std::size_t account, std::uint64_t counter);   // everything else in the record stays
  void set_host_api_level(std::string_view level);
  void set_own(std::string_view json);                     // empty: none
  void set_system(std::string_view json);
  void add_section(const Member& section);                 // as it stands in another payload
  void add_member(const Member& member);

  [[nodiscard]] SecretBytes text() const;

 private:
  struct Part {
    bool present = false, open = true, edited = false;
    std::vector<std::string_view> records;
  };
  [[nodiscard]] Part& part(Records list) noexcept { return parts_[static_cast<std::size_t>(list)]; }
  [[nodiscard]] const Part& part(Records list) const noexcept { return parts_[static_cast<std::size_t>(list)]; }
  [[nodiscard]] Part& opened(Records list);
  [[nodiscard]] JsonSpans spans() const;
  [[nodiscard]] std::string_view keep(SecretBytes json);
  [[nodiscard]] std::string_view keep(std::string_view json);
  [[nodiscard]] Member keep(const Member& member);

  SecretBytes base_;                       // the payload as it was, without that white space
  std::deque<SecretBytes> kept_;           // what was added
  std::array<Part, 3> parts_;
  std::string_view own_, system_, level_;  // JSON; level_ is empty when it stays
  std::vector<Member> sections_, members_; // added

  friend class DraftWriter;
};

// An object of JSON with this value of that member: in its place, or behind the others. Everything else stays to the byte.
[[nodiscard]] SecretBytes with_member(std::string_view object, std::string_view key, std::string_view value);

// Where a path of understand() leads: "modules.mod_2fa.entries[3].name" is record 3 of twofa. nullopt when it is no record.
struct RecordPlace {
  Records list = Records::twofa;
  std::size_t index = 0;
  std::string field;                       // "name"; empty for the record itself
};
[[nodiscard]] std::optional<RecordPlace> record_place(std::string_view path);
[[nodiscard]] std::string path_of_records(Records list);                        // "modules.mod_2fa.entries"
[[nodiscard]] std::string path_of_record(Records list, std::size_t index);      // "modules.mod_2fa.entries[3]"

// A vCard as it stands in a file, in the form that a badge keeps: lines unfolded and ended with LF, those without a value
// left out. So a card that was exported comes back as it was.
[[nodiscard]] SecretString card_from_file(std::string_view text);

// What a badge would cut or refuse, and a record that another one would overwrite. `path` is where it stands in the payload,
// empty for the whole of it; no sentence holds a value.
struct Misfit {
  std::string path, sentence;
  bool by_others = false;   // only because of other records: the store is full, or the same name is there already
};
// Every limit in bytes and every range (docs/formats/cdc-badge.md, "Writing a payload"); empty when a badge of today stores all of it.
[[nodiscard]] std::vector<Misfit> misfits(const Payload& payload);

}  // namespace hwbak::cdc_badge
