// What a device would do with a key whose numbers are good (docs/formats/pico-hsm.md, "What a device takes back"): Pico
// HSM as its firmware was seen to do, genuine SmartCard-HSM as it is reported.
#include <algorithm>
#include <array>

#include "device/pico_hsm/algorithms.h"
#include "device/pico_hsm/device_curves.h"
#include "device/pico_hsm/restore_parts.h"

namespace hwbak::pico_hsm {
namespace {

using wrapped_key::KeyType;
using wrapped_key::Survey;

constexpr std::array<std::string_view, 9> pico_curves{"secp192r1",       "secp256r1",       "secp384r1",
                                                      "secp521r1",       "secp192k1",       "secp256k1",
                                                      "brainpoolP256r1", "brainpoolP384r1", "brainpoolP512r1"};
constexpr std::array<unsigned, 4> pico_rsa{1024, 2048, 3072, 4096};

template <class List, class Value>
bool among(const List& list, const Value& value) {
  return std::ranges::find(list, value) != list.end();
}

bool is_rsa(const Key& key) noexcept { return key.type == KeyType::rsa || key.type == KeyType::rsa_crt; }

void accept(Restore& out, std::string reason, std::string next = {}) {
  out.verdict = Verdict::accept;
  out.status_word = "9000";
  out.reason = std::move(reason);
  out.next = std::move(next);
}

void note_list(Restore& out, const Survey& survey) {
  if (exportable(survey.at(survey.allowed_algorithms))) return;
  out.notes.emplace_back(
      "The list of allowed algorithms lacks 92 (wrap): once restored, the device answers 6985 to every backup of this "
      "key, so keep this file");
}

std::optional<std::string> what_is_untried(const Survey& survey, const Key& key) {
  if (!key.untried.empty()) return key.untried.front();
  const auto odd = std::ranges::find_if(survey.remarks, is_odd_der);
  return odd == survey.remarks.end() ? std::nullopt : std::optional(odd->sentence);
}

}  // namespace

bool has_curve(std::string_view name) noexcept { return among(pico_curves, name); }

void judge_for_pico_hsm(Restore& out, const Survey& survey, const Key& key) {
  note_list(out, survey);
  if (!has_usual_algorithm(survey))
    return reject(out, "6400",
                  "The default algorithm in the header is not the one that a Pico HSM asks for with this type of key",
                  write_again(": it writes the usual one."));
  if (key.byte_order == ByteOrder::big)
    return reject(
        out, "6400",
        "Its private number is big-endian, as firmware 6.6 writes it, and the same firmware reads it little-endian: it "
        "refuses its own backup",
        write_again(
            ": it writes the number as the firmware reads it; such a file was restored and came back the same."));
  if (key.type == KeyType::ec && !key.byte_order && !has_curve(key.curve))
    return reject(out, "6400", "A Pico HSM has no " + key.curve,
                  "`hwbak export --as pkcs8` takes the key out for use elsewhere.");
  if (is_rsa(key) && !key.usual_exponent) {
    out.other_key = true;
    return accept(out,
                  "DANGER: the device answers 9000 and has a different key from then on. It keeps only p and q and "
                  "takes 65537 for the public exponent, "
                  "which this key has not; signatures would be wrong, and a new backup would hold the wrong key",
                  "Do not restore this key to a Pico HSM. `hwbak export --as pkcs8` takes it out for use elsewhere.");
  }
  if (const auto untried = what_is_untried(survey, key))
    return unproven(out, *untried + ". No device was seen to take that", write_again(": it writes the usual form."));
  if (const std::size_t ids = survey.allowed_algorithms.length; ids > known_algorithms)
    return unproven(out, "Its list of allowed algorithms has " + std::to_string(ids) + " ids, and " +
                             std::to_string(known_algorithms) + " are known; no device was seen to take so long a list");
  if (is_rsa(key) && !among(pico_rsa, key.bits))
    return unproven(out, "RSA keys of 1024, 2048, 3072 and 4096 bits were seen to come back; " +
                             std::to_string(key.bits) + " bits were not tried");
  if (key.type == KeyType::rsa_crt)
    out.notes.emplace_back("A later backup of it has type 05 (n, d, e), where this one has the CRT parts");
  if (key.q_computed) out.notes.emplace_back("The blob has no public point; the device computes it");
  if (!exportable(survey.at(survey.allowed_algorithms)))
    return accept(out, "It would be restored, but never be exported again: its list of allowed algorithms lacks 92",
                  "For a key that can be backed up again: `hwbak export --as pkcs8` (of an AES key --as raw), then "
                  "`hwbak create wrapped-key`, which puts 92 in.");
  accept(out, "It would be restored");
}

void judge_for_smartcard_hsm(Restore& out, const Survey& survey, const Key& key) {
  const std::string by_report = " No genuine card was at hand: this is known by report only";
  note_list(out, survey);
  if (is_rsa(key) && key.bits > 2048)
    return unproven(out,
                    "RSA keys of " + std::to_string(key.bits) +
                        " bits need a card for them (4K), and users report failures with readers of short buffers." +
                        by_report);
  if (is_rsa(key) && !key.usual_exponent)
    return unproven(out, "Whether a card keeps a public exponent other than 65537 was never shown." + by_report);
  if (key.byte_order)
    return unproven(out, "Genuine cards are not known to have " + key.curve + "; expect a refusal." + by_report);
  if (key.type == KeyType::aes && key.bits > 256)
    return unproven(out, "AES keys of 512 bits are known of Pico HSM only; expect a refusal." + by_report);
  if (key.type == KeyType::aes) return unproven(out, "Genuine cards have AES from version 3.0 on." + by_report);
  if (key.type == KeyType::ec && (key.a_empty || !key.full_length))
    return unproven(out,
                    std::string(key.a_empty ? "Parameter A of the curve is left out"
                                            : "Numbers of the key are shorter than their full length") +
                        ", as Pico HSM writes it; a genuine card will probably refuse or misread that." + by_report,
                    write_again(": it writes all numbers at full length."));
  if (key.type == KeyType::ec)
    return unproven(out,
                    "Which curves a card has depends on its version; " + key.curve + " may be among them." + by_report);
  unproven(out, "Such keys are said to be restored." + by_report);
}

}  // namespace hwbak::pico_hsm
