// hwbak dkek check|combine|reshare|rehearse: the shares of an HSM's DKEK.
#include "cli/commands.h"
#include "cli/custodians.h"
#include "cli/session.h"

namespace hwbak::cli {

int run_dkek(const Options& options) {
  Session session(options, true);
  const std::string& verb = options.arguments[0];
  if (verb == "check") {
    dkek_check(session.context(), session.subjects(), [&](Report report) { session.give(std::move(report)); });
  } else if (verb == "combine") {
    DkekCombineOptions how;
    how.output = options.output;
    how.overwrite = options.force;
    how.wrapped = session.subjects();
    session.give(dkek_combine(session.context(), how));
  } else if (verb == "reshare") {
    WriteSharesOptions how = options.write_shares;
    how.overwrite = options.force;
    how.wrapped = session.subjects();
    session.give(dkek_reshare(session.context(), how, show_on_terminal(session)));
  } else {
    session.give(dkek_rehearse(session.context(), options.threshold));
  }
  return session.exit();
}

}  // namespace hwbak::cli
