// Opened wrapped keys for tests: the vectors, and bodies put together by hand.
#pragma once

#include <utility>
#include <vector>

#include "device/pico_hsm/key.h"
#include "support/wrapped_keys.h"

namespace hwbak::test {

// A vector, opened.
struct OpenedVector {
  wrapped_key::Survey survey;
  wrapped_key::Opening opening;
  wrapped_key::Body body;
  explicit OpenedVector(Bytes file)
      : survey(wrapped_key::survey(std::move(file))),
        opening(wrapped_key::open(survey, test_keys())),
        body(wrapped_key::body_of(opening.plaintext.expose(), opening.type)) {}
  explicit OpenedVector(std::string_view name) : OpenedVector(wrapped_vector(name).bytes) {}
  [[nodiscard]] pico_hsm::Key key() const { return pico_hsm::read_key(body, opening.type, system_random()); }
  [[nodiscard]] pico_hsm::Parts parts() const { return {survey.at(survey.description), survey.at(survey.certificate)}; }
};

// The numbers of a body, to be changed.
struct LooseBody {
  wrapped_key::KeyType type = wrapped_key::KeyType::ec;
  std::uint16_t size = 0;
  std::vector<Bytes> parts;
  static LooseBody of(const wrapped_key::Body& body, wrapped_key::KeyType type) {
    LooseBody out{type, body.size, {}};
    for (const ByteView part : body.parts) out.parts.emplace_back(part.begin(), part.end());
    return out;
  }
  static LooseBody of(std::string_view vector) {
    const OpenedVector opened(vector);
    return of(opened.body, opened.opening.type);
  }
  static LooseBody of(const crypto::PrivateKey& key) {
    const pico_hsm::Composed composed = pico_hsm::compose(key, {});
    LooseBody out{composed.contents.type, composed.contents.size, {}};
    for (const ByteView part : composed.contents.parts) out.parts.emplace_back(part.begin(), part.end());
    return out;
  }
  [[nodiscard]] pico_hsm::Key read() const {
    wrapped_key::Body body;
    body.size = size;
    body.parts.assign(parts.begin(), parts.end());
    return pico_hsm::read_key(body, type, system_random());
  }
  // A wrapped file of it under the test DKEK.
  [[nodiscard]] Bytes file(Bytes allowed = {}) const {
    wrapped_key::Contents contents{type, size, {parts.begin(), parts.end()}, std::move(allowed)};
    return wrapped_key::write_file(wrapped_key::write_blob(contents, test_keys(), system_random()), {}, {});
  }
};

}  // namespace hwbak::test
