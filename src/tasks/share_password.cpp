// See share_password.h.
#include "tasks/share_password.h"

#include "audit/password_strength.h"

namespace hwbak::tasks {
namespace {

constexpr std::size_t shortest_password = 6;     // that sc-hsm-tool takes when it asks

}  // namespace

void judge_share_password(const SecretString& password, const std::string& file, Report& report) {
  const auto add = [&](const char* code, std::string sentence) {
    report.findings.push_back({Severity::warning, code, std::move(sentence), file});
  };
  if (password.expose().find_first_of(std::string_view("\0\r\n", 3)) != std::string_view::npos)
    add("password-untypable", "the new password holds a line break or a NUL byte, which sc-hsm-tool cannot be given");
  if (password.size() < shortest_password)
    add("password-short", "the new password is shorter than the " + std::to_string(shortest_password) +
                              " characters that sc-hsm-tool asks for");
  if (const auto strength = audit::password_strength(password); strength.weak)
    add("password-weak", "the new password is " + strength.words +
                             "; whoever has the file can try thousands a second with one graphics card, for 30 "
                             "million rounds of MD5 slow that down only so much");
}

}  // namespace hwbak::tasks
