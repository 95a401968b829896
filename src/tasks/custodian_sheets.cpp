// See custodian_sheets.h.
#include "tasks/custodian_sheets.h"

#include <algorithm>

#include "base/as_bytes.h"
#include "base/base64.h"
#include "base/unicode.h"
#include "foreign/qr.h"
#include "tasks/shell_quoted.h"

namespace hwbak::tasks {
namespace {

constexpr std::size_t widest = 84;   // characters; fit on A4 and on Letter

// One text for both: lines for the .txt, and for the page beside a QR code.
class Sheet final {
 public:
  void title(std::string_view text) { lines_.push_back({Kind::title, SecretString::copy_of(text)}); }
  void heading(std::string_view text) {
    blank();
    lines_.push_back({Kind::heading, SecretString::copy_of(text)});
  }
  void blank() { lines_.push_back({Kind::text, {}}); }
  // Broken at blanks; `indent` stands before every line.
  void text(std::string_view words, std::string_view indent = "") {
    while (!words.empty()) {
      const std::size_t room = widest - indent.size();
      std::size_t end = words.size();
      if (end > room) {
        end = words.substr(0, room + 1).rfind(' ');
        if (end == std::string_view::npos || end == 0) end = room;
      }
      SecretString line = SecretString::copy_of(indent);
      line.append(words.substr(0, end));
      lines_.push_back({Kind::text, std::move(line)});
      words.remove_prefix(end);
      while (words.starts_with(' ')) words.remove_prefix(1);
    }
  }
  void secret(std::string_view label, std::string_view value) {
    SecretString line = SecretString::copy_of(label);
    line.append(value);
    lines_.push_back({Kind::secret, std::move(line)});
  }

  [[nodiscard]] SecretBytes as_text() const {
    SecretBytes out;
    for (const Line& line : lines_) {
      out.append(line.text.expose_bytes());
      out.append('\n');
      if (line.kind == Kind::title || line.kind == Kind::heading) {
        const std::string rule(line.text.size(), line.kind == Kind::title ? '=' : '-');
        out.append(as_bytes(rule + "\n"));
      }
    }
    return out;
  }

  // A4; sizes in millimetres.
  [[nodiscard]] SecretBytes as_svg(ByteView qr_content) const {
    const foreign::QrPicture qr = foreign::qr_picture(qr_content);
    constexpr unsigned margin = 15, qr_size = 55, width = 210;
    SecretBytes body, out;
    const auto put = [&](SecretBytes& to, std::string_view text) { to.append(as_bytes(text)); };
    unsigned y = 220;   // tenths of a millimetre
    for (const Line& line : lines_) {
      const unsigned size = line.kind == Kind::title ? 52 : line.kind == Kind::secret ? 44 : 34;
      if (!line.text.empty()) {
        put(body, "<text x=\"" + std::to_string(margin) + "\" y=\"" + tenths(y) + "\" font-size=\"" + tenths(size) +
                      "\"" + (line.kind == Kind::text ? "" : " font-weight=\"bold\"") + ">");
        put_escaped(body, line.text.expose());
        put(body, "</text>\n");
      }
      y += line.text.empty() ? 28 : size + 14;
    }
    const unsigned height = std::max(2970u, y + 20 + qr_size * 10 + 100);   // very long names make a longer page
    put(out,
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"210mm\" "
        "height=\"" +
            tenths(height) + "mm\" viewBox=\"0 0 210 " + tenths(height) + "\">\n<rect width=\"210\" height=\"" +
            tenths(height) +
            "\" fill=\"#fff\"/>\n<g font-family=\"monospace\" fill=\"#000\" xml:space=\"preserve\">\n");
    out.append(body.expose());
    put(out, "</g>\n<svg x=\"" + std::to_string((width - qr_size) / 2) + "\" y=\"" + tenths(y + 20) + "\" width=\"" +
                 std::to_string(qr_size) + "\" height=\"" + std::to_string(qr_size) + "\" viewBox=\"0 0 " +
                 std::to_string(qr.side) + " " + std::to_string(qr.side) +
                 "\" shape-rendering=\"crispEdges\">\n<path fill=\"#000\" d=\"");
    out.append(qr.path.expose());
    put(out, "\"/>\n</svg>\n</svg>\n");
    return out;
  }

 private:
  enum class Kind { title, heading, text, secret };
  struct Line {
    Kind kind;
    SecretString text;
  };
  static std::string tenths(unsigned value) { return std::to_string(value / 10) + "." + std::to_string(value % 10); }
  static void put_escaped(SecretBytes& out, std::string_view text) {
    for (const char c : text) {
      if (c == '<') out.append(as_bytes("&lt;"));
      else if (c == '>') out.append(as_bytes("&gt;"));
      else if (c == '&') out.append(as_bytes("&amp;"));
      else out.append(static_cast<std::uint8_t>(c));
    }
  }

