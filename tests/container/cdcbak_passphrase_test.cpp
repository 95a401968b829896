// The bytes tried for a passphrase.
#include "base/as_bytes.h"
#include "base/hex.h"
#include "container/cdcbak/cdcbak.h"

namespace hwbak::cdcbak {
namespace {

using Forms = std::vector<std::pair<std::string, std::string>>;

Forms forms_of(std::string_view passphrase) {
  Forms out;
  for (const PassphraseBytes& form : passphrase_forms(as_bytes(passphrase)))
    out.emplace_back(name(form.form), to_hex(form.bytes.expose()));
  return out;
}

TEST(CdcbakPassphrase, AsciiAndForeignBytesHaveOneForm) {
  EXPECT_EQ(forms_of("correct horse"), (Forms{{"utf-8", "636f727265637420686f727365"}}));
  EXPECT_EQ(forms_of("\x81\xFF"), (Forms{{"cp437", "81ff"}})) << "what a badge holds";
}

TEST(CdcbakPassphrase, AccentsInOnePieceOrTwo) {
  EXPECT_EQ(forms_of("Grüße"), (Forms{{"utf-8", "4772c3bcc39f65"},
                                      {"cp437", "477281e165"},
                                      {"cp437-dropped", "477275e165"},  // as typed in two pieces
                                      {"nfd", "477275cc88c39f65"}}));
  EXPECT_EQ(forms_of("Gru\u0308\u00DFe"), (Forms{{"utf-8", "477275cc88c39f65"},
                                                 {"cp437", "477281e165"},
                                                 {"cp437-dropped", "477275e165"},
                                                 {"nfc", "4772c3bcc39f65"}}));
}

TEST(CdcbakPassphrase, WhatHasNoByteIsDropped) {
  EXPECT_EQ(forms_of("a\U0001F511b"), (Forms{{"utf-8", "61f09f949162"}, {"cp437-dropped", "6162"}}));
  EXPECT_EQ(forms_of("пароль"), (Forms{{"utf-8", "d0bfd0b0d180d0bed0bbd18c"}})) << "nothing would be left";
  EXPECT_EQ(forms_of("\u00A6"), (Forms{{"utf-8", "c2a6"}, {"cp437", "7c"}}));
}

TEST(CdcbakPassphrase, AnEmptyOneIsRefused) {
  try {
    (void)passphrase_forms({});
    FAIL() << "taken";
  } catch (const Error& error) {
    EXPECT_EQ(error.outcome(), Outcome::refused);
  }
}

}  // namespace
}  // namespace hwbak::cdcbak
