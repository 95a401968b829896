// See hsm_manifest.h.
#include "tasks/hsm_manifest.h"

#include <algorithm>

#include "base/json_spans.h"
#include "base/json_string.h"
#include "base/unicode.h"
#include "hwbak/error.h"
#include "io/links.h"

namespace hwbak::tasks {
namespace {

constexpr std::string_view schema = "hwbak-hsm-manifest/1";
constexpr std::size_t most_entries = 4096, longest_text = 8192;

// A public key in PEM has lines; all else is printable already, and this keeps the file so. Nothing that would not be read again.
std::string told(std::string_view text) {
  std::string out;
  for (std::size_t end = 0; !text.empty(); text.remove_prefix(std::min(end + 1, text.size()))) {
    end = std::min(text.find('\n'), text.size());
    out += printable(text.substr(0, end));
    if (end != text.size()) out += '\n';
  }
  return out.size() <= longest_text ? out : std::string();
}

// One object of one line each: members in the order they are put, empty ones left out.
class JsonObject final {
 public:
  JsonObject& text(std::string_view key, std::string_view value) {
    const std::string text = told(value);
    if (text.empty()) return *this;
    begin(key);
    out_ += json_string(text).expose();
    return *this;
  }
  JsonObject& number(std::string_view key, std::uint64_t value) {
    begin(key);
    out_ += std::to_string(value);
    return *this;
  }
  [[nodiscard]] std::string take() { return "{" + out_ + "}"; }

