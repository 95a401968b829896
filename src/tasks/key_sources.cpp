// See key_sources.h.
#include "tasks/key_sources.h"

#include <algorithm>
#include <charconv>

#include "base/base64.h"
#include "base/unicode.h"
#include "foreign/key_files.h"

namespace hwbak::tasks {
namespace {

// The bytes of a file that is a secret: kept in locked memory only.
SecretBytes secret_file(const Context& context, const Subject& file) {
  Bytes bytes = context.files.read(file, context.max_size);
  SecretBytes out = SecretBytes::copy_of(bytes);
  wipe(bytes.data(), bytes.size());
  return out;
}

bool is_aes_size(unsigned bits) noexcept { return bits == 128 || bits == 192 || bits == 256 || bits == 512; }

KeySource with_password(const Context& context, const SecretBytes& file, const Subject& subject) {
  Secrets::Question question;
  question.subject = printable(subject.native());
  question.words_likely = false;
  auto candidates = context.secrets != nullptr ? context.secrets->ask(question) : std::span<const SecretString>{};
  if (candidates.empty())
    throw Error(Outcome::refused, question.subject + " is encrypted, and no password was given for it", std::nullopt,
                "give it with --password-from, or run it on a terminal");
  for (;; candidates = context.secrets->ask_again(question)) {
    std::optional<Error> wrong;
    for (const SecretString& candidate : candidates) {
      try {
        crypto::ReadKey read = foreign::read_key(file.expose(), candidate.expose_bytes());
        return {std::move(read.key), std::move(read.certificate)};
      } catch (const Error& error) {
        if (error.outcome() != Outcome::wrong_secret) throw;
        wrong = error;
      }
    }
    if (!wrong)
      throw Error(Outcome::wrong_secret, "no password that was given opens " + question.subject, std::nullopt,
                  "give the password of the key file with --password-from");
    if (candidates.empty()) throw *wrong;
  }
}

// Between the lines of a PEM block, wherever it stands in the file.
std::optional<Bytes> pem_certificate(std::string_view text) {
  constexpr std::string_view first = "-----BEGIN CERTIFICATE-----", last = "-----END CERTIFICATE-----";
  const auto from = text.find(first);
  if (from == std::string_view::npos) return std::nullopt;
  const auto to = text.find(last, from);
  if (to == std::string_view::npos) return std::nullopt;
  const std::string_view body = text.substr(from + first.size(), to - from - first.size());
  Bytes out;
  const auto reading =
      from_base64({reinterpret_cast<const std::uint8_t*>(body.data()), body.size()}, Base64Blanks::skipped, out);
  return reading.fault ? std::nullopt : std::optional(std::move(out));
}

}  // namespace

KeySource key_of_file(const Context& context, const Subject& subject) {
  const SecretBytes file = secret_file(context, subject);
  const auto kind = foreign::recognise_key(file.expose());
  if (!kind)
    throw Error(Outcome::unsupported,
                printable(subject.native()) +
                    " holds no key that is known here: neither PEM, PKCS#8 and PKCS#12 nor the 16, 24, 32 or 64 bytes "
                    "of an AES key",
                std::nullopt, "convert it first: `openssl pkey -in KEY -out KEY.pem`");
  if (kind->needs == crypto::KeyFileNeeds::password) return with_password(context, file, subject);
  crypto::ReadKey read = foreign::read_key(file.expose(), {});
  return {std::move(read.key), std::move(read.certificate)};
}

crypto::PrivateKey fresh_key(const std::string& wanted, RandomSource& random) {
  const std::size_t colon = std::min(wanted.find(':'), wanted.size());
  const std::string kind = wanted.substr(0, colon), detail = colon < wanted.size() ? wanted.substr(colon + 1) : "";
  unsigned bits = 0;
  std::from_chars(detail.data(), detail.data() + detail.size(), bits);
  const bool exact = std::to_string(bits) == detail;
  if (kind == "rsa" && exact && (bits == 1024 || bits == 2048 || bits == 3072 || bits == 4096))
    return crypto::fresh_rsa(bits);
  if (kind == "ec")
    if (const auto curve = crypto::curve_named(detail)) return crypto::fresh_ec(*curve, random);
  if (wanted == "x25519") return crypto::fresh_montgomery(crypto::Montgomery::x25519, random);
  if (wanted == "x448") return crypto::fresh_montgomery(crypto::Montgomery::x448, random);
  if (kind == "aes" && exact && is_aes_size(bits)) {
    SecretBytes key(bits / 8);
    random.fill(key.expose());
    return crypto::SecretKey{std::move(key)};
  }
  throw Error(Outcome::usage, "there is no kind of key " + printable(wanted), std::nullopt,
              "give one of: rsa:1024, rsa:2048, rsa:3072, rsa:4096, ec:secp256r1 (or secp192r1, secp384r1, secp521r1, "
              "secp192k1, secp256k1, brainpoolP256r1, "
              "brainpoolP384r1, brainpoolP512r1), x25519, x448, aes:128, aes:192, aes:256, aes:512");
}

Bytes certificate_of_file(const Context& context, const Subject& subject) {
  Bytes file = context.files.read(subject, context.max_size);
  if (auto der = pem_certificate({reinterpret_cast<const char*>(file.data()), file.size()})) file = std::move(*der);
  if (!crypto::read_certificate(file))
    throw Error(Outcome::unsupported, printable(subject.native()) + " is no X.509 certificate in PEM or DER",
                std::nullopt, "check it with `openssl x509 -in FILE -noout -subject`");
  return file;
}

}  // namespace hwbak::tasks
