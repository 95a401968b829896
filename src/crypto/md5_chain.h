// The one body of all MD5 kernels (md5_lanes.h). No `#pragma once`: each kernel's file includes this inside its own unnamed namespace,
// after it has defined HWBAK_MD5_TARGET, the target attribute that all of its functions must carry to be inlined into each other.
//
// `Ops` gives a vector `Vec` of lanes, `mix<Quarter>(t, b, c, d)`: t plus the function of RFC 1321, 3.4 for that quarter of the steps,
// and `rotate<N>(x)`. Each step waits for the one before: `b` is what that made, so a good `mix` has the shortest way
// from `b`; `t` has been known for long, and `settle(t)`, defined before, keeps the compiler from adding its parts later. `Streams`
// vectors of lanes fill the waiting time.

template <class Ops, int Streams, int Step>
HWBAK_MD5_TARGET [[gnu::always_inline]] inline void md5_step(typename Ops::Vec (&state)[Streams][4],
                                                             const typename Ops::Vec (&message)[Streams][4]) noexcept {
  constexpr int quarter = Step / 16, word = md5_word(Step);
  constexpr int a = (64 - Step) % 4, b = (a + 1) % 4, c = (a + 2) % 4, d = (a + 3) % 4;
  for (int i = 0; i < Streams; ++i) {
    typename Ops::Vec* const s = state[i];
    typename Ops::Vec t = s[a] + (md5_constants[Step] + md5_padding(word));
    if constexpr (word < 4) t += message[i][word];
    settle(t);
    s[a] = Ops::template rotate<md5_rotations[quarter][Step % 4]>(Ops::template mix<quarter>(t, s[b], s[c], s[d])) + s[b];
  }
}

template <class Ops, int Streams, int... Step>
HWBAK_MD5_TARGET [[gnu::always_inline]] inline void md5_steps(typename Ops::Vec (&state)[Streams][4],
                                                              const typename Ops::Vec (&message)[Streams][4],
                                                              std::integer_sequence<int, Step...>) noexcept {
  (md5_step<Ops, Streams, Step>(state, message), ...);
}

template <class Ops, int Streams>
HWBAK_MD5_TARGET void md5_chain(std::uint32_t* digests, std::uint32_t rounds) noexcept {
  using Vec = typename Ops::Vec;
  constexpr std::size_t width = sizeof(Vec) / sizeof(std::uint32_t);
  Vec message[Streams][4], state[Streams][4];
  for (std::size_t i = 0; i < Streams; ++i)
    for (std::size_t word = 0; word < 4; ++word)
      std::memcpy(&message[i][word], digests + (word * Streams + i) * width, sizeof(Vec));
  for (; rounds != 0; --rounds) {
    for (auto& s : state)
      for (int word = 0; word < 4; ++word) s[word] = Vec{} + md5_start[word];
    md5_steps<Ops, Streams>(state, message, std::make_integer_sequence<int, 64>{});
    for (int i = 0; i < Streams; ++i)
      for (int word = 0; word < 4; ++word) message[i][word] = state[i][word] + md5_start[word];
  }
  for (std::size_t i = 0; i < Streams; ++i)
    for (std::size_t word = 0; word < 4; ++word)
      std::memcpy(digests + (word * Streams + i) * width, &message[i][word], sizeof(Vec));
}

// Additions, logic and shifts of the language: what a machine without better instructions does.
template <class Vector>
struct PlainMd5Ops {
  using Vec = Vector;
  template <int N>
  HWBAK_MD5_TARGET [[gnu::always_inline]] static Vec rotate(Vec x) noexcept {
    return x << N | x >> (32 - N);
  }
  template <int Quarter>
  HWBAK_MD5_TARGET [[gnu::always_inline]] static Vec mix(Vec t, Vec b, Vec c, Vec d) noexcept {
    if constexpr (Quarter == 0) return t + (((c ^ d) & b) ^ d);
    // The two sides share no bit: the one without `b` is added while `b` is still being made.
    if constexpr (Quarter == 1) {
      t += c & ~d;
      settle(t);
      return t + (b & d);
    }
    if constexpr (Quarter == 2) return t + ((c ^ d) ^ b);
    if constexpr (Quarter == 3) return t + ((b | ~d) ^ c);
  }
};
