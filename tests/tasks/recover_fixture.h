// What the tests of recover share: a file whose key costs next to nothing, and a search in it.
#pragma once

#include <gtest/gtest.h>

#include "base/as_bytes.h"
#include "container/sevenzip/open.h"
#include "container/sevenzip/write.h"
#include "hwbak/recover.h"
#include "support/replay.h"
#include "support/vectors.h"

namespace hwbak::test {

inline constexpr std::string_view right = "unfair divorce remind addict add angry grace feature foil stable stereo kite";

inline std::int64_t number(const Report& report, std::string_view name) {
  const Value* const value = report.facts.find(name);
  return value == nullptr ? -1 : std::get<std::int64_t>(value->get());
}

class Recover : public testing::Test {
 protected:
  static constexpr std::chrono::milliseconds measured_for{20};  // what a person is told of the time may be rough here
  Folder folder_;
  Context context_;
  std::string list_;   // the word list of a pattern

  // A device's file in all but the cost of its key derivation.
  std::filesystem::path cheap_file(std::string_view password = right, unsigned rounds_pow = 1) {
    return cheap_file_of(read_bytes(vector("backup.txt").path()), password, rounds_pow);
  }
  std::filesystem::path cheap_file_of(ByteView text, std::string_view password = right, unsigned rounds_pow = 1) {
    const auto form = sevenzip::password_forms({reinterpret_cast<const std::uint8_t*>(password.data()), password.size()});
    const auto path = folder_ / "cheap.7z";
    write_bytes(path, sevenzip::write_device_archive(text, "zoo12.txt", form[0].expose(), rounds_pow, system_random()));
    return path;
  }
  RecoverResult run(const Subject& file, std::string_view typed, RecoverOptions options = {}) {
    options.threads = options.threads == 0 ? 2 : options.threads;
    options.measure_for = measured_for;
    Remembered remembered;
    remembered.words = SecretString::copy_of(typed);
    return recover_password(context_, file, remembered, options);
  }
  RecoverResult run_pattern(const Subject& file, std::string_view pattern, RecoverOptions options = {}) {
    options.threads = 2;
    options.measure_for = measured_for;
    Remembered remembered;
    remembered.pattern = SecretString::copy_of(pattern);
    if (!list_.empty()) remembered.word_list = SecretBytes::copy_of(as_bytes(list_));
    return recover_password(context_, file, remembered, options);
  }
  static RecoverOptions only(std::vector<std::string> classes) {
    RecoverOptions options;
    options.classes = std::move(classes);
    return options;
  }
};

}  // namespace hwbak::test
