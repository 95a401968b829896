// hwbak verify FILE...: is it good, and how far was that proven.
#include "cli/commands.h"
#include "cli/session.h"

namespace hwbak::cli {

int run_verify(const Options& options) {
  Session session(options, true);
  VerifyOptions how = options.verify;
  how.page = !options.json && session.subjects().size() == 1;
  verify(session.context(), session.subjects(), how, [&](Report report) { session.give(std::move(report)); });
  return session.exit();
}

}  // namespace hwbak::cli
