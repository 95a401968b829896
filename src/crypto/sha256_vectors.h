// The one body of the SHA-256 kernels that have a lane for each message (FIPS 180-4, 6.2.2, done for all lanes at once), and of the PBKDF2
// kernels made of the same steps. No `#pragma once`: each kernel's file includes this inside its own unnamed namespace, after it has defined
// HWBAK_VECTORS, the target attribute that all functions must carry to be inlined into each other, and
//   Vec, lanes; load, store; all(word): the word in each lane; add, exclusive (or), choose, majority; big0, big1, small0, small1: the functions of FIPS 180-4, 4.1.2; settled(x): x, whose
//   parts the compiler must not add in another order.

#define HWBAK_VECTORS_INLINE HWBAK_VECTORS [[gnu::always_inline]] inline

HWBAK_VECTORS_INLINE void round(Vec (&s)[8], Vec keyed) {
  // What has been known for longest is added first, so that s[0] and s[4], which were made last, wait for little.
  Vec first = settled(add(settled(add(s[7], keyed)), choose(s[4], s[5], s[6])));
  first = settled(add(first, big1(s[4])));
  const Vec second = settled(add(settled(majority(s[0], s[1], s[2])), big0(s[0])));
  s[7] = s[6], s[6] = s[5], s[5] = s[4], s[4] = add(s[3], first);
  s[3] = s[2], s[2] = s[1], s[1] = s[0], s[0] = add(first, second);
}

// The word of the schedule sixteen behind w[i], in its place.
HWBAK_VECTORS_INLINE void next_word(Vec (&w)[16], int i) {
  w[i] = add(add(w[i], small0(w[(i + 1) & 15])), add(w[(i + 9) & 15], small1(w[(i + 14) & 15])));
}

// Sixteen rounds. Words of the next sixteen are made between them, where `More` are wanted: both kinds of work wait less so.
template <Sha256Use Use, bool More>
HWBAK_VECTORS_INLINE void sixteen_rounds(Vec (&s)[8], Vec (&w)[16], const std::uint32_t* from, std::uint32_t* to, int first) {
  HWBAK_UNROLL
  for (int i = 0; i < 16; ++i) {
    Vec keyed;
    if constexpr (Use == Sha256Use::replay) {
      keyed = load(from + lanes * (first + i));
    } else if constexpr (Use == Sha256Use::shared) {
      keyed = all(from[lanes * (first + i)]);
    } else {
      keyed = add(w[i], all(sha256_constants[first + i]));
      if constexpr (Use != Sha256Use::compress) store(to + lanes * (first + i), keyed);
      if constexpr (More) next_word(w, i);
    }
    if constexpr (Use != Sha256Use::schedule) round(s, keyed);
  }
}

// Four times sixteen rounds, unrolled no further: the whole stays in the processor's store of decoded instructions.
template <Sha256Use Use>
HWBAK_VECTORS_INLINE void block(Vec (&state)[8], const std::uint32_t*& from, std::uint32_t*& to) {
  constexpr bool makes = Use == Sha256Use::compress || Use == Sha256Use::record || Use == Sha256Use::schedule;
  Vec w[16];
  Vec s[8];
  HWBAK_UNROLL
  for (int i = 0; i < 8; ++i) s[i] = state[i];
  if constexpr (makes) {
    HWBAK_UNROLL
    for (int i = 0; i < 16; ++i) w[i] = load(from + lanes * i);
  }
  for (int first = 0; first < (makes ? 48 : 64); first += 16) sixteen_rounds<Use, true>(s, w, from, to, first);
  if constexpr (makes) sixteen_rounds<Use, false>(s, w, from, to, 48);
  if constexpr (Use != Sha256Use::schedule) {
    HWBAK_UNROLL
    for (int i = 0; i < 8; ++i) state[i] = add(state[i], s[i]);
  }
  from += Use == Sha256Use::shared ? 1 : (makes ? 16 : 64) * lanes;
  if constexpr (makes && Use != Sha256Use::compress) to += 64 * lanes;
}

