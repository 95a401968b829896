// otpauth URIs and other secrets as QR codes (docs/exports.md, "QR codes"). libqrcodegen works in memory of its caller, which
// here is locked and wiped, and allocates none.
#include "foreign/qr.h"

#include <qrcodegen/qrcodegen.h>

#include <algorithm>

#include "base/as_bytes.h"
#include "foreign/file_names.h"
#include "foreign/rows.h"

namespace hwbak::foreign {
namespace {

constexpr int quiet_zone = 4;

class QrCode final {
 public:
  QrCode(ByteView content, const char* what, const char* next) : code_(qrcodegen_BUFFER_LEN_MAX) {
    SecretBytes work(qrcodegen_BUFFER_LEN_MAX);
    const bool fits = content.size() <= work.size();
    if (fits) std::ranges::copy(content, work.expose().begin());
    if (!fits || !qrcodegen_encodeBinary(work.expose().data(), content.size(), code_.expose().data(), qrcodegen_Ecc_MEDIUM,
                                         qrcodegen_VERSION_MIN, qrcodegen_VERSION_MAX, qrcodegen_Mask_AUTO, false))
      throw Error(Outcome::refused,
                  std::string(what) + " has " + std::to_string(content.size()) + " bytes, more than a QR code holds (2331)",
                  std::nullopt, next);
  }
  // With the quiet zone.
  [[nodiscard]] int width() const noexcept { return qrcodegen_getSize(code_.expose().data()) + 2 * quiet_zone; }
  [[nodiscard]] bool dark(int x, int y) const noexcept {
    return qrcodegen_getModule(code_.expose().data(), x - quiet_zone, y - quiet_zone);
  }

 private:
  SecretBytes code_;
};

void put(SecretBytes& out, std::string_view text) { out.append(as_bytes(text)); }

QrCode code_of(const otp::Account& account) {
  return QrCode(otp::to_uri(account).expose_bytes(), "The account's URI", "Export it as otpauth text.");
}

QrPicture picture_of(const QrCode& code) {
  QrPicture out{code.width(), {}};
  for (int y = 0; y < out.side; ++y) {
    for (int x = 0; x < out.side; ++x) {
      const int from = x;
      while (code.dark(x, y)) ++x;
      if (x == from) continue;
      const std::string run = std::to_string(x - from);
      put(out.path, "M" + std::to_string(from) + " " + std::to_string(y) + "h" + run + "v1h-" + run + "z");
    }
  }
  return out;
}

}  // namespace

QrPicture qr_picture(ByteView content) { return picture_of(QrCode(content, "The text", "Keep it as text.")); }

SecretBytes qr_svg(const otp::Account& account) {
  const QrPicture picture = picture_of(code_of(account));
  const std::string side = std::to_string(picture.side), size = std::to_string(picture.side * 8);
  SecretBytes out;
  put(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"" + size +
               "\" height=\"" + size + "\" viewBox=\"0 0 " + side + " " + side + "\" shape-rendering=\"crispEdges\">\n"
               "<rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>\n<path fill=\"#000\" d=\"");
  out.append(picture.path.expose());
  put(out, "\"/>\n</svg>\n");
  return out;
}

SecretString qr_terminal(const otp::Account& account) {
  const QrCode code = code_of(account);
  const int width = code.width();
  SecretString out;
  for (int y = 0; y < width; y += 2) {
    for (int x = 0; x < width; ++x) {
      const bool upper = !code.dark(x, y), lower = y + 1 < width && !code.dark(x, y + 1);
      out.append(upper && lower ? "\u2588" : upper ? "\u2580" : lower ? "\u2584" : " ");
    }
    out.append('\n');
  }
  return out;
}

std::vector<NamedFile> qr_files(const Contents& contents) {
  std::vector<NamedFile> out;
  FileNames names;
  for (const otp::Account* account : all_codes(contents)) {
    SecretString name = account->issuer.clone();
    if (!name.empty()) name.append(' ');
    name.append(account->name.expose());
    out.push_back({names.name_for(name.expose(), ".svg"), qr_svg(*account)});
  }
  return out;
}

}  // namespace hwbak::foreign
