// See pbe_cost.h.
#include "crypto/pbe_cost.h"

namespace hwbak::crypto {
namespace {

template <typename T>
Owned<T> parameters_of(const X509_ALGOR* algorithm, const ASN1_ITEM* item) {
  Owned<T> out;
  if (algorithm != nullptr && algorithm->parameter != nullptr)
    out.reset(static_cast<T*>(ASN1_TYPE_unpack_sequence(item, algorithm->parameter)));
  if (!out) throw Error(Outcome::damaged, "the file does not say in a readable way how its key is encrypted");
  return out;
}

// Negative and huge numbers count as too many.
std::uint64_t count_of(const ASN1_INTEGER* number) {
  std::uint64_t value = 0;
  if (number == nullptr || ASN1_INTEGER_get_uint64(&value, number) != 1) return UINT64_MAX;
  return value;
}

std::string name_of(const ASN1_OBJECT* object) {
  char text[80];
  const int size = OBJ_obj2txt(text, sizeof text, object, 0);
  return size > 0 ? std::string(text) : std::string("an unnamed algorithm");
}

[[noreturn]] void not_handled(const std::string& algorithm, std::string_view next) {
  throw Error(Outcome::unsupported, "the key is encrypted with " + algorithm + ", which is not handled", std::nullopt,
              std::string(next));
}

bool has_cipher(int nid) {
  return nid != NID_undef && Owned<EVP_CIPHER>(EVP_CIPHER_fetch(context(), OBJ_nid2sn(nid), nullptr)) != nullptr;
}

}  // namespace

Error wrong_password(std::string_view what) {
  return Error(Outcome::wrong_secret,
               "this password does not open the " + std::string(what) + ", or the file is damaged: the two cannot be told apart",
               std::nullopt, "Try the password again; then try another copy of the file.");
}

void PbeCost::add(const X509_ALGOR* algorithm, std::string_view next) {
  const QuietErrors quiet;
  const int nid = OBJ_obj2nid(algorithm->algorithm);
  if (nid == NID_pbes2) return add_pbes2(algorithm, next);
  int cipher = NID_undef, digest = NID_undef;
  if (nid == NID_undef || EVP_PBE_find(EVP_PBE_TYPE_OUTER, nid, &cipher, &digest, nullptr) != 1 || !has_cipher(cipher))
    not_handled(name_of(algorithm->algorithm), next);
  add_iterations(parameters_of<PBEPARAM>(algorithm, ASN1_ITEM_rptr(PBEPARAM))->iter);
}

void PbeCost::add_iterations(const ASN1_INTEGER* count) {
  const std::uint64_t wanted = count == nullptr ? 1 : count_of(count);
  if (wanted > most_iterations - iterations_)
    throw Error(Outcome::refused, "opening the file would take more than 10,000,000 iterations of its key derivation",
                std::nullopt, "A file of a common program has less; get another copy of it.");
  iterations_ += wanted;
}

void PbeCost::add_pbes2(const X509_ALGOR* algorithm, std::string_view next) {
  const auto both = parameters_of<PBE2PARAM>(algorithm, ASN1_ITEM_rptr(PBE2PARAM));
  if (!has_cipher(OBJ_obj2nid(both->encryption->algorithm))) not_handled(name_of(both->encryption->algorithm), next);
  switch (OBJ_obj2nid(both->keyfunc->algorithm)) {
    case NID_id_pbkdf2: return add_pbkdf2(both->keyfunc, next);
    case NID_id_scrypt: return add_scrypt(both->keyfunc);
    default: not_handled(name_of(both->keyfunc->algorithm), next);
  }
}

void PbeCost::add_pbkdf2(const X509_ALGOR* algorithm, std::string_view next) {
  const auto parameters = parameters_of<PBKDF2PARAM>(algorithm, ASN1_ITEM_rptr(PBKDF2PARAM));
  if (parameters->prf != nullptr &&
      EVP_PBE_find(EVP_PBE_TYPE_PRF, OBJ_obj2nid(parameters->prf->algorithm), nullptr, nullptr, nullptr) != 1)
    not_handled(name_of(parameters->prf->algorithm), next);
  if (parameters->iter == nullptr) throw Error(Outcome::damaged, "the file does not say how many iterations its key derivation has");
  add_iterations(parameters->iter);
}

void PbeCost::add_scrypt(const X509_ALGOR* algorithm) {
  const auto parameters = parameters_of<SCRYPT_PARAMS>(algorithm, ASN1_ITEM_rptr(SCRYPT_PARAMS));
  const std::uint64_t n = count_of(parameters->costParameter), r = count_of(parameters->blockSize),
                      p = count_of(parameters->parallelizationParameter);
  constexpr std::uint64_t most = most_scrypt_memory / 128;
  const bool fits = n <= most && r <= most && p <= most && r * (n + p + 2) <= most &&
                    n * r * p <= (most_scrypt_work - scrypt_work_) / 128;
  if (!fits)
    throw Error(Outcome::refused, "opening the file would take scrypt with more than 32 MiB of memory, or too long",
                std::nullopt, "A file of a common program has less; get another copy of it.");
  scrypt_work_ += 128 * n * r * p;
}

}  // namespace hwbak::crypto
