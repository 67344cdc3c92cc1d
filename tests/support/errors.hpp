/// What a call fails with.
#pragma once

#include <optional>
#include <string>

#include <doctest/doctest.h>

#include "modelstore/error.hpp"

namespace test {

/// The code of the library's error that `call` throws, whose message must be one line; nothing if it
/// succeeds.
template <class Call>
std::optional<modelstore::ErrorCode> error_of(const Call& call) {
  try {
    (void)call();
  } catch (const modelstore::Error& error) {
    const std::string message = error.what();
    CAPTURE(message);
    CHECK_FALSE(message.empty());
    CHECK(message.find('\n') == std::string::npos);
    return error.code();
  }
  return std::nullopt;
}

}  // namespace test