  std::vector<Line> lines_;
};

void caution(Sheet& sheet, const std::string& loss) {
  sheet.heading("Keep in mind");
  sheet.text(loss, "  ");
  sheet.text(
      "If the device and the DKEK are both lost, nobody can recover the keys, not the maker of the device either.",
      "  ");
  sheet.text("Keep it offline, on paper or on a medium in a safe: no photograph, no mail, no storage on a network.",
             "  ");
  sheet.text("Show it to nobody, not to the other custodians either. Rehearse once a year that it still works.", "  ");
}

std::vector<foreign::NamedFile> files_of(const Sheet& sheet, const std::string& name, ByteView qr_content) {
  std::vector<foreign::NamedFile> out;
  out.push_back({name + ".txt", sheet.as_text()});
  out.push_back({name + ".svg", sheet.as_svg(qr_content)});
  return out;
}

}  // namespace

std::string typed_in_sc_hsm_tool(unsigned id) {
  std::string out;
  for (; id != 0; id /= 16) out.insert(out.begin(), "0123456789ABCDEF"[id % 16]);
  return out;
}

SecretBytes quorum_lines(const CustodianPart& part) {
  SecretBytes out;
  const auto put = [&](std::string_view text) { out.append(as_bytes(text)); };
  put("# custodian " + std::to_string(part.id) + " of " + std::to_string(part.total) + "; any " +
      std::to_string(part.threshold) + " of them open " + part.share_file + "\nprime=");
  out.append(part.prime.expose_bytes());
  put("\nshare=" + std::to_string(part.id) + ":");
  out.append(part.value.expose_bytes());
  put("\n");
  return out;
}

std::vector<foreign::NamedFile> custodian_sheet(const CustodianPart& part) {
  const std::string file = printable(part.share_file), id = std::to_string(part.id),
                    threshold = std::to_string(part.threshold), total = std::to_string(part.total),
                    quoted = shell_quoted(file);
  Sheet sheet;
  sheet.title("DKEK share " + std::to_string(part.share) + " of " + std::to_string(part.shares) +
              ": part of custodian " + id + " of " + total);
  sheet.blank();
  sheet.text("File: " + file + "   KCV of the DKEK: " + part.kcv);
  sheet.blank();
  sheet.secret("Prime       : ", part.prime.expose());
  sheet.secret("Share ID    : ", id);
  sheet.secret("Share value : ", part.value.expose());
  sheet.heading("How it is used");
  sheet.text("Any " + threshold + " of the " + total + " custodians together open the file " + file +
             ", with their parts in any order; fewer learn nothing.");
  sheet.text(
      "With hwbak, typed on the terminal, or from a file with the line prime=... and a line share=ID:VALUE of each:");
  sheet.text("hwbak dkek check --share " + quoted + "=tty", "    ");
  sheet.text("hwbak dkek check --share " + quoted + "=quorum:PATH", "    ");
  sheet.text("With sc-hsm-tool, into a device (the number is that of the parts typed):");
  sheet.text("sc-hsm-tool --import-dkek-share " + quoted + " --pwd-shares-total " + threshold, "    ");
  if (part.id >= 10)
    sheet.text("sc-hsm-tool reads the ID as hexadecimal: type " + typed_in_sc_hsm_tool(part.id) + " for " + id +
               ". hwbak takes " + id + ".");
  sheet.heading("Never keep with this page");
  sheet.text("the file " + file + "; the part of another custodian; the device or its wrapped keys.", "  ");
  caution(sheet, "When fewer than " + threshold + " parts are left, this share is lost; losing one of " +
                     std::to_string(part.shares) + (part.shares == 1 ? " share" : " shares") +
                     " is losing the DKEK, and every key that is wrapped under it.");
  return files_of(sheet, part.share_file + ".custodian-" + id, quorum_lines(part).expose());
}

std::vector<foreign::NamedFile> share_sheet(const ShareOnPaper& share) {
  const std::string file = printable(share.file), quoted = shell_quoted(file);
  const Bytes base64 = to_base64(share.bytes);
  const std::string_view digits(reinterpret_cast<const char*>(base64.data()), base64.size());
  Sheet sheet;
  sheet.title("DKEK share " + std::to_string(share.share) + " of " + std::to_string(share.shares) +
              ": the file, without its password");
  sheet.blank();
  sheet.text("File: " + file + "   KCV of the DKEK: " + share.kcv);
  sheet.blank();
  constexpr std::size_t per_line = 44;
  for (std::size_t at = 0; at < digits.size(); at += per_line) sheet.secret("", digits.substr(at, per_line));
  sheet.heading("How it is used");
  sheet.text(
      "The two lines are the 64 bytes of the file in base64. Typed or scanned into a file they are as good as the file "
      "itself; hwbak takes "
      "them as they are:");
  sheet.text("hwbak dkek check --share " + quoted + "=tty", "    ");
  sheet.text("For sc-hsm-tool turn them into bytes first:");
  sheet.text("openssl base64 -d -in TYPED -out " + quoted, "    ");
  sheet.text("sc-hsm-tool --import-dkek-share " + quoted, "    ");
  sheet.heading("Never keep with this page");
  sheet.text("its password; another share of the same DKEK; the device or its wrapped keys.", "  ");
  caution(sheet, "Losing this share or its password is losing the DKEK: all " + std::to_string(share.shares) +
                     (share.shares == 1 ? " share is" : " shares are") +
                     " needed for every key that is wrapped under it.");
  return files_of(sheet, share.file, base64);
}

}  // namespace hwbak::tasks