HWBAK_VECTORS
void run(std::uint32_t* state, std::span<const Sha256Step> steps) noexcept {
  Vec s[8];
  HWBAK_UNROLL
  for (int i = 0; i < 8; ++i) s[i] = load(state + lanes * i);
  for (const Sha256Step& step : steps) {
    const std::uint32_t* from = step.from;
    std::uint32_t* to = step.to;
    for (std::size_t left = step.blocks; left != 0; --left) {
      switch (step.use) {
        case Sha256Use::compress: block<Sha256Use::compress>(s, from, to); break;
        case Sha256Use::record: block<Sha256Use::record>(s, from, to); break;
        case Sha256Use::replay: block<Sha256Use::replay>(s, from, to); break;
        case Sha256Use::shared: block<Sha256Use::shared>(s, from, to); break;
        case Sha256Use::schedule: block<Sha256Use::schedule>(s, from, to); break;
      }
    }
  }
  HWBAK_UNROLL
  for (int i = 0; i < 8; ++i) store(state + lanes * i, s[i]);
}

// One block of PBKDF2: the digest `u` and its padding, of which much is known beforehand. The digest of that replaces it.
HWBAK_VECTORS_INLINE void digest_of_digest(const std::uint32_t* midstate, Vec (&u)[8]) {
  constexpr auto padding = [](int word) { return word == 8 ? pbkdf2_pad_first : word == 15 ? pbkdf2_pad_last : 0u; };
  Vec s[8], w[16];
  HWBAK_UNROLL
  for (int i = 0; i < 8; ++i) s[i] = load(midstate + lanes * i);
  HWBAK_UNROLL
  for (int i = 0; i < 16; ++i) round(s, i < 8 ? add(u[i], all(sha256_constants[i])) : all(sha256_constants[i] + padding(i)));
  // As next_word, without the words that are zero.
  HWBAK_UNROLL
  for (int i = 0; i < 16; ++i) {
    const int next = i + 1, seventh = (i + 9) & 15, recent = (i + 14) & 15;
    Vec sum = i < 8 ? u[i] : all(padding(i));
    if (next < 8) sum = add(sum, small0(u[next]));
    if (next == 8 || next == 15) sum = add(sum, small0(all(padding(next))));
    if (next == 16) sum = add(sum, small0(w[0]));
    if (i == 6) sum = add(sum, all(padding(15)));
    if (i > 6) sum = add(sum, w[seventh]);
    if (i == 1) sum = add(sum, small1(all(padding(15))));
    if (i > 1) sum = add(sum, small1(w[recent]));
    w[i] = sum;
  }
  for (int first = 16; first < 48; first += 16) sixteen_rounds<Sha256Use::compress, true>(s, w, nullptr, nullptr, first);
  sixteen_rounds<Sha256Use::compress, false>(s, w, nullptr, nullptr, 48);
  HWBAK_UNROLL
  for (int i = 0; i < 8; ++i) u[i] = add(load(midstate + lanes * i), s[i]);
}

HWBAK_VECTORS
void pbkdf2(const std::uint32_t* inner, const std::uint32_t* outer, std::uint32_t* digests, std::uint32_t* totals,
            std::uint32_t iterations) noexcept {
  Vec u[8];
  HWBAK_UNROLL
  for (int i = 0; i < 8; ++i) u[i] = load(digests + lanes * i);
  for (; iterations != 0; --iterations) {
    digest_of_digest(inner, u);
    digest_of_digest(outer, u);
    HWBAK_UNROLL
    for (int i = 0; i < 8; ++i) store(totals + lanes * i, exclusive(load(totals + lanes * i), u[i]));
  }
  HWBAK_UNROLL
  for (int i = 0; i < 8; ++i) store(digests + lanes * i, u[i]);
}
