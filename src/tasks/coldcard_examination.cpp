// See coldcard_examination.h. Which bytes are opened with which key, and what they turn out to be.
#include "tasks/coldcard_examination.h"

#include <algorithm>

#include "base/counted.h"
#include "device/coldcard/naming.h"

namespace hwbak::tasks {
namespace {

std::string_view text_of(ByteView bytes) { return {reinterpret_cast<const char*>(bytes.data()), bytes.size()}; }

bool is_known_text(std::string_view text) { return coldcard::is_backup_text(text) || coldcard::is_notes_export(text); }

// Places of `all` that fall into [from, from + length), counted from there.
void add_clipped(std::vector<Region>& out, const Region& place, std::uint64_t from, std::uint64_t length) {
  const std::uint64_t begin = std::clamp(place.offset, from, from + length);
  const std::uint64_t end = std::clamp(place.end(), from, from + length);
  if (begin < end) out.push_back({begin - from, end - begin});
}

}  // namespace

ColdcardExamination::Contents ColdcardExamination::kind_of(std::string_view text) {
  if (coldcard::is_backup_text(text)) return Contents::backup;
  return coldcard::is_notes_export(text) ? Contents::notes : Contents::other;
}

bool ColdcardExamination::recognises(ByteView bytes) { return sevenzip::recognise(bytes) || is_known_text(text_of(bytes)); }

ColdcardExamination::ColdcardExamination(const Context& context, Loaded file) : file_(std::move(file)) {
  limits_.max_rounds_pow = context.max_kdf_rounds;
  limits_.max_plaintext = context.max_size;
  clone_key_ = coldcard::clone_public_key(file_.subject.filename().native());
  if (!sevenzip::recognise(file_.bytes)) {
    bare_text_ = true;
    text_ = SecretBytes::copy_of(file_.bytes);
    wipe(file_.bytes.data(), file_.bytes.size());
    contents_ = kind_of(text_of(text_.expose()));
    return;
  }
  survey_ = sevenzip::survey(file_.bytes, limits_);
  choose_inner_name();
  if (!survey_->dead_end && !survey_->packed_header && locked_aes() == nullptr && !survey_->folders.empty()) open_folders({});
}

ColdcardExamination::ColdcardExamination(const Context& context, SecretBytes text) : bare_text_(true), text_(std::move(text)) {
  limits_.max_rounds_pow = context.max_kdf_rounds;
  limits_.max_plaintext = context.max_size;
  contents_ = kind_of(text_of(text_.expose()));
}

// The entry that is most likely the backup: the first text, else the first file with contents.
void ColdcardExamination::choose_inner_name() {
  const auto looks_right = [](const sevenzip::Entry& entry) {
    return entry.has_stream && coldcard::judge_inner_name(entry.name) != coldcard::InnerName::other;
  };
  const auto& entries = survey_->entries;
  auto best = std::find_if(entries.begin(), entries.end(), looks_right);
  if (best == entries.end()) best = std::find_if(entries.begin(), entries.end(), [](const auto& e) { return e.has_stream; });
  if (best != entries.end()) inner_name_ = best->name;
}

std::optional<Secrets::Question> ColdcardExamination::question() const {
  if (bare_text_ || unlocked() || survey_->dead_end || locked_aes() == nullptr) return std::nullopt;
  Secrets::Question question;
  question.subject = file_.shown;
  question.words_likely = !clone_key_;
  if (clone_key_) question.hint = "a clone file: its password is 64 hex digits that only the receiving device knew";
  return question;
}

const sevenzip::Aes* ColdcardExamination::locked_aes() const {
  if (!survey_ || survey_->dead_end) return nullptr;
  if (survey_->packed_header && survey_->folders.empty())
    return survey_->packed_header->aes ? &*survey_->packed_header->aes : nullptr;
  for (const sevenzip::Folder& folder : survey_->folders)
    if (folder.aes) return &*folder.aes;
  return nullptr;
}

bool ColdcardExamination::encrypted() const {
  if (bare_text_ || !survey_) return false;
  const auto has_aes = [](const sevenzip::Folder& folder) { return folder.aes.has_value(); };
  return (survey_->packed_header && has_aes(*survey_->packed_header)) || std::ranges::any_of(survey_->folders, has_aes) ||
         survey_->dead_end.has_value();
}

bool ColdcardExamination::try_key(ByteView key, const DeriveKey& derive) {
  const sevenzip::Aes first = *locked_aes();
  if (survey_->packed_header && survey_->folders.empty()) {
    if (!sevenzip::open_header(file_.bytes, *survey_, key, limits_)) return false;
    header_opened_ = true;
    choose_inner_name();
  }
  // One derivation serves all folders with the same salt and rounds, as every known writer makes them.
  return open_folders([&](const sevenzip::Aes& aes) {
    return aes.salt == first.salt && aes.rounds_pow == first.rounds_pow ? SecretBytes::copy_of(key) : derive(aes);
  });
}

bool ColdcardExamination::open_folders(const DeriveKey& derive) {
  bool known = false, unread = false;
  std::uint64_t budget = limits_.max_plaintext;  // for all folders together: one packed stream may be named by many
  for (std::size_t i = 0; i < survey_->folders.size(); ++i) {
    const sevenzip::Folder& folder = survey_->folders[i];
    if (folder.unpack_size > budget)
      throw Error(Outcome::refused, "the archive unpacks to more than the limit of " + counted(limits_.max_plaintext, "byte"),
                  std::nullopt, "give --max-size with a larger number if it holds a backup all the same");
    budget -= folder.unpack_size;
    const SecretBytes key = folder.aes ? derive(*folder.aes) : SecretBytes();
    sevenzip::Opened opened = sevenzip::open(file_.bytes, folder, key.expose(), limits_);
    if (known || opened.grade == sevenzip::Grade::wrong_secret) {
      unread |= opened.grade == sevenzip::Grade::damaged || opened.grade == sevenzip::Grade::wrong_secret;
      continue;
    }
    // Prefer the entry that is a backup; a folder without names (a lost header) is taken whole.
    const sevenzip::Entry* chosen = nullptr;
    for (const sevenzip::Entry& entry : survey_->entries) {
      if (!entry.has_stream || entry.folder != i || entry.offset + entry.size > opened.text.size()) continue;
      if (chosen == nullptr || is_known_text(text_of(opened.text.expose()).substr(entry.offset, entry.size))) chosen = &entry;
      if (chosen == &entry && entry.offset != 0) break;
    }
    const bool damaged = opened.grade == sevenzip::Grade::damaged;
    known = take(std::move(opened), folder, chosen);
    unread |= damaged && !known;
  }
  others_damaged_ = known && unread;
  return unlocked();
}

// Keeps the contents when they are the best so far; true when they are a Coldcard text.
bool ColdcardExamination::take(sevenzip::Opened opened, const sevenzip::Folder& folder, const sevenzip::Entry* entry) {
  const ByteView all = opened.text.expose();
  const std::size_t all_size = all.size();
  // The only file of a folder is the folder's text, whatever length the header gives it.
  const bool part = entry != nullptr && (entry->offset != 0 || (entry->size != all.size() && entry->size != folder.unpack_size));
  const std::string_view text = part ? text_of(all).substr(entry->offset, entry->size) : text_of(all);
  const Contents kind = kind_of(text);
  const bool known = kind != Contents::other;
  if (!known && opened.grade == sevenzip::Grade::unverified) return false;
  if (!known && unlocked()) return false;
  if (entry != nullptr) inner_name_ = entry->name;
  if (part) {
    std::vector<sevenzip::Hole> holes;
    for (const sevenzip::Hole& hole : opened.holes) {
      std::vector<Region> lost, suspect;
      add_clipped(lost, hole.text, entry->offset, entry->size);
      add_clipped(suspect, hole.suspect, entry->offset, entry->size);
      if (lost.empty() && suspect.empty()) continue;
      holes.push_back({hole.file, lost.empty() ? Region{} : lost[0], suspect.empty() ? Region{} : suspect[0]});
    }
    text_ = SecretBytes::copy_of(all.subspan(entry->offset, entry->size));
    opened.holes = std::move(holes);
  } else {
    text_ = std::move(opened.text);
  }
  if (opened.grade == sevenzip::Grade::good && all_size != folder.unpack_size && survey_->flaws.empty())
    survey_->flaws.push_back({"unpack-size",
                              "The end header claims a text of " + counted(folder.unpack_size, "byte") + ", but the checksum proves that it has " + std::to_string(all_size),
                              survey_->end_header, 0, true});
  if (opened.inserted) place_insertion(*opened.inserted);
  opened_ = std::move(opened);
  crc_place_ = folder.crc_place;
  if (folder.aes) aes_place_ = folder.aes->place;
  contents_ = kind;
  return known;
}

// The header alone knows only that bytes are too many; the checksum of the contents told which.
void ColdcardExamination::place_insertion(const Region& inserted) {
  for (sevenzip::Flaw& flaw : survey_->flaws) {
    if (flaw.code != "bytes-inserted") continue;
    flaw.place = inserted;
    flaw.sentence = counted(inserted.length, "byte") + (inserted.length == 1 ? " that does not belong to the archive stands" : " that do not belong to the archive stand") +
                    " at offset " + std::to_string(inserted.offset);
  }
}

void ColdcardExamination::judge(const Context&, Memo* memo) {
  audit::Evidence evidence;
  evidence.clone = clone_key_.has_value();
  evidence.encrypted = encrypted();
  evidence.inner_name = inner_name_;
  if (unlocked()) {
    const std::string_view text = text_of(text_.expose());
    coldcard::TextDamage damage;
    if (text_in_doubt()) {
      for (const sevenzip::Hole& hole : opened_->holes) {
        if (hole.text.length != 0) damage.lost.push_back(hole.text);
        if (hole.suspect.length != 0) damage.suspect.push_back(hole.suspect);
      }
      damage.unproven = opened_->holes.empty();  // no block looks lost, yet the checksum fails
    }
    if (contents_ == Contents::backup) {
      backup_ = coldcard::understand(text, damage, memo == nullptr ? nullptr : &static_cast<ColdcardMemo*>(memo)->secrets);
      evidence.backup = &*backup_;
    } else if (contents_ == Contents::notes) {
      auto notes = coldcard::understand_notes(text);
      notes_parse_ = notes.has_value();
      if (notes) {
        notes_ = std::move(notes->notes);
        unreadable_notes_ = notes->unreadable;
      }
    }
  }
  advisory_ = audit::judge(evidence);
  judged_ = true;
}

ByteView ColdcardExamination::plaintext() const {
  if (!unlocked() || (opened_ && opened_->grade != sevenzip::Grade::good)) return {};
  return text_.expose();
}

namespace {

// Between the pieces of a salvaged text: a comment line, so that a line cut in two can never be
// taken for a whole one.
std::string hole_mark(const Region& lost, const Region& suspect) {
  std::string mark = "\n# hwbak: " + counted(lost.length, "byte") + " lost here (text offset " + std::to_string(lost.offset) + ")";
  if (suspect.length != 0) mark += "; the next " + std::to_string(suspect.length) + " may hold wrong characters";
  return mark + "\n";
}

}  // namespace

SecretBytes ColdcardExamination::salvage() const {
  SecretBytes out;
  if (!unlocked()) return out;
  const ByteView text = text_.expose();
  std::uint64_t at = 0;
  if (text_in_doubt())
    for (const sevenzip::Hole& hole : opened_->holes) {
      const std::uint64_t begin = std::min<std::uint64_t>(hole.text.offset, text.size());
      if (begin < at) continue;
      out.append(text.subspan(at, begin - at));
      const std::string mark = hole_mark(hole.text, hole.suspect);
      out.append(ByteView(reinterpret_cast<const std::uint8_t*>(mark.data()), mark.size()));
      at = std::min<std::uint64_t>(hole.text.end(), text.size());
    }
  out.append(text.subspan(at));
  return out;
}

}  // namespace hwbak::tasks
