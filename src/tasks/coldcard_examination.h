// A Coldcard backup under examination: its 7z container (or bare text), what came out of it, and
// what that means.
#pragma once

#include "audit/coldcard_rng.h"
#include "container/sevenzip/open.h"
#include "device/coldcard/backup.h"
#include "device/coldcard/secret_memo.h"
#include "tasks/family.h"

namespace hwbak::tasks {

class ColdcardMemo final : public Memo {
 public:
  coldcard::SecretMemo secrets;
};

class ColdcardExamination final : public Examination {
 public:
  ColdcardExamination(const Context& context, Loaded file);
  // A backup text that stands in no file.
  ColdcardExamination(const Context& context, SecretBytes text);
  [[nodiscard]] static bool recognises(ByteView bytes);

  [[nodiscard]] std::optional<Secrets::Question> question() const override;
  [[nodiscard]] bool unlocked() const override { return contents_ != Contents::closed; }
  void judge(const Context& context, Memo* memo) override;
  void describe(Report& report, Detail detail, bool reveal) const override;
  [[nodiscard]] ByteView plaintext() const override;
  [[nodiscard]] SecretBytes salvage() const override;
  void rekey(const Context& context, const RekeyOptions& options, const ConfirmWords& confirm, WrittenResult& result) const override;
  [[nodiscard]] Rehearsal rehearse(const Context& context, std::span<const DrillTarget> targets, const DrillOptions& options) const override;

  // One password in one of its byte forms, to be derived side by side with those of other files.
  [[nodiscard]] const sevenzip::Aes* locked_aes() const;   // what a key is needed for; nullptr: nothing
  // With the key for locked_aes(); `derive` makes those of other salts. True when it opened (in whole or in part).
  using DeriveKey = std::function<SecretBytes(const sevenzip::Aes&)>;
  bool try_key(ByteView key, const DeriveKey& derive);
  void note_wrong_secret() { secret_was_wrong_ = true; }
  // The password as it would be typed on a device: the one that opened the file, or the first that was tried.
  void keep_typed(ByteView password) { typed_ = SecretBytes::copy_of(password); }
  [[nodiscard]] bool has_typed() const { return !typed_.empty(); }
  [[nodiscard]] std::optional<Bytes> clone_key() const { return clone_key_; }

  // For rekey and copies. The text when a checksum proves it, as it is or with a mended byte; else empty.
  [[nodiscard]] ByteView proven_text() const { return unlocked() && (!opened_ || opened_->crc_holds) ? text_.expose() : ByteView{}; }
  [[nodiscard]] const std::string& inner_name() const { return inner_name_; }
  [[nodiscard]] const coldcard::Backup* backup() const { return backup_ ? &*backup_ : nullptr; }
  [[nodiscard]] bool is_notes() const { return contents_ == Contents::notes; }
  [[nodiscard]] const Loaded& file() const { return file_; }

 private:
  enum class Contents { closed, backup, notes, other };
  friend class ColdcardDescription;  // reads everything, changes nothing

  // No checksum holds over the text, as it is or with a mended byte.
  [[nodiscard]] bool text_in_doubt() const { return opened_ && opened_->grade != sevenzip::Grade::good && !opened_->mended_byte; }
  [[nodiscard]] static Contents kind_of(std::string_view text);
  void choose_inner_name();
  void place_insertion(const Region& inserted);
  bool take(sevenzip::Opened opened, const sevenzip::Folder& folder, const sevenzip::Entry* entry);
  bool open_folders(const DeriveKey& derive);
  [[nodiscard]] bool encrypted() const;

  Loaded file_;
  sevenzip::Limits limits_;
  bool bare_text_ = false;                    // backup.txt, or notes in clear: no container
  std::optional<sevenzip::Survey> survey_;
  std::string inner_name_;                    // of the entry that is the backup; empty when not known
  std::optional<Bytes> clone_key_;            // the sender's public key, from a clone file's name

  Contents contents_ = Contents::closed;
  bool secret_was_wrong_ = false;
  SecretBytes typed_;                         // see keep_typed(); empty when no password was given
  std::optional<sevenzip::Opened> opened_;
  Region aes_place_;                          // of salt and IV in the file
  bool header_opened_ = false;                // an encrypted header came open: the password is right
  bool others_damaged_ = false;               // a file beside the backup in the same archive is damaged
  Region crc_place_;                          // of the contents' CRC in the file
  SecretBytes text_;                          // the backup's own text
  bool judged_ = false;                       // what follows says something
  std::optional<coldcard::Backup> backup_;    // views into text_
  std::vector<coldcard::Note> notes_;
  bool notes_parse_ = true;
  std::size_t unreadable_notes_ = 0;
  audit::Advisory advisory_;
};

void check_coldcard_target(const DrillTarget& target);
[[nodiscard]] Family coldcard_family();

}  // namespace hwbak::tasks
