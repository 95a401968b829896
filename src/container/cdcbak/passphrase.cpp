// The bytes that a passphrase may stand for (docs/formats/cdc-badge.md, "Passphrase bytes").
#include <algorithm>
#include <string_view>

#include "base/cp437.h"
#include "base/normalize.h"
#include "base/unicode.h"
#include "container/cdcbak/layout.h"

namespace hwbak::cdcbak {
namespace {

std::string_view as_text(ByteView bytes) { return {reinterpret_cast<const char*>(bytes.data()), bytes.size()}; }

// Each once, and never an empty one.
class Forms final {
 public:
  void add(PassphraseForm form, std::optional<SecretBytes> bytes) {
    if (!bytes || bytes->empty()) return;
    for (const PassphraseBytes& known : all_)
      if (known.bytes.equals(bytes->expose())) return;
    all_.push_back({form, std::move(*bytes)});
  }
  [[nodiscard]] std::vector<PassphraseBytes> take() { return std::move(all_); }

 private:
  std::vector<PassphraseBytes> all_;
};

}  // namespace

std::string_view name(PassphraseForm form) noexcept {
  switch (form) {
    case PassphraseForm::utf8: return "utf-8";
    case PassphraseForm::cp437: return "cp437";
    case PassphraseForm::cp437_dropped: return "cp437-dropped";
    case PassphraseForm::nfc: return "nfc";
    case PassphraseForm::nfd: return "nfd";
  }
  return "unknown";
}

std::vector<PassphraseBytes> passphrase_forms(ByteView passphrase) {
  if (passphrase.empty())
    throw Error(Outcome::refused, "The passphrase is empty; a badge takes none such, so no backup has it", std::nullopt,
                "Type the passphrase of this backup.");
  Forms forms;
  const std::string_view typed = as_text(passphrase);
  // Any bytes are code page 437, which is what a badge holds.
  forms.add(is_utf8(typed) ? PassphraseForm::utf8 : PassphraseForm::cp437, SecretBytes::copy_of(passphrase));
  if (is_ascii(typed) || !is_utf8(typed)) return forms.take();
  // The same character may be typed here in one piece and there as letter and accent: the badge sees either.
  auto nfc = normalize(typed, NormalForm::nfc), nfd = normalize(typed, NormalForm::nfd);
  std::vector<std::string_view> spellings{typed};
  for (const auto* other : {&nfc, &nfd})
    if (*other) spellings.push_back(as_text((*other)->expose()));
  for (const std::string_view spelling : spellings) forms.add(PassphraseForm::cp437, utf8_to_cp437(spelling));
  for (const std::string_view spelling : spellings)
    forms.add(PassphraseForm::cp437_dropped, utf8_to_cp437_dropping(spelling));
  forms.add(PassphraseForm::nfc, std::move(nfc));
  forms.add(PassphraseForm::nfd, std::move(nfd));
  return forms.take();
}

}  // namespace hwbak::cdcbak
