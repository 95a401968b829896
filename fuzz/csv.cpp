// Any bytes as a list of logins: what is read is written as it was read.
#include <cstdlib>

#include "foreign/csv.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace hwbak;
  const ByteView file(data, size);
  try {
    const foreign::CsvTable table = foreign::read_table(file);
    SecretBytes written;
    for (const auto& row : table.rows) {
      std::vector<std::string_view> fields;
      for (const SecretString& field : row.fields) fields.push_back(field.expose());
      foreign::put_row(written, fields);
    }
    // A byte order mark is no mark again once something stands before it.
    SecretBytes whole = SecretBytes::copy_of(ByteView(reinterpret_cast<const std::uint8_t*>("x\n"), 2));
    whole.append(written.expose());
    const foreign::CsvTable again = foreign::read_table(whole.expose());
    if (again.rows.size() != table.rows.size() + 1 || !again.refused.empty()) std::abort();
    for (std::size_t i = 0; i < table.rows.size(); ++i)
      for (std::size_t k = 0; k < table.rows[i].fields.size(); ++k)
        if (!again.rows[i + 1].fields.at(k).equals(table.rows[i].fields[k].expose())) std::abort();
  } catch (const Error&) {
  }
  try {
    const foreign::Imported read = foreign::read_csv(file);
    const foreign::Imported again = foreign::read_csv(foreign::write_keepassxc_csv(read.contents).expose());
    if (!again.refused.empty() || again.contents.logins.size() + again.contents.accounts.size() !=
                                      read.contents.logins.size() + read.contents.accounts.size()) std::abort();
    (void)foreign::write_bitwarden_json(read.contents);
  } catch (const Error&) {
  }
  return 0;
}
