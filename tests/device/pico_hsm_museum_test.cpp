// The broken files of tests/museum/wrapped-key: what each is called, under the DKEK of the vectors.
#include <set>

#include "device/pico_hsm_keys.h"

namespace hwbak::pico_hsm {
namespace {

// What a user would be told first: an outcome and the beginning of a sentence; or "opens" and what is odd.
std::string verdict(const Bytes& file) {
  const auto say = [](const Error& error) { return std::string(name(error.outcome())) + ": " + error.sentence(); };
  try {
    const wrapped_key::Survey seen = wrapped_key::survey(file);
    const wrapped_key::Opening opening = wrapped_key::open(seen, test::test_keys());
    if (opening.plaintext.empty()) return seen.dead_end ? say(*seen.dead_end) : "does not open";
    const wrapped_key::Body body = wrapped_key::body_of(opening.plaintext.expose(), opening.type);
    const Key key = read_key(body, opening.type, system_random());
    std::string out = opening.mended.empty() ? "opens" : "mended at " + std::to_string(opening.mended.front());
    if (seen.dead_end) out += ", " + say(*seen.dead_end);
    for (const wrapped_key::Remark& remark : seen.remarks) out += ", " + remark.code;
    for (const std::string& sentence :
         compare(key, {seen.at(seen.description), seen.at(seen.certificate)}).what_differs)
      out += ", " + sentence;
    return out + (body.padding_is_usual ? "" : ", padding");
  } catch (const Error& error) {
    return say(error);
  }
}

TEST(PicoHsmMuseum, EachIsNamedForWhatItIs) {
  const std::pair<const char*, const char*> cases[] = {
      {"whole", "opens"},
      {"bare", "opens"},
      {"empty", "damaged: The file is empty"},
      {"cut-within-blob", "damaged: The file is cut: it has 200 bytes where it says 871; 671 bytes are missing"},
      {"cut-within-certificate",
       "opens, damaged: The file is cut: it has 600 bytes where it says 871; 271 bytes are missing"},
      {"indefinite-length", "unsupported: The file has an indefinite length"},
      {"outer-length-4294967295", "opens, damaged: The file is cut"},
      {"outer-tag-wrong", "opens, damaged: The bytes around the key blob are damaged (byte 0)"},
      {"junk-behind", "opens, trailing-bytes"},
      {"length-not-shortest", "opens, der-not-shortest"},
      {"kcv-byte-wrong", "mended at 10"},
      {"type-byte-wrong", "mended at 16, unsupported: Key type 11 is not known"},
      {"ciphertext-byte-wrong", "mended at 200"},
      {"ciphertext-two-places-wrong", "does not open"},
      {"mac-byte-wrong", "mended at 335"},
      {"blob-of-9-bytes", "damaged: The key blob has 9 bytes"},
      {"blob-of-72-bytes", "damaged: The key blob has 72 bytes"},
      {"key-type-7", "unsupported: Key type 7 is not known"},
      {"header-length-65535", "damaged: The key blob's header gives the default algorithm 65535 bytes"},
      {"number-reaches-past-the-end", "damaged: The key's contents end too early: number A should have 65535 bytes"},
      {"d-is-0", "damaged: The private number d is 0"},
      {"d-is-the-order", "damaged: The private number d is not below the order N"},
      {"q-of-another-key", "inconsistent: The public point Q does not belong to the private number d"},
      {"curve-with-another-b", "unsupported: The key is on a curve that is not known here"},
      {"g-of-2022", "opens"},
      {"rsa-d-wrong", "inconsistent: The private exponent d does not belong"},
      {"aes-of-20-bytes", "unsupported: The AES key has 20 bytes"},
      {"certificate-of-another-key", "opens, The public key of the certificate is not the one of this key"},
      {"padding-not-usual", "opens, padding"},
  };
  const std::filesystem::path museum = std::filesystem::path(HWBAK_MUSEUM) / "wrapped-key";
  std::set<std::string> files;
  for (const auto& [file, expected] : cases) {
    files.insert(std::string(file) + ".bin");
    const std::string said = verdict(test::read_bytes(museum / (std::string(file) + ".bin")));
    EXPECT_THAT(said, testing::StartsWith(expected)) << file;
    EXPECT_EQ(said == "opens", std::string_view(expected) == "opens") << file << ": " << said;
  }
  for (const auto& entry : std::filesystem::directory_iterator(museum))
    EXPECT_TRUE(files.contains(entry.path().filename()) || entry.path().extension() == ".md") << entry.path();
}

}  // namespace
}  // namespace hwbak::pico_hsm
