// What a wrapped key says without its DKEK (docs/formats/pico-hsm.md, "The wrapped file" and "The key blob").
#include <algorithm>

#include "container/wrapped_key/frame.h"

namespace hwbak::wrapped_key {
namespace {

class Surveyor final {
 public:
  explicit Surveyor(Bytes file) { out_.file = std::move(file); }

  Survey run() {
    if (out_.file.empty()) throw Error(Outcome::damaged, "The file is empty", 0);
    const Frame frame = read_frame(out_.file);
    out_.bare = frame.bare;
    out_.blob = frame.blob;
    out_.description = frame.description;
    out_.certificate = frame.certificate;
    out_.remarks = frame.remarks;
    if (out_.blob.length < smallest_blob)
      throw Error(
          Outcome::damaged,
          "The key blob has " + std::to_string(out_.blob.length) + " bytes, and the smallest one has " + std::to_string(smallest_blob),
          out_.blob.offset,
          "Never send it to a device: such a blob has made one crash and damage its key domain. Look for another "
          "copy.");
    if (out_.blob.length > largest_blob)
      throw Error(Outcome::refused,
                  "The key blob has " + std::to_string(out_.blob.length) + " bytes, and at most " + std::to_string(largest_blob) +
                      " are allowed; devices make up to 1099",
                  out_.blob.offset);
    take_header();
    if (frame.damage) out_.dead_end = frame.damage;
    return std::move(out_);
  }

 private:
  void take_header() {
    const ByteView blob = out_.at(out_.blob);
    std::ranges::copy(blob.first(kcv_size), out_.kcv.begin());
    out_.mac = in_file({blob.size() - mac_size, mac_size});
    const Header header = read_header(blob, out_.blob.offset);
    out_.type = header.type;
    out_.default_algorithm = in_file(header.fields[0]);
    out_.allowed_algorithms = in_file(header.fields[1]);
    out_.access_conditions = in_file(header.fields[2]);
    out_.key_oid = in_file(header.fields[3]);
    out_.sealed = in_file(header.sealed);
    out_.dead_end = header.trouble;
    if (!out_.dead_end) judge_fields();
  }
  [[nodiscard]] Region in_file(Region region) const {
    if (region.length != 0) region.offset += out_.blob.offset;
    return region;
  }

  void judge_fields() {
    if (!has_usual_algorithm(out_))
      remark("foreign-oid",
             "The default algorithm is not the one that a Pico HSM asks for with this type of key, so it would refuse "
             "the blob as it is",
             out_.default_algorithm);
    if (out_.access_conditions.length != 0)
      remark("access-conditions",
             "The blob has access conditions; a Pico HSM skips them, and they are lost when the key is exported again",
             out_.access_conditions);
    if (out_.key_oid.length != 0)
      remark("key-oid",
             "The blob has an OID of its key; a Pico HSM skips it, and it is lost when the key is exported again",
             out_.key_oid);
  }
  void remark(std::string code, std::string sentence, const Region& where) {
    out_.remarks.push_back({std::move(code), std::move(sentence), "byte " + std::to_string(where.offset)});
  }

  Survey out_;
};

}  // namespace

bool has_usual_algorithm(const Survey& survey) noexcept {
  return is_key_type(survey.type) &&
         std::ranges::equal(survey.at(survey.default_algorithm), usual_oid(static_cast<KeyType>(survey.type)));
}

std::optional<std::uint64_t> blob_size(ByteView file) noexcept {
  try {
    return file.empty() ? std::nullopt : std::optional(read_frame(file).blob.length);
  } catch (const Error&) {
    return std::nullopt;
  }
}

Survey survey(Bytes file) { return Surveyor(std::move(file)).run(); }

}  // namespace hwbak::wrapped_key
