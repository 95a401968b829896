// Which digits of a quorum were wrong, in words (docs/recover.md, "Quorums").
#pragma once

#include "recover/typed_quorum.h"

namespace hwbak::recover {

struct QuorumAnswer {
  SecretString lines;                     // prime=..., share=ID:VALUE of all shares: what any command reads
  std::vector<SecretString> corrections;  // "share 2, digit 7: you wrote a, it is b"; empty: nothing was wrong
  std::vector<std::uint64_t> wrong;       // IDs of the shares, 0 for the prime
  std::size_t others = 0;                 // other corrections with as few edits that lead to the same password
};
// `edits`: the fewest that lead to this password. Throws Error(internal) when they do not, or when the lines would not give it to other commands.
[[nodiscard]] QuorumAnswer quorum_answer(const TypedQuorum& typed, ByteView password, unsigned edits);

}  // namespace hwbak::recover
