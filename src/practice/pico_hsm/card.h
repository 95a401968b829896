// A virtual Pico HSM 6.6: commands in, answers out (docs/formats/pico-hsm.md, "The card"). What the firmware does with a key
// blob is asked of device/pico_hsm and container/wrapped_key, the code that the tasks use. Where the real firmware is known
// to be fragile or wrong, this card stays up and answers with an error, unless its quirks were asked for.
#pragma once

#include <filesystem>

#include "container/wrapped_key/wrapped_key.h"
#include "device/pico_hsm/restore.h"
#include "hwbak/files.h"
#include "practice/pico_hsm/apdu.h"
#include "practice/pico_hsm/behaviour.h"
#include "practice/pico_hsm/certificate.h"
#include "practice/pico_hsm/state.h"
#include "practice/sealed_state.h"

namespace hwbak::practice::pico_hsm {

namespace hsm = hwbak::pico_hsm;

// Of INITIALIZE.
inline constexpr unsigned option_reset_retry = 0x0001, option_transport_pin = 0x0002, option_replace_public_keys = 0x0008,
                          option_reset_only = 0x0020, option_button = 0x0100, option_count_all = 0x0200;

// Files of the card's own: how many public keys there are and are wanted, and these.
inline constexpr std::uint16_t file_public_keys = 0x10C0, file_first_public_key = 0x10D0;
inline constexpr std::size_t most_public_keys = 8;

class Card final {
 public:
  // Loads the state in `folder`, which is made when missing. Throws Error as parse_state and Files do.
  Card(const std::filesystem::path& folder, Files& files, RandomSource& random,
       Behaviour behaviour = {}, unsigned rounds_pow = SealedState::default_rounds_pow);

  // An answer with its two status bytes at the end, to any bytes. What was answered is on the disk. Throws Error: io, when
  // the state cannot be kept; device, when the firmware would stop there, by its quirks.
  [[nodiscard]] SecretBytes transmit(ByteView command);
  void reset();                                      // as power off and on
  [[nodiscard]] static ByteView atr() noexcept;

 private:
  struct UsedKey {
    crypto::PrivateKey key;
    crypto::KeyUse use;
  };

