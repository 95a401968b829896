// See hsm_export.h.
#include "tasks/hsm_export.h"

#include <algorithm>
#include <array>

#include "audit/password_strength.h"
#include "base/unicode.h"
#include "tasks/check_output.h"
#include "tasks/new_password.h"
#include "tasks/opened_key.h"

namespace hwbak::tasks {
namespace {

enum class KeyFormat { pkcs8, pkcs12, pem, raw };
constexpr std::array<std::string_view, 4> words{"pkcs8", "pkcs12", "pem", "raw"};

KeyFormat format_of(const std::string& wanted) {
  const auto found = std::ranges::find(words, wanted);
  if (found == words.end())
    throw Error(Outcome::refused, "a wrapped key is not exported as " + printable(wanted), std::nullopt,
                "give --as pkcs8, pkcs12 or pem, or for an AES key --as raw");
  return static_cast<KeyFormat>(found - words.begin());
}

void check_kind(KeyFormat format, bool secret) {
  if (secret && format != KeyFormat::raw)
    throw Error(Outcome::refused,
                "this is an AES key, and " + std::string(words[static_cast<std::size_t>(format)]) +
                    " holds RSA and elliptic-curve keys only",
                std::nullopt, "give --as raw: the bytes of the key");
  if (!secret && format == KeyFormat::raw)
    throw Error(Outcome::refused, "raw is for AES keys, and this is a key pair", std::nullopt,
                "give --as pkcs8, pkcs12 or pem");
}

// From the header alone, before anybody is asked for a password.
void check_suits(const ExportOptions& options, KeyFormat format, ByteView file) {
  if (!wrapped_key::recognise(file))
    throw Error(Outcome::refused, "a DKEK share is exported in no format of another program", std::nullopt,
                "`hwbak dkek combine` makes the DKEK of all shares");
  if (format == KeyFormat::pkcs12 && options.no_encryption)
    throw Error(Outcome::usage, "PKCS#12 always has a password here", std::nullopt,
                "leave out --no-encryption, or give --as pkcs8 or --as pem");
  const auto survey = wrapped_key::survey(Bytes(file.begin(), file.end()));
  // A type that is damaged says nothing; the opened key does.
  if (!survey.dead_end && wrapped_key::has_usual_algorithm(survey))
    check_kind(format, survey.type == static_cast<std::uint8_t>(wrapped_key::KeyType::aes));
}

SecretString new_password(const Context& context, const Subject& output, Report& report) {
  const SecretString* const given = given_new_password(context, printable(output.native()));
  if (given == nullptr || given->empty())
    throw Error(Outcome::refused, "the exported key is encrypted, and no new password was given; nothing was written",
                std::nullopt,
                "give it with --new-password-from, or leave the key open on purpose with --no-encryption");
  if (const auto strength = audit::password_strength(*given); strength.weak)
    report.findings.push_back(
        {Severity::warning, "password-weak",
         "the new password is " + strength.words + "; 600,000 iterations slow guessing down only a little", ""});
  return given->clone();
}

ByteView x509_of(const OpenedKey& opened) {
  const bool x509 = wrapped_key::certificate_kind(opened.certificate) == wrapped_key::CertificateKind::x509;
  return x509 ? opened.certificate : ByteView{};
}

std::string label_of(const OpenedKey& opened) {
  return opened.description.empty() ? "" : wrapped_key::read_description(opened.description).label;
}

// `password` is empty: in the clear.
SecretBytes exported(const OpenedKey& opened, KeyFormat format, const SecretString& password) {
  const crypto::PrivateKey& key = opened.key->key()->key;
  const auto pkcs8 = [&] {
    return password.empty() ? crypto::pkcs8_der(key)
                            : SecretBytes::copy_of(crypto::pkcs8_encrypted_der(key, password.expose_bytes()));
  };
  switch (format) {
    case KeyFormat::pkcs8: return pkcs8();
    case KeyFormat::pkcs12:
      return SecretBytes::copy_of(crypto::pkcs12(key, x509_of(opened), label_of(opened), password.expose_bytes()));
    case KeyFormat::pem: {
      SecretBytes out = crypto::to_pem(pkcs8().expose(), password.empty() ? "PRIVATE KEY" : "ENCRYPTED PRIVATE KEY");
      if (const ByteView certificate = x509_of(opened); !certificate.empty())
        out.append(crypto::to_pem(certificate, "CERTIFICATE").expose());
      return out;
    }
    case KeyFormat::raw: break;
  }
  return std::get<crypto::SecretKey>(key).key.clone();
}

// As another program would read it: the same public key comes out.
void prove(const OpenedKey& opened, KeyFormat format, const SecretBytes& bytes,
           const SecretString& password) {
  if (format == KeyFormat::raw) return;
  const auto read = crypto::read_key_file(bytes.expose(), password.expose_bytes());
  const auto mine = crypto::public_of(opened.key->key()->key), theirs = crypto::public_of(read.key);
  if (!mine || !theirs || !crypto::same(*mine, *theirs))
    throw Error(Outcome::internal, "the exported key does not read back as the same key; nothing was written");
}

}  // namespace

void export_key(const Context& context, Loaded file, const ExportOptions& options, ExportResult& result) {
  export_key_with(
      context, std::move(file), options, [&](Report& report) { return shared_set(context, report, false); }, result);
}

void export_key_with(const Context& context, Loaded file, const ExportOptions& options, const SharesSource& shares_of,
                     ExportResult& result) {
  Report& report = result.report;
  const KeyFormat format = format_of(options.format);
  check_suits(options, format, file.bytes);
  std::vector<Subject> inputs = context.shares;
  inputs.push_back(file.subject);
  if (options.output) check_output(context, inputs, *options.output, options.overwrite);
  const bool encrypted = format != KeyFormat::raw && !options.no_encryption;
  const SecretString password =
      encrypted ? new_password(context, options.output.value_or(file.subject), report) : SecretString();
  const OpenedKey opened = open_wrapped(context, std::move(file), shares_of(report), false, options.parts, report);
  check_kind(format, std::holds_alternative<crypto::SecretKey>(opened.key->key()->key));
  SecretBytes bytes = exported(opened, format, password);
  prove(opened, format, bytes, password);
  const std::string as = options.format + (encrypted ? ", encrypted" : ", in the clear");
  report.message = pico_hsm::describe(*opened.key->key()) + " exported as " + as;
  Object fact;
  List files;
  if (options.output) {
    context.files.write(*options.output, bytes.expose(), WriteOptions{options.overwrite, 0600});
    files.emplace_back(printable(options.output->native()));
    report.message += " to " + printable(options.output->native());
  } else {
    result.data = std::move(bytes);
  }
  report.message += opened.left_out;
  const bool with_certificate = (format == KeyFormat::pkcs12 || format == KeyFormat::pem) && !x509_of(opened).empty();
  fact.put("format", options.format)
      .put("encrypted", encrypted)
      .put("certificate", with_certificate)
      .put("files", std::move(files));
  report.facts.put("export", std::move(fact));
  if (!encrypted)
    report.findings.push_back(
        {Severity::high, "cleartext-key", "the exported key lies open: whoever reads the file has the key", ""});
  report.next =
      encrypted ? "the key is now outside of any device: destroy the file as soon as it has served"
                : "this key lies open: use it, then destroy the file (on a flash drive deleting alone leaves it there)";
}

}  // namespace hwbak::tasks
