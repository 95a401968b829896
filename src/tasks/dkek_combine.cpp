// hwbak dkek combine: the DKEK of a set of shares; unless asked for, only its KCV is told.
#include "base/hex.h"
#include "base/unicode.h"
#include "tasks/check_output.h"
#include "tasks/dkek_proof.h"
#include "tasks/dkek_set.h"
#include "tasks/family.h"

namespace hwbak {

Report dkek_combine(const Context& context, const DkekCombineOptions& options) {
  Report report = tasks::blank_report("dkek", tasks::set_name(context.shares));
  tasks::guarded(report, [&] {
    if (options.output) tasks::check_output(context, tasks::inputs_of(context, options.wrapped), *options.output, options.overwrite);
    const tasks::ShareSet set = tasks::opened_set(context, report, options.wrapped);
    tasks::tell_unproven(set, report);
    const SecretBytes dkek = set.dkek();
    const std::string kcv = tasks::kcv_text(dkek);
    SecretString digits = to_hex_secret(dkek.expose());
    Section page{"The DKEK", {}};
    page.row("KCV", kcv);
    report.message = "the shares are combined; KCV " + kcv + tasks::proof_words(set);
    if (!set.proven) report.next = "compare the KCV with the device's, or with a wrapped key: `" + tasks::compare_command(set) + "`";
    if (options.output) {
      const std::string name = printable(options.output->native());
      SecretString line = digits.clone();
      line.append('\n');
      context.files.write(*options.output, line.expose_bytes(), WriteOptions{options.overwrite, 0600});
      report.facts.put("output", name);
      report.message = "the DKEK is written to " + name + " as 64 hexadecimal digits, in the clear; KCV " + kcv + tasks::proof_words(set);
      report.next = "whoever reads that file opens every wrapped key of this DKEK: destroy it as soon as it has served";
    }
    if (context.reveal) {
      page.row("DKEK", digits.clone());
      report.facts.put("dkek", std::move(digits));
    }
    report.page.push_back(std::move(page));
    report.page.push_back(tasks::dkek_cautions(set.shares.size()));
  });
  return report;
}

}  // namespace hwbak
