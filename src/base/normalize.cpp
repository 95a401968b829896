// Unicode normal forms through libutf8proc; see normalize.h. Its two steps work in memory of the caller; utf8proc_NFC
// and its like would allocate their own.
#include "base/normalize.h"

#include <utf8proc.h>

#include <memory>

#include "base/unicode.h"

namespace hwbak {
namespace {

int options_of(NormalForm form) noexcept {
  switch (form) {
    case NormalForm::nfc: return UTF8PROC_STABLE | UTF8PROC_COMPOSE;
    case NormalForm::nfd: return UTF8PROC_STABLE | UTF8PROC_DECOMPOSE;
    case NormalForm::nfc_casefold: return UTF8PROC_STABLE | UTF8PROC_COMPOSE | UTF8PROC_CASEFOLD;
  }
  return UTF8PROC_STABLE;
}

}  // namespace

std::optional<SecretBytes> normalize(std::string_view text, NormalForm form) {
  if (!is_utf8(text)) return std::nullopt;
  const auto options = static_cast<utf8proc_option_t>(options_of(form));
  const auto* const in = reinterpret_cast<const utf8proc_uint8_t*>(text.data());
  const auto length = static_cast<utf8proc_ssize_t>(text.size());
  const utf8proc_ssize_t count = utf8proc_decompose(in, length, nullptr, 0, options);
  if (count < 0) return std::nullopt;
  // Code points of four bytes, which become at most four bytes of UTF-8 in place, and a NUL.
  SecretBytes memory((static_cast<std::size_t>(count) + 2) * sizeof(utf8proc_int32_t));
  void* at = memory.expose().data();
  std::size_t space = memory.size();
  auto* const codes = static_cast<utf8proc_int32_t*>(
      std::align(alignof(utf8proc_int32_t), space - sizeof(utf8proc_int32_t), at, space));
  if (utf8proc_decompose(in, length, codes, count, options) != count) return std::nullopt;
  const utf8proc_ssize_t size = utf8proc_reencode(codes, count, options);
  if (size < 0) return std::nullopt;
  return SecretBytes::copy_of({reinterpret_cast<const std::uint8_t*>(codes), static_cast<std::size_t>(size)});
}

}  // namespace hwbak
