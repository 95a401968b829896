// A practice device in a folder of its own, a card beside it, and the ways through its menus that tests share.
#pragma once

#include "crypto/peer.h"
#include "hwbak/error.h"
#include "io/fault_points.h"
#include "practice/coldcard/practice.h"
#include "practice/scripted_screen.h"
#include "support/vectors.h"

namespace hwbak::practice::coldcard {

using test::Answer, test::cancel, test::choose, test::leave, test::ok, test::press, test::type, test::ScriptedScreen;
using Script = std::vector<Answer>;

inline Script operator+(Script first, const Script& then) {
  first.insert(first.end(), then.begin(), then.end());
  return first;
}

inline const std::string mnemonic = "legal winner thank year wave sausage worth useful legal winner thank yellow";
inline const std::string legal_fingerprint = "B8688DF1";
inline const std::string other_mnemonic = "abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon about";
inline const std::string other_fingerprint = "73C5DA0A";

inline const Script first_start = {ok("practice device"), type("12-34"), type("12-34")};
inline const Script log_in_again = {type("12-34")};
inline const Script log_out = {choose("Secure Logout")};
inline Script import(const std::string& words) { return {choose("Import Existing"), choose("12 Words"), type(words)}; }
// Into the Backup menu and out again, with the name of the menu that older firmware has.
inline Script in_backup_menu(const Script& inside, const std::string& advanced = "Advanced/Tools") {
  return Script{choose(advanced), choose("Backup")} + inside + Script{leave(), leave()};
}
inline const Script make_backup = {choose("Backup System"), ok("Record this (12 word) backup file password"),
                                   cancel("next time"), cancel("Backup file written")};

class Practice : public ::testing::Test {
 protected:
  Practice() { std::filesystem::create_directory(card); }

  // Plays the whole script; a screen that was not played to its end fails the test.
  std::unique_ptr<ScriptedScreen> play(Script script, const std::string& device = "one", Files& files = real_files()) {
    auto screen = std::make_unique<ScriptedScreen>(std::move(script));
    practice({folder / device, card, model, firmware}, files, system_random(), *screen);
    return screen;
  }
  Bytes state_file(const std::string& device = "one") { return test::read_bytes(folder / device / "primary.state"); }
  [[nodiscard]] static std::string joined(const std::vector<std::string>& words) {
    std::string out;
    for (const std::string& word : words) out += (out.empty() ? "" : " ") + word;
    return out;
  }
  // The text inside a file of the card, by 7-Zip.
  [[nodiscard]] std::string text_by_7z(const std::string& file, const std::string& password) const {
    return test::run("7z x -so -p'" + password + "' '" + (card / file).string() + "'").value_or("7z failed");
  }
  [[nodiscard]] Report verified(const std::string& file, const std::string& password) const {
    test::FixedSecrets secrets(password);
    return test::verify_one(card / file, &secrets);
  }

  const test::Folder folder;
  const std::filesystem::path card = folder / "card";
  std::optional<Model> model;
  std::string firmware;
};

inline bool holds(std::string_view text, std::string_view part) { return text.find(part) != std::string_view::npos; }

}  // namespace hwbak::practice::coldcard
