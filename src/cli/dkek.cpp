// hwbak dkek check|combine|reshare|rehearse: the shares of an HSM's DKEK.
#include "cli/commands.h"
#include "cli/session.h"

namespace hwbak::cli {

int run_dkek(const Options& options) {
  Session session(options, true);
  session.give(failed("dkek", {}, Error(Outcome::unsupported, "`dkek " + options.arguments[0] + "` is not built in")));
  return session.exit();
}

}  // namespace hwbak::cli
