// What the tests of verbs that write HSM backups share.
#pragma once

#include "base/as_bytes.h"
#include "crypto/peer.h"
#include "support/hsm_vectors.h"
#include "tasks/opened_key.h"

namespace hwbak::test {

// Answers for share files, by their place, and for the other kinds of questions.
class ShareSecrets final : public Secrets {
 public:
  FixedSecrets others;
  std::map<std::pair<ShareQuestion::List, std::size_t>, ShareSecret> shares;
  void add(ShareQuestion::List list, std::size_t index, std::string_view text, bool quorum = false) {
    shares[{list, index}] = {SecretString::copy_of(text), quorum};
  }
  std::span<const SecretString> ask(const Question& question) override { return others.ask(question); }
  const ShareSecret* share(const ShareQuestion& question) override {
    const auto found = shares.find({question.list, question.index});
    return found == shares.end() || question.attempt != 0 ? nullptr : &found->second;
  }
};

// Every member of a list of objects, as text.
inline std::vector<std::string> members(const List& list, std::string_view key) {
  std::vector<std::string> out;
  for (const Value& value : list) out.push_back(text_fact(std::get<Object>(value.get()), key));
  return out;
}

inline std::string text_of_file(const std::filesystem::path& path) {
  const Bytes bytes = read_bytes(path);
  return {bytes.begin(), bytes.end()};
}

inline std::string quoted(const std::filesystem::path& path) { return "'" + path.string() + "'"; }

class HsmTask : public testing::Test {
 protected:
  Folder folder_;
  ShareSecrets secrets_;

  [[nodiscard]] Context context() {
    Context out;
    out.secrets = &secrets_;
    return out;
  }
  // The DKEK of the vectors, open already.
  [[nodiscard]] static tasks::SharesSource vector_shares() {
    return [](Report&) { return shares_of(vector_set({"A1"})); };
  }
  [[nodiscard]] std::filesystem::path file(std::string_view name, std::string_view text) const {
    const auto path = folder_ / name;
    write_bytes(path, as_bytes(text));
    return path;
  }
  // The report of `verify` on a file with the DKEK of these vectors.
  [[nodiscard]] static Report verified(const std::filesystem::path& path, std::initializer_list<std::string_view> shares = {"A1"}) {
    return ExaminedKey(read_bytes(path), shares_of(vector_set(shares))).report();
  }
};

}  // namespace hwbak::test
