// Clone Coldcard: from one practice device to another by card (docs/formats/coldcard.md, "Clone files").
#include "base/as_bytes.h"
#include "base/hex.h"
#include "base/json_spans.h"
#include "base/unicode.h"
#include "device/coldcard/naming.h"
#include "hwbak/error.h"
#include "practice/coldcard/device.h"

namespace hwbak::practice::coldcard {
namespace {

constexpr std::string_view start_name = "ccbk-start.json", ending = "-ccbk.7z", clone_title = "Clone Coldcard";
constexpr std::uint64_t longest_start = 4096;

using PublicKey = std::array<std::uint8_t, 33>;

std::optional<PublicKey> public_key(const std::optional<Bytes>& bytes) {
  PublicKey key{};
  if (!bytes || bytes->size() != key.size() || ((*bytes)[0] != 2 && (*bytes)[0] != 3)) return std::nullopt;
  std::copy(bytes->begin(), bytes->end(), key.begin());
  return key;
}

// Of ccbk-start.json; nullopt when the card has none that is whole.
std::optional<PublicKey> receiver_key(Device& device) {
  const auto path = device.card / start_name;
  if (!device.files.info(path)) return std::nullopt;
  const Bytes bytes = device.files.read(path, longest_start);
  const auto spans = JsonSpans::parse({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
  const auto member = spans ? spans->root().member("pubkey") : std::nullopt;
  const auto digits = member ? member->string() : std::nullopt;
  return digits ? public_key(from_hex(digits->expose())) : std::nullopt;
}

std::vector<std::filesystem::path> clone_files(Device& device) {
  std::vector<std::filesystem::path> found;
  for (const auto& path : device.files.files_in(device.card))
    if (path.filename().string().ends_with(ending)) found.push_back(path);
  return found;
}

struct Incoming {
  std::filesystem::path path;
  Bytes bytes;
  SecretString password;
};

cc::Presented presented(const Incoming& incoming, const std::string& name) {
  return {incoming.bytes, name, incoming.password.expose_bytes(), cc::Way::clone};
}

// The file that the sender wrote for `own`. What other clone files the card has is said in `stale`: they are left over from
// another time, or broken, and nobody's key will open them here.
std::optional<Incoming> find_incoming(Device& device, const wallet::CloneKey& own, std::string& stale) {
  for (const auto& path : clone_files(device)) {
    const std::string name = path.filename().string();
    std::string why = "its name holds no public key";
    const auto sender = public_key(cc::clone_public_key(name));
    auto password = sender ? wallet::clone_password(FixedView<32>(own.private_key.expose().data(), 32), *sender) : std::nullopt;
    if (password) {
      try {
        Incoming incoming{path, device.files.read(path, device.firmware.size_limit), std::move(*password)};
        const cc::Restored tried = cc::restore(presented(incoming, name), device.firmware, cc::DeviceState::empty);
        if (tried.answer.verdict == cc::Verdict::accept && tried.secret) return incoming;
        why = tried.answer.reason;
      } catch (const Error& error) {
        why = error.sentence();
      }
    }
    stale += "\n\n" + printable(name) + " was not made for this Coldcard, or is damaged" + (why.empty() ? "" : ": " + why) +
             ". It is left as it is: remove it from the card.";
  }
  return std::nullopt;
}

// On the card while the receiver waits, and gone whichever way it stops.
class StartFile final {
 public:
  explicit StartFile(Device& device) : device_(device), path_(device.card / start_name) {}
  StartFile(const StartFile&) = delete;
  StartFile& operator=(const StartFile&) = delete;
  ~StartFile() {
    try {
      if (device_.files.info(path_)) device_.files.remove(path_);
    } catch (const Error&) {
      // The card is gone, and the file with it. It is no secret.
    }
  }

 private:
  Device& device_;
  std::filesystem::path path_;
};

}  // namespace

Next receive_clone(Device& device) {
  if (!confirm(device, clone_title,
               "Insert a MicroSD card and press OK to start. A small file with an ephemeral public key will be written."))
    return Next::stay;
  const wallet::CloneKey own = wallet::fresh_clone_key(device.random);
  const std::string start = "{\"pubkey\": \"" + to_hex(own.public_key) + "\"}";
  if (!with_card(device, [&] { device.files.write(device.card / start_name, as_bytes(start), {.overwrite = true}); }))
    return Next::stay;
  const StartFile written(device);
  std::string text =
      "Keep power on this Coldcard, and take MicroSD card to source Coldcard. Select Advanced/Tools > Backup > Clone Coldcard to "
      "write to card. Bring that card back and press OK to complete clone process.";
  std::optional<Incoming> incoming;
  while (!incoming) {
    if (!confirm(device, clone_title, text)) {
      say(device, clone_title, "Aborted.");
      return Next::stay;
    }
    std::string stale;
    (void)with_card(device, [&] { incoming = find_incoming(device, own, stale); });
    text = "Clone file not found. OK to try again, X to stop." + stale;
  }
  const std::string name = incoming->path.filename().string();
  return restore_file(device, presented(*incoming, name), cc::DeviceState::empty,
                      [&] { (void)with_card(device, [&] { device.files.remove(incoming->path); }); });
}

Next send_clone(Device& device) {
  std::optional<PublicKey> receiver;
  if (!with_card(device, [&] { receiver = receiver_key(device); })) return Next::stay;
  const wallet::CloneKey own = wallet::fresh_clone_key(device.random);
  const auto password =
      receiver ? wallet::clone_password(FixedView<32>(own.private_key.expose().data(), 32), *receiver) : std::nullopt;
  if (!password) {
    say(device, clone_title,
        "Start this process on the other Coldcard, which will write a file onto MicroSD card as the first step.\n\nInsert that card "
        "and try again here.");
    return Next::stay;
  }
  const Wallet* const wallet = wallet_to_save(device, false);
  if (wallet == nullptr) return Next::stay;
  note_what_is_saved(device, *wallet, false);
  const Bytes archive = encrypted_backup(device, *wallet, *password);
  const bool written = with_card(device, [&] {
    for (const auto& old : clone_files(device)) device.files.remove(old);
    device.files.write(device.card / (to_hex(own.public_key) + std::string(ending)), archive);
  });
  if (!written) return Next::stay;
  say(device, clone_title,
      "Done.\n\nTake this MicroSD card back to other Coldcard and continue from there. Nobody but that device can open the file, and "
      "it only until its power goes off: this is no backup.");
  return Next::stay;
}

}  // namespace hwbak::practice::coldcard
