// The Error a piece of code throws.
#pragma once

#include <gtest/gtest.h>

#include "hwbak/error.h"

namespace hwbak::test {

template <typename Code>
Error error_of(Code code) {
  try {
    code();
  } catch (const Error& error) {
    return error;
  }
  ADD_FAILURE() << "nothing was thrown";
  return Error(Outcome::ok, "");
}

}  // namespace hwbak::test
