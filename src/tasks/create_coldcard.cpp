// hwbak create coldcard: a backup of a wallet in a device's layout, on one or several cards.
#include <algorithm>
#include <utility>

#include "base/unicode.h"
#include "container/sevenzip/write.h"
#include "device/coldcard/firmware.h"
#include "device/coldcard/naming.h"
#include "tasks/cards.h"
#include "tasks/create_text.h"
#include "tasks/shell_quoted.h"

namespace hwbak {
namespace {

using tasks::SealedBackup;
using tasks::WrittenCopy;

void check_size(std::uint64_t text_size, const std::string& inner_name, Report& report) {
  const std::uint64_t size = tasks::sealed_size(text_size, inner_name);
  if (size > tasks::device_file_max)
    throw Error(Outcome::refused, "the file would have " + std::to_string(size) + " bytes; a Coldcard offers files of at most " +
                                      std::to_string(tasks::device_file_max) + "; nothing was written",
                std::nullopt, "reduce the text: remove notes or multisig wallets on the device and make the backup again");
  if (text_size < tasks::device_text_min)
    report.findings.push_back({Severity::warning, "device-limit",
                               "the text has " + std::to_string(text_size) + " bytes; a Coldcard's Verify wants more than 400 and "
                               "refuses the file. Restore takes it", ""});
  for (const coldcard::Firmware& firmware : coldcard::current_firmware())
    if (std::max(size, text_size) > firmware.size_limit)
      report.findings.push_back({Severity::warning, "device-limit",
                                 "a device with firmware " + coldcard::text(firmware.version) + " (" +
                                     std::string(coldcard::hardware_of(firmware.version.family)) + ") takes at most " +
                                     std::to_string(firmware.size_limit) + " bytes; the file has " + std::to_string(size), ""});
}

// Of the text's own facts those that concern the wallet.
Object wallet_facts(const Object& described) {
  Object out;
  for (const char* key : {"fingerprint", "mode", "word_count", "chain", "plaintext_size", "plaintext_sha256"})
    if (const Value* const value = described.find(key))
      std::visit([&](const auto& held) {
        if constexpr (std::is_same_v<std::decay_t<decltype(held)>, std::int64_t> || std::is_same_v<std::decay_t<decltype(held)>, std::string>)
          out.put(key, held);
      }, value->get());
  const Value* const found = described.find("advisory");
  const auto* const advisory = found != nullptr ? std::get_if<Object>(&found->get()) : nullptr;
  const Value* const level = advisory != nullptr ? advisory->find("level") : nullptr;
  if (const auto* const word = level != nullptr ? std::get_if<std::string>(&level->get()) : nullptr) {
    Object short_advisory;
    short_advisory.put("level", *word);
    out.put("advisory", std::move(short_advisory));
  }
  return out;
}

List copies_fact(const std::vector<WrittenCopy>& copies) {
  List out;
  for (const WrittenCopy& copy : copies) {
    Object item;
    item.put("file", printable(copy.place.native())).put("outcome", std::string(name(copy.outcome))).put("message", copy.message);
    out.push_back(std::move(item));
  }
  return out;
}

void verdict(Report& report, const std::vector<WrittenCopy>& copies, std::size_t cards) {
  std::vector<const WrittenCopy*> good;
  const WrittenCopy* bad = nullptr;
  for (const WrittenCopy& copy : copies) {
    if (copy.outcome == Outcome::ok) good.push_back(&copy);
    else if (bad == nullptr) bad = &copy;
  }
  const std::string all = std::to_string(copies.size()) + (copies.size() == 1 ? " copy" : " copies");
  report.outcome = bad == nullptr ? Outcome::ok : bad->outcome;
  report.levels.structure = good.empty() ? Level::not_run : Level::pass;
  report.levels.content = report.levels.structure;
  if (bad == nullptr) {
    report.message = all + " on " + std::to_string(cards) + (cards == 1 ? " card" : " cards") + ", each read back and opened again";
    return;
  }
  report.message = good.empty() ? "none of " + all + " could be written" : std::to_string(good.size()) + " of " + all + " are good:";
  for (std::size_t i = 0; i < good.size(); ++i) report.message += (i == 0 ? " " : ", ") + printable(good[i]->place.native());
  if (report.outcome == Outcome::stopped) {
    report.message = "interrupted: " + report.message;
    return;
  }
  report.message += ". First failure, on " + printable(bad->place.native()) + ": " + bad->message;
}

std::string about(const SecretString& password, bool drawn) {
  if (drawn) return "twelve fresh words";
  if (tasks::are_device_words(password)) return "the twelve words that were given";
  return "as given. It is not twelve words, so a device needs newer firmware to restore: Advanced/Tools > I Am Developer. > Restore Bkup";
}

void page(Report& report, const SealedBackup& sealed, const std::vector<WrittenCopy>& copies, std::string password) {
  Section files{"The backup", {}};
  for (const WrittenCopy& copy : copies)
    files.row(copy.outcome == Outcome::ok ? "written" : "FAILED",
              printable(copy.place.native()) + (copy.outcome == Outcome::ok ? "" : ": " + copy.message));
  files.row("size", std::to_string(sealed.archive.size()) + " bytes, SHA-256 " + sealed.sha256);
  if (const Value* const fingerprint = report.facts.find("fingerprint"))
    if (const auto* const text = std::get_if<std::string>(&fingerprint->get())) files.row("fingerprint", *text);
  files.row("password", std::move(password));
  files.row("", tasks::vendors_support);
  Section advice{"How to keep it", {}};
  advice.row("", "Use cards of industrial grade, at least two, with three files on each, and keep them in different places.");
  advice.row("", "Test every file once a year: `hwbak verify` with the password. Cards forget without being used.");
  advice.row("", "Keep the password on paper, apart from the cards: without it the files are worth nothing, together with them they "
                 "are the wallet.");
  advice.row("", "The seed words on paper are still needed: they outlive every card.");
  report.page.clear();
  report.page.push_back(std::move(files));
  report.page.push_back(std::move(advice));
}

void next_step(Report& report, const std::vector<WrittenCopy>& copies) {
  const auto good = std::find_if(copies.begin(), copies.end(), [](const WrittenCopy& copy) { return copy.outcome == Outcome::ok; });
  if (good == copies.end()) {
    report.next = "use another card; the password was not used for anything";
    return;
  }
  const bool guessable = std::ranges::any_of(report.findings, [](const Finding& finding) {
    return finding.code == "password-weak" || finding.code == "password-inside";
  });
  if (guessable) {
    report.next = "remove these files and run it again without --new-password-from: twelve fresh words cannot be guessed";
    return;
  }
  const std::string file = tasks::shell_quoted(printable(good->place.native()));
  report.next = report.outcome == Outcome::ok
                    ? "rehearse the restore: `hwbak drill " + file + "`"
                    : "copy a good file to another card and prove it there: `hwbak verify " + file + "`";
}

}  // namespace

WrittenResult create_coldcard(const Context& context, const CreateColdcardOptions& options, const ConfirmWords& confirm) {
  WrittenResult result;
  Report& report = result.report;
  report = tasks::blank_report("create", options.text.value_or("coldcard"));
  tasks::guarded(report, [&] {
    if (options.text && !options.chain.empty())
      throw Error(Outcome::usage, "a chain was given for a text, which names its own", std::nullopt, "leave out --chain or --text");
    std::vector<Finding> of_cards;
    const auto cards = tasks::check_cards(context, options.cards, options.copies, of_cards);
    // Before the wallet is asked for; its size is not known yet.
    tasks::check_room(context, cards, options.copies, tasks::device_text_min);
    const auto wallet = options.text ? tasks::text_from_file(context, *options.text, report)
                                     : tasks::text_from_wallet(context, options.chain, report);
    const ByteView text = wallet->proven_text();
    const std::string inner_name = coldcard::fresh_inner_name(context.random);
    report.facts = wallet_facts(report.facts);
    const Level meaning = std::exchange(report.levels, Levels{}).meaning;  // the levels are those of what is written
    const Outcome of_text = report.outcome;
    report.format = "coldcard-7z";
    check_size(text.size(), inner_name, report);
    if (options.text)
      report.findings.push_back({Severity::warning, "cleartext", printable(options.text->native()) + " is not encrypted: whoever reads it has the "
                                 "wallet. Once the backup is proven, remove it so that it cannot be brought back", ""});
    // Before the words: whoever has written them down should not learn then that a card is full.
    tasks::check_room(context, cards, options.copies, tasks::sealed_size(text.size(), inner_name));
    tasks::tell_leftovers(context, cards, of_cards);
    const SecretString password =
        tasks::new_password(context, result, options.text ? printable(options.text->native()) : "the new backup", text,
                            tasks::ShortPassword::refused, confirm);
    const SealedBackup sealed = tasks::seal_backup(text, inner_name, password, context.random);
    const auto copies = tasks::write_copies(context, cards, options.copies, sealed, text);

    report.facts.put("rounds_pow", sevenzip::device_rounds_pow).put("words_drawn", !result.new_words.empty());
    report.facts.put("output_sha256", sealed.sha256).put("output_inner_name", sealed.inner_name);
    report.facts.put("copies", copies_fact(copies));
    report.findings.insert(report.findings.end(), of_cards.begin(), of_cards.end());
    verdict(report, copies, cards.size());
    if (report.outcome == Outcome::ok && of_text != Outcome::ok) {
      report.outcome = of_text;
      report.message += "; but not every line of the text is one that a device takes over: see the findings";
    }
    if (report.levels.content == Level::pass) report.levels.meaning = meaning;
    page(report, sealed, copies, about(password, !result.new_words.empty()));
    next_step(report, copies);
  });
  return result;
}

}  // namespace hwbak
