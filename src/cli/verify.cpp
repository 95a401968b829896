// hwbak verify FILE...: is it good, and how far was that proven.
#include "cli/commands.h"
#include "cli/session.h"

namespace hwbak::cli {

int run_verify(const Options& options) {
  Session session(options, true);
  verify(session.context(), session.subjects(), options.verify, [&](Report report) { session.give(std::move(report)); });
  return session.exit();
}

}  // namespace hwbak::cli