  [[nodiscard]] Answer run(const Command& command);
  [[nodiscard]] SecretBytes send(const Command& command, Answer answer);
  [[nodiscard]] Answer challenge(const Command& command);
  void save();
  [[nodiscard]] bool logged_in() const { return user_in_ && public_keys_agree(); }
  void log_out() noexcept;
  // False when it is to be pressed for the use of a key, and nobody does.
  [[nodiscard]] bool pressed() const noexcept { return behaviour_.button || (state_.options & option_button) == 0; }
  // --- files.cpp ---
  [[nodiscard]] Answer select(const Command& command);
  [[nodiscard]] Answer select_applet();
  [[nodiscard]] Answer select_file(std::uint16_t identifier, bool with_answer);
  [[nodiscard]] Answer read(const Command& command);
  [[nodiscard]] Answer update(const Command& command);
  [[nodiscard]] Answer refuse_label() const;
  [[nodiscard]] Answer remove(const Command& command);
  [[nodiscard]] Answer list() const;
  [[nodiscard]] std::optional<ByteView> contents(std::uint16_t identifier) const;
  // The file that a command names, or the selected one.
  [[nodiscard]] std::optional<std::uint16_t> named_file(const Command& command);
  // --- pins.cpp ---
  [[nodiscard]] Answer verify(const Command& command);
  [[nodiscard]] Answer change(const Command& command);
  [[nodiscard]] Answer reset_retry(const Command& command);
  [[nodiscard]] Answer initialize(const Command& command);
  [[nodiscard]] Pin* pin(std::uint8_t reference) noexcept;
  [[nodiscard]] Answer check(Pin& pin, ByteView typed);   // fills master_ when it is right
  void seal_master(Pin& pin, ByteView typed);
  void make_device_key();
  // --- public_keys.cpp ---
  [[nodiscard]] bool public_keys_agree() const;           // enough of them, or none is wanted
  [[nodiscard]] Answer public_keys(const Command& command);
  [[nodiscard]] Answer choose_public_key(const Command& command);
  [[nodiscard]] Answer authenticate_public_key(const Command& command);
  // --- domains.cpp ---
  [[nodiscard]] Answer key_domain(const Command& command);
  [[nodiscard]] Answer domain_status(const Domain& domain) const;
  [[nodiscard]] Answer import_share(Domain& domain, ByteView share);
  [[nodiscard]] bool holds_keys(std::size_t domain) const;
  void seal_domains();                                    // those whose shares are complete
  void seal_dkek(Domain& domain, ByteView dkek);
  [[noreturn]] void damage(Domain& domain);               // as a blob of nine bytes does
  [[nodiscard]] std::optional<wrapped_key::DkekKeys> keys_of(const Domain& domain) const;
  // --- keys.cpp ---
  [[nodiscard]] Answer generate_pair(const Command& command);
  [[nodiscard]] Answer generate_aes(const Command& command);
  [[nodiscard]] Answer wrap(const Command& command);
  [[nodiscard]] Answer unwrap(const Command& command);
  [[nodiscard]] Answer unwrap_blob(std::uint8_t reference, ByteView blob);
  [[nodiscard]] std::optional<Bytes> metadata_of(ByteView given) const;   // nullopt: it is wrong
  void keep(std::uint8_t reference, const crypto::PrivateKey& key, Bytes metadata, ByteView certificate);
  [[nodiscard]] const UsedKey& key(std::uint8_t reference);
  // --- use.cpp ---
  [[nodiscard]] Answer sign(const Command& command);
  [[nodiscard]] Answer decrypt(const Command& command);
  [[nodiscard]] Answer cipher(const Command& command);
  // Status::ok when this key may do that now.
  [[nodiscard]] Status may_use(std::uint8_t reference, std::uint8_t algorithm);
  void count_use(std::uint8_t reference);

  Files& files_;
  RandomSource& random_;
  std::filesystem::path file_;
  Behaviour behaviour_;
  unsigned rounds_pow_;
  State state_;
  SecretBytes master_;                                    // 32 bytes while somebody is logged in
  bool user_in_ = false, so_in_ = false;
  bool everybody_in_ = false;                             // after INITIALIZE no public key is asked for
  std::array<bool, most_public_keys> presented_{};        // which of the registered keys were here
  std::optional<std::size_t> presenting_;
  Bytes challenge_;
  std::map<std::uint8_t, UsedKey> used_;                  // keys opened since the login
  std::optional<std::uint16_t> selected_;
  SecretBytes chained_, waiting_;                         // of a command in pieces; of an answer in pieces
};

// A blob of this key, as the card keeps its secrets. `backwards`: with d of X25519 and X448 in the order in which the
// firmware writes it and does not read it.
[[nodiscard]] Bytes blob_of(const crypto::PrivateKey& key, ByteView algorithms, const wrapped_key::DkekKeys& keys,
                            RandomSource& random, bool backwards = false);
// What these keys make of a blob, and what the firmware answers to it.
struct Unwrapped {
  std::optional<hsm::Key> key;
  Bytes algorithms;
  bool other_key = false;     // the firmware takes it, and has another key from then on
};
[[nodiscard]] Unwrapped unwrapped(ByteView blob, const wrapped_key::DkekKeys& keys, RandomSource& random);

inline constexpr std::uint8_t prefix_key = 0xCC, prefix_description = 0xC4, prefix_certificate = 0xCE;
[[nodiscard]] constexpr std::uint16_t identifier(std::uint8_t prefix, std::uint8_t reference) noexcept {
  return static_cast<std::uint16_t>(prefix << 8 | reference);
}
inline constexpr std::uint16_t file_directory = 0x2F00, file_device_certificate = 0x2F02, file_token = 0x2F03,
                               file_unwrap = 0x2F10;

}  // namespace hwbak::practice::pico_hsm
