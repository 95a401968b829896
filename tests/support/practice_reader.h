// Readers with practice HSMs in them, in this process: in place of PC/SC for tests of what talks to a card.
#pragma once

#include <functional>
#include <memory>
#include <optional>

#include "hwbak/error.h"
#include "hwbak/hsm_device.h"
#include "link/pcsc/card_line.h"
#include "practice/pico_hsm/card.h"
#include "support/folder.h"

namespace hwbak::test {

// One reader. What was sent to it stays in `sent`.
struct PracticeReader {
  std::string name;
  std::unique_ptr<practice::pico_hsm::Card> card;   // nullptr: no card in it
  std::vector<Bytes> sent;
  std::size_t pulled_after = SIZE_MAX;              // commands that are still answered; then the card is gone
  // Another answer in place of the card's, where it gives one.
  std::function<std::optional<Bytes>(ByteView command)> instead;
};

class PracticeReaders final : public CardReaders {
 public:
  // A card with its state in a folder of its own, not initialised.
  PracticeReader& add(const std::string& name) {
    constexpr unsigned quick = 1;
    all_.push_back(std::make_unique<PracticeReader>());
    PracticeReader& reader = *all_.back();
    reader.name = name;
    reader.card = std::make_unique<practice::pico_hsm::Card>(folder_ / std::to_string(all_.size()), real_files(), system_random(),
                                                              practice::pico_hsm::Behaviour{}, quick);
    return reader;
  }
  PracticeReader& add_empty(const std::string& name) {
    all_.push_back(std::make_unique<PracticeReader>());
    all_.back()->name = name;
    return *all_.back();
  }

  std::vector<std::string> names() override {
    std::vector<std::string> out;
    for (const auto& reader : all_) out.push_back(reader->name);
    return out;
  }
  std::unique_ptr<pcsc::CardLine> connect(const std::string& name) override {
    for (const auto& reader : all_)
      if (reader->name == name && reader->card) return std::make_unique<Line>(*reader);
    throw Error(Outcome::device, name + ": there is no card in it", std::nullopt, "put it in");
  }

 private:
  class Line final : public pcsc::CardLine {
   public:
    explicit Line(PracticeReader& reader) : reader_(reader) { reader_.card->reset(); }
    ~Line() override { reader_.card->reset(); }
    SecretBytes transmit(ByteView command) override {
      if (reader_.pulled_after == 0) throw Error(Outcome::device, reader_.name + ": the card was taken out", std::nullopt, "put it in again");
      --reader_.pulled_after;
      reader_.sent.emplace_back(command.begin(), command.end());
      if (reader_.instead)
        if (const auto answer = reader_.instead(command)) return SecretBytes::copy_of(*answer);
      return reader_.card->transmit(command);
    }

   private:
    PracticeReader& reader_;
  };

  // A card writes its state after each command: in memory, where the system has a place for that.
  static std::filesystem::path in_memory() {
    const std::filesystem::path memory = "/dev/shm";
    return std::filesystem::is_directory(memory) ? memory : std::filesystem::temp_directory_path();
  }

  Folder folder_{in_memory()};
  std::vector<std::unique_ptr<PracticeReader>> all_;
};

}  // namespace hwbak::test
