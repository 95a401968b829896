// Output descriptors: BIP-380 (grammar, checksum), 381 (pk, pkh, sh), 382 (wpkh, wsh), 383 (multi, sortedmulti), 385 (addr, raw), 386
// (tr, with leaves of pk) and 389 (<0;1>). A text comes from anywhere: every part meets a limit, and nothing recurses.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "wallet/script.h"

namespace hwbak::wallet {

inline constexpr std::size_t max_descriptor = 16 * 1024;  // characters: 20 extended keys with their paths fit twice
// The eight characters behind the `#`; nullopt when a character is none of the set.
[[nodiscard]] std::optional<std::string> descriptor_checksum(std::string_view script);
struct KeyOrigin {
  Fingerprint fingerprint{};
  std::vector<std::uint32_t> path;
};

struct DescriptorKey {
  std::optional<KeyOrigin> origin;
  std::optional<Node> node;              // an extended key; else `fixed`
  bool testnet = false;                  // of the extended key
  Bytes fixed;                           // 33 or 65 bytes, in tr() also 32
  bool is_private = false;               // was written as one
  std::vector<std::vector<std::uint32_t>> path;  // behind the extended key; a step with several values is the one of BIP-389
  enum class Last { none, children, hardened_children } last = Last::none;

  [[nodiscard]] std::size_t choices() const;    // how many values that step has, at least 1
  // The node behind the path. nullopt when a hardened step is wanted of a public key.
  [[nodiscard]] std::optional<Node> derived(std::size_t choice) const;
  // "<0;1>/*": the path as text, without a slash in front; empty when there is none.
  [[nodiscard]] std::string path_words() const;
};

struct Descriptor {
  enum class Form { pk, pkh, wpkh, tr, multi, sortedmulti, raw };
  Form form = Form::pkh;
  bool sh = false, wsh = false;          // around it, sh outermost
  unsigned threshold = 0;                // of multi
  std::vector<DescriptorKey> keys;       // of tr: the internal key, then those of the leaves
  std::vector<unsigned> depths;          // of tr: of each leaf
  Bytes script;                          // of raw and addr
  bool checksum_given = false;

  [[nodiscard]] bool has_private() const;
  [[nodiscard]] bool ranged() const;             // ends with /*
  [[nodiscard]] std::size_t choices() const;     // how many descriptors it stands for (BIP-389)
  // The output script at an index; `index` counts only for ranged ones. nullopt as in DescriptorKey::derived.
  [[nodiscard]] std::optional<Bytes> script_at(std::size_t choice, std::uint32_t index) const;
};

struct DescriptorFault {
  std::string sentence;     // what is wrong and where; never a part of the text, which may hold a key
  bool unknown = false;     // it may be right, but is of a kind not handled here
};
// nullopt when it is none; then `fault` says why. A checksum must hold where one is given.
[[nodiscard]] std::optional<Descriptor> parse_descriptor(std::string_view text, DescriptorFault& fault);

}  // namespace hwbak::wallet
