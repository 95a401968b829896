// The files of a restore, and the device they go to; see hsm_restore_item.h.
#include <algorithm>

#include "base/unicode.h"
#include "container/cdcbak/cdcbak.h"
#include "container/dkek_share/dkek_share.h"
#include "tasks/hsm_restore_item.h"
#include "tasks/hsm_restore_proof.h"
#include "tasks/shell_quoted.h"

namespace hwbak::tasks {
namespace {

constexpr std::size_t most_items = 1024;
constexpr const char* where_to_look = "name a file that `hwbak device backup` or sc-hsm-tool --wrap-key made, or a folder of them";

std::string type_word(std::uint8_t type) {
  switch (static_cast<wrapped_key::KeyType>(type)) {
    case wrapped_key::KeyType::rsa:
    case wrapped_key::KeyType::rsa_crt: return "rsa";
    case wrapped_key::KeyType::ec: return "ec";
    case wrapped_key::KeyType::aes: return "aes";
  }
  return {};
}

// What lies open.
void read_parts(RestoreItem& item) {
  const auto copy = [](ByteView bytes) { return Bytes(bytes.begin(), bytes.end()); };
  item.beside = key_beside(copy(item.survey->at(item.survey->description)), copy(item.survey->at(item.survey->certificate)));
  if (item.beside.shape.type.empty()) item.beside.shape.type = type_word(item.survey->type);
}

}  // namespace

std::string name_of(const DeviceKey& key) { return (key.label().empty() ? std::string() : "\"" + key.label() + "\", ") + key.kind(); }

void check_goes_into_hsm(const Context& context, const Subject& subject) {
  const auto info = context.files.info(subject);
  if (info && info->kind == FileInfo::Kind::folder) return;
  const Bytes file = context.files.read(subject, context.max_size);
  if (wrapped_key::recognise(file)) return;
  const std::string name = printable(subject.native());
  if (cdcbak::recognise(file))
    throw Error(Outcome::usage, name + " is the backup of a badge, which needs --port PATH", std::nullopt, "`hwbak device list` shows the ports");
  if (dkek::recognise(file))
    throw Error(Outcome::unsupported, name + " is a share of a DKEK, and no key: it goes into a device when that is initialised; nothing was sent",
                std::nullopt, "see the steps: `hwbak device init-plan --share " + shell_quoted(name) + "`. A key is restored with --share FILE");
  throw Error(Outcome::unsupported, name + " is neither a key that sc-hsm-tool or hwbak wrapped, nor the backup of a badge; nothing was sent",
              std::nullopt, "see what it is: `hwbak inspect " + shell_quoted(name) + "`");
}

RestoreFiles restore_files(const Context& context, const Subject& subject) {
  RestoreFiles out;
  const auto info = context.files.info(subject);
  out.folder = info && info->kind == FileInfo::Kind::folder;
  const auto manifest = out.folder ? manifest_in(context.files, subject) : manifest_beside(context.files, subject);
  std::vector<std::string> earlier;
  if (manifest) {
    for (const ManifestKey& key : manifest->keys)
      if (!key.file.empty()) out.manifest.emplace(key.file, key);
    for (const ManifestKey& key : manifest->earlier) earlier.push_back(key.file);
  }
  if (out.folder)
    for (const FileInfo& entry : context.files.list(subject))
      if (entry.kind != FileInfo::Kind::file)
        out.passed_over.push_back(printable(entry.path.filename().native()) +
                                  (entry.kind == FileInfo::Kind::folder ? ": a folder; restore it by its name" : ": no file"));
  for (const Subject& file : expand(context.files, {subject})) {
    const std::string name = file.filename().native();
    RestoreItem item;
    item.subject = file;
    item.shown = printable(file.native());
    if (out.folder && !out.manifest.contains(name) && std::ranges::find(earlier, name) != earlier.end()) {
      out.passed_over.push_back(printable(name) + ": the manifest has it as an earlier file, of another key or damaged; restore it by its name");
      continue;
    }
    const auto about = context.files.info(file);
    if (about && about->size > largest_wrapped_key_file) {
      if (!out.folder) throw Error(Outcome::unsupported, item.shown + " is too large for a wrapped key; nothing was sent", std::nullopt, where_to_look);
      out.passed_over.push_back(printable(name) + ": too large for a wrapped key");
      continue;
    }
    Bytes bytes = context.files.read(file, std::min(context.max_size, largest_wrapped_key_file));
    if (!wrapped_key::recognise(bytes)) {
      if (!out.folder) throw Error(Outcome::unsupported, item.shown + " is no wrapped key; nothing was sent", std::nullopt, where_to_look);
      out.passed_over.push_back(printable(name) + ": no wrapped key");
      continue;
    }
    try {
      item.survey = wrapped_key::survey(std::move(bytes));
      read_parts(item);
    } catch (const Error& error) {
      item.refuse(error);
    }
    out.items.push_back(std::move(item));
    if (out.items.size() > most_items)
      throw Error(Outcome::refused, "there are more than " + std::to_string(most_items) + " wrapped keys in " + printable(subject.native()), std::nullopt,
                  "a device holds 255 keys: restore a smaller folder");
  }
  if (out.items.empty())
    throw Error(Outcome::unsupported, "there is no wrapped key in " + printable(subject.native()) + "; nothing was sent", std::nullopt, where_to_look);
  return out;
}

RestoreTarget::RestoreTarget(HsmSession& session) : session_(session), kind_(kind_of(session)), domains_(session.hsm().domains()) {
  for (const pcsc::FileId file : session.hsm().list()) {
    const auto prefix = static_cast<std::uint8_t>(file >> 8);
    if (prefix == pcsc::prefix_key || prefix == pcsc::prefix_description || prefix == pcsc::prefix_certificate) listed_[file & 0xFF] = true;
  }
  listed_[0] = true;   // the device's own
}

const pcsc::DomainStatus* RestoreTarget::home_of(const pcsc::Kcv& kcv) const {
  for (const pcsc::DomainStatus& domain : domains_)
    if (domain.note == pcsc::KcvNote::readable && domain.kcv == kcv) return &domain;
  return nullptr;
}

std::string RestoreTarget::domains_in_words() const {
  std::string out;
  for (const pcsc::DomainStatus& domain : domains_)
    out += (out.empty() ? "key domain " : "; key domain ") + std::to_string(domain.number) + ": " + in_words(domain);
  return out.empty() ? "it has no key domain" : out;
}

const DeviceKey* RestoreTarget::key_at(std::uint8_t reference) {
  auto known = looked_at_.find(reference);
  if (known == looked_at_.end()) {
    auto key = listed_[reference] && reference != 0 ? read_device_key(session_.hsm(), reference) : std::nullopt;
    known = looked_at_.emplace(reference, std::move(key)).first;
  }
  return known->second ? &*known->second : nullptr;
}

const pico_hsm::Key* RestoreTarget::opened(std::uint8_t reference, const std::shared_ptr<HsmShares>& shares, RandomSource& random) {
  auto known = opened_.find(reference);
  if (known == opened_.end()) known = opened_.emplace(reference, wrapped_and_opened(session_.hsm(), reference, shares, random)).first;
  return known->second ? &*known->second : nullptr;
}

// A certificate is in no list.
bool RestoreTarget::is_taken(std::uint8_t reference) {
  if (listed_[reference]) return true;
  auto known = leftovers_.find(reference);
  if (known == leftovers_.end()) {
    const auto certificate = session_.hsm().read_file(pcsc::file_id(pcsc::prefix_certificate, reference));
    known = leftovers_.emplace(reference, certificate && !certificate->empty()).first;
  }
  return known->second;
}

std::uint8_t RestoreTarget::free_reference() {
  for (unsigned reference = 1; reference <= 255; ++reference)
    if (!promised_[reference] && !is_taken(static_cast<std::uint8_t>(reference))) return static_cast<std::uint8_t>(reference);
  return 0;
}

bool RestoreTarget::promise(std::uint8_t reference) { return !std::exchange(promised_[reference], true); }

}  // namespace hwbak::tasks
