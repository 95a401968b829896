// What a device would do with a wrapped key, up to its numbers: what is there at all, DKEK, MAC, contents
// (docs/formats/pico-hsm.md, "What a device takes back").
#include "device/pico_hsm/restore.h"

#include "base/hex.h"
#include "base/sentence.h"
#include "device/pico_hsm/restore_parts.h"

namespace hwbak::pico_hsm {
namespace {

using wrapped_key::Fit;
using wrapped_key::Survey;

constexpr std::size_t old_tool_limit = 5852;   // bytes of a wrapped file that sc-hsm-tool up to 0.23 reads
constexpr std::string_view any_genuine = "3.x";

bool is_pico(const Target& target) noexcept { return target.device == Device::pico_hsm; }

std::string places(const std::vector<std::uint64_t>& offsets) {
  std::string out = offsets.size() == 1 ? "byte " : "bytes ";
  for (std::size_t i = 0; i < offsets.size(); ++i)
    out += (i == 0 ? "" : i + 1 == offsets.size() ? " and " : ", ") + std::to_string(offsets[i]);
  return out;
}

void note_losses(Restore& out, const Survey& survey) {
  out.lost = {"the usage counter", "the number of the key domain: the key goes to the first domain whose KCV fits"};
  if (survey.access_conditions.length != 0) out.lost.emplace_back("the access conditions in the blob");
  if (survey.key_oid.length != 0) out.lost.emplace_back("the OID of the key in the blob");
}

void note_tools(Restore& out, const Survey& survey) {
  if (survey.bare)
    out.notes.emplace_back(
        "This is the bare blob; sc-hsm-tool --unwrap-key wants it with DER around it. Tools on the level of the card "
        "take it");
  if (survey.file.size() > old_tool_limit)
    out.notes.push_back("The file has " + std::to_string(survey.file.size()) +
                        " bytes: sc-hsm-tool up to 0.23 reads at most " + std::to_string(old_tool_limit) +
                        ", and refuses it; take 0.24 or later");
  for (const wrapped_key::Remark& remark : survey.remarks)
    if (is_odd_der(remark)) out.notes.push_back(remark.sentence + "; whether sc-hsm-tool minds was not tried");
  out.notes.emplace_back(
      "A key that the device has under the same reference is overwritten without a question; sc-hsm-tool asks for "
      "--force");
}

// No DKEK: what can be said all the same.
void judge_closed(Restore& out, const Survey& survey) {
  if (is_pico(out.target) && !has_usual_algorithm(survey))
    return reject(out, "6400",
                  "The default algorithm in the header is not the one that a Pico HSM asks for with this type of key",
                  write_again("."));
  unproven(out, "Without the DKEK nobody can tell: the MAC, the numbers of the key and its curve are closed",
           "Give the shares of the DKEK with KCV " + to_hex_upper(survey.kcv) + ": `hwbak drill --share FILE ...`.");
}

void judge_other_dkek(Restore& out, const Survey& survey) {
  const std::string reason = "It was wrapped under another DKEK, of KCV " + to_hex_upper(survey.kcv);
  const std::string next = "Restore it to a device that has that DKEK, or give the shares that make it.";
  if (is_pico(out.target)) return reject(out, "6400", reason, next);
  unproven(out, reason + "; expect a refusal with 6A80, which is known by report only", next);
}

// True when the blob is whole and its contents are there.
bool judge_opening(Restore& out, const Survey& survey, const wrapped_key::Opening& opening) {
  const bool pico = is_pico(out.target);
  const std::string_view refused = pico ? "6400" : "";
  const std::string mend = opening.plaintext.empty() ? "Look for another copy of the file. " + std::string(never_send)
                                                     : write_again(": the damaged bytes are known and put right.");
  switch (opening.fit) {
    case Fit::opens: return true;
    case Fit::other_dkek:
      judge_other_dkek(out, survey);
      return false;
    case Fit::kcv_damaged:
      reject(out, refused,
             "Its KCV is damaged (" + places(opening.mended) + "), so the device takes it for one of another DKEK",
             mend);
      return false;
    case Fit::damaged:
      reject(out, refused,
             opening.mended.empty()
                 ? "It is damaged: the DKEK is right, and the MAC does not hold"
                 : "It is damaged (" + places(opening.mended) + "): the DKEK is right, and the MAC does not hold",
             mend);
      return false;
  }
  return false;
}

void judge_bad_numbers(Restore& out, const Survey& survey, const Error& error) {
  const bool rsa = survey.type == static_cast<std::uint8_t>(wrapped_key::KeyType::rsa) ||
                   survey.type == static_cast<std::uint8_t>(wrapped_key::KeyType::rsa_crt);
  if (rsa && error.outcome() == Outcome::unsupported)
    return unproven(out, error.sentence() + ". No device was seen to take such a key", std::string(never_send));
  if (is_pico(out.target)) return reject(out, "6400", error.sentence(), std::string(never_send));
  unproven(out, error.sentence() + ". What a genuine card makes of it is not known", std::string(never_send));
}

void judge_unknown_type(Restore& out, const Error& error, const wrapped_key::Opening* opening) {
  if (!is_pico(out.target)) return unproven(out, error.sentence());
  const bool mended = opening != nullptr && !opening->plaintext.empty();
  reject(out, "6984", error.sentence(), mended ? write_again(": the damaged byte is known and put right.") : "");
}

// Damage of the DER around the blob, or of the lengths in its header.
void judge_dead_end(Restore& out, const Error& error, bool key_is_whole) {
  reject(out, "", error.sentence() + ". sc-hsm-tool cannot read such a file",
         key_is_whole ? write_again(": the key in it is whole.")
                      : "Look for another copy of the file. " + std::string(never_send));
}

// Fewer than 73 bytes, of which up to eight are not even looked at.
void judge_no_blob(Restore& out, const Known& known) {
  constexpr std::uint64_t shortest_read = 9;
  const bool answered = is_pico(out.target) && known.blob_size && *known.blob_size > 0 && *known.blob_size < shortest_read;
  reject(out, answered ? "6984" : "", known.error != nullptr ? known.error->sentence() : "There is no key blob in the file",
         std::string(never_send));
}

// The device stores unread what stands beside the key.
void judge_beside(Restore& out, const Beside& beside) {
  if (out.verdict != Verdict::accept || beside.good()) return;
  out.bad_beside = true;
  const bool another = beside.certificate_of_another() || beside.description == Match::differs;
  std::string what;
  for (const std::string& one : beside.what_differs) what += (what.empty() ? "" : "; ") + within_sentence(one);
  out.reason = "The device answers 9000 and looks at the key alone; but what would be stored beside it is " +
               std::string(another ? "of another key: " : "damaged: ") + what +
               (out.other_key ? ". " + out.reason : "");
  if (!out.other_key)
    out.next = another ? "Find out which of the two is wanted. For the key alone: `hwbak rekey --without-certificate` "
                         "or --without-description (the same shares may be given as --share and --new-share)."
                       : write_again(": it leaves out what is damaged.");
}

}  // namespace

bool is_odd_der(const wrapped_key::Remark& remark) {
  return remark.code == "der-not-shortest" || remark.code == "unknown-part";
}

std::string write_again(std::string_view how) {
  std::string out = "Write it again with `hwbak rekey` (the same shares may be given as --share and --new-share)";
  out += how;
  return out;
}

void reject(Restore& out, std::string_view status_word, std::string reason, std::string next) {
  out.verdict = Verdict::reject;
  out.status_word = status_word;
  out.reason = std::move(reason);
  out.next = std::move(next);
}

void unproven(Restore& out, std::string reason, std::string next) {
  out.verdict = Verdict::unproven;
  out.status_word.clear();
  out.reason = std::move(reason);
  out.next = std::move(next);
}

std::string Target::text() const {
  return std::string(device == Device::pico_hsm ? "pico-hsm@" : "smartcard-hsm@") + version;
}

std::optional<Target> parse_target(std::string_view text) {
  const std::size_t at = text.find('@');
  const std::string_view device = text.substr(0, at), version = at == text.npos ? "" : text.substr(at + 1);
  if (device == "pico-hsm" && (at == text.npos || version == newest_pico_hsm))
    return Target{Device::pico_hsm, std::string(newest_pico_hsm)};
  if (device != "smartcard-hsm") return std::nullopt;
  if (at == text.npos) return Target{Device::smartcard_hsm, std::string(any_genuine)};
  const bool third = version.size() == 3 && version.starts_with("3.") &&
                     ((version[2] >= '0' && version[2] <= '9') || version[2] == 'x');
  return third ? std::optional<Target>({Device::smartcard_hsm, std::string(version)}) : std::nullopt;
}

std::vector<Target> all_targets() {
  return {{Device::pico_hsm, std::string(newest_pico_hsm)}, {Device::smartcard_hsm, std::string(any_genuine)}};
}

Restore restore(const Target& target, const Known& known) {
  Restore out;
  out.target = target;
  if (known.survey == nullptr) {
    judge_no_blob(out, known);
    return out;
  }
  const Survey& survey = *known.survey;
  if (survey.dead_end && survey.dead_end->outcome() == Outcome::unsupported) {
    judge_unknown_type(out, *survey.dead_end, known.opening);
    return out;
  }
  if (known.opening != nullptr && !judge_opening(out, survey, *known.opening)) return out;
  if (survey.dead_end) {
    judge_dead_end(out, *survey.dead_end, known.key != nullptr);
  } else if (known.opening == nullptr) {
    judge_closed(out, survey);
  } else if (known.key == nullptr) {
    judge_bad_numbers(out, survey, known.error != nullptr ? *known.error
                                                  : Error(Outcome::damaged, "The contents of the blob cannot be read"));
  } else {
    note_losses(out, survey);
    note_tools(out, survey);
    is_pico(target) ? judge_for_pico_hsm(out, survey, *known.key) : judge_for_smartcard_hsm(out, survey, *known.key);
    if (known.beside != nullptr) judge_beside(out, *known.beside);
  }
  return out;
}

}  // namespace hwbak::pico_hsm
