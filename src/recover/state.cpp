// See state.h.
#include "recover/state.h"

#include <algorithm>
#include <charconv>

#include "base/as_bytes.h"
#include "base/hex.h"
#include "crypto/digest.h"
#include "crypto/hmac.h"
#include "crypto/pbkdf2_sha256.h"
#include "hwbak/error.h"

namespace hwbak::recover {
namespace {

constexpr std::string_view magic = "hwbak recover state ";
constexpr std::string_view version = "1";
constexpr std::string_view plan_label = "plan";
constexpr std::uint32_t fingerprint_iterations = 200'000;  // those of a badge's passphrase

[[noreturn]] void damaged() {
  throw Error(Outcome::damaged, "this is no state file of hwbak recover, or it is damaged", std::nullopt, "name another --state file, or remove this one to begin again");
}

// "name value\n"
std::string_view line(std::string_view& text, std::string_view name) {
  const std::size_t end = text.find('\n');
  if (end == std::string_view::npos || !text.starts_with(name) || end <= name.size() || text[name.size()] != ' ') damaged();
  const std::string_view value = text.substr(name.size() + 1, end - name.size() - 1);
  text.remove_prefix(end + 1);
  return value;
}

std::uint64_t number(std::string_view text) {
  std::uint64_t out = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), out);
  if (text.empty() || read.ec != std::errc() || read.ptr != text.data() + text.size()) damaged();
  return out;
}

template <std::size_t N>
std::array<std::uint8_t, N> bytes(std::string_view text) {
  const auto read = from_hex(text);
  if (!read || read->size() != N) damaged();
  std::array<std::uint8_t, N> out;
  std::copy(read->begin(), read->end(), out.begin());
  return out;
}

SecretBytes mac(const StateKey& key, std::string_view text) { return crypto::hmac(crypto::HmacHash::sha256, key.expose(), as_bytes(text)); }

// All but the check.
std::string checked_lines(const SavedSearch& search, const StateKey& key) {
  std::string out = std::string(magic) + std::string(version) + "\nsalt " + to_hex(search.salt) + "\nplan " + to_hex(mac(key, plan_label).expose()) + "\nclasses ";
  for (std::size_t i = 0; i < search.classes.size(); ++i) out += (i == 0 ? "" : ",") + search.classes[i];
  return out + "\nshard " + std::to_string(search.shard.part) + "/" + std::to_string(search.shard.parts) + "\nnext " + std::to_string(search.next) + "\n";
}

}  // namespace

StateKey state_key(const Plan& plan, ByteView file, FixedView<16> salt, ByteView judged_by) {
  SecretBytes all;
  plan.describe(all);
  for (const PlannedClass& one : plan.classes()) all.append(as_bytes(one.name + " " + one.candidates.digits() + "\n"));
  const auto of_file = crypto::sha256(file);
  all.append(of_file);
  all.append(judged_by);
  StateKey out(32);
  crypto::pbkdf2_hmac_sha256({all.expose(), salt, fingerprint_iterations, FixedSpan<32>(out.expose().data(), 32)});
  return out;
}

std::string write_state(const SavedSearch& search, const StateKey& key) {
  const std::string text = checked_lines(search, key);
  return text + "check " + to_hex(mac(key, text).expose()) + "\n";
}

bool is_of(const SavedSearch& search, const StateKey& key) { return mac(key, plan_label).equals(search.plan); }

void check_unchanged(const SavedSearch& search, const StateKey& key) {
  if (!mac(key, checked_lines(search, key)).equals(search.check)) damaged();
}

SavedSearch read_state(ByteView file) {
  std::string_view text(reinterpret_cast<const char*>(file.data()), file.size());
  if (!text.starts_with(magic)) damaged();
  text.remove_prefix(magic.size());
  if (!text.starts_with(std::string(version) + "\n"))
    throw Error(Outcome::unsupported, "this state file is of another version of hwbak", std::nullopt, "go on with that version, or remove the file to begin again");
  text.remove_prefix(version.size() + 1);
  SavedSearch out;
  out.salt = bytes<16>(line(text, "salt"));
  out.plan = bytes<32>(line(text, "plan"));
  for (std::string_view list = line(text, "classes"); !list.empty();) {
    const std::string_view one = list.substr(0, list.find(','));
    out.classes.emplace_back(one);
    list.remove_prefix(std::min(one.size() + 1, list.size()));
  }
  const std::string_view shard = line(text, "shard");
  const std::size_t slash = shard.find('/');
  if (slash == std::string_view::npos) damaged();
  out.shard = {number(shard.substr(0, slash)), number(shard.substr(slash + 1))};
  out.next = number(line(text, "next"));
  out.check = bytes<32>(line(text, "check"));
  if (!text.empty() || out.shard.part == 0 || out.shard.part > out.shard.parts || out.classes.empty()) damaged();
  return out;
}

}  // namespace hwbak::recover
