// The broken files of tests/museum/cdcbak: what each is called.
#include <set>

#include "base/as_bytes.h"
#include "container/cdcbak/cdcbak.h"
#include "support/badge_vectors.h"

namespace hwbak::cdcbak {
namespace {

// What a user would be told first: an outcome and the beginning of a sentence; or "opens" and the remarks.
std::string verdict(const Bytes& file) {
  try {
    const Survey seen = survey(file, Limits{});
    if (!unlock(seen, passphrase_forms(as_bytes("museum")))) return "wrong-secret";
    std::string out = "opens";
    for (const Remark& remark : seen.remarks)
      if (remark.code != "iterations-low") out += ", " + remark.code;
    return out;
  } catch (const Error& error) {
    return std::string(name(error.outcome())) + ": " + error.sentence() + (error.next().empty() ? "" : " -> " + error.next());
  }
}

TEST(CdcbakMuseum, EachIsNamedForWhatItIs) {
  const std::pair<const char*, const char*> cases[] = {
      {"whole", "opens"},
      {"empty", "damaged: The file is empty"},
      {"blanks-only", "damaged: The file holds nothing but blanks"},
      {"cut-within-header", "damaged: The file is cut: it holds 30 bytes, and the shortest backup of a badge has 55; at least 25"},
      {"cut-within-ciphertext", "wrong-secret"},
      {"cut-within-group", "damaged: The base64 ends inside a group of four characters: at least 1 is missing"},
      {"padding-lost", "damaged: The base64 ends inside a group of four characters: at least 1 is missing at the end of the "
                       "file -> If nothing but the end mark was lost, add \"=\" to a copy"},
      {"cut-by-serial-console", "wrong-secret"},
      {"magic-wrong", "unsupported: The contents do not begin with CDCBAK"},
      {"version-2", "unsupported: The backup has version 2"},
      {"iterations-0", "refused: The header asks for 0 iterations"},
      {"iterations-4294967295", "refused: The header asks for 4294967295 iterations"},
      {"salt-bit-wrong", "wrong-secret"},
      {"ciphertext-bit-wrong", "wrong-secret"},
      {"tag-bit-wrong", "wrong-secret"},
      {"url-alphabet", "damaged: Byte 20 (\"-\") is no character of base64"},
      {"data-after-padding", "damaged: The base64 ends with \"=\", but at byte"},
      {"byte-order-mark", "damaged: The file begins with a byte order mark"},
      {"blank-within-line", "opens, base64-badge-refuses"},
      {"lone-cr", "opens, base64-badge-refuses"},
      {"wrapped-crlf", "opens, base64-wrapped"},
      {"spare-bits", "opens, base64-spare-bits"},
      {"raw", "opens, raw-container"},
      {"empty-payload", "opens"},
  };
  const std::filesystem::path museum = std::filesystem::path(HWBAK_MUSEUM) / "cdcbak";
  std::set<std::string> files;
  for (const auto& [file, expected] : cases) {
    files.insert(std::string(file) + ".cdcbak");
    const Bytes bytes = test::read_bytes(museum / (std::string(file) + ".cdcbak"));
    EXPECT_THAT(verdict(bytes), testing::StartsWith(expected)) << file;
    EXPECT_EQ(recognise(bytes), !std::string_view(expected).starts_with("damaged: The file is empty") &&
                                    std::string_view(file) != "blanks-only")
        << file;
  }
  for (const auto& entry : std::filesystem::directory_iterator(museum))
    EXPECT_TRUE(files.contains(entry.path().filename()) || entry.path().extension() == ".md") << entry.path();
}

}  // namespace
}  // namespace hwbak::cdcbak
