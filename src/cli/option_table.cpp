// See option_table.h.
#include "cli/option_table.h"

#include <array>

namespace hwbak::cli {
namespace {

using enum OptionId;

constexpr std::array option_list{
    OptionSpec{json, "--json", 0, ValueKind::none, "", "Print one JSON object per subject and line (docs/json.md)"},
    OptionSpec{password_from, "--password-from", 0, ValueKind::source, "SOURCE",
               "Read the password from SOURCE; without this option it is asked for on the terminal"},
    OptionSpec{passwords_from, "--passwords-from", 0, ValueKind::source, "SOURCE",
               "Read a list of passwords to try, one on each line"},
    OptionSpec{no_password, "--no-password", 0, ValueKind::none, "", "Use no password and ask for none: only the structure is proven"},
    OptionSpec{password_encoding, "--password-encoding", 0, ValueKind::encoding, "ENCODING",
               "How SOURCE holds passwords: text (one trailing newline is dropped), hex, or raw (every byte counts)"},
    OptionSpec{receiver_key_from, "--receiver-key-from", 0, ValueKind::source, "SOURCE",
               "For a clone file: the receiver's one-time private key, 64 hexadecimal digits"},
    OptionSpec{share, "--share", 0, ValueKind::share, "FILE[=SOURCE]",
               "A DKEK share file, and where its password comes from; quorum:PATH reads lines prime=... and share=ID:VALUE of custodians. "
               "Without SOURCE it is asked for on the terminal. May be repeated: all shares together open a wrapped key", true},
    OptionSpec{quorum_from, "--quorum-from", 0, ValueKind::source, "SOURCE",
               "FILE is a DKEK share file: read its custodians' shares from SOURCE, lines prime=... and share=ID:VALUE"},
    OptionSpec{new_share, "--new-share", 0, ValueKind::share, "FILE[=SOURCE]",
               "Of wrapped keys: a share file of the DKEK that they go to, and where its password comes from, as for --share; may be repeated", true},
    OptionSpec{write_share, "--write-share", 0, ValueKind::new_share, "FILE[=SOURCE]",
               "A new share file, and where its password comes from; quorum:K/N splits a fresh password among N custodians of whom any K open "
               "it. Without SOURCE the password is asked for. May be repeated: the DKEK is split among all of them", true},
    OptionSpec{quorum, "--quorum", 0, ValueKind::quorum, "K/N", "dkek-share: any K of N custodians open the file of --output, instead of a password"},
    OptionSpec{dkek_from, "--dkek-from", 0, ValueKind::source, "SOURCE",
               "dkek-share: this DKEK, 64 hexadecimal digits, instead of a fresh one; --share gives that of share files"},
    OptionSpec{sheets, "--sheets", 0, ValueKind::folder, "DIR",
               "Write a page to print (SVG with a QR code) and a text for each custodian, and for each share file under a password; nothing is "
               "shown on the terminal then"},
    OptionSpec{quorums, "--quorums", 0, ValueKind::folder, "DIR",
               "Write each custodian's part to a file with the lines prime= and share=, instead of showing it on the terminal"},
    OptionSpec{threshold, "--threshold", 0, ValueKind::number, "K", "rehearse: so many custodians must do (default: the smallest number that does). pkcs11-tool: with --shares"},
    OptionSpec{key, "--key", 0, ValueKind::path, "FILE", "wrapped-key: the key, as PEM, PKCS#8, PKCS#12, or the bytes of an AES key"},
    OptionSpec{fresh, "--fresh", 0, ValueKind::fresh, "KIND", "wrapped-key: a new key: rsa:2048, ec:secp256r1, x25519, aes:256 and so on"},
    OptionSpec{label, "--label", 0, ValueKind::text, "TEXT", "wrapped-key, restore to an HSM, pkcs11-tool: its label"},
    OptionSpec{id, "--id", 0, ValueKind::text, "HEX", "wrapped-key, restore to an HSM: its ID, which a certificate shares with it (create: default 01). pkcs11-tool: of the share, or of the key in the device"},
    OptionSpec{generate_key, "--generate-key", 0, ValueKind::none, "", "A fresh DKEK as a share file in --state, brought into a device that awaits a share"},
    OptionSpec{export_key, "--export-key", 0, ValueKind::none, "", "A copy of the share file; with --wrap the key of the device that has this ID, as a file"},
    OptionSpec{import_key, "--import-key", 0, ValueKind::none, "", "With --unwrap: the key of --input-file back into the device"},
    OptionSpec{wrap, "--wrap", 0, ValueKind::none, "", "With --export-key: a key of the device, wrapped under its DKEK"},
    OptionSpec{unwrap, "--unwrap", 0, ValueKind::none, "", "With --import-key: a wrapped key"},
    OptionSpec{wrapping_key, "--wrapping-key", 0, ValueKind::text, "HEX", "The ID of the share of the DKEK"},
    OptionSpec{key_type, "--key-type", 0, ValueKind::text, "TYPE", "aes:32, which a DKEK is"},
    OptionSpec{output_file, "--output-file", 0, ValueKind::path, "PATH", "Write to this file (-o), readable by its owner only; it must not exist"},
    OptionSpec{input_file, "--input-file", 0, ValueKind::path, "PATH", "The wrapped key to import (-i)"},
    OptionSpec{shares, "--shares", 0, ValueKind::number, "N", "With --threshold K: any K of N custodians open the share file, instead of a password"},
    OptionSpec{login, "--login", 0, ValueKind::none, "", "Log in (-l). Keys always want that; after --generate-key the KCV is compared then"},
    OptionSpec{pin, "--pin", 0, ValueKind::text, "PIN", "The PIN, as the manual has it (-p): other programs of this machine can read it there. --pin-from is better"},
    OptionSpec{so_pin, "--so-pin", 0, ValueKind::text, "SO-PIN", "Taken and not used: these lines need none"},
    OptionSpec{module, "--module", 0, ValueKind::path, "FILE", "Taken and not used: hwbak talks to the device itself"},
    OptionSpec{slot, "--slot", 0, ValueKind::text, "ID", "Taken and not used: --reader names a device"},
    OptionSpec{token_label, "--token-label", 0, ValueKind::text, "TEXT", "Taken and not used, like --slot"},
    OptionSpec{algorithms, "--algorithms", 0, ValueKind::text, "LIST",
               "wrapped-key: allow only these algorithms, such as 73,74 or wrap; 92, which allows wrapping, is put in (default: all)"},
    OptionSpec{no_export, "--no-export", 0, ValueKind::none, "", "wrapped-key: leave out 92: the device will never wrap the key again"},
    OptionSpec{certificate, "--certificate", 0, ValueKind::path, "FILE", "wrapped-key: an X.509 certificate of this key, PEM or DER, to go with it"},
    OptionSpec{no_encryption, "--no-encryption", 0, ValueKind::none, "", "Of a wrapped key: write pkcs8 and pem in the clear, without a password"},
    OptionSpec{without_certificate, "--without-certificate", 0, ValueKind::none, "",
               "Of a wrapped key: leave its certificate behind. One that is damaged is left out in any case; one of another key stops the command otherwise"},
    OptionSpec{without_description, "--without-description", 0, ValueKind::none, "",
               "Of a wrapped key: leave its description behind (label, ID), as with --without-certificate"},
    OptionSpec{new_password_from, "--new-password-from", 0, ValueKind::source, "SOURCE",
               "Read the new password from SOURCE; without this option twelve new words are drawn and shown, or, for a badge and an HSM, it is asked for"},
    OptionSpec{mnemonic_from, "--mnemonic-from", 0, ValueKind::source, "SOURCE",
               "Read seed words (12, 18 or 24) or an xprv from SOURCE; without this option and --text they are asked for on the "
               "terminal"},
    OptionSpec{require, "--require", 0, ValueKind::require, "LEVEL",
               "End with exit 8 unless LEVEL is proven: structure, content or meaning"},
    OptionSpec{expect_fingerprint, "--expect-fingerprint", 0, ValueKind::fingerprint, "XFP",
               "End with exit 7 when the backup is of another wallet; XFP is its fingerprint, 8 hexadecimal digits"},
    OptionSpec{expect_kcv, "--expect-kcv", 0, ValueKind::text, "KCV",
               "End with exit 3 unless this is the KCV of the DKEK of --share, 16 hexadecimal digits as the device shows them; it proves the shares whole, and "
               "where one byte of a share file is damaged, shows which. With --new-share it is that of the new ones; verify and rekey compare a share "
               "file that they read with it, and recover judges a damaged share file by it"},
    OptionSpec{fail_on, "--fail-on", 0, ValueKind::severity, "LEVEL",
               "End with exit 8 when there is a finding of this level or above: note, warning, high or critical"},
    OptionSpec{reveal, "--reveal", 0, ValueKind::none, "", "Show secrets: seed words, keys, notes, PINs, passwords, one-time codes"},
    OptionSpec{raw, "--raw", 0, ValueKind::none, "", "Write the decrypted contents, exactly, to standard output or --output"},
    OptionSpec{salvage, "--salvage", 0, ValueKind::none, "",
               "Write what is left of a damaged backup, the holes marked, to standard output or --output"},
    OptionSpec{output, "--output", 'o', ValueKind::path, "PATH", "Write to this file, readable by its owner only; it must not exist"},
    OptionSpec{force, "--force", 'f', ValueKind::none, "", "Let --output replace an existing file; device backup: write into a folder of such files without a manifest; device restore: replace other keys"},
    OptionSpec{target, "--target", 0, ValueKind::target, "TARGET",
               "The device: coldcard, coldcard@VERSION (coldcard@5.6.1), cdc-badge, cdc-badge@LEVEL (cdc-badge@0.7), pico-hsm, pico-hsm@6.6, smartcard-hsm, smartcard-hsm@3.x, or all for every "
               "version that behaves differently; may be repeated (default: today's devices)", true},
    OptionSpec{payload, "--payload", 0, ValueKind::path, "FILE", "cdc-badge: take the contents from this payload (JSON), to the byte"},
    OptionSpec{from_json, "--from-json", 0, ValueKind::path, "FILE",
               "cdc-badge: take the records of a badge's JSON, unknown parts to the byte; --json FILE is the same. May be repeated", true},
    OptionSpec{otpauth, "--otpauth", 0, ValueKind::path, "FILE", "cdc-badge: add accounts, one otpauth URI on each line; may be repeated", true},
    OptionSpec{csv, "--csv", 0, ValueKind::path, "FILE",
               "cdc-badge: add logins of KeePassXC, Bitwarden, 1Password or a browser, recognised by the header; may be repeated", true},
    OptionSpec{vcf, "--vcf", 0, ValueKind::path, "FILE", "cdc-badge: add vCards of version 4.0; may be repeated", true},
    OptionSpec{skip_misfits, "--skip-misfits", 0, ValueKind::none, "",
               "cdc-badge: leave out what a badge would cut or refuse, and write the rest (exit 10)"},
    OptionSpec{as, "--as", 0, ValueKind::format, "FORMAT",
               "otpauth, otpauth-qr, keepassxc-csv, bitwarden-json, bitwarden-csv, 1password-csv, browser-csv, aegis, vcf or json; of a wrapped key pkcs8, "
               "pkcs12, pem, or raw for AES; of a Coldcard backup descriptors, bitcoin-core, electrum, bip39 or xprv"},
    OptionSpec{with_secrets, "--with-secrets", 0, ValueKind::none, "",
               "Of a Coldcard backup: private keys too, to a terminal or to --output alone; bip39 and xprv are nothing else"},
    OptionSpec{vault, "--vault", 0, ValueKind::text, "NAME",
               "Of a Coldcard backup: a wallet of its Seed Vault or a duress wallet, by name or fingerprint (default: the backup's own wallet)"},
    OptionSpec{multisig, "--multisig", 0, ValueKind::text, "NAME", "Of a Coldcard backup: this multisig wallet alone"},
    OptionSpec{purpose, "--purpose", 0, ValueKind::number, "N",
               "With --as electrum, which has one account a file: 44, 49 or 84, for addresses that begin with 1, 3 or bc1q (default 84)"},
    OptionSpec{against, "--against", 0, ValueKind::text, "WHAT",
               "What to compare the backup with: an xpub (ypub, zpub and so on too), a descriptor, an address, or a fingerprint; never anything secret"},
    OptionSpec{gap, "--gap", 0, ValueKind::number, "N", "How many addresses to look at on each chain (default 100, at most 10000)"},
    OptionSpec{challenge_response, "--challenge-response", 0, ValueKind::none, "",
               "With --reveal: show the HMAC keys of challenge-response accounts as hex, since no format has a place for them"},
    OptionSpec{link_totp, "--link-totp", 0, ValueKind::none, "",
               "Put an account into each login whose slot number probably means it; without this option that is only reported"},
    OptionSpec{device_state, "--device-state", 0, ValueKind::device_state, "STATE",
               "A Coldcard is empty (the default), seeded (it holds a seed), or is to load the backup as a temporary seed: empty, "
               "seeded or temporary"},
    OptionSpec{host_api_level, "--host-api-level", 0, ValueKind::level, "LEVEL",
               "drill: a badge of this level, such as 0.7, the same as --target cdc-badge@LEVEL; may be repeated. create: the level that a badge must "
               "have (default: that of the JSON, or 0.5)", true},
    OptionSpec{onto, "--onto", 0, ValueKind::path, "FILE",
               "The badge holds already what this other backup holds; its passphrase comes from the same source (default: it is empty)"},
    OptionSpec{require_accept, "--require-accept", 0, ValueKind::none, "", "End with exit 8 unless every target accepts the file"},
    OptionSpec{text, "--text", 0, ValueKind::path, "FILE", "Take the contents from this decrypted backup text, to the byte"},
    OptionSpec{chain, "--chain", 0, ValueKind::chain, "CHAIN",
               "The network of the wallet: BTC, XTN (testnet) or XRT (regtest) (default: as the xprv says, or BTC)"},
    OptionSpec{to, "--to", 0, ValueKind::folder, "DIR", "Write copies to this card or folder; may be repeated, best with two cards. rekey of wrapped keys: write them there", true},
    OptionSpec{copies, "--copies", 0, ValueKind::number, "N", "How many copies on each card (default 3; at most 25 in all)"},
    OptionSpec{state, "--state", 0, ValueKind::path, "PATH",
               "practice: the folder in which the device keeps its sealed state; made when missing. pkcs11-tool: the folder of the share files (default: hwbak in $XDG_DATA_HOME or ~/.local/share). recover: the file in which the search is kept, without any secret; the "
               "same command goes on from it"},
    OptionSpec{pattern_from, "--pattern-from", 0, ValueKind::source, "SOURCE",
               "recover: what is remembered of a password or passphrase, one pattern on each line, such as (?i:horse)[0-9]{2}!? (docs/recover.md)"},
    OptionSpec{wordlist, "--wordlist", 0, ValueKind::path, "FILE", "recover: the words that \\w in a pattern stands for, one on each line; without a pattern, the passwords to try; - is standard input"},
    OptionSpec{max_time, "--max-time", 0, ValueKind::text, "TIME",
               "recover: refuse a search that cannot end in this time here, such as 90s, 30m, 12h or 7d (default: classes that do not end within a day are left out)"},
    OptionSpec{shard, "--shard", 0, ValueKind::text, "K/N", "recover: try part K of N only; the parts have no candidate in common and need not know of one another"},
    OptionSpec{stop_file, "--stop-file", 0, ValueKind::path, "PATH", "recover: make this file on a hit, and stop when another part has made it"},
    OptionSpec{classes, "--classes", 0, ValueKind::text, "LIST", "recover: try these classes of candidates only, such as spelling,one-wrong, or all (docs/recover.md)"},
    OptionSpec{threads, "--threads", 0, ValueKind::number, "N", "recover: so many at a time (default: one for each processor)"},
    OptionSpec{export_candidates, "--export-candidates", 0, ValueKind::none, "",
               "recover: try nothing, and write the candidates to standard output or --output, one on each line; each may be the password"},
    OptionSpec{card, "--card", 0, ValueKind::folder, "DIR", "The folder that plays the MicroSD card; repeated: the next card, for further copies", true},
    OptionSpec{model, "--model", 0, ValueKind::model, "MODEL", "Which device: mk2, mk3, mk4 or q1 (default mk4)"},
    OptionSpec{firmware, "--firmware", 0, ValueKind::firmware, "VERSION", "Its firmware, such as 5.6.1 (default: the newest of the model)"},
    OptionSpec{max_kdf_rounds, "--max-kdf-rounds", 0, ValueKind::number, "N",
               "Refuse a costlier key derivation. 7z: more than 2^N rounds (default 24; a device uses 13). Badge: more than N iterations "
               "(default 10000000; a badge uses 200000)"},
    OptionSpec{max_size, "--max-size", 0, ValueKind::size, "BYTES",
               "Refuse files and contents larger than this; k, M and G may follow the number (default 16M)"},
    OptionSpec{port, "--port", 0, ValueKind::path, "PATH", "The serial port of the badge, such as /dev/ttyACM0, or that of a practice badge. practice pico-hsm: the port number of vpcd (default 35963)"},
    OptionSpec{pin_from, "--pin-from", 0, ValueKind::source, "SOURCE",
               "Read the device's PIN from SOURCE and log in with it; it is sent once and never tried again"},
    OptionSpec{reader, "--reader", 0, ValueKind::text, "NAME",
               "The smart card reader of the HSM, or a part of its name that no other has (default: the only one with an HSM in it)"},
    OptionSpec{so_pin_from, "--so-pin-from", 0, ValueKind::source, "SOURCE", "Read the SO-PIN of the HSM, 16 hexadecimal digits, from SOURCE"},
    OptionSpec{key_reference, "--key-reference", 0, ValueKind::number, "N",
               "restore of one key to an HSM: its place there, 1 to 255 (default: that of the manifest or the description beside it, or the lowest free one)"},
    OptionSpec{run, "--run", 0, ValueKind::none, "", "init-plan: carry the steps out on the device"},
    OptionSpec{confirm_serial, "--confirm-serial", 0, ValueKind::text, "SERIAL",
               "init-plan: the serial number of the device that may be wiped, for scripts; without it the number is to be typed"},
    OptionSpec{yes, "--yes", 'y', ValueKind::none, "", "Do not ask before something is changed on the device"},
    OptionSpec{link, "--link", 0, ValueKind::path, "PATH", "cdc-badge: make PATH a symbolic link to the practice badge's port"},
    OptionSpec{fault, "--fault", 0, ValueKind::fault, "NAME",
               "cdc-badge: behave as an odd build, or fail, in this way (docs/cdc-badge.md); may be repeated", true},
    OptionSpec{delay, "--delay", 0, ValueKind::text, "SECONDS",
               "cdc-badge: time that BACKUP takes (default 0; a real badge needs 18). pico-hsm: time before every answer, such as 0.005"},
    OptionSpec{quirks, "--quirks", 0, ValueKind::none, "",
               "pico-hsm: do as the real firmware does where it is fragile or wrong: stop, and change keys (docs/pico-hsm.md)"},
    OptionSpec{button, "--button", 0, ValueKind::button, "WHAT",
               "pico-hsm: what happens when the button is to be pressed for the use of a key: pressed (default) or not-pressed"},
    OptionSpec{help, "--help", 'h', ValueKind::none, "", "Show help with examples"},
    OptionSpec{version, "--version", 'V', ValueKind::none, "", "Show the version and what is built in"},
};

constexpr std::array glance_options{password_from, passwords_from, no_password, password_encoding, receiver_key_from, share, quorum_from,
                                    fail_on, json, max_kdf_rounds, max_size, help, version};
constexpr std::array inspect_options{fail_on, json, max_kdf_rounds, max_size, help};
constexpr std::array verify_options{password_from, passwords_from, no_password, password_encoding, receiver_key_from, share, quorum_from, expect_kcv, require,
                                    expect_fingerprint, fail_on, json, max_kdf_rounds, max_size, help};
constexpr std::array open_options{password_from, passwords_from, no_password, password_encoding, receiver_key_from, share, quorum_from, reveal, raw,
                                  salvage, output, force, fail_on, json, max_kdf_rounds, max_size, help};
constexpr std::array drill_options{target, device_state, host_api_level, onto, require_accept, password_from, passwords_from, no_password,
                                   password_encoding, receiver_key_from, share, json, max_kdf_rounds, max_size, help};
constexpr std::array create_options{to, copies, text, mnemonic_from, chain, output, force, payload, from_json, otpauth, csv, vcf,
                                    host_api_level, skip_misfits, write_share, quorum, dkek_from, sheets, quorums, key, fresh, label, id, algorithms,
                                    no_export, certificate, new_password_from, password_from, share, expect_kcv, password_encoding, json, max_size, help};
constexpr std::array export_options{as, output, force, with_secrets, vault, multisig, purpose, link_totp, challenge_response, no_encryption, without_certificate, without_description, reveal, password_from, passwords_from, share,
                                    new_password_from, password_encoding, fail_on, json, max_kdf_rounds, max_size, help};
constexpr std::array diff_options{reveal, password_from, passwords_from, password_encoding, json, max_kdf_rounds, max_size, help};
constexpr std::array merge_options{output, force, reveal, password_from, passwords_from, new_password_from, password_encoding, json,
                                   max_kdf_rounds, max_size, help};
constexpr std::array rekey_options{password_from, passwords_from, password_encoding, receiver_key_from, share, quorum_from, new_share, expect_kcv, new_password_from, output,
                                   to, force, without_certificate, without_description, json, max_kdf_rounds, max_size, help};
constexpr std::array copies_options{password_from, passwords_from, no_password, password_encoding, fail_on, json,
                                    max_kdf_rounds, max_size, help};
constexpr std::array dkek_options{share, expect_kcv, write_share, sheets, quorums, threshold, password_encoding, output, force, reveal, json, max_size, help};
constexpr std::array wallet_options{against, gap, password_from, passwords_from, password_encoding, receiver_key_from, fail_on, json, max_kdf_rounds, max_size, help};
constexpr std::array device_options{port, reader, pin_from, so_pin_from, password_from, password_encoding, share, expect_kcv, write_share, sheets, quorums, output, to, key_reference, label, id, force, run, confirm_serial, yes, json, max_kdf_rounds, max_size, help};
constexpr std::array pkcs11_options{generate_key, export_key, wrap, import_key, unwrap, wrapping_key, key_type, id, label, output_file, input_file, shares, threshold, sheets, quorums,
                                    state, login, pin_from, pin, so_pin, password_from, reader, module, slot, token_label, force, json, max_size, help};
constexpr std::array practice_options{state, card, model, firmware, link, fault, delay, quirks, button, port, pin_from, json, help};
constexpr std::array recover_options{password_from, password_encoding, pattern_from, wordlist, expect_kcv, classes, max_time, state, shard, stop_file, threads, export_candidates, output, force,
                                     reveal, json, max_kdf_rounds, max_size, help};
constexpr std::array plain_options{json, help};

constexpr std::array glance_examples{
    Example{"hwbak backup.7z", "Is it good, which wallet is it, what to do next"},
    Example{"hwbak --no-password backup.7z", "The same without the password: headers only"},
};
constexpr std::array inspect_examples{
    Example{"hwbak inspect backup.7z", "One file"},
    Example{"hwbak inspect --json /media/card", "All files in a folder, for a script"},
};
constexpr std::array verify_examples{
    Example{"hwbak verify backup.7z", "Asks for the twelve words and proves as much as can be proven"},
    Example{"hwbak verify --require meaning --password-from file:words.txt backup.7z", "For a script: exit 0 only when everything is proven"},
    Example{"hwbak verify --expect-fingerprint 380C7AFD backup.7z", "Is it the backup of this wallet"},
    Example{"hwbak verify --no-password /media/card", "The headers of every file on a card"},
    Example{"hwbak verify --share one.pbe --share two.pbe keys/", "Wrapped keys of an HSM: asks for the passwords of both shares, then a line for each key"},
};
constexpr std::array open_examples{
    Example{"hwbak open backup.7z", "What is inside, secrets masked"},
    Example{"hwbak open --reveal backup.7z", "The same with seed words and keys"},
    Example{"hwbak open --raw --output backup.txt backup.7z", "The exact text into a file only you can read"},
    Example{"hwbak open --reveal backup.cdcbak", "Of a badge: accounts with their current codes, logins, cards, settings"},
    Example{"hwbak open --share one.pbe=file:pw.txt rsa.bin", "A wrapped key of an HSM: its public numbers, certificate and description"},
    Example{"hwbak open --salvage --output rest.txt damaged.7z", "What is left of a damaged backup"},
};
constexpr std::array drill_examples{
    Example{"hwbak drill backup.7z", "What today's firmware would do on Verify and on Restore"},
    Example{"hwbak drill --target coldcard@3.0.5 --target coldcard@4.1.9 backup.7z", "Two older versions"},
    Example{"hwbak drill --target all --require-accept --password-from file:words.txt backup.7z",
            "For a script: exit 0 only when every firmware takes it"},
    Example{"hwbak drill --device-state temporary backup.7z", "Loading it as a temporary seed"},
    Example{"hwbak drill backup.cdcbak", "What a badge of level 0.7 would import, and what its counts hide"},
    Example{"hwbak drill --share one.pbe --target smartcard-hsm rsa.bin", "Whether a SmartCard-HSM would take back this wrapped key"},
    Example{"hwbak drill --target all --onto today.cdcbak backup.cdcbak", "Onto a badge that holds another backup, at every level known"},
};
constexpr std::array create_examples{
    Example{"hwbak create coldcard --to /media/card1 --to /media/card2", "Asks for seed words or an xprv; three copies on each of two cards"},
    Example{"hwbak create coldcard --text backup.txt --to /media/card1", "From a decrypted backup text, unchanged"},
    Example{"hwbak create coldcard --mnemonic-from file:seed.txt --new-password-from file:new.txt --to /media/card1 --copies 1",
            "For a script: nothing is asked"},
    Example{"hwbak create cdc-badge --payload payload.json --output backup.cdcbak", "A badge's backup of exactly these contents"},
    Example{"hwbak create cdc-badge --otpauth codes.txt --csv logins.csv --vcf cards.vcf --output backup.cdcbak",
            "Of other programs' records; what a badge would cut or refuse is listed first"},
    Example{"hwbak create dkek-share --output one.pbe", "For an HSM: a fresh DKEK in one share, under a password that is asked for"},
    Example{"hwbak create dkek-share --write-share one.pbe=quorum:3/5 --write-share two.pbe --sheets pages",
            "In two shares: any 3 of 5 custodians open the first, a password the second; a page to print for each"},
    Example{"hwbak create wrapped-key --share one.pbe --share two.pbe --key key.pem --certificate cert.pem --label mail --output mail.wky",
            "A key of another program as an HSM takes it"},
};
constexpr std::array export_examples{
    Example{"hwbak export backup.cdcbak --as keepassxc-csv --output logins.csv", "Logins and accounts for KeePassXC"},
    Example{"hwbak export backup.cdcbak --as otpauth-qr", "A QR code of each account on this terminal"},
    Example{"hwbak export backup.cdcbak --as vcf --output cards/", "One file for each card"},
    Example{"hwbak export backup.7z --as descriptors", "Of a Coldcard backup: watch-only descriptors of every account and multisig wallet"},
    Example{"hwbak export backup.7z --as electrum --output watch.electrum", "The BIP-84 account for Electrum, watch-only"},
    Example{"hwbak export backup.7z --as bip39 --with-secrets", "The seed words, on this terminal"},
    Example{"hwbak export key.wky --share one.pbe --share two.pbe --as pkcs12 --output key.p12", "A wrapped key of an HSM, under a new password"},
};
constexpr std::array diff_examples{
    Example{"hwbak diff old.cdcbak new.cdcbak", "Which records came, went and changed"},
    Example{"hwbak diff backup.7z backup-2.7z", "Two backups of a Coldcard: the same wallet? which settings, multisig wallets, vault entries, notes"},
    Example{"hwbak diff --passwords-from file:list.txt --json old.cdcbak new.cdcbak", "For a script: facts.came, facts.went, facts.changed"},
};
constexpr std::array merge_examples{
    Example{"hwbak merge spring.cdcbak autumn.cdcbak --output all.cdcbak", "autumn.cdcbak is the newest: where the two differ, it wins"},
};
constexpr std::array rekey_examples{
    Example{"hwbak rekey backup.7z --output backup-2.7z", "Twelve new words, shown once"},
    Example{"hwbak rekey backup.7z --output backup-2.7z --new-password-from file:new.txt", "A password of your own"},
    Example{"hwbak rekey backup.cdcbak --output new.cdcbak", "Of a badge: asks for the old passphrase, and twice for the new one"},
    Example{"hwbak rekey one.pbe --quorum-from file:custodians.txt --output one-new.pbe", "The same DKEK share under a new password"},
    Example{"hwbak rekey keys/ --share one.pbe --share two.pbe --new-share new.pbe --to rewrapped", "Wrapped keys of an HSM, from one DKEK to another"},
};
constexpr std::array copies_examples{
    Example{"hwbak copies /media/card1 /media/card2", "Newest, identical, lonely and damaged backups"},
    Example{"hwbak copies --passwords-from file:list.txt /media/card1", "Also which of them hold the same wallet"},
};
constexpr std::array recover_examples{
    Example{"hwbak recover backup.7z --state search.state", "Asks for the words as you remember them, and goes on from search.state when it was stopped"},
    Example{"hwbak recover backup.7z --password-from file:words.txt --output found.txt", "The twelve words, some of them as ?, ab* or lamp|camp; the right ones into a file only you can read"},
    Example{"hwbak recover backup.7z --password-from file:words.txt --classes two-wrong --shard 3/40 --stop-file /shared/found --state part3.state --output /shared/words.txt",
            "One of forty machines (docs/recover-at-scale.md)"},
    Example{"hwbak recover badge.cdcbak --pattern-from file:pattern.txt --state search.state", "A passphrase that is remembered in parts"},
    Example{"hwbak recover share.pbe --wordlist words.txt", "A password that is one of these"},
    Example{"hwbak recover backup.7z --password-from file:words.txt --classes spelling --export-candidates --output list.txt", "The candidates, for another program"},
};
constexpr std::array dkek_examples{
    Example{"hwbak dkek check --share one.pbe --share two.pbe *.bin", "Asks for each password; the KCV, and which of the keys this DKEK opens"},
    Example{"hwbak dkek check --share one.pbe=quorum:custodians.txt --share two.pbe=file:pw.txt --json", "For a script"},
    Example{"hwbak dkek reshare --share one.pbe --write-share new-1.pbe=quorum:2/3 --write-share new-2.pbe key.bin",
            "The same DKEK for new custodians; the wrapped key proves that it is the right one"},
    Example{"hwbak dkek rehearse --share one.pbe=quorum:all.txt", "Whether every choice of enough custodians opens the share"},
};
constexpr std::array wallet_examples{
    Example{"hwbak wallet check backup.7z --against bc1q6d6w8w7jlv4d9arak93vp2g8sqdxs20tjy2pxw", "Is this an address of the wallet in the backup"},
    Example{"hwbak wallet check backup.7z --against 380C7AFD --json", "For a script: facts.match is true or false"},
    Example{"hwbak wallet check backup.7z --gap 1000 --against bc1q6d6w8w7jlv4d9arak93vp2g8sqdxs20tjy2pxw", "Further along each chain"},
};
constexpr std::array device_examples{
    Example{"hwbak device list", "Badges on serial ports, HSMs in smart card readers, and what is on them"},
    Example{"hwbak device backup --port /dev/ttyACM0 --output backup.cdcbak", "The badge's backup, opened before it is kept"},
    Example{"hwbak device restore backup.cdcbak --port /dev/ttyACM0 --pin-from tty", "Rehearses, shows what will happen, asks, and restores"},
    Example{"hwbak device backup --to keys/ --share one.pbe", "Every key of an HSM in a reader, each opened with the DKEK before it is kept"},
    Example{"hwbak device restore keys/ --share one.pbe", "Back into a device with the same DKEK; shows the plan and asks"},
    Example{"hwbak device delete --port /dev/ttyACM0 --yes", "Removes the backup file from the badge's disk"},
    Example{"hwbak device init-plan --share one.pbe --share two.pbe", "Every step from these shares to an HSM that is ready, also as commands of sc-hsm-tool"},
    Example{"hwbak device init-plan --write-share one.pbe=quorum:3/5 --sheets pages --run", "The same with a new share, carried out"},
};
constexpr std::array practice_examples{
    Example{"hwbak practice coldcard --state ~/practice --card /tmp/card", "A virtual Mk4, to rehearse backup and restore"},
    Example{"hwbak practice coldcard --state ~/old --card /tmp/card --model mk3 --firmware 4.1.9", "An older device"},
    Example{"hwbak practice cdc-badge --state ~/badge --link /tmp/badge", "A virtual badge on a serial port of its own"},
    Example{"hwbak practice pico-hsm --state ~/hsm", "A virtual HSM in the virtual reader of vpcd"},
    Example{"hwbak practice pico-hsm --state ~/hsm --quirks", "The same with the faults of the real firmware"},
};
constexpr std::array pkcs11_examples{
    Example{"hwbak pkcs11-tool --generate-key --key-type aes:32 --label dkek --id 01", "Asks for a password; the share goes into a device that awaits one"},
    Example{"hwbak pkcs11-tool --export-key --id 01 --output-file dkek-share.bin", "A copy of the share file, encrypted as it is"},
    Example{"hwbak pkcs11-tool --export-key --id 12 --wrap --wrapping-key 01 --output-file key.wrapped", "The key with ID 12; asks for the PIN"},
    Example{"hwbak pkcs11-tool --import-key --unwrap --wrapping-key 01 --input-file key.wrapped --id 12 --label restored-key", "And back, with that ID and label"},
};
constexpr std::array doctor_examples{Example{"hwbak doctor", "What protects the secrets in this process, and what could not be had"}};
constexpr std::array explain_examples{
    Example{"hwbak explain damaged", "An outcome"},
    Example{"hwbak explain trailing-bytes", "A finding"},
};

constexpr std::array<std::string_view, 3> device_kinds{"coldcard", "cdc-badge", "pico-hsm"};   // of practice
constexpr std::array<std::string_view, 4> create_kinds{"coldcard", "cdc-badge", "dkek-share", "wrapped-key"};
constexpr std::array<std::string_view, 4> dkek_verbs{"check", "combine", "reshare", "rehearse"};
constexpr std::array<std::string_view, 1> wallet_verbs{"check"};
constexpr std::array<std::string_view, 5> device_verbs{"list", "backup", "restore", "delete", "init-plan"};

const std::array command_list{
    CommandSpec{Command::glance, "", Takes::files, "FILE...", "Recognise a backup, open it, and answer on one page",
                "Recognises the file by its contents, asks for the password where one is needed, and says whether the backup is "
                "good, how far that was proven, whose it is, and what to do next.",
                glance_options, glance_examples},
    CommandSpec{Command::inspect, "inspect", Takes::files, "FILE...", "What can be known without a secret",
                "Shows the structure of each file and what its headers tell to anyone who holds it. No password is used.",
                inspect_options, inspect_examples},
    CommandSpec{Command::verify, "verify", Takes::files, "FILE...", "Is it good, and how far was that proven",
                "Structure: a valid container. Content: the password opens it and its checksum holds. Meaning: what is inside "
                "agrees with itself. Without a password only the structure is proven.",
                verify_options, verify_examples},
    CommandSpec{Command::open, "open", Takes::one_file, "FILE", "What is inside",
                "Shows what the backup holds, secrets masked unless --reveal is given. --raw gives the exact contents; --salvage "
                "what can be saved of a damaged backup.",
                open_options, open_examples},
    CommandSpec{Command::drill, "drill", Takes::one_file, "FILE", "What would the device do with it",
                "Rehearses Verify and Restore of a Coldcard, or the import of a badge, as the device does them, check by check: what it "
                "accepts or refuses and why, the message it shows, what it drops, cuts or counts without telling, the fingerprint it asks "
                "to confirm, and what to do about a refusal. For a wrapped key of an HSM: the status word it would answer with, the reason that the "
                "device does not give, and the mend.",
                drill_options, drill_examples},
    CommandSpec{Command::create, "create", Takes::kind, "coldcard --to DIR...|cdc-badge|dkek-share|wrapped-key --output PATH", "Make a backup that a device can restore",
                "coldcard: from seed words, an xprv or a decrypted backup text, on one or several cards. Twelve fresh words are drawn as "
                "its password, shown once and asked for in a quiz, or --new-password-from gives one. The vendor supports restoring only "
                "files made by a device; keep the seed words on paper too. cdc-badge: of a payload, or of accounts, logins and cards of "
                "other programs, with a passphrase that is asked for. Every length is counted in bytes before anything is written, since "
                "a badge cuts without telling. dkek-share: a fresh or given DKEK of an HSM in one or several shares, each under a password or a "
                "quorum of custodians, whose parts are shown one screen at a time or written as pages to print. wrapped-key: a key of another program, "
                "or a fresh one, under the DKEK of the shares. Every file is read back and opened again.",
                create_options, create_examples, create_kinds},
    CommandSpec{Command::rekey, "rekey", Takes::files, "FILE --output PATH", "Same contents, new password",
                "Writes a copy of the backup under a new password, as the device would write it, reads it back and opens it "
                "again. The old file stays. Wrapped keys of an HSM, one or a folder of them, go from the DKEK of --share to that of --new-share; no key "
                "is on the disk in the clear at any time.",
                rekey_options, rekey_examples},
    CommandSpec{Command::export_as, "export", Takes::one_file, "FILE --as FORMAT [--output PATH]", "The contents in another program's format",
                "Writes what a badge's backup holds for another program to import. No value is altered; what the format has no place for is "
                "reported. Without --output it goes to standard output: QR codes to a terminal, everything else to a terminal only with "
                "--reveal. The result is not encrypted: destroy it when it is imported. A wrapped key of an HSM becomes PKCS#8, PKCS#12 or PEM under a new "
                "password, or the bytes of an AES key. A Coldcard backup gives descriptors, a list for Bitcoin Core or a wallet of Electrum, watch-only unless "
                "--with-secrets is given.",
                export_options, export_examples},
    CommandSpec{Command::diff, "diff", Takes::two_files, "A B", "What came, went and changed",
                "Compares two backups of a badge record by record: accounts by name, logins by title, cards by text, settings by field. Of two backups of a "
                "Coldcard it says whether they are of the same wallet, and which multisig wallets, vault entries, notes, trick PINs and settings differ. "
                "Field names are shown; values only with --reveal. The exit code is 0 whether they differ or not.",
                diff_options, diff_examples},
    CommandSpec{Command::merge, "merge", Takes::files, "FILE... --output PATH", "Several badge backups into one",
                "The file that is named last is the newest: it is taken as it is, and what only the others have is put behind it. Where two "
                "files differ, the newer one wins and the conflict is listed. HOTP counters never go back. The passphrases of all files "
                "may be given as a list with --passwords-from; a new one is asked for.",
                merge_options, merge_examples},
    CommandSpec{Command::copies, "copies", Takes::folders, "DIR...", "Compare the backups on several cards",
                "Lists the backups in these folders: which is the newest, which are identical, which have no second copy, which "
                "are damaged.",
                copies_options, copies_examples},
    CommandSpec{Command::recover, "recover", Takes::one_file, "FILE", "Find a password that was written down wrong",
                "For the owner of a backup. Give the twelve words as you remember them: ? is an unknown word, ab* one of which the beginning is known, lamp|camp one or the "
                "other, and braces stand around words whose order is lost; there may be too few or too many. Candidates are tried from likely to unlikely, each once: "
                "slips of spelling, a wrong word, words changed over, missing or doubled, two wrong, any order. Any other password or passphrase, also of a badge or a DKEK share, is looked for with --pattern-from, or in the list of --wordlist. Their exact number and the time are shown first. Ctrl-C does no harm.",
                recover_options, recover_examples},
    CommandSpec{Command::dkek, "dkek", Takes::verb, "check|combine|reshare|rehearse --share FILE[=SOURCE]... [WRAPPED...]", "The shares of an HSM's DKEK",
                "check opens the shares, combines them and says the KCV; for each wrapped key it says whether this DKEK fits, or which of the "
                "shares do. combine makes the DKEK of them. reshare makes new shares of the same DKEK. Nothing in a share file proves "
                "it whole: name wrapped keys of this DKEK, or its KCV with --expect-kcv, and one damaged byte of a share is found and put right. rehearse proves that every choice of "
                "as many custodians as are needed opens each share.",
                dkek_options, dkek_examples, dkek_verbs},
    CommandSpec{Command::wallet, "wallet", Takes::verb, "check FILE --against WHAT", "Is this the wallet I use",
                "check says whether an extended public key, a descriptor, an address or a fingerprint belongs to the wallet in a Coldcard backup, to one of "
                "its Seed Vault, its duress wallets or its multisig wallets: yes with the path, or no with how far was searched. Exit 0 is yes, 7 is no; of a "
                "damaged file it is 4, and a backup that contradicts itself also ends with 7: in a script read facts.match. Nothing secret is shown.",
                wallet_options, wallet_examples, wallet_verbs},
    CommandSpec{Command::device, "device", Takes::verb, "list | backup --output FILE|--to DIR | restore FILE|DIR | delete | init-plan", "A CDC Badge on a serial port, an HSM in a smart card reader",
                "list shows the serial ports and the smart card readers, and what is on the devices there. Of an HSM: backup --to DIR fetches every key that the device lets out, as files that sc-hsm-tool "
                "takes, with a manifest; run again it goes on with what is missing. restore takes such a file or folder: it checks each key "
                "against the device, shows the plan, asks, sends, and proves that the key in the device is that of the file; what fails a check is never "
                "sent, and nothing is overwritten without --force. Of a badge (--port): backup has it write its backup, fetches it and opens it before it is kept. restore "
                "rehearses the file, shows what will happen, asks, sends it and compares what the badge says with the rehearsal. "
                "delete removes the backup file from the badge. Backups of more than 8192 characters do not come over the "
                "line whole; then the steps by USB disk are shown. A PIN is sent once and never tried again. "
                "init-plan says every step from the shares of a DKEK to an HSM that is ready; with --run it takes them, and wipes a device only when its "
                "serial number is typed.",
                device_options, device_examples, device_verbs},
    CommandSpec{Command::practice, "practice", Takes::kind, "KIND --state DIR [--card DIR]", "A virtual device to rehearse on",
                "coldcard runs a practice device at the terminal, with the menus of the real one: back up, verify, restore, clone; "
                "it wants --card. cdc-badge prints the path of a serial port and answers there as a badge does, until it is "
                "stopped; the folder plugins in its state plays its USB disk. pico-hsm puts a virtual card into the reader of vpcd and answers the "
                "real tools until the reader goes away. Give them no secret that is worth anything. "
                "Their state is sealed under their PIN.",
                practice_options, practice_examples, device_kinds},
    CommandSpec{Command::pkcs11_tool, "pkcs11-tool", Takes::nothing, "", "The lines of the Pico HSM manual",
                "Takes the lines for keys and backups that the vendor's manual prints and that the real pkcs11-tool does not know, does what they mean, and says "
                "which command of OpenSC each stands for. A DKEK is made as a share file under a password; it never leaves a device. Nothing here initialises a "
                "device: where that is needed, the steps are shown (`hwbak device init-plan`).",
                pkcs11_options, pkcs11_examples},
    CommandSpec{Command::doctor, "doctor", Takes::nothing, "", "What protects this process",
                "Says which protections of the operating system are in force while secrets are in memory.", plain_options,
                doctor_examples},
    CommandSpec{Command::explain, "explain", Takes::word, "OUTCOME|FINDING", "What an outcome or a finding means",
                "Says what a word of the answers means and what to do about it. Without a word, lists them all.", plain_options,
                explain_examples},
};

constexpr std::array<std::string_view, 5> source_words{"tty", "stdin", "file:", "env:", "fd:"};
constexpr std::array<std::string_view, 3> encoding_words{"text", "hex", "raw"};
constexpr std::array<std::string_view, 3> require_words{"structure", "content", "meaning"};
constexpr std::array<std::string_view, 4> severity_words{"note", "warning", "high", "critical"};
constexpr std::array<std::string_view, 5> target_words{"coldcard", "cdc-badge", "pico-hsm", "smartcard-hsm", "all"};
constexpr std::array<std::string_view, 3> state_words{"empty", "seeded", "temporary"};
constexpr std::array<std::string_view, 3> chain_words{"BTC", "XTN", "XRT"};
constexpr std::array<std::string_view, 4> model_words{"mk2", "mk3", "mk4", "q1"};
constexpr std::array<std::string_view, 2> button_words{"pressed", "not-pressed"};
constexpr std::array<std::string_view, 19> format_words{"otpauth", "otpauth-qr", "keepassxc-csv", "bitwarden-json", "bitwarden-csv", "1password-csv",
                                                        "browser-csv", "aegis", "vcf", "json", "pkcs8", "pkcs12", "pem", "raw", "descriptors", "bitcoin-core", "electrum",
                                                        "bip39", "xprv"};

}  // namespace

std::span<const CommandSpec> commands() noexcept { return command_list; }

const CommandSpec& spec_of(Command command) noexcept { return command_list[static_cast<std::size_t>(command)]; }

std::optional<Command> command_named(std::string_view name) noexcept {
  for (const CommandSpec& spec : command_list)
    if (!spec.name.empty() && spec.name == name) return spec.command;
  return std::nullopt;
}

std::span<const OptionSpec> options() noexcept { return option_list; }

const OptionSpec& spec_of(OptionId id) noexcept {
  for (const OptionSpec& spec : option_list)
    if (spec.id == id) return spec;
  return option_list.front();
}

std::span<const std::string_view> choices(ValueKind kind) noexcept {
  switch (kind) {
    case ValueKind::source: return source_words;
    case ValueKind::encoding: return encoding_words;
    case ValueKind::require: return require_words;
    case ValueKind::severity: return severity_words;
    case ValueKind::target: return target_words;
    case ValueKind::device_state: return state_words;
    case ValueKind::chain: return chain_words;
    case ValueKind::model: return model_words;
    case ValueKind::fault: return practice::cdc_badge::fault_names();
    case ValueKind::button: return button_words;
    case ValueKind::format: return format_words;
    case ValueKind::none:
    case ValueKind::share:
    case ValueKind::new_share:
    case ValueKind::quorum:
    case ValueKind::fresh:
    case ValueKind::text:
    case ValueKind::path:
    case ValueKind::folder:
    case ValueKind::firmware:
    case ValueKind::level:
    case ValueKind::number:
    case ValueKind::size:
    case ValueKind::fingerprint: return {};
  }
  return {};
}

}  // namespace hwbak::cli
