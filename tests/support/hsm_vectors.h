// The vectors of tests/vectors/pico-hsm/vectors.json, and sets of shares that need no derivation.
#pragma once

#include <boost/json.hpp>

#include "base/hex.h"
#include "base/unicode.h"
#include "support/vectors.h"
#include "tasks/hsm_key_examination.h"

namespace hwbak::test {

inline std::filesystem::path hsm_file(std::string_view name) { return std::filesystem::path(HWBAK_VECTORS) / "pico-hsm" / name; }

inline const boost::json::object& hsm_listing() {
  static const boost::json::value document = [] {
    const Bytes bytes = read_bytes(hsm_file("vectors.json"));
    return boost::json::parse({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
  }();
  return document.as_object();
}

inline const boost::json::object& hsm_share(std::string_view name) {
  for (const auto& share : hsm_listing().at("dkek_shares").as_array())
    if (share.at("name").as_string() == name) return share.as_object();
  throw std::runtime_error("no share " + std::string(name));
}

// The custodians' lines of a share, those with these IDs.
inline std::string quorum_lines(std::string_view name, std::initializer_list<unsigned> ids) {
  const auto& threshold = hsm_share(name).at("threshold").as_object();
  std::string out = "prime=" + std::string(threshold.at("prime").as_string().c_str()) + "\n";
  for (const unsigned id : ids) {
    const auto& share = threshold.at("shares").at(id - 1);
    out += "share=" + std::string(share.at("id_printed").as_string().c_str()) + ":" + share.at("value").as_string().c_str() + "\n";
  }
  return out;
}

// Open already, as if these were the shares (64 hexadecimal digits each) that the files held.
inline tasks::ShareSet opened_set(const std::vector<std::string>& shares) {
  tasks::ShareSet set;
  for (const std::string& hex : shares) {
    tasks::OpenedShare share;
    share.id = static_cast<unsigned>(set.shares.size() + 1);
    share.file = "share-" + std::to_string(share.id) + ".pbe";
    share.shown = share.file.native();
    share.share = from_hex_secret(hex).value();
    set.shares.push_back(std::move(share));
  }
  return set;
}

inline tasks::ShareSet vector_set(std::initializer_list<std::string_view> names) {
  std::vector<std::string> shares;
  for (const std::string_view name : names) shares.emplace_back(hsm_share(name).at("share_hex").as_string().c_str());
  return opened_set(shares);
}

inline const wrapped_key::DkekKeys& vector_keys() {
  static const wrapped_key::DkekKeys keys = [] {
    const SecretBytes dkek = vector_set({"A1"}).dkek();
    return wrapped_key::keys_of(FixedView<32>(dkek.expose().data(), 32));
  }();
  return keys;
}

// A wrapped key, examined with a set of shares; nullptr: none.
class ExaminedKey final {
 public:
  ExaminedKey(Bytes bytes, std::shared_ptr<tasks::HsmShares> shares) : key_({}, {"key.bin", "key.bin", std::move(bytes), std::nullopt}) {
    if (shares) key_.open_with(std::move(shares));
    key_.judge({}, nullptr);
  }
  [[nodiscard]] Report report(tasks::Detail detail = tasks::Detail::facts, bool reveal = false) const {
    Report report;
    key_.describe(report, detail, reveal);
    return report;
  }
  [[nodiscard]] const tasks::WrappedKeyExamination& operator*() const { return key_; }
  [[nodiscard]] const tasks::WrappedKeyExamination* operator->() const { return &key_; }

 private:
  tasks::WrappedKeyExamination key_;
};

inline std::shared_ptr<tasks::HsmShares> shares_of(tasks::ShareSet set) { return std::make_shared<tasks::HsmShares>(std::move(set)); }
inline ExaminedKey examined(std::string_view name, std::initializer_list<std::string_view> shares = {"A1"}) {
  return {read_bytes(hsm_file(name)), shares.size() == 0 ? nullptr : shares_of(vector_set(shares))};
}

inline std::vector<std::string> strings_of(const List& list) {
  std::vector<std::string> out;
  for (const Value& value : list)
    if (const auto* const text = std::get_if<std::string>(&value.get())) out.push_back(*text);
  return out;
}

}  // namespace hwbak::test
