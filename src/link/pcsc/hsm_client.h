// A SmartCard-HSM or Pico HSM, command by command (docs/formats/pico-hsm.md, "The card"). One try of every command that
// counts tries: a PIN is never sent twice. The card is not trusted: every length meets a limit, and every loop ends.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "link/pcsc/card_line.h"
#include "link/pcsc/status_word.h"

namespace hwbak::pcsc {

inline constexpr std::size_t largest_answer = 16 * 1024;      // of a command, in all its pieces
inline constexpr std::size_t largest_file = 16 * 1024;        // that is read or written
inline constexpr std::size_t most_files = 2048;               // of a list
inline constexpr unsigned most_domains = 16;
inline constexpr std::uint8_t prefix_key = 0xCC, prefix_description = 0xC4, prefix_certificate = 0xCE;
inline constexpr std::uint16_t file_device_certificate = 0x2F02, file_token = 0x2F03, file_unwrap = 0x2F10;

using Kcv = std::array<std::uint8_t, 8>;
using FileId = std::uint16_t;
[[nodiscard]] constexpr FileId file_id(std::uint8_t prefix, std::uint8_t reference) noexcept {
  return static_cast<FileId>(prefix << 8 | reference);
}

// Of the answer to SELECT.
struct Token {
  unsigned options = 0;                        // those of INITIALIZE
  unsigned major = 0, minor = 0;               // firmware
  [[nodiscard]] std::string firmware() const { return std::to_string(major) + "." + std::to_string(minor); }
};

enum class PinState { tries_left, logged_in, blocked, transport, not_initialised };
struct PinStatus {
  PinState state = PinState::tries_left;
  unsigned tries = 0;                          // of tries_left
};

enum class KcvNote {
  readable,
  not_logged_in,       // a Pico HSM tells it only in a session that has logged in: it reads as zeros
  shares_missing,      // what is read then means nothing
  no_dkek,             // a domain without a DKEK
  zeros,               // logged in and complete, and zeros all the same: this DKEK does not work
};
struct DomainStatus {
  unsigned number = 0;
  bool set_up = true;                          // false: there, but without a DKEK so far (initialised with domains)
  unsigned shares = 0, missing = 0;
  std::optional<Kcv> kcv;                      // of KcvNote::readable alone
  KcvNote note = KcvNote::no_dkek;
};

struct KeyMetadata {
  std::uint8_t reference = 0;
  std::size_t size = 0;                        // of its file, as the card says
  std::optional<std::uint32_t> counter;        // uses left (tag 90)
  std::optional<Bytes> algorithms;             // allowed list (tag 91); none, or empty: all
  std::optional<unsigned> domain;              // tag 92; none: domain 0
};

struct Initialisation {
  unsigned options = 0x0001;
  const SecretString* pin = nullptr;           // 6 to 16 characters
  ByteView so_pin;                             // 8 bytes, of 16 hexadecimal digits
  unsigned tries = 3;                          // of the user's PIN
  std::optional<unsigned> shares;              // of the DKEK of domain 0; none: no DKEK. 0: the device draws one, which nobody can ever restore
  std::optional<unsigned> domains;             // 1 to 16; each is set up by itself then (set_up_domain)
};

class HsmClient final {
 public:
  explicit HsmClient(CardLine& line) : line_(line) {}

  // Every function below throws Error(device): refusal() for a status word that is a refusal, and for an answer that cannot
  // be; and what the line throws.

  // Comes first; logs out. Throws Error(device) when this is no such token: see try_select_applet.
  Token select_applet();
  // nullopt: the card knows no such applet.
  [[nodiscard]] std::optional<Token> try_select_applet();
  // The serial number: holder of the device certificate without its last five characters, printable; empty when there is none
  // (never initialised).
  [[nodiscard]] std::string serial();
  // Takes no try.
  [[nodiscard]] PinStatus pin_status();
  [[nodiscard]] PinStatus so_pin_status();
  // `pin` once, and never again. Throws with the tries that are left when it is wrong.
  void log_in(const SecretString& pin);
  [[nodiscard]] bool logged_in() const noexcept { return logged_in_; }
  void log_in_so(ByteView so_pin);

  // All that are there, at most most_domains.
  [[nodiscard]] std::vector<DomainStatus> domains();
  // nullopt: there is no such domain.
  [[nodiscard]] std::optional<DomainStatus> domain(unsigned number);
  // Needs no login; the KCV is right only after a login that follows.
  DomainStatus import_share(unsigned domain, FixedView<32> share);
  void set_up_domain(unsigned number, unsigned shares);

  // In the order of the card, without doubles.
  [[nodiscard]] std::vector<FileId> list();
  // References of the keys among them, ascending, without that of the device itself.
  [[nodiscard]] std::vector<std::uint8_t> keys();
  // nullopt: no such key.
  [[nodiscard]] std::optional<KeyMetadata> metadata(std::uint8_t reference);

  // nullopt: no such file.
  [[nodiscard]] std::optional<Bytes> read_file(FileId file);
  void write_file(FileId file, ByteView contents);
  // false: there was none.
  bool delete_file(FileId file);

  [[nodiscard]] Bytes wrap(std::uint8_t reference);
  // Overwrites a key of this reference. In the command, or by way of EF 2F10 where long commands are not taken. `blob` must have been checked: firmware 6.6 dies of some bad ones.
  void unwrap(std::uint8_t reference, ByteView blob);

  // Deletes all keys and DKEKs; the user is logged in afterwards.
  void initialise(const Initialisation& wanted);

  [[nodiscard]] Bytes challenge(std::size_t size);                                             // 1 to 256 bytes
  // `algorithm` is an id of docs/formats/pico-hsm.md, "Allowed algorithms": 20 raw RSA, 33 PKCS#1 with SHA-256, 70 ECDSA of a digest ...
  [[nodiscard]] Bytes sign(std::uint8_t reference, std::uint8_t algorithm, ByteView data);
  // 21 raw RSA, 22 PKCS#1, 23 OAEP; 80 ECDH with a point 04 || x || y.
  [[nodiscard]] SecretBytes decrypt(std::uint8_t reference, std::uint8_t algorithm, ByteView data);
  // Bytes; nullopt when the card does not tell.
  [[nodiscard]] std::optional<std::uint32_t> free_memory();

 private:
  // What is sent; `expected` is the most that the answer may have, none: only its status.
  struct Command {
    std::uint8_t cla = 0, ins = 0, p1 = 0, p2 = 0;
    ByteView data;
    std::optional<std::size_t> expected;
  };
  struct Answer {
    SecretBytes data;
    StatusWord word = StatusWord::ok;
  };
  [[nodiscard]] Answer send(const Command& command);
  // The same; throws refusal() for anything but 9000.
  SecretBytes demand(const Command& command, Tried tried, const std::string& what = {});
  [[nodiscard]] Answer exchange(ByteView command);
  [[nodiscard]] PinStatus status_of(std::uint8_t pin, Tried tried);
  [[nodiscard]] DomainStatus domain_of(unsigned number, ByteView answer) const;

  CardLine& line_;
  bool logged_in_ = false;
  std::size_t write_piece_ = 1024;   // of a file, in one command
  bool share_since_login_ = false;   // a DKEK completed in this session is sealed, and its KCV right, with the next login
};

}  // namespace hwbak::pcsc
