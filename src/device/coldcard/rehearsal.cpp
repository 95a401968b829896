// Restore up to the decrypted text: menus, file picker, password, headers, decryption (docs/formats/coldcard.md,
// "Restoring on a device").
#include "device/coldcard/rehearsal.h"

#include <algorithm>

#include "base/as_bytes.h"
#include "base/unicode.h"
#include "container/sevenzip/layout.h"
#include "device/coldcard/naming.h"
#include "device/coldcard/rehearsal_parts.h"
#include "device/coldcard/words.h"
#include "wallet/bip39.h"

namespace hwbak::coldcard {
namespace {

constexpr std::string_view password_sentence = "Unable to decrypt backup file. Incorrect password?\n\nTried:\n\n{password}";

std::string_view text_of(ByteView bytes) noexcept { return {reinterpret_cast<const char*>(bytes.data()), bytes.size()}; }

// What the word picker can spell: twelve words of the list, in full.
bool is_twelve_words(std::string_view password) noexcept {
  for (unsigned i = 0; i < password_words; ++i) {
    const std::size_t end = std::min(password.find(' '), password.size());
    if (!wallet::word_index(password.substr(0, end))) return false;
    const bool last = i + 1 == password_words;
    if (last != (end == password.size())) return false;
    password.remove_prefix(last ? end : end + 1);
  }
  return true;
}

std::string developer_menu(const Firmware& firmware, DeviceState state) {
  return std::string(state == DeviceState::temporary ? "Advanced/Tools > Danger Zone > " : "Advanced/Tools > ") +
         "I Am Developer. > " + (firmware.takes_custom_password ? "Restore Bkup" : "Restore Txt Bkup");
}

// Is there a menu for it at all?
std::optional<DeviceAnswer> no_menu(const Presented& presented, const Firmware& firmware, DeviceState state) {
  if (presented.way == Way::clone && !firmware.clones)
    return refuse("this firmware cannot clone", {}, "Clone with firmware 4.0.0 or later.");
  if (state == DeviceState::seeded || (state == DeviceState::temporary && presented.way == Way::clone))
    return refuse("the device holds a seed already, which a restore would replace",
                  "You must clear the wallet seed before restoring a backup. Visit the advanced menu and choose "
                  "'Destroy Seed'.", {});
  const bool loads = firmware.loads_temporary && (firmware.takes_custom_password || !is_cleartext(presented));
  if (state == DeviceState::temporary && !loads)
    return refuse("this firmware cannot load such a file as a temporary seed", {}, {});
  return std::nullopt;
}

// Whether this password can be entered; `hint` tells where, when it is not the ordinary menu.
std::optional<DeviceAnswer> not_typable(const Presented& presented, const Firmware& firmware, DeviceState state,
                                        std::string& hint) {
  if (presented.way == Way::clone) return std::nullopt;  // nobody types it
  const std::string_view password = text_of(*presented.typed_password);
  if (is_twelve_words(password)) return std::nullopt;
  const auto no = [&](std::string why) { return refuse(std::move(why), {}, std::string(mend_look)); };
  const PasswordFit fit = device_fit(password);
  if (fit == PasswordFit::other_characters)
    return no("the password has characters that the device's keys do not offer");
  if (!firmware.takes_custom_password)
    return no("the password is not twelve words of the list, and this firmware has no menu to type another one");
  if (fit == PasswordFit::too_short)
    return no("the password is neither twelve words of the list nor 32 to 128 characters long: it is too short");
  if (fit == PasswordFit::too_long)
    return no("the password is neither twelve words of the list nor 32 to 128 characters long: it is too long");
  hint = "Type this password under " + developer_menu(firmware, state) + ".";
  return std::nullopt;
}

// A failure behind the headers. Early firmware takes each of them for a wrong password.
DeviceAnswer behind_headers(Refusal refusal, std::string reason, std::string_view shown, std::string mend,
                            const Firmware& firmware) {
  std::string message(password_sentence);
  if (refusal == Refusal::assertion && firmware.gives_reasons) {
    message = "Invalid backup file:";
    if (!shown.empty()) message.append(" ").append(shown);
  }
  return refuse(std::move(reason), std::move(message), std::move(mend));
}

DeviceAnswer bad_text(std::string reason, std::string mend, const Firmware& firmware) {
  return behind_headers(Refusal::assertion, std::move(reason), {}, std::move(mend), firmware);
}

std::optional<DeviceAnswer> judge_name(const DeviceArchive& archive, const Firmware& firmware) {
  const auto fault = name_fault(archive.inner_name, firmware);
  return fault ? std::optional(bad_text(fault->reason, fault->mend, firmware)) : std::nullopt;
}

std::optional<DeviceAnswer> judge_text(const DeviceArchive& archive, std::string_view text, const Firmware& firmware) {
  if (auto no = judge_name(archive, firmware)) return no;
  if (!text.starts_with('#')) return bad_text("the text does not begin with #", std::string(mend_look), firmware);
  if (!text.ends_with('\n')) return bad_text("the text does not end with a newline", std::string(mend_look), firmware);
  return std::nullopt;
}

DeviceAnswer without_password(const Presented& presented) {
  DeviceAnswer answer;
  answer.verdict = Verdict::unproven;
  answer.reason = "without the password nothing behind the headers can be tried";
  answer.mend = "Give the password as well: `hwbak drill {file}`.";
  if (clone_public_key(presented.name)) {
    answer.reason = "this is a clone file: only the device that wrote ccbk-start.json can open it, while it stays powered";
    answer.mend = "Go on with the clone on that device, or make an ordinary backup on the source.";
  }
  return answer;
}

Restored restore_archive(const Presented& presented, const Firmware& firmware, Receiver receiver) {
  Restored out;
  const auto answer = [&](DeviceAnswer given) {
    out.answer = std::move(given);
    return std::move(out);
  };
  if (presented.way == Way::clone && !clone_public_key(presented.name))
    return answer(refuse("a clone is taken from a file named <66 hex digits>-ccbk.7z alone", "Clone file not found.",
                         "Start the clone again on the receiving device."));
  if (presented.way != Way::clone)
    if (const auto no = not_offered(presented, firmware, ".7z")) return answer(*no);
  const DeviceReading headers = check_headers(presented.file, firmware);
  if (headers.refusal != Refusal::none)
    return answer(refuse(headers.reason, sentence("Unable to read backup file. Has it been touched?", headers.shown),
                         mend_of(headers.cure)));
  const DeviceReading inside = search_contents(presented.file, firmware);
  if (!inside.archive)
    return answer(behind_headers(inside.refusal, inside.reason, inside.shown, mend_of(inside.cure), firmware));
  if (!presented.typed_password) {
    // The name is not encrypted: what it leads to is certain.
    const auto no = judge_name(*inside.archive, firmware);
    return answer(no ? *no : without_password(presented));
  }
  std::string hint;
  if (!receiver.as_words)
    if (const auto no = not_typable(presented, firmware, receiver.state, hint)) return answer(*no);
  if (inside.archive->rounds_pow > longest_key) {
    DeviceAnswer open{Verdict::unproven, "the key takes 2^" + std::to_string(inside.archive->rounds_pow) +
                                             " rounds; the device would be at it for hours or days", {},
                      mend_longest_key};
    return answer(std::move(open));
  }
  DecryptMemo own;
  DecryptMemo& memo = presented.memo == nullptr ? own : *presented.memo;
  const DeviceText& text = memo.decrypted(presented.file, *inside.archive, *presented.typed_password);
  if (text.refusal != Refusal::none)
    return answer(behind_headers(text.refusal, text.reason, text.shown, std::string(mend_look), firmware));
  if (const auto no = judge_text(*inside.archive, text_of(text.text.expose()), firmware)) return answer(*no);
  out = restore_text(text_of(text.text.expose()), firmware, receiver.state);
  if (presented.way == Way::clone) out.asks_to_confirm = firmware.confirms_clone;
  if (out.answer.verdict == Verdict::accept) out.answer.mend = std::move(hint);
  return out;
}

Restored restore_cleartext(const Presented& presented, const Firmware& firmware, DeviceState state) {
  Restored out;
  if (presented.way == Way::clone) {
    out.answer = refuse("a clone is taken from a file named <66 hex digits>-ccbk.7z alone", "Clone file not found.",
                        "Start the clone again on the receiving device.");
    return out;
  }
  if (const auto no = not_offered(presented, firmware, ".txt")) {
    out.answer = *no;
    return out;
  }
  out = restore_text(text_of(presented.file), firmware, state);
  if (out.answer.verdict == Verdict::accept)
    out.answer.mend = "Choose the file under " + developer_menu(firmware, state) + ".";
  return out;
}

}  // namespace

bool is_cleartext(const Presented& presented) noexcept {
  if (picker_shows(presented.name, ".7z")) return false;
  if (picker_shows(presented.name, ".txt")) return true;
  return !presented.file.empty() && presented.file[0] == '#';
}

Restored judge_restore(const Presented& presented, const Firmware& firmware, Receiver receiver) {
  if (auto no = no_menu(presented, firmware, receiver.state)) {
    Restored out;
    out.answer = std::move(*no);
    return out;
  }
  return is_cleartext(presented) ? restore_cleartext(presented, firmware, receiver.state)
                                 : restore_archive(presented, firmware, receiver);
}

}  // namespace hwbak::coldcard
