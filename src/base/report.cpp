// Facts in the order they were put, and the words of hwbak/report.h.
#include "hwbak/report.h"

namespace hwbak {

Object& Object::put(std::string_view key, Value value) {
  for (auto& [name, old] : members_)
    if (name == key) {
      old = std::move(value);
      return *this;
    }
  members_.emplace_back(std::string(key), std::move(value));
  return *this;
}

const Value* Object::find(std::string_view key) const noexcept {
  for (const auto& [name, value] : members_)
    if (name == key) return &value;
  return nullptr;
}

std::string_view name(Severity severity) noexcept {
  switch (severity) {
    case Severity::note: return "note";
    case Severity::warning: return "warning";
    case Severity::high: return "high";
    case Severity::critical: return "critical";
  }
  return "critical";
}

std::string_view name(Level level) noexcept {
  switch (level) {
    case Level::not_run: return "not-run";
    case Level::pass: return "pass";
    case Level::fail: return "fail";
  }
  return "fail";
}

}  // namespace hwbak
