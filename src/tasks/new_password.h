// The new password of what is no list of words: a badge's file, a share, an exported key.
#pragma once

#include <string>

#include "hwbak/tasks.h"

namespace hwbak::tasks {

// The one candidate of Secrets::Kind::new_password, as it was given; nullptr when there is none. `subject`: printable.
[[nodiscard]] inline const SecretString* given_new_password(const Context& context, std::string subject) {
  if (context.secrets == nullptr) return nullptr;
  Secrets::Question question;
  question.kind = Secrets::Kind::new_password;
  question.subject = std::move(subject);
  question.words_likely = false;
  const auto given = context.secrets->ask(question);
  return given.empty() ? nullptr : &given[0];
}

}  // namespace hwbak::tasks
