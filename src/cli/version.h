// --version: one constant text, so that it costs nothing to print.
#pragma once

#include <string_view>

namespace hwbak::cli {

#define HWBAK_OPENSSL_TEXT "OpenSSL " HWBAK_OPENSSL_VERSION
inline constexpr std::string_view openssl_version = HWBAK_OPENSSL_TEXT;

#if defined(__clang__)
#define HWBAK_COMPILER "clang " __clang_version__
#else
#define HWBAK_COMPILER "gcc " __VERSION__
#endif
#if defined(__x86_64__)
#define HWBAK_KDF_ENGINES "sha-ni-x4, avx2-x8, portable (chosen at run time)"
#else
#define HWBAK_KDF_ENGINES "portable"
#endif
#ifdef HWBAK_STATIC
#define HWBAK_CARD_SUPPORT "no smart card readers in a static build"
#else
#define HWBAK_CARD_SUPPORT "SmartCard-HSM and Pico HSM in a smart card reader (libpcsclite, loaded when wanted)"
#endif

inline constexpr std::string_view version_text =
    "hwbak " HWBAK_VERSION "\n"
    "formats: Coldcard backups, clones and notes (7z), CDC Badge backups (cdcbak), Pico HSM and SmartCard-HSM shares and wrapped keys\n"
    "cryptography: " HWBAK_OPENSSL_TEXT ", linked in\n"
    "key derivation: " HWBAK_KDF_ENGINES "\n"
    "device support: CDC Badge on a serial port; " HWBAK_CARD_SUPPORT "\n"
    "compiler: " HWBAK_COMPILER "\n";

}  // namespace hwbak::cli