 private:
  void begin(std::string_view key) {
    if (!out_.empty()) out_ += ", ";
    out_ += json_string(key).expose();
    out_ += ": ";
  }
  std::string out_;
};

std::string object_of(const ManifestKey& key) {
  JsonObject out;
  out.number("reference", key.reference).text("status", key.status).text("why", key.why);
  out.text("file", key.file).text("sha256", key.sha256).text("key_id", key.key_id).text("label", key.label);
  out.text("key_type", key.key_type).text("curve", key.curve);
  if (key.key_size) out.number("key_size", *key.key_size);
  out.number("domain", key.domain).text("kcv", key.kcv).text("public_key_pem", key.public_key_pem);
  return out.take();
}

template <class Items, class Write>
void put_list(std::string& out, std::string_view name, const Items& items, const Write& write) {
  out += ",\n  \"" + std::string(name) + "\": [";
  for (std::size_t i = 0; i < items.size(); ++i) out += (i == 0 ? "\n    " : ",\n    ") + write(items[i]);
  out += items.empty() ? "]" : "\n  ]";
}

using Ref = JsonSpans::Ref;

std::string text_of(const Ref& object, std::string_view key) {
  const auto found = object.member(key);
  const auto text = found ? found->string() : std::nullopt;
  return text && text->size() <= longest_text ? std::string(text->expose()) : std::string();
}
std::optional<unsigned> number_of(const Ref& object, std::string_view key, unsigned most) {
  const auto found = object.member(key);
  const auto number = found ? found->integer() : std::nullopt;
  return number && *number >= 0 && *number <= most ? std::optional(static_cast<unsigned>(*number)) : std::nullopt;
}

bool is_name(std::string_view file) {
  return !file.empty() && file.size() <= 255 && file.find('/') == file.npos && file.find('\0') == file.npos && file != "." &&
         file != ".." && file != manifest_name;
}
bool is_sha256(std::string_view text) {
  return text.size() == 64 && text.find_first_not_of("0123456789abcdef") == text.npos;
}

std::vector<ManifestKey> keys_of(const Ref& root, std::string_view name) {
  std::vector<ManifestKey> out;
  const auto list = root.member(name);
  if (!list || list->kind() != JsonNode::Kind::array) return out;
  for (auto item = list->first_child(); item && out.size() < most_entries; item = item->next_sibling()) {
    const auto reference = number_of(*item, "reference", 255);
    if (!reference || *reference == 0) continue;
    ManifestKey key{*reference, text_of(*item, "status"), text_of(*item, "why"), text_of(*item, "file"), text_of(*item, "sha256"),
                    text_of(*item, "key_id"), text_of(*item, "label"), text_of(*item, "key_type"), text_of(*item, "curve"),
                    text_of(*item, "public_key_pem"), text_of(*item, "kcv"), number_of(*item, "key_size", 1u << 16),
                    number_of(*item, "domain", 15).value_or(0)};
    if (!is_name(key.file)) key.file.clear();
    if (!is_sha256(key.sha256)) key.sha256.clear();
    out.push_back(std::move(key));
  }
  return out;
}

std::vector<ManifestDomain> domains_of(const Ref& root) {
  std::vector<ManifestDomain> out;
  const auto list = root.member("domains");
  if (!list || list->kind() != JsonNode::Kind::array) return out;
  for (auto item = list->first_child(); item && out.size() < 16; item = item->next_sibling())
    if (const auto number = number_of(*item, "domain", 15))
      out.push_back({*number, number_of(*item, "shares", 255).value_or(0), number_of(*item, "missing", 255).value_or(0),
                     text_of(*item, "kcv")});
  return out;
}

constexpr const char* way_out = "look for another copy of it; or move it away: then nothing tells whether the files beside it are as they were written, unless --share opens them";

std::string_view text_of(const Bytes& bytes) { return {reinterpret_cast<const char*>(bytes.data()), bytes.size()}; }

}  // namespace

std::string write_manifest(const Manifest& manifest) {
  std::string out = "{\n  \"schema\": \"" + std::string(schema) + "\"";
  for (const auto& [name, value] : {std::pair("device", &manifest.device), std::pair("firmware", &manifest.firmware),
                                    std::pair("serial", &manifest.serial)})
    out.append(",\n  \"").append(name).append("\": ").append(json_string(told(*value)).expose());
  put_list(out, "domains", manifest.domains, [](const ManifestDomain& domain) {
    JsonObject object;
    object.number("domain", domain.number).number("shares", domain.shares).number("missing", domain.missing);
    return object.text("kcv", domain.kcv).take();
  });
  put_list(out, "keys", manifest.keys, object_of);
  put_list(out, "earlier", manifest.earlier, object_of);
  return out + "\n}\n";
}

std::optional<Manifest> read_manifest(std::string_view text) {
  const auto spans = JsonSpans::parse(text);
  if (!spans || spans->root().kind() != JsonNode::Kind::object || text_of(spans->root(), "schema") != schema) return std::nullopt;
  const Ref root = spans->root();
  return Manifest{text_of(root, "device"), text_of(root, "firmware"), text_of(root, "serial"), domains_of(root),
                  keys_of(root, "keys"), keys_of(root, "earlier")};
}

std::optional<Manifest> manifest_in(Files& files, const std::filesystem::path& folder) {
  const auto path = folder / manifest_name;
  if (io::is_link(path)) throw Error(Outcome::refused, printable(path.native()) + " is a link, and is not followed", std::nullopt, way_out);
  const auto info = files.info(path);
  if (!info) return std::nullopt;
  const bool fits = info->kind == FileInfo::Kind::file && info->size <= largest_manifest;
  auto out = fits ? read_manifest(text_of(files.read(path, largest_manifest))) : std::nullopt;
  if (!out)
    throw Error(Outcome::refused, printable(path.native()) + " is not the manifest of a device backup, or it is damaged", std::nullopt, way_out);
  return out;
}

std::optional<Manifest> manifest_beside(Files& files, const std::filesystem::path& file) {
  const auto folder = file.has_parent_path() ? file.parent_path() : std::filesystem::path(".");
  const auto path = folder / manifest_name;
  const auto info = files.info(path);
  if (io::is_link(path) || !info || info->kind != FileInfo::Kind::file || info->size > largest_manifest) return std::nullopt;
  const Bytes text = files.read(path, largest_manifest);
  return text_of(text).find("hwbak-hsm-manifest/") != std::string_view::npos ? manifest_in(files, folder) : std::nullopt;
}

bool is_manifest(Files& files, const std::filesystem::path& file) {
  if (file.filename() != manifest_name) return false;
  try {
    return read_manifest(text_of(files.read(file, largest_manifest))).has_value();
  } catch (const Error&) {   // then its report says why
    return false;
  }
}

}  // namespace hwbak::tasks
