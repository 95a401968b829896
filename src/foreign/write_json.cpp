// Bitwarden's unencrypted export and Aegis' plain vault (docs/exports.md, "JSON").
#include "base/as_bytes.h"
#include "base/base32.h"
#include "base/json_string.h"
#include "foreign/rows.h"
#include "foreign/uuid.h"

namespace hwbak::foreign {
namespace {

// JSON text of fixed shape; only the values are quoted and escaped.
class JsonText final {
 public:
  JsonText& raw(std::string_view json) {
    out_.append(as_bytes(json));
    return *this;
  }
  JsonText& text(std::string_view value) { return raw(json_string(value).expose()); }
  JsonText& text_or_null(std::string_view value) { return value.empty() ? raw("null") : text(value); }
  JsonText& number(std::uint64_t value) { return raw(std::to_string(value)); }
  [[nodiscard]] SecretBytes take() { return std::move(out_); }

 private:
  SecretBytes out_;
};

// Groups of the logins, each with the identifier of its folder.
class Folders final {
 public:
  // Empty for no group.
  std::string id_of(std::string_view group) {
    for (const auto& [name, id] : folders_)
      if (name == group) return id;
    if (group.empty()) return {};
    folders_.emplace_back(group, uuids_.of("folder", group));
    return folders_.back().second;
  }
  [[nodiscard]] const std::vector<std::pair<std::string_view, std::string>>& all() const noexcept { return folders_; }

 private:
  std::vector<std::pair<std::string_view, std::string>> folders_;
  Uuids uuids_;
};

void put_item(JsonText& out, const Row& row, std::string_view folder, std::string_view id) {
  out.raw("{\"id\":").text(id).raw(",\"organizationId\":null,\"folderId\":").text_or_null(folder);
  out.raw(",\"type\":1,\"reprompt\":0,\"name\":").text(row.title).raw(",\"notes\":").text_or_null(row.notes);
  out.raw(",\"favorite\":false,\"login\":{\"uris\":[");
  if (!row.url.empty()) out.raw("{\"match\":null,\"uri\":").text(row.url).raw("}");
  out.raw("],\"username\":").text_or_null(row.username).raw(",\"password\":").text_or_null(row.password);
  out.raw(",\"totp\":").text_or_null(row.totp).raw("},\"collectionIds\":null}");
}

std::string_view algorithm(otp::Hash hash) noexcept {
  switch (hash) {
    case otp::Hash::sha1: return "SHA1";
    case otp::Hash::sha256: return "SHA256";
    case otp::Hash::sha512: return "SHA512";
  }
  return "";
}

void put_entry(JsonText& out, const otp::Account& account, std::string_view id) {
  const bool totp = account.kind == otp::Kind::totp;
  out.raw("{\"type\":").text(totp ? "totp" : "hotp").raw(",\"uuid\":").text(id);
  out.raw(",\"name\":").text(account.name.expose()).raw(",\"issuer\":").text(account.issuer.expose());
  out.raw(",\"note\":\"\",\"favorite\":false,\"icon\":null,\"info\":{\"secret\":").text(to_base32(account.secret.expose()).expose());
  out.raw(",\"algo\":").text(algorithm(account.hash)).raw(",\"digits\":").number(account.digits);
  if (totp) out.raw(",\"period\":").number(account.period);
  else out.raw(",\"counter\":").number(account.counter);
  out.raw("}}");
}

}  // namespace

SecretBytes write_bitwarden_json(const Contents& contents) {
  Folders folders;
  Uuids uuids;
  for (const Login& login : contents.logins) (void)folders.id_of(login.group.expose());
  JsonText out;
  out.raw("{\"encrypted\":false,\"folders\":[");
  const char* comma = "";
  for (const auto& [name, id] : folders.all()) {
    out.raw(comma).raw("{\"id\":").text(id).raw(",\"name\":").text(name).raw("}");
    comma = ",";
  }
  out.raw("],\"items\":[");
  comma = "";
  for_each_row(contents, [&](const Row& row) {
    out.raw(comma);
    put_item(out, row, folders.id_of(row.group), uuids.of("login", row.title, row.username));
    comma = ",";
  });
  out.raw("]}\n");
  return out.take();
}

// Version 2 of the inner part: every Aegis reads it, also those from before groups (version 3).
SecretBytes write_aegis(const Contents& contents) {
  Uuids uuids;
  JsonText out;
  out.raw("{\"version\":1,\"header\":{\"slots\":null,\"params\":null},\"db\":{\"version\":2,\"entries\":[");
  const char* comma = "";
  for (const otp::Account* account : all_codes(contents)) {
    out.raw(comma);
    put_entry(out, *account, uuids.of("code", account->issuer.expose(), account->name.expose()));
    comma = ",";
  }
  out.raw("]}}\n");
  return out.take();
}

}  // namespace hwbak::foreign
